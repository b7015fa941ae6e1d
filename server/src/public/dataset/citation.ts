import { type Citation, citationOf } from '@sanjiang/contract/site.citation'
import type { SiteVersion } from '@sanjiang/contract/site.file'

interface Cited {
  readonly slug: string
  readonly title: string
  readonly organ_name: string
  /** The day the site lives in. */
  readonly today: string
}

/** How the newest edition is cited today; nothing while there is none. */
export const citationFor = (
  { slug, title, organ_name, today }: Cited,
  [newest]: readonly SiteVersion[],
  origin: string,
): Citation | null =>
  newest
    ? citationOf({
        ...{ slug, title, organ_name, edition_no: newest.edition_no },
        carried_on: newest.carried_on,
        cited_on: today,
        url: `${origin}/datasets/${slug}`,
      })
    : null
