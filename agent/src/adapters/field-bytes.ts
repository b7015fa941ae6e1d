// Fields of lines written byte by byte: what servers write of the common values, into what a line has of them.

/** Writes the bytes `from`–`to` of `source` as a field behind `at`; -1 where the value is not one of the common cases. */
export type WriteField = (source: Buffer, from: number, to: number, out: Buffer, at: number) => number

export const ZERO = 0x30
const NINE = 0x39
const POINT = 0x2e
export const DASH = 0x2d
export const SPACE = 0x20
const BACKSLASH = 0x5c
const LETTERS: Readonly<Record<number, number>> = { 8: 0x62, 9: 0x74, 10: 0x6e, 11: 0x76, 12: 0x66, 13: 0x72, 92: 0x5c }

export const copy: WriteField = (source, from, to, out, at) => {
  let end = at
  for (let i = from; i < to; i++) out[end++] = source[i] as number
  return end
}

/** A NUL has no place in a line. */
export const escaped: WriteField = (source, from, to, out, at) => {
  let end = at
  for (let i = from; i < to; i++) {
    const byte = source[i] as number
    if (byte === BACKSLASH || (byte < 14 && byte > 7)) {
      out[end++] = BACKSLASH
      out[end++] = LETTERS[byte] as number
    } else if (byte === 0) return -1
    else out[end++] = byte
  }
  return end
}

export const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE

/** Digits with trailing zeros of a fraction taken off; NaN, infinities and exponents are not common. */
export const decimal: WriteField = (source, from, to, out, at) => {
  let point = -1
  for (let i = source[from] === DASH ? from + 1 : from; i < to; i++) {
    const byte = source[i] as number
    if (byte === POINT) point = i
    else if (byte < ZERO || byte > NINE) return -1
  }
  let last = to
  if (point !== -1) {
    while (source[last - 1] === ZERO) last -= 1
    if (last - 1 === point) last = point
  }
  // `-0` is `0` canonically.
  return last - from === 2 && source[from] === DASH && source[from + 1] === ZERO
    ? -1
    : copy(source, from, last, out, at)
}

export const never: WriteField = () => -1
