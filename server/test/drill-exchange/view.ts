import { applyMask, type MaskRule } from '@sanjiang/seal'
import type pg from 'pg'

/** What one grant lets through, said a second time and in the plainest way. */
export interface Terms {
  readonly target: string
  /** Items with their masking, in any order. */
  readonly items: Readonly<Record<string, MaskRule>>
  /** Only rows of this sex. */
  readonly sex?: string
  /** The natural key is not given: rows are named by handles. */
  readonly byHandle: boolean
}

export const COLUMNS: Readonly<Record<string, string>> = {
  citizen_id: 'gmsfhm',
  name: 'xm',
  sex: 'xb',
  address: 'hjdz',
  remark: 'bz',
}
export const SOURCE = 'czrk.ry_jbxx'

/** Lines the consumer should have, sorted. */
export const wantedLines = async (source: pg.Pool, { items, sex }: Terms): Promise<string[]> => {
  const names = Object.keys(items).sort()
  const columns = names.map((name) => `${COLUMNS[name]}::text as ${name}`).join(', ')
  const where = sex === undefined ? '' : `where xb = '${sex}'`
  const { rows } = await source.query(`select ${columns} from ${SOURCE} ${where}`)
  return rows
    .map((row) => JSON.stringify(names.map((name) => maskOne(items[name] as MaskRule, row[name] as string | null))))
    .sort()
}

const maskOne = (rule: MaskRule, value: string | null): string | null =>
  value === null || rule === 'none' ? value : applyMask(rule, value)

/** Lines the consumer has, sorted; and whatever is wrong with their handles or columns. */
export const foundLines = async (target: pg.Pool, { target: table, items, byHandle }: Terms): Promise<string[]> => {
  const { rows, fields } = await target.query(`select * from ${table}`)
  const names = Object.keys(items).sort()
  const expected = [...names, ...(byHandle ? ['row_handle'] : [])].sort()
  const found = fields.map(({ name }) => name).sort()
  if (JSON.stringify(found) !== JSON.stringify(expected)) return [`columns ${found} instead of ${expected}`]
  const handles = new Set(rows.map(({ row_handle }) => row_handle))
  if (byHandle && handles.size !== rows.length) return [`${rows.length} rows have ${handles.size} handles`]
  return rows
    .map((row) => JSON.stringify(names.map((name) => (row[name] === null ? null : String(row[name]).trimEnd()))))
    .sort()
}

/** How the two sides differ, in a sentence; null when they are equal. */
export const differenceOf = async (source: pg.Pool, target: pg.Pool, terms: Terms): Promise<string | null> => {
  const wanted = await wantedLines(source, terms)
  const found = await foundLines(target, terms)
  if (wanted.length === found.length && wanted.every((line, at) => line === found[at])) return null
  const [there, here] = [new Set(found), new Set(wanted)]
  const missing = wanted.filter((line) => !there.has(line))
  const surplus = found.filter((line) => !here.has(line))
  return `${terms.target}: ${found.length} rows of ${wanted.length}; missing ${missing.slice(0, 2)}; surplus ${surplus.slice(0, 2)}`
}
