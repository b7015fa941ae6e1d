import type { Paged } from '@sanjiang/contract'
import { Fault } from './fault.ts'

/** A keyset cursor: the last row's sort values, opaque to the caller. */
export const formatCursor = (values: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url')

/** Parses `after` back into sort values; anything not made by `formatCursor` is the caller's fault. */
export const parseCursor = (text: string, length: number): (string | number)[] => {
  try {
    const values: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    const isValue = (value: unknown) => typeof value === 'string' || typeof value === 'number'
    if (Array.isArray(values) && values.length === length && values.every(isValue)) return values
  } catch {
    // falls through to the one refusal below
  }
  throw new Fault('invalid', '分页游标无效', { fields: [{ field: 'after', rule: 'cursor', message: '分页游标无效' }] })
}

/** Cuts `limit + 1` fetched rows into a page; `key` gives the sort values of a row. */
export const toPage = <T>(rows: T[], limit: number, key: (row: T) => (string | number)[]): Paged<T> => {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { rows: page, next: rows.length > limit && last ? formatCursor(key(last)) : null }
}
