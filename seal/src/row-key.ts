import type { DataType } from './row.ts'
import { NULL_FIELD, unescapeField } from './row-text.ts'
import { SealError } from './seal-error.ts'

// A key line is the key's fields as they stand in the line (escaped), joined by TAB, without LF.

/** The key line of a line without operation; `places` are the key items' places in it. */
export const keyLineOf = (line: string, places: readonly number[]): string => {
  const fields = line.split('\t')
  return places
    .map((place) => {
      const field = fields[place]
      if (field === undefined) throw new SealError('malformed', 'line', `行没有第 ${place + 1} 项`)
      return field
    })
    .join('\t')
}

/** UTF-16 puts U+E000–FFFF behind the surrogates, UTF-8 before them: shifted, code units sort as bytes do. */
const rankOf = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800)

/** As the UTF-8 bytes of both compare, which is PostgreSQL's `collate "C"` in a UTF-8 database. */
export const compareText = (a: string, b: string): number => {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left !== right) return rankOf(left) < rankOf(right) ? -1 : 1
  }
  return a.length < b.length ? -1 : 1
}

/** Absolute values of canonical decimals of any length. */
const compareDigits = (a: string, b: string): number => {
  const [wholeA = '', fractionA = ''] = a.split('.')
  const [wholeB = '', fractionB = ''] = b.split('.')
  if (wholeA.length !== wholeB.length) return wholeA.length < wholeB.length ? -1 : 1
  if (wholeA !== wholeB) return wholeA < wholeB ? -1 : 1
  if (fractionA === fractionB) return 0
  return fractionA < fractionB ? -1 : 1
}

/** By value, exactly: a key may have more digits than a double. */
export const compareDecimals = (a: string, b: string): number => {
  const negative = a.startsWith('-')
  if (negative !== b.startsWith('-')) return negative ? -1 : 1
  return negative ? compareDigits(b.slice(1), a.slice(1)) : compareDigits(a, b)
}

const NUMERIC = new Set<DataType>(['N', 'Y', 'I', 'B', 'F'])

/**
 * The order of ranges: item by item, numbers by value, everything else by the UTF-8 bytes of the unescaped text (dates,
 * times and logical values sort right that way), NULL last as PostgreSQL has it.
 */
export const compareKeyLines = (types: readonly DataType[]): ((a: string, b: string) => number) => {
  const rules = types.map((type) => (NUMERIC.has(type) ? compareDecimals : compareText))
  const compareFields = (a: string, b: string, rule: (a: string, b: string) => number): number => {
    if (a === b) return 0
    if (a === NULL_FIELD) return 1
    if (b === NULL_FIELD) return -1
    return rule(unescapeField(a) ?? '', unescapeField(b) ?? '')
  }
  return (a, b) => {
    const left = a.split('\t')
    const right = b.split('\t')
    if (left.length !== rules.length || right.length !== rules.length)
      throw new SealError('malformed', 'key', `主键行应有 ${rules.length} 项`)
    for (let i = 0; i < rules.length; i++) {
      const order = compareFields(left[i] as string, right[i] as string, rules[i] as typeof compareText)
      if (order !== 0) return order
    }
    return 0
  }
}
