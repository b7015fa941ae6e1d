import type { OpenContent } from './opendata.ts'

/** What the public pages are made from: data only, so that the renderer knows no database and the server no markup. */
export interface SiteDataset {
  readonly slug: string
  readonly title: string
  readonly organ_name: string
  readonly theme_title: string
  readonly open_type: 'unconditional' | 'conditional'
  readonly summary: string
  readonly released_on: string
}

export interface SiteTheme {
  readonly title: string
  readonly count: number
}

export type SiteView =
  | {
      readonly page: 'home'
      readonly counts: { readonly datasets: number; readonly organs: number; readonly unconditional: number }
      readonly themes: readonly SiteTheme[]
      readonly newest: readonly SiteDataset[]
      /** Date of the newest release; `null` before the first. */
      readonly as_of: string | null
    }
  | {
      readonly page: 'search'
      readonly q: string
      readonly theme: string
      readonly total: number
      readonly from: number
      readonly limit: number
      readonly rows: readonly SiteDataset[]
      readonly themes: readonly SiteTheme[]
    }
  | {
      readonly page: 'dataset'
      readonly content: OpenContent
      readonly released_on: string
      readonly release_no: number
    }
  | {
      readonly page: 'tombstone'
      readonly title: string
      readonly organ_name: string
      readonly withdrawn_on: string
      readonly reason: string
    }
  | { readonly page: 'accessibility' }
  | { readonly page: 'fault'; readonly status: number; readonly title: string; readonly detail: string }

/** What `web/dist/public/public-server.js` gives the public role. */
export interface SiteRenderer {
  renderPage(view: SiteView, site: { readonly style: string; readonly demo: boolean }): string
  readonly STYLE: string
}
