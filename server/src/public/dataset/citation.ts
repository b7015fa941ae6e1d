import { type Citation, citationOf } from '@sanjiang/contract/site.citation'
import type { SiteVersion } from '@sanjiang/contract/site.file'

const beijingDate = (instant: string | Date): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date(instant))

interface Cited {
  readonly slug: string
  readonly title: string
  readonly organ_name: string
}

/** How the newest edition is cited today; nothing while there is none. */
export const citationFor = (
  { slug, title, organ_name }: Cited,
  [newest]: readonly SiteVersion[],
  origin: string,
): Citation | null =>
  newest
    ? citationOf({
        ...{ slug, title, organ_name, edition_no: newest.edition_no },
        carried_on: beijingDate(newest.carried_at),
        cited_on: beijingDate(new Date()),
        url: `${origin}/datasets/${slug}`,
      })
    : null
