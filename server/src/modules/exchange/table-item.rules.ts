import type { Relation, Table, TableItem } from '@sanjiang/contract/exchange'
import { typeFor } from '@sanjiang/contract/exchange.binding'

/** How long values of a type are where the column does not say: digits of an integer, a date written out. */
const WIDTHS: readonly (readonly [pattern: RegExp, length: number])[] = [
  [/^(bigint|int8|bigserial)\b/, 19],
  [/^(smallint|int2)\b/, 5],
  [/^tinyint\b/, 3],
  [/^year\b/, 4],
  [/^(integer|int|int4|mediumint|serial)\b/, 10],
  [/^(timestamp|datetime)/, 19],
  [/^date\b/, 10],
  [/^(bool|boolean|bit\(1\))/, 1],
  [/^(double|float8)/, 15],
  [/^(real|float)/, 7],
  [/^uuid\b/, 36],
]

const lengthOf = (sourceType: string): number | null => {
  const type = sourceType.trim().toLowerCase()
  const fixed = WIDTHS.find(([pattern]) => pattern.test(type))
  if (fixed) return fixed[1]
  const told = /\((\d+)/.exec(type)
  return told ? Number(told[1]) : null
}

// `姓名：户口簿上的`, `性别(GB/T 2261.1)`: the first words are the name, the rest explains it.
const nameOf = (comment: string, column: string): string =>
  comment
    .trim()
    .split(/[：:，,;；（(\n]/)[0]!
    .trim() || column

/** `2017年度` is no identifier; `_2017` is what stands before the letters that are. */
const identifierOf = (column: string): string => {
  const plain = column.replaceAll(/[^A-Za-z0-9_]/g, '_')
  return /^[A-Za-z]/.test(plain) ? plain : `c_${plain}`
}

const toItem = ({ name, source_type, nullable, key_no, comment }: Relation['columns'][number]): TableItem => ({
  name: nameOf(comment, name),
  name_en: identifierOf(name),
  data_type: typeFor(source_type),
  length: lengthOf(source_type),
  is_key: key_no !== null,
  is_required: !nullable,
  source_type,
})

/** A table as the items of an entry that catalogues it (1272号 信息项). */
export const toTable = ({ name, comment, columns }: Relation): Table => ({ name, comment, items: columns.map(toItem) })
