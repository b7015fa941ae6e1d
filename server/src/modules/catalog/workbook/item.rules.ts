import type { ItemDraft } from '@sanjiang/contract/catalog'
import { fitting, type Place, type Row, readText, refOf, type SheetFacts, type Sink, take } from './cell.ts'
import { findCode } from './code.rules.ts'
import type { Column } from './column.ts'
import { asFlag, asNumber, asText, isBlank, isNothing, type Read } from './value.rules.ts'

/** A code cell: the code, or what was written there where nobody could tell — the rules then say so too, and the draft shows it. */
export const readCode = (value: unknown, column: Column, { options }: SheetFacts): Read<string> => {
  const read = asText(value)
  if (read.value === null) return read
  const found = findCode(options.standard, column.enumeration!, read.value)
  if (found?.guess)
    return {
      value: found.code,
      remark: { rule: 'W08', level: 'warning', message: `${column.title}“${read.value}”${found.guess}` },
    }
  if (found) return { value: found.code }
  if (isNothing(read.value))
    return {
      value: null,
      remark: { rule: 'W08', level: 'warning', message: `${column.title}“${read.value}”按未填处理` },
    }
  const shown = read.value.slice(0, 40)
  return {
    value: fitting(read.value.slice(0, 64), column.key).value,
    remark: { rule: 'W04', level: 'error', message: `${column.title}没有“${shown}”这个取值` },
  }
}

const readItemCell = (value: unknown, column: Column, facts: SheetFacts): Read<unknown> => {
  if (column.kind === 'code') return readCode(value, column, facts)
  if (column.kind === 'number') return asNumber(value, true)
  if (column.kind === 'flag') {
    const read = asFlag(value)
    return { value: read.value ?? false, remark: read.remark }
  }
  return readText(value, column)
}

/** Parts of a basis in cells of their own; without a kind there is none. */
export const basisOf = (
  parts: Readonly<Record<string, unknown>>,
): { basis: ItemDraft['withheld_basis']; isKindMissing: boolean } => {
  const { kind, title, clause, document_no } = parts
  const given = [kind, title, clause, document_no].some((part) => part !== null && part !== undefined)
  const isKnown = kind === 'law' || kind === 'administrative_regulation' || kind === 'central_policy'
  if (!given || !isKnown)
    return { basis: null, isKindMissing: given && !isKnown && (kind === null || kind === undefined) }
  return {
    basis: {
      kind,
      title: String(title ?? ''),
      clause: String(clause ?? ''),
      document_no: String(document_no ?? ''),
    },
    isKindMissing: false,
  }
}

export const hasItem = (row: Row, places: readonly Place[]): boolean =>
  places.some(({ index }) => !isBlank(row.values[index]) || row.formulas.includes(index))

interface ItemAt {
  readonly row: Row
  readonly places: readonly Place[]
  /** Its number among the items of the entry, from 0. */
  readonly no: number
}

/** The item of a row; a field without a column is left out, so that it can be kept or inherited. */
export const readItem = ({ row, places, no }: ItemAt, facts: SheetFacts, sink: Sink): ItemDraft => {
  const item: Record<string, unknown> = {}
  const parts: Record<string, unknown> = {}
  let basisAt: number | null = null
  for (const { index, column } of places) {
    const key = column.key.slice('items.'.length)
    const at = { cell: refOf(facts, row.row, index), field: `items.${no}.${key}` }
    const value = take(readItemCell(row.values[index], column, facts), at, sink)
    const [field, part] = key.split('.')
    if (part === undefined) item[field!] = value
    else {
      parts[part] = value
      basisAt ??= index
    }
  }
  if (basisAt === null) return item
  const { basis, isKindMissing } = basisOf(parts)
  if (isKindMissing)
    sink.tell(refOf(facts, row.row, basisAt), `items.${no}.withheld_basis`, {
      rule: 'W04',
      level: 'error',
      message: '不予共享依据须写明类别：法律、行政法规，或党中央、国务院政策',
    })
  return { ...item, withheld_basis: basis }
}
