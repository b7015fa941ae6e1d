import type { SiteView } from '@sanjiang/contract/site'
import type { ReactNode } from 'react'

type ViewOf<P extends SiteView['page']> = Extract<SiteView, { page: P }>

/** A kind of page: what its title is and how its body is drawn from its data. */
export interface PublicPage<P extends SiteView['page']> {
  readonly title: string | ((view: ViewOf<P>) => string)
  readonly Body: (view: ViewOf<P>) => ReactNode
}
