import { type ColumnKind, columnKind } from '@sanjiang/contract/site.column'
import { columnRemark } from '@sanjiang/contract/site.status'
import { type CellValue, type SheetOut, workbookBytes } from '@sanjiang/tabular/xlsx-write'
import type { FileSource } from '../file.source.ts'
import { FormatUnfit } from './unfit.ts'

/** Rows of a sheet, one of them the heading. */
export const MAX_SHEET_ROWS = 1_048_576
const MAX_SHEET_COLUMNS = 16_384

/** Texts are cells of text: a spreadsheet shows `=1+1` and computes nothing. */
const cellOf = (kind: ColumnKind, value: string | null): CellValue => {
  if (value === null) return null
  if (kind === 'flag') return value === 'true'
  if (kind === 'time') return value.replace('T', ' ').replace('+08:00', '')
  return (kind === 'number' || kind === 'integer') && /^-?\d/.test(value) ? { digits: value } : value
}

async function* dataRows({ edition, batches }: FileSource): AsyncGenerator<CellValue[]> {
  const kinds = edition.columns.map(columnKind)
  yield edition.columns.map(({ title, unit }) => (unit ? `${title}（${unit}）` : title))
  for await (const rows of batches())
    for (const { values } of rows) yield values.map((value, index) => cellOf(kinds[index]!, value))
}

const about = ({ edition, origin }: FileSource): CellValue[][] => [
  ['名称', edition.title],
  ['提供部门', edition.organ_name],
  ['版次', edition.edition_no],
  ['数据截至', edition.data_on],
  ['行数', edition.row_count],
  ['地址', `${origin}/datasets/${edition.slug}`],
  [],
  ['列', '字段名', '数据类型', '单位', '说明'],
  ...edition.columns.map((column) => [
    ...[column.title, column.name, column.data_type, column.unit],
    column.status_of === undefined ? null : columnRemark(column),
  ]),
]

export async function* writeWorkbook(source: FileSource): AsyncGenerator<Uint8Array> {
  const { row_count, columns } = source.edition
  if (row_count + 1 > MAX_SHEET_ROWS)
    throw new FormatUnfit(`共 ${row_count} 行，超过 XLSX 一张表 1,048,575 行的上限；请用 CSV 或 Parquet`)
  if (columns.length > MAX_SHEET_COLUMNS) throw new FormatUnfit('列数超过 XLSX 的上限')
  const sheets: SheetOut[] = [
    { name: '数据', rows: dataRows(source), frozen_rows: 1 },
    { name: '说明', rows: about(source) },
  ]
  yield* workbookBytes(sheets)
}
