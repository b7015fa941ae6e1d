import { ItemDraft, ResourceDraft } from '@sanjiang/contract/catalog'
import type { Column } from './column.ts'
import { asNumberCode, asText, READING_CLAUSE, type Read, type Remark } from './value.rules.ts'
import type { CellFault, CellRef, ReadOptions } from './workbook.ts'

/** A row as the sheet gives it. */
export interface Row {
  readonly row: number
  readonly values: readonly unknown[]
  /** Columns (from 0) that hold formulas. */
  readonly formulas: readonly number[]
  readonly is_hidden: boolean
  /** Why the row cannot be read. */
  readonly trouble?: string
}

/** A column of the sheet and the field it gives. */
export interface Place {
  readonly index: number
  readonly column: Column
}

export interface SheetFacts {
  readonly sheet: string
  readonly is_1904: boolean
  readonly options: ReadOptions
}

export const refOf = ({ sheet }: SheetFacts, row: number, index: number): CellRef => ({ sheet, row, column: index + 1 })

export const faultAt = (cell: CellRef, field: string, { rule, level, message }: Remark): CellFault => ({
  cell,
  field,
  rule,
  message,
  clause: READING_CLAUSE,
  level,
})

/** Faults of one entry as they are found. */
export interface Sink {
  tell(cell: CellRef, field: string, remark: Remark): void
}

/** `faultAt` for whatever a reading said. */
export const take = <T>(
  read: Read<T>,
  at: { readonly cell: CellRef; readonly field: string },
  sink: Sink,
): T | null => {
  if (read.remark) sink.tell(at.cell, at.field, read.remark)
  return read.value
}

const maxOf = (schema: unknown): number | null => {
  const one = schema as { maxLength?: number; anyOf?: { maxLength?: number }[] } | undefined
  return one?.maxLength ?? one?.anyOf?.find(({ maxLength }) => maxLength !== undefined)?.maxLength ?? null
}

const BASIS_CAPS: Readonly<Record<string, number>> = { title: 200, clause: 200, document_no: 100 }
const EXTENSION_CAP = 5000
const caps = new Map<string, number | null>()

/** How much a field can hold at all; the standard's own length is a rule and comes later. */
const capOf = (key: string): number | null => {
  const known = caps.get(key)
  if (known !== undefined) return known
  const last = key.slice(key.lastIndexOf('.') + 1)
  const schemas = (key.startsWith('items.') ? ItemDraft.properties : ResourceDraft.properties) as Record<
    string,
    unknown
  >
  if (key.startsWith('extension.')) return EXTENSION_CAP
  const cap = /basis\./.test(key) ? (BASIS_CAPS[last] ?? null) : maxOf(schemas[last])
  caps.set(key, cap)
  return cap
}

/** Text that fits its field and the database; what had to be left off is told. */
export const fitting = (text: string, key: string): Read<string> => {
  if (text.includes('\0') || !text.isWellFormed())
    return {
      value: fitting(text.replaceAll('\0', '').toWellFormed(), key).value,
      remark: { rule: 'W08', level: 'warning', message: '含有不能保存的字符，已去掉' },
    }
  const cap = capOf(key)
  if (cap === null || text.length <= cap || [...text].length <= cap) return { value: text }
  return {
    value: [...text].slice(0, cap).join(''),
    remark: { rule: 'W07', level: 'error', message: `最多 ${cap} 个字，现有 ${[...text].length} 个` },
  }
}

export const readText = (value: unknown, column: Column): Read<string> => {
  const read = column.kind === 'credit_code' || column.kind === 'class' ? asNumberCode(value) : asText(value)
  return read.value === null ? read : fitting(read.value, column.key)
}
