import type { EditionFault, StageColumn } from '@sanjiang/contract/opendata'

export interface Placed {
  /** Columns of the sheet, from 0, and what each gives. */
  readonly places: readonly { readonly index: number; readonly column: StageColumn }[]
  readonly ignored: readonly string[]
  readonly faults: readonly EditionFault[]
}

const plain = (text: unknown): string =>
  String(text ?? '')
    .normalize('NFKC')
    .replace(/[\s*＊]/g, '')
    .toLowerCase()

const index = (columns: readonly StageColumn[]): Map<string, StageColumn> =>
  new Map(columns.flatMap((column) => [[plain(column.title), column] as const, [plain(column.name), column] as const]))

/** How many headings of a row are items: the heading row is the one with the most. */
export const headingScore = (values: readonly unknown[], columns: readonly StageColumn[]): number => {
  const known = index(columns)
  return new Set(values.map((one) => known.get(plain(one))?.name).filter(Boolean)).size
}

/** Headings are the items' names, Chinese or English; what is neither is told and not taken. */
export const placeHeadings = (row: number, values: readonly unknown[], columns: readonly StageColumn[]): Placed => {
  const known = index(columns)
  const places: { index: number; column: StageColumn }[] = []
  const ignored: string[] = []
  const faults: EditionFault[] = []
  for (const [at, value] of values.entries()) {
    const heading = plain(value)
    if (heading === '') continue
    const column = known.get(heading)
    if (!column) ignored.push(String(value).slice(0, 200))
    else if (places.some((place) => place.column === column))
      faults.push({ row, column: column.title, rule: 'heading_twice', message: `“${column.title}”有两列` })
    else places.push({ index: at, column })
  }
  const lost = columns.find(({ is_key, name }) => is_key && !places.some((place) => place.column.name === name))
  if (lost) faults.push({ row, column: lost.title, rule: 'heading_missing', message: `缺少主键列“${lost.title}”` })
  return { places, ignored, faults }
}

export const NO_HEADINGS: EditionFault = {
  row: 0,
  column: '',
  rule: 'heading_missing',
  message: '前 20 行中没有列名：列名须是信息项的中文名或英文名',
}
