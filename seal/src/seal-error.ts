export type SealErrorCode = 'not_canonical' | 'malformed' | 'out_of_range' | 'unknown_alg'

/** A value the seal refuses: which field, which rule. Messages are Chinese because operators read them. */
export class SealError extends Error {
  readonly code: SealErrorCode
  /** Dotted path from the value given; empty for the value itself. */
  field: string

  constructor(code: SealErrorCode, field: string, message: string) {
    super(message)
    this.name = 'SealError'
    this.code = code
    this.field = field
  }

  /** The same error seen from one level further out. */
  within(key: string | number): this {
    this.field = this.field === '' ? String(key) : `${key}.${this.field}`
    return this
  }
}

/** What parsed JSON may be; checked field by field before use. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object that the text says, `of` what it should be. Throws SealError. */
export const parseRecord = (text: string, of = ''): Record<string, unknown> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new SealError('malformed', '', `${of}不是 JSON`)
  }
  if (!isRecord(value)) throw new SealError('malformed', '', `${of}应为对象`)
  return value
}

/** The value as a string matching `rule`, else a typed error naming the field. */
export const textField = (of: Record<string, unknown>, field: string, rule: RegExp): string => {
  const value = of[field]
  if (typeof value === 'string' && rule.test(value)) return value
  throw new SealError('malformed', field, `${field} 格式不符（${rule.source}）`)
}

/** The value as an integer in [min, 2^53). */
export const countField = (of: Record<string, unknown>, field: string, min = 0): number => {
  const value = of[field]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min) return value
  throw new SealError('malformed', field, `${field} 应为不小于 ${min} 的整数`)
}

export const recordField = (of: Record<string, unknown>, field: string): Record<string, unknown> => {
  const value = of[field]
  if (isRecord(value)) return value
  throw new SealError('malformed', field, `${field} 应为对象`)
}

/** An array of records, each read by `read`; `max` bounds what a hostile file may make us hold. */
export const listField = <T>(
  of: Record<string, unknown>,
  field: string,
  { max, read }: { max: number; read: (item: Record<string, unknown>) => T },
): T[] => {
  const value = of[field]
  if (!Array.isArray(value) || value.length > max)
    throw new SealError('malformed', field, `${field} 应为不超过 ${max} 项的数组`)
  return value.map((item, i) => {
    if (!isRecord(item)) throw new SealError('malformed', `${field}.${i}`, `${field} 第 ${i} 项应为对象`)
    try {
      return read(item)
    } catch (error) {
      throw error instanceof SealError ? error.within(`${field}.${i}`) : error
    }
  })
}

/** Instants are UTC with milliseconds and fixed width, so they compare as text. */
export const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/
export const DIGEST_HEX = /^[0-9a-f]{64}$/
