import { canonicalField, type DataType, escapeField, FieldRefusal } from '@sanjiang/seal'
import type { RawRecord } from '@sanjiang/tabular/csv'
import { CellError, serialText } from '@sanjiang/tabular/xlsx'
import { AdapterFault, type BoundColumn } from './adapter.ts'
import { orderOf } from './file-order.ts'
import type { Table } from './file-records.ts'

const TEXT = new Set<DataType>(['C', 'M', 'G'])
/** From here on a spreadsheet has rounded the number. */
const LOSSY = 1e15
const DAMAGED = new FieldRefusal('not_text', '含无法解码的字节，编码混杂或已损坏')
const ROUNDED = new FieldRefusal('out_of_range', '号码存成了数字，超过 15 位已被表格软件舍入，请改为文本格式')

/** How a delivered file marks text that a spreadsheet would take for a formula. */
const GUARDED = /^'/

export interface FieldRules {
  readonly serials: Table['serials']
  /** Some bytes of the file were not of its encoding. */
  readonly is_broken: boolean
  /** The file was written by a delivery: guarded text is freed of its guard. */
  readonly is_guarded: boolean
}

const textOf = (value: unknown, rules: FieldRules): unknown => {
  if (typeof value === 'number' && Math.abs(value) >= LOSSY) return ROUNDED
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  if (rules.is_guarded && typeof value === 'string' && GUARDED.test(value)) return value.slice(1)
  return value
}

/** What stands in the file, as what the canonical rules take; empty fields other than text are NULL. */
const prepared = (type: DataType, value: unknown, rules: FieldRules): unknown => {
  if (value === null || value === undefined) return null
  if (value instanceof CellError) return new FieldRefusal('wrong_type', `单元格出错：${value.text}`)
  if (typeof value === 'string') {
    if (value === '\\N' && !rules.is_guarded) return null
    if (rules.is_broken && value.includes('\ufffd')) return DAMAGED
  }
  if (TEXT.has(type)) return textOf(value, rules)
  if (typeof value === 'string' && value.trim() === '') return null
  const isTime = type === 'D' || type === 'T'
  if (isTime && rules.serials !== null && typeof value === 'number')
    return serialText(value, rules.serials === '1904') ?? value
  return value
}

export interface BuiltRow {
  readonly order: string
  /** Without LF. */
  readonly line: string
}

export interface RefusedRow {
  /** Key line when every key item could be read. */
  readonly key: string | null
  readonly item: string
  readonly reason: string
}

const placesOf = (headings: readonly string[], columns: readonly BoundColumn[], title: string): number[] => {
  const places = columns.map(({ column }) => headings.indexOf(column))
  const missing = columns.filter((_, index) => places[index] === -1).map(({ column }) => column)
  // A file without a bound column would silently empty it: the whole file is told instead.
  if (missing.length > 0) throw new AdapterFault('no_such_relation', `${title} 缺少列：${missing.join('、')}`)
  return places
}

/** Makes lines of records; a width other than the heading's is told, because values would stand under wrong titles. */
export const rowBuilder = (
  table: { readonly headings: readonly string[]; readonly title: string },
  columns: readonly BoundColumn[],
  rules: FieldRules,
): ((record: RawRecord) => BuiltRow | RefusedRow) => {
  const places = placesOf(table.headings, columns, table.title)
  const keys = columns.map((column, index) => ({ column, index })).filter(({ column }) => column.is_key)
  const keyPlaces = (keys.length > 0 ? keys : columns.map((column, index) => ({ column, index }))).map(
    (one) => one.index,
  )
  const order = orderOf(keyPlaces.map((index) => (columns[index] as BoundColumn).data_type))
  const width = table.headings.length
  const isSheet = rules.serials !== null
  const widthTrouble = (values: readonly unknown[]): string | null => {
    if (values.length === width || (isSheet && values.length < width)) return null
    if (
      values.length > width &&
      values.slice(width).every((value) => value === null || value === undefined || value === '')
    )
      return null
    return `有 ${values.length} 个字段，标题行有 ${width} 个`
  }
  return (record) => {
    const trouble = record.trouble ?? widthTrouble(record.values)
    if (trouble !== null) return { key: null, item: '', reason: trouble }
    const fields: (string | null)[] = new Array(columns.length)
    let refusal: { item: string; reason: string; index: number } | null = null
    for (let i = 0; i < columns.length; i++) {
      const { data_type, item } = columns[i] as BoundColumn
      const value = prepared(data_type, record.values[places[i] as number], rules)
      const field = value instanceof FieldRefusal ? value : canonicalField(data_type, value)
      if (field instanceof FieldRefusal) {
        refusal ??= { item, reason: field.reason, index: i }
        if (keyPlaces.includes(i)) return { key: null, item, reason: field.reason }
        fields[i] = null
      } else fields[i] = field
    }
    const key = keyPlaces.map((index) => fields[index] as string | null)
    if (key.includes(null) && keys.length > 0) {
      const empty = keyPlaces[key.indexOf(null)] as number
      return { key: null, item: (columns[empty] as BoundColumn).item, reason: '主键为空' }
    }
    if (refusal !== null) return { key: key.map(escapeField).join('\t'), item: refusal.item, reason: refusal.reason }
    return { order: order(key), line: fields.map(escapeField).join('\t') }
  }
}
