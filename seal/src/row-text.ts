import { fromUtf8, utf8 } from './bytes.ts'
import { SealError } from './seal-error.ts'

// Lines of PostgreSQL's COPY text (ADR 0004): TAB between fields, LF at the end, \N for NULL, seven characters escaped.

export type Operation = '+' | '-' | '!'
const ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\\': '\\\\',
}
const CHARACTERS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ESCAPES).map(([character, escaped]) => [escaped[1] as string, character]),
)
const TO_ESCAPE = /[\b\t\n\v\f\r\\]/
const EACH_TO_ESCAPE = /[\b\t\n\v\f\r\\]/g
const BARE = /[\b\n\v\f\r\0]/

export const NULL_FIELD = '\\N'

/** The field as it stands in a line. */
export const escapeField = (text: string | null): string => {
  if (text === null) return NULL_FIELD
  return TO_ESCAPE.test(text) ? text.replace(EACH_TO_ESCAPE, (one) => ESCAPES[one] as string) : text
}

const malformed = (message: string): SealError => new SealError('malformed', 'line', message)

/** What a field of a line says; throws SealError on an escape that the format does not have. */
export const unescapeField = (field: string): string | null => {
  if (field === NULL_FIELD) return null
  if (!field.includes('\\')) return field
  return field.replace(/\\(.?)/gsu, (_, letter: string) => {
    const character = CHARACTERS[letter]
    if (character === undefined) throw malformed(`行内转义 \\${letter} 不合格式`)
    return character
  })
}

/** A line without its LF. */
export const lineOf = (values: readonly (string | null)[]): string => values.map(escapeField).join('\t')

/** The values of a line without its LF; strict, so that one row has one line. */
export const fieldsOf = (line: string | Uint8Array): (string | null)[] => {
  const text = typeof line === 'string' ? line : fromUtf8(line)
  if (BARE.test(text)) throw malformed('行内有未转义的控制字符')
  return text.split('\t').map(unescapeField)
}

/** Lines, each with its LF, as bytes. */
export const bodyOf = (lines: readonly string[]): Uint8Array => utf8(lines.map((line) => `${line}\n`).join(''))

/** The lines of a body without their LF, as views of its bytes; throws when the last one is cut short. */
export function* linesOf(body: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < body.length; ) {
    const end = body.indexOf(10, start)
    if (end === -1) throw malformed('最后一行没有换行')
    yield body.subarray(start, end)
    start = end + 1
  }
}

/** Number of lines; the last must be whole. */
export const countLines = (body: Uint8Array): number => {
  if (body.length > 0 && body[body.length - 1] !== 10) throw malformed('最后一行没有换行')
  let rows = 0
  for (let at = body.indexOf(10); at !== -1; at = body.indexOf(10, at + 1)) rows++
  return rows
}

/** Where a buffer of lines may be cut so that at most `limit` bytes come before, or behind its first line if that is longer. */
export const cutAt = (body: Uint8Array, limit: number): number => {
  if (body.length <= limit) return body.lastIndexOf(10) + 1
  const end = limit > 0 ? body.lastIndexOf(10, limit - 1) : -1
  return end === -1 ? body.indexOf(10) + 1 : end + 1
}
