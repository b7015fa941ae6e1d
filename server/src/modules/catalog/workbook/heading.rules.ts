import type { Standard } from '@sanjiang/contract/catalog'
import { CellError } from '@sanjiang/tabular/xlsx'
import { type Column, columnsOf, knownColumns } from './column.ts'
import { IGNORED, SYNONYMS } from './heading.data.ts'
import { nearest, wordKey } from './near.ts'
import type { ColumnChoice, SheetProposal } from './workbook.ts'

/** How many rows at the top of a sheet may come before the headings. */
export const HEAD_ROWS = 30
const MIN_FIELDS = 3

const MARKS =
  /[*＊★●\ufeff\u200b]|[(（【[](?:必填|选填|非必填|可选|条件必填|建议填|自动|必选|单选|多选|下拉|下拉选择|请选择)[)）】\]]/g
/** Remarks in brackets say how to fill in; a unit decides between two columns of the census. */
const REMARK = /[(（【[][^)）】\]]{0,60}[)）】\]]?$/

const plain = (text: string): string => wordKey(text.replace(MARKS, '')).replace(/[:：、,，.。;；"“”'‘’_-]/g, '')
const units = (text: string): string => text.replace(/[()（）[\]【】]/g, '')

interface Known {
  readonly field: string | null
  readonly how: 'exact' | 'synonym' | 'ignored'
}

type Words = ReadonlyMap<string, readonly Known[]>

const kept = new WeakMap<Standard, Words>()

const wordsOf = (standard: Standard): Words => {
  const present = kept.get(standard)
  if (present) return present
  const words = new Map<string, Known[]>()
  const add = (title: string, known: Known) => {
    for (const word of new Set([plain(title), units(plain(title))])) {
      const list = words.get(word)
      if (!list) words.set(word, [known])
      else if (!list.some(({ field }) => field === known.field)) list.push(known)
    }
  }
  const columns = knownColumns(standard)
  const titled: readonly Column[] = [
    ...columnsOf(standard, 'full'),
    ...columnsOf(standard, 'census'),
    ...columns.values(),
  ]
  for (const { key, title } of titled) add(title, { field: key, how: 'exact' })
  for (const key of columns.keys()) add(key, { field: key, how: 'exact' })
  for (const [field, titles] of Object.entries(SYNONYMS))
    if (columns.has(field)) for (const title of titles) add(title, { field, how: 'synonym' })
  for (const title of IGNORED) add(title, { field: null, how: 'ignored' })
  kept.set(standard, words)
  return words
}

interface Match {
  readonly field: string | null
  readonly how: ColumnChoice['how']
}

const textOf = (value: unknown): string =>
  value === null || value === undefined || value instanceof CellError ? '' : String(value).trim()

const variants = (text: string): string[] => {
  const word = plain(text)
  return [...new Set([word, units(word), plain(text.trim().replace(REMARK, ''))])].filter((one) => one !== '')
}

/** Loose: also words that are only like a heading. That is looked for where headings are, not in every cell of the first rows. */
interface Matching {
  readonly words: Words
  readonly isLoose: boolean
}

/** What a heading may mean, best first. */
const matchesOf = (text: string, { words, isLoose }: Matching): readonly Match[] => {
  const forms = variants(text)
  for (const word of forms) {
    const known = words.get(word)
    if (known) return known
  }
  for (const word of isLoose ? forms : []) {
    const near = nearest(word, words.entries(), (one, other) => one[0]?.field === other[0]?.field)
    if (near) return near.filter(({ field }) => field !== null).map(({ field }) => ({ field, how: 'similar' }))
  }
  return []
}

const RANK: Readonly<Record<string, number>> = { exact: 0, synonym: 1, similar: 2 }

/**
 * Gives every column its field; a field belongs to one column only, and exact headings choose before similar ones. A heading that comes twice
 * (共享类型 of the resource and of its items) goes to the second meaning the second time.
 */
const assign = (texts: readonly (readonly string[])[], words: Matching): ColumnChoice[] => {
  const options = texts.map((forms) => {
    for (const form of forms) {
      const matches = form === '' ? [] : matchesOf(form, words)
      if (matches.length > 0) return { heading: form, matches }
    }
    return { heading: forms.find((one) => one !== '') ?? '', matches: [] as readonly Match[] }
  })
  const taken = new Set<string>()
  const chosen = new Map<number, Match>()
  const order = options
    .map(({ matches }, index) => ({ index, rank: RANK[matches[0]?.how ?? ''] ?? 9 }))
    .sort((one, other) => one.rank - other.rank || one.index - other.index)
  for (const { index } of order) {
    const match = options[index]!.matches.find(({ field }) => field === null || !taken.has(field))
    if (!match) continue
    chosen.set(index, match)
    if (match.field !== null) taken.add(match.field)
  }
  return options.flatMap(({ heading }, index): ColumnChoice[] => {
    if (heading === '') return []
    const { field, how } = chosen.get(index) ?? { field: null, how: 'ignored' as const }
    return [{ column: index + 1, heading: heading.slice(0, 200), field, how: field === null ? 'ignored' : how }]
  })
}

interface HeadRow {
  readonly row: number
  readonly values: readonly unknown[]
}

interface Found {
  readonly heading_row: number
  readonly columns: ColumnChoice[]
  readonly score: number
}

const fieldCount = (columns: readonly ColumnChoice[]): number => columns.filter(({ field }) => field !== null).length

/** Headings of a row alone, and together with the row above it: groups (共享) over parts (类型), or titles merged over both. */
const readHead = (row: HeadRow, above: HeadRow | undefined, words: Matching): Found[] => {
  const cells = (values: readonly unknown[]) => Array.from(values, textOf)
  const lower = cells(row.values)
  const single = assign(
    lower.map((text) => [text]),
    words,
  )
  const found = [{ heading_row: row.row, columns: single, score: fieldCount(single) }]
  if (above && above.row === row.row - 1) {
    const upper = cells(above.values)
    const width = Math.max(lower.length, upper.length)
    let group = ''
    const both = Array.from({ length: width }, (_, index) => {
      const [top, bottom] = [upper[index] ?? '', lower[index] ?? '']
      // A group that is not merged over its parts stands above the first of them only.
      group = top || group
      return top === bottom ? [bottom] : [bottom, bottom === '' ? top : group + bottom]
    })
    const columns = assign(both, words)
    // A first row of entries under its headings adds nothing to what they say; a second row of headings does.
    const alone = assign(
      upper.map((text) => [text]),
      words,
    )
    if (fieldCount(columns) > fieldCount(alone))
      found.push({ heading_row: row.row, columns, score: fieldCount(columns) })
  }
  return found
}

const bestOf = (rows: readonly HeadRow[], words: Matching): Found | null => {
  let best: Found | null = null
  for (const [index, row] of rows.entries())
    for (const found of readHead(row, rows[index - 1], words)) {
      // Of two rows that say the same the lower one: titles merged over both stand in each.
      const isSameBelow = best !== null && found.score === best.score && found.heading_row === best.heading_row + 1
      if (best === null || found.score > best.score || isSameBelow) best = found
    }
  return best
}

/** The heading row of a sheet and what its columns mean; null when nothing among the first rows looks like one. */
export const findHeadings = (
  rows: readonly HeadRow[],
  standard: Standard,
): { readonly heading_row: number; readonly columns: readonly ColumnChoice[] } | null => {
  const words = wordsOf(standard)
  const sure = bestOf(rows, { words, isLoose: false })
  // Around the row that is surest the rest is looked for; where none is sure, everywhere.
  const near = sure && sure.score >= 2 ? rows.filter(({ row }) => Math.abs(row - sure.heading_row) <= 1) : rows
  const best = bestOf(near, { words, isLoose: true })
  if (best === null) return null
  const hasName = best.columns.some(({ field }) => field === 'name')
  return best.score >= MIN_FIELDS || (hasName && best.score >= 2) ? best : null
}

/** Another choice of columns by hand: `field` by column. */
export const isKnownField = (standard: Standard, field: string): boolean => knownColumns(standard).has(field)

/** Titles of required fields that no column gives. */
export const missingOf = (standard: Standard, columns: readonly ColumnChoice[]): string[] => {
  const fields = new Set(columns.map(({ field }) => field))
  const hasItems = [...fields].some((field) => field?.startsWith('items.'))
  const isGiven = (key: string): boolean =>
    fields.has(key) ||
    (key === 'open_type' && fields.has('is_open')) ||
    // The class may stand beside the related codes; what items do not say they take from their resource.
    (key === 'class_code' && fields.has('related_codes')) ||
    key === 'provider_organ_id' ||
    /^items\.(?:share_type|open_type|sensitivity|mask_rule)$/.test(key)
  return columnsOf(standard, 'full')
    .filter(({ key, is_required, is_item }) => is_required && (!is_item || hasItems) && !isGiven(key))
    .map(({ key }) => key)
}

/** What is taken for granted where a sheet has no column for it; shown with the mapping, so that no guess is silent. */
export const notesOf = (columns: readonly ColumnChoice[]): SheetProposal['notes'] => {
  const fields = new Set(columns.map(({ field }) => field))
  const notes: string[] = []
  if (fields.has('items.name') && !fields.has('items.share_type'))
    notes.push('没有信息项的共享类型、开放类型列：新的信息项随资源；已有的信息项保持原样')
  if (fields.has('items.name') && !fields.has('items.sensitivity'))
    notes.push('没有敏感级别、脱敏规则列：新的信息项暂按“内部”“不脱敏”；已有的信息项保持原样')
  if (!fields.has('open_type') && fields.has('is_open'))
    notes.push('“是否向社会开放”为是：填了开放条件的按有条件开放，没填的按无条件开放')
  if (!fields.has('provider_organ_id') && !fields.has('provider_code')) notes.push('没有提供方列：按导入人所在部门')
  return notes
}
