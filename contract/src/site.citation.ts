/** What a citation names. */
export interface Cited {
  readonly slug: string
  readonly title: string
  readonly organ_name: string
  readonly edition_no: number
  /** Date the edition was carried out, `YYYY-MM-DD`. */
  readonly carried_on: string
  /** Date of the reader's visit, `YYYY-MM-DD`. */
  readonly cited_on: string
  /** Whole address of the dataset. */
  readonly url: string
}

export interface Citation {
  /** GB/T 7714-2015, as it is pasted into a list of references. */
  readonly gbt7714: string
  readonly bibtex: string
}

// 8.3: a first edition is not named.
const editionText = (no: number): string => (no === 1 ? '' : ` ${no}版.`)

/** Responsible body. Title[DS/OL]. Edition. (date of update)[date of citing]. Address. */
const gbt7714 = ({ title, organ_name, edition_no, carried_on, cited_on, url }: Cited): string =>
  `${organ_name}. ${title}[DS/OL].${editionText(edition_no)} (${carried_on})[${cited_on}]. ${url}.`

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
}
const tex = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/[\\{}$&#%_~^]/g, (one) => SPECIAL[one] ?? `\\${one}`)

const bibtex = ({ slug, title, organ_name, edition_no, carried_on, cited_on, url }: Cited): string => {
  const [year, month] = carried_on.split('-')
  const fields: readonly (readonly [string, string])[] = [
    ['author', `{{${tex(organ_name)}}}`],
    ['title', `{{${tex(title)}}}`],
    ['edition', `{${edition_no}}`],
    ['year', `{${year}}`],
    ['month', `{${Number(month)}}`],
    ['howpublished', '{数据集，DS/OL}'],
    ['url', `{${url}}`],
    ['urldate', `{${cited_on}}`],
  ]
  const key = `${slug.replace(/[^\w-]/g, '-')}-e${edition_no}`
  return `@misc{${key},\n${fields.map(([name, value]) => `  ${name} = ${value},`).join('\n')}\n}\n`
}

/** How a dataset is named in a paper or a report. */
export const citationOf = (cited: Cited): Citation => ({ gbt7714: gbt7714(cited), bibtex: bibtex(cited) })
