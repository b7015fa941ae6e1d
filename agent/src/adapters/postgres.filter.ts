import { canonicalField, escapeField, isRefusal, unescapeField } from '@sanjiang/seal'
import type { Lines, ReadOptions } from './adapter.ts'
import type { CopiedRows } from './postgres.copy.ts'
import type { LineField, LinePlan } from './postgres.line.ts'

type Tell = ReadOptions['unreadable']

const LF = 0x0a

/** The key's fields of a line, joined as a key line. */
const keyOf = (plan: LinePlan, fields: readonly string[]): string =>
  plan.key_places.map((place) => fields[place]).join('\t')

/** Blank text in a typed column is how programs without NULL write "none". */
const convert = (field: LineField, written: string): { written: string } | { reason: string } => {
  const text = unescapeField(written)
  if (text === null || text.trim() === '') return { written: '\\N' }
  const found = canonicalField(field.bound.data_type, text)
  return isRefusal(found) ? { reason: found.reason } : { written: escapeField(found) }
}

/** The line in canonical form, or undefined when it has none and that has been told. */
const checkLine = (plan: LinePlan, line: string, tell: Tell): string | undefined => {
  const fields = line.split('\t')
  for (const [place, field] of plan.fields.entries()) {
    const written = fields[place] ?? '\\N'
    if (field.tokens.includes(written)) {
      tell({ key: keyOf(plan, fields), item: field.bound.item, reason: field.reason })
      return undefined
    }
    if (!field.is_converted) continue
    const found = convert(field, written)
    if ('reason' in found) {
      tell({ key: keyOf(plan, fields), item: field.bound.item, reason: found.reason })
      return undefined
    }
    fields[place] = found.written
  }
  return plan.has_converted ? fields.join('\t') : line
}

/** Words that say that a body may hold an unreadable value; `Infinity` finds `-Infinity` too. */
const isSuspect = (plan: LinePlan, body: Buffer): boolean =>
  plan.tokens.some((token) => body.includes(token, 0, 'latin1'))

/**
 * Takes rows without canonical text out of a body and tells them. An ordinary body is searched for the words the server
 * writes for such values and goes through as it is.
 */
export const filterRows = (plan: LinePlan, copied: CopiedRows, tell: Tell): CopiedRows => {
  if (!plan.has_converted && !isSuspect(plan, copied.body)) return copied
  const kept: string[] = []
  const { body } = copied
  for (let start = 0; start < body.length; ) {
    const end = body.indexOf(LF, start)
    const line = checkLine(plan, body.toString('utf8', start, end), tell)
    if (line !== undefined) kept.push(line)
    start = end + 1
  }
  return kept.length === 0
    ? { body: Buffer.alloc(0), rows: 0 }
    : { body: Buffer.from(`${kept.join('\n')}\n`), rows: kept.length }
}

/** Bodies as batches that all stand at one position; a body that nothing is left of goes by. */
export async function* linesAt(
  plan: LinePlan,
  bodies: AsyncIterable<CopiedRows>,
  options: { readonly position: string; readonly tell: Tell },
): AsyncGenerator<Lines> {
  for await (const copied of bodies) {
    const { body, rows } = filterRows(plan, copied, options.tell)
    if (rows > 0) yield { body, rows, position: options.position, tx_end: true }
  }
}

/** The last line of a body without its LF. */
export const lastLine = (body: Buffer): string => {
  const start = body.length < 2 ? -1 : body.lastIndexOf(LF, body.length - 2)
  return body.toString('utf8', start + 1, body.length - 1)
}
