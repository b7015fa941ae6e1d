import type { Finding } from '@sanjiang/contract/catalog'
import { invalid } from '#kernel/fault.ts'
import { type Place, type Row, refOf, type SheetFacts } from './cell.ts'
import { knownColumns } from './column.ts'
import { EntryReading, isFootnote, Places } from './entry.reading.ts'
import { findHeadings, HEAD_ROWS, missingOf, notesOf } from './heading.rules.ts'
import { OWN_SHEETS } from './own-sheet.ts'
import { MAX_ROWS, noSuchSheet, openSource, type Source, type SourceSheet, tooManyRows } from './source.ts'
import { isBlank, type Remark } from './value.rules.ts'
import type { CellFault, CellRef, Inspection, Mapping, ReadEntry, ReadOptions, SheetProposal } from './workbook.ts'

/** In the title above the headings of a workbook that the platform wrote. */
const RECORDED = /标准\s*(\S+)\s*第\s*(\d+)\s*版/

const NONE = { mapping: null, missing_fields: [] } as const

const inspectSheet = async (
  source: Source,
  sheet: SourceSheet,
  { standard }: ReadOptions,
): Promise<SheetProposal & { readonly head: readonly Row[] }> => {
  const head: Row[] = []
  for await (const row of source.rows(sheet.name)) if (head.push(row) === HEAD_ROWS) break
  const count = await source.countRows(sheet.name)
  if (count > MAX_ROWS + HEAD_ROWS) throw tooManyRows()
  const base = { sheet: sheet.name, is_hidden: sheet.is_hidden, head }
  if (Object.values<string>(OWN_SHEETS).includes(sheet.name) && sheet.name !== OWN_SHEETS.entries)
    return { ...base, ...NONE, row_count: count, notes: ['模板的示例和说明，不导入'] }
  const found = findHeadings(head, standard)
  if (!found) return { ...base, ...NONE, row_count: count, notes: count === 0 ? ['空表'] : ['没有找到目录的标题行'] }
  const { heading_row, columns } = found
  return {
    ...base,
    row_count: Math.max(0, count - head.filter(({ row }) => row <= heading_row).length),
    mapping: { sheet: sheet.name, heading_row, columns },
    missing_fields: missingOf(standard, columns),
    notes: notesOf(columns),
  }
}

const recordedIn = (rows: readonly Row[]): Inspection['standard'] => {
  for (const { values } of rows.slice(0, 3)) {
    const [, id, version] = RECORDED.exec(values.filter((value) => typeof value === 'string').join(' ')) ?? []
    if (id !== undefined) return { id, version: Number(version) }
  }
  return null
}

/** What sheets a file has and what their columns look like; a file that cannot be read is refused with a Fault of field `file`. */
export const inspectWorkbook = async (path: string, options: ReadOptions): Promise<Inspection> => {
  const source = await openSource(path, options.file_name)
  try {
    const sheets: SheetProposal[] = []
    let standard: Inspection['standard'] = null
    for (const sheet of source.sheets) {
      const { head, ...proposal } = await inspectSheet(source, sheet, options)
      standard ??= recordedIn(head)
      sheets.push(proposal)
    }
    return { format: source.format, standard, sheets }
  } finally {
    await source.close()
  }
}

const placesOf = ({ columns }: Mapping, { standard }: ReadOptions): Places => {
  const known = knownColumns(standard)
  const places: Place[] = []
  for (const { column: no, field } of columns) {
    if (field === null) continue
    const column = known.get(field)
    if (!column) throw invalid('mapping', 'W00', `工作簿没有“${field}”这个字段`, '工作簿读取规则')
    if (places.some((one) => one.column.key === field))
      throw invalid('mapping', 'W00', `两列都对应“${column.title}”，请只留一列`, '工作簿读取规则')
    places.push({ index: no - 1, column })
  }
  if (!places.some(({ column }) => column.key === 'name'))
    throw invalid('mapping', 'C13', '没有对应“信息资源名称”的列，无法导入', '目录校验规则 C13')
  return new Places(places)
}

