import { type CanonicalField, FieldRefusal } from './row.ts'

const NOT_A_NUMBER = new FieldRefusal('not_a_number', '不是数')
const NOT_AN_INTEGER = new FieldRefusal('not_a_number', '不是整数')
const NOT_FINITE = new FieldRefusal('not_finite', '不是有限的数')
const TOO_LARGE = new FieldRefusal('out_of_range', '数超出可表示的范围')

/** Nearly every number of every engine is in this form already. */
const PLAIN = /^(?:0|-?[1-9]\d*)$/
const PLAIN_POINT = /^(?:0|-?[1-9]\d*|-?0)\.\d*[1-9]$/
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/
const ENDLESS = /^[+-]?(?:inf(?:inity)?|nan)$/i
/** Doubles end at e308; a longer exponent in a decimal is a bomb, not a number. */
const MAX_EXPONENT = 1000

/** Moves the point by `exponent` and strips what does not count. */
const shifted = (
  sign: string,
  whole: string,
  { fraction, exponent }: { fraction: string; exponent: number },
): string => {
  const digits = whole + fraction
  const point = whole.length + exponent
  const left = point > 0 ? digits.slice(0, point).padEnd(point, '0') : ''
  const right = point < 0 ? '0'.repeat(-point) + digits : digits.slice(point)
  const head = left.replace(/^0+/, '') || '0'
  const tail = right.replace(/0+$/, '')
  if (head === '0' && tail === '') return '0'
  return `${sign === '-' ? '-' : ''}${head}${tail === '' ? '' : `.${tail}`}`
}

/** Decimal without exponent, leading or trailing zeros, and without `-0`. */
export const decimalField = (given: string): CanonicalField => {
  if (PLAIN.test(given) || PLAIN_POINT.test(given)) return given
  const text = given.trim()
  const parts = DECIMAL.exec(text)
  if (parts === null) return ENDLESS.test(text) ? NOT_FINITE : NOT_A_NUMBER
  const [, sign = '', whole = '', fraction = '', power = '0'] = parts
  if (whole === '' && fraction === '') return NOT_A_NUMBER
  const exponent = Number(power)
  if (Math.abs(exponent) > MAX_EXPONENT) return TOO_LARGE
  return shifted(sign, whole, { fraction, exponent })
}

/** `1.00` of an engine that keeps integers as decimals is an integer. */
export const integerField = (given: string): CanonicalField => {
  if (PLAIN.test(given)) return given
  const text = decimalField(given)
  return typeof text === 'string' && text.includes('.') ? NOT_AN_INTEGER : text
}

const BITS = new DataView(new ArrayBuffer(8))

/** The next larger double of a positive one; `by` -1n is the next smaller. */
const neighbour = (value: number, by: bigint): number => {
  BITS.setFloat64(0, value)
  BITS.setBigInt64(0, BITS.getBigInt64(0) + by)
  return BITS.getFloat64(0)
}

const wholeOf = (text: string): bigint => BigInt(decimalField(text) as string)

/** Whether a whole decimal lies nearer to a double than to the next one, not just half-way. */
const isInside = (decimal: bigint, value: number): boolean => {
  const exact = BigInt(value)
  const next = neighbour(value, decimal > exact ? 1n : -1n)
  const gap = next === Number.POSITIVE_INFINITY ? exact - BigInt(neighbour(value, -1n)) : BigInt(next) - exact
  const off = decimal - exact
  return 2n * (off < 0n ? -off : off) < (gap < 0n ? -gap : gap)
}

/**
 * JavaScript also takes digits that lie exactly half-way to the next double (1e23), as reading rounds to even; PostgreSQL
 * writes one more digit then. Only whole numbers beyond 2^53 have such short half-ways.
 */
const shortest = (value: number): string => {
  const text = String(value)
  if (Math.abs(value) < 2 ** 53) return text
  const size = Math.abs(value)
  if (isInside(wholeOf(String(size)), size)) return text
  const digits = size.toExponential().replace(/e.*$|\./g, '').length
  for (let more = digits; more < 17; more++) {
    const tried = size.toExponential(more - 1)
    if (isInside(wholeOf(tried), size)) return value < 0 ? `-${tried}` : tried
  }
  return value < 0 ? `-${size.toExponential(16)}` : size.toExponential(16)
}

/** Shortest digits that lie nearer to this double than to any other, as PostgreSQL writes them. */
export const floatField = (given: string | number): CanonicalField => {
  const text = typeof given === 'number' ? String(given) : decimalField(given)
  if (typeof text !== 'string') return text
  const value = Number(text)
  if (!Number.isFinite(value)) return typeof given === 'number' ? NOT_FINITE : TOO_LARGE
  if (value === 0) return text === '0' || typeof given === 'number' ? '0' : TOO_LARGE
  return decimalField(shortest(value))
}

/** A JavaScript number where a decimal is wanted: its shortest digits are what its source wrote. */
export const numberText = (value: number): string => String(value)
