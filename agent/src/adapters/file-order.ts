import type { DataType } from '@sanjiang/seal'

// Bytes that compare (Buffer.compare) as key lines do (ADR 0004), so that sorting and merging need no types.

const NUMERIC = new Set<DataType>(['N', 'Y', 'I', 'B', 'F'])
const NULL_LAST = '\u00ff'
/** Text contains no NUL, so a shorter text sorts before its extensions. */
const END = '\0'

const complement = (digits: string): string => {
  let turned = ''
  for (let i = 0; i < digits.length; i++) {
    const code = digits.charCodeAt(i)
    turned += code === 46 ? '.' : String.fromCharCode(105 - code)
  }
  return turned
}

/** Sign, number of digits before the point, digits: canonical decimals compare by value. */
const numberOrder = (text: string): string => {
  if (text === '0') return '1'
  const isNegative = text.startsWith('-')
  const digits = isNegative ? text.slice(1) : text
  const point = digits.indexOf('.')
  const whole = point === -1 ? digits : digits.slice(0, point)
  // 0.5 has no digit that counts before the point.
  const length = String(whole === '0' ? 0 : whole.length).padStart(5, '0')
  // Negative numbers turn every digit, and a longer fraction is further down: its end must sort high.
  return isNegative ? `0${complement(length + digits)}~${END}` : `2${length}${digits}${END}`
}

/** Each character of the result is one byte. */
export const orderOf = (types: readonly DataType[]): ((fields: readonly (string | null)[]) => string) => {
  const isNumber = types.map((type) => NUMERIC.has(type))
  return (fields) => {
    let order = ''
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]
      if (field === null || field === undefined) order += NULL_LAST
      else if (isNumber[i]) order += numberOrder(field)
      else order += latin(field) + END
    }
    return order
  }
}

const ASCII = /^\p{ASCII}*$/u
/** UTF-8 bytes, one character each. */
const latin = (text: string): string => (ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1'))