const isEmptyRow = (row: Row): boolean => row.values.every(isBlank) && row.formulas.length === 0

const FOOTNOTE: Remark = { rule: 'W10', level: 'warning', message: '此行不像目录条目（合计或附注），未读取' }

async function* entriesOf(
  rows: AsyncIterable<Row>,
  places: Places,
  facts: SheetFacts & { readonly from: number },
): AsyncGenerator<ReadEntry> {
  let present: EntryReading | null = null
  let count = 0
  for await (const row of rows) {
    if (row.row <= facts.from || (row.trouble === undefined && isEmptyRow(row))) continue
    if (++count > MAX_ROWS) throw tooManyRows()
    const one = { ...row, row: row.row }
    if (row.trouble !== undefined) {
      present ??= new EntryReading(facts, places, one)
      present.tell(row, { rule: 'W10', level: 'error', message: `此行无法读取：${row.trouble}` })
    } else if (present && isFootnote(row, places)) present.tell(row, FOOTNOTE)
    else if (present?.continues(row)) present.add(row)
    else {
      if (present) yield present.finish()
      present = new EntryReading(facts, places, row)
    }
  }
  if (present) yield present.finish()
}

/** Entries of one sheet as they come, in memory that does not grow with the rows. */
export async function* readEntries(
  path: string,
  options: ReadOptions & { readonly mapping: Mapping },
): AsyncGenerator<ReadEntry> {
  const { mapping } = options
  const places = placesOf(mapping, options)
  const source = await openSource(path, options.file_name)
  try {
    const sheet = source.sheets.find(({ name }) => name === mapping.sheet)
    if (!sheet) throw noSuchSheet(mapping.sheet)
    const facts = { sheet: sheet.name, is_1904: source.is_1904, options, from: mapping.heading_row }
    yield* entriesOf(source.rows(sheet.name), places, facts)
  } finally {
    await source.close()
  }
}

/** The cell a finding speaks about: its own, that of the field it is a part of, else the name's. */
export const cellOf = (entry: ReadEntry, field: string): CellRef => {
  for (let key = field; key !== ''; key = key.slice(0, Math.max(0, key.lastIndexOf('.')))) {
    const cell = entry.cells.get(key) ?? entry.cells.get(ALIASES[key] ?? '')
    if (cell) return cell
  }
  if (field === 'items') return entry.cells.get('items.0') ?? cellOf(entry, 'name')
  return entry.cells.get('name') ?? refOf({ sheet: entry.sheet } as SheetFacts, entry.first_row, 0)
}

/** Fields whose cell is called otherwise in some layout. */
const ALIASES: Readonly<Record<string, string>> = {
  open_type: 'is_open',
  share_basis: 'share_basis.title',
  class_code: 'related_codes',
  census: 'census.total_storage_gb',
  provider_code: 'provider_organ_id',
  provider_organ_id: 'provider_code',
}

const INHERITED = /^items\.\d+\.(share_type|open_type)$/

/** Findings of the rules at their cells, beside what reading found; where a cell could not be read, the rules need not repeat it. */
export const faultsOf = (entry: ReadEntry, findings: readonly Finding[]): CellFault[] => {
  const unread = new Set(entry.faults.filter(({ level }) => level === 'error').map(({ field }) => field))
  const isUnread = (field: string): boolean => unread.has(field) || (field === 'open_type' && unread.has('is_open'))
  const isTold = (field: string): boolean => {
    // What an item takes from its resource was unreadable there, once; the item has no cell of its own for it.
    const above = entry.cells.has(field) ? undefined : INHERITED.exec(field)?.[1]
    return isUnread(field) || (above !== undefined && isUnread(above))
  }
  const more = findings
    .filter(({ field }) => !isTold(field))
    .map((finding) => ({ ...finding, cell: cellOf(entry, finding.field) }))
  return [...entry.faults, ...more]
}
