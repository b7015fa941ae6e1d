import type { Entry } from './entry.ts'
import { keyLineOf } from './row-key.ts'
import type { LineShape, RowLeavesRoot, RowProof } from './row-leaves.ts'
import { countField, DIGEST_HEX, isRecord, SealError, textField } from './seal-error.ts'

// What a proof of a row says in words, decided by the same rules where it is made and wherever it is verified.

/** Whether a row went to a subscription in a period; `key` and `line` are as in the lines that were delivered. */
export interface RowQuestion {
  readonly subscription_id: string
  readonly grant_id: string
  readonly resource_code: string
  /** Key line as delivered: under a handle, the handle. */
  readonly key: string
  /** The natural key that the platform says the handle stands for; nobody can recompute it. */
  readonly handle_of?: string
  /** Whole line without an operation; undefined when only the key was asked for. */
  readonly line?: string
  /** Instants of receipts: `from` included, `to` not. */
  readonly from: string
  readonly to: string
}

/** What the receipt of a delivery says of its lines, where row leaves are kept. */
export interface RowLeavesFacts extends RowLeavesRoot, LineShape {
  /** Items of the lines, in their order. */
  readonly items: readonly string[]
}

export interface DeliveryFacts {
  readonly generation: number
  readonly seq: number
  readonly rows: number
  readonly leaves: RowLeavesFacts | undefined
}

/**
 * What one delivery says: `row` has this row, `key` a line of this key, `removal` only tells that this key's row is gone,
 * `absent` has no line of the key, `withheld` was taken back before it left, `unproven` has no leaves that would show it.
 */
export type RowOutcome = 'row' | 'key' | 'removal' | 'absent' | 'withheld' | 'unproven'

/** What all of them say; `none` where there was no delivery. */
export type RowVerdict = Exclude<RowOutcome, 'withheld'> | 'none'

const textsField = (of: Record<string, unknown>, field: string): string[] => {
  const value = of[field]
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
  throw new SealError('malformed', field, `${field} 应为文本数组`)
}

const placesField = (of: Record<string, unknown>, field: string, count: number): number[] => {
  const value = of[field]
  if (Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0 && one < count)) return value
  throw new SealError('malformed', field, `${field} 应为各项的位置`)
}

const readLeaves = (value: Record<string, unknown>): RowLeavesFacts => {
  const items = textsField(value, 'items')
  return {
    items,
    key: placesField(value, 'key', items.length),
    kind: textField(value, 'kind', /^(rows|changes)$/) as LineShape['kind'],
    rows: countField(value, 'rows'),
    root: textField(value, 'root', DIGEST_HEX),
    order: textField(value, 'order', DIGEST_HEX),
  }
}

/** The facts of a delivery's receipt, or why it is none that the question is about. */
export const readFacts = ({ kind, at, body }: Entry, question: RowQuestion): DeliveryFacts | string => {
  if (kind !== 'chunk_delivered') return '这一条不是交付回执'
  if (body.subscription_id !== question.subscription_id || body.grant_id !== question.grant_id)
    return '这张回执是另一条传输或另一个授权的'
  if (body.resource_code !== question.resource_code) return '这张回执是另一个资源的'
  if (at < question.from || at >= question.to) return '这张回执不在所问的时间里'
  try {
    return {
      generation: countField(body, 'generation'),
      seq: countField(body, 'seq'),
      rows: countField(body, 'rows'),
      leaves: isRecord(body.row_leaves) ? readLeaves(body.row_leaves) : undefined,
    }
  } catch (error) {
    if (error instanceof SealError) return error.message
    throw error
  }
}

/** The line of a removal under a grant: the key, and nothing of the rest. */
export const removalLine = ({ items, key }: Pick<RowLeavesFacts, 'items' | 'key'>, keyLine: string): string => {
  const fields = keyLine.split('\t')
  return `-\t${items.map((_, place) => fields[key.indexOf(place)] ?? '\\N').join('\t')}`
}

const ofPresence = (question: RowQuestion, line: string, leaves: RowLeavesFacts): RowOutcome | undefined => {
  const isChange = leaves.kind === 'changes'
  const row = isChange ? line.slice(2) : line
  if (row.split('\t').length !== leaves.items.length || keyLineOf(row, leaves.key) !== question.key) return undefined
  if (isChange && line[0] !== '+') return 'removal'
  return question.line === undefined || question.line === row ? 'row' : undefined
}

/** What a proof that holds says of one delivery; undefined when it is not about what was asked. */
export const outcomeOf = (
  question: RowQuestion,
  { facts, proof, isWithheld }: { facts: DeliveryFacts; proof: RowProof | null; isWithheld: boolean },
): RowOutcome | undefined => {
  if (isWithheld) return 'withheld'
  if (facts.rows === 0) return 'absent'
  if (proof === null || facts.leaves === undefined) return 'unproven'
  if (proof.kind === 'present') return ofPresence(question, proof.line, facts.leaves)
  if (proof.key !== question.key) return undefined
  return proof.kind === 'key' ? 'key' : 'absent'
}

/** One delivery that has it suffices; that none has it takes all of them. */
export const verdictOf = (outcomes: readonly RowOutcome[]): RowVerdict => {
  const said = outcomes.filter((one) => one !== 'withheld')
  if (said.length === 0) return 'none'
  for (const one of ['row', 'key', 'unproven', 'removal'] as const) if (said.includes(one)) return one
  return 'absent'
}
