import { canonicalField, isRefusal } from '@sanjiang/seal'

// Not in TypeScript's library yet; in Node 24 they are (ECMA-262, JSON.parse source text access).
interface RawJson {
  readonly rawJSON: string
}
const JSON_RAW = JSON as unknown as { rawJSON(text: string): RawJson; isRawJSON(value: unknown): value is RawJson }

const decimalOf = (text: string): string => {
  const field = canonicalField('N', text)
  return typeof field === 'string' && !isRefusal(field) ? field : text
}

/** A number that JavaScript would round stays as it was written: an amount of twenty digits is the same through every transport. */
export const parseExactly = (text: string): unknown =>
  JSON.parse(text, ((_key: string, value: unknown, { source = '' }: { source?: string }) =>
    typeof value === 'number' && decimalOf(String(value)) !== decimalOf(source)
      ? JSON_RAW.rawJSON(source)
      : value) as never)

/** A value as the exchange's lines write it (ADR 0004): what masks and conditions look at, whatever the transport. */
export const lineValue = (value: unknown): unknown => {
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (typeof value === 'number') return decimalOf(String(value))
  return JSON_RAW.isRawJSON(value) ? decimalOf(value.rawJSON) : value
}
