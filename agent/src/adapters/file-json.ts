/** A line longer than this is no record. */
const MAX_RECORD = 16 * 1_048_576
const BARE_NUMBER = /[\d.]{16,}/

const parsedObject = (text: string): Record<string, unknown> | string => {
  try {
    // Numbers with more digits than a double holds keep them as text.
    const reviver = (_: string, value: unknown, context?: { source?: string }): unknown =>
      typeof value === 'number' && context?.source !== undefined && context.source.length > 15 ? context.source : value
    const value: unknown = BARE_NUMBER.test(text) ? JSON.parse(text, reviver) : JSON.parse(text)
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return '不是 JSON 对象'
    return value as Record<string, unknown>
  } catch {
    return '不是有效的 JSON'
  }
}

export interface JsonRecord {
  readonly line: number
  readonly object: Readonly<Record<string, unknown>>
  readonly trouble?: string
}

/** One JSON object per line; blank lines are passed over. */
export async function* jsonRecords(texts: AsyncIterable<string>): AsyncIterable<JsonRecord> {
  let text = ''
  let line = 0
  const one = (given: string): JsonRecord | null => {
    line++
    const trimmed = given.trim()
    if (trimmed === '') return null
    const object = parsedObject(trimmed)
    return typeof object === 'string' ? { line, object: {}, trouble: object } : { line, object }
  }
  for await (const piece of texts) {
    text += piece
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const record = one(text.slice(start, end))
      if (record !== null) yield record
      start = end + 1
    }
    text = text.slice(start)
    if (text.length > MAX_RECORD) throw new RangeError('一行超过 16 MiB')
  }
  const record = one(text)
  if (record !== null) yield record
}
