import type { AccessRecord } from '@sanjiang/contract/ledger'

export interface FactRow {
  readonly event_id: string
  readonly type: string
  readonly subject_kind: string
  readonly subject_id: string
  readonly organ_id: string | null
  readonly actor_person_id: string | null
  readonly actor_name: string
  readonly occurred_on: string
  readonly occurred_at: string
  readonly after: unknown
  readonly trace: string
}

/** The canonical form takes whole numbers and well-formed text only; anything else is written as text rather than lost. */
export const toSealable = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : String(value)
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(toSealable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toWellFormed(), toSealable(member)]))
}

const GRANT_COLUMNS = ['grant_id', 'resource_code', 'client_id', 'provider_organ_id', 'consumer_organ_id'] as const

/** The body of a fact's entry; what a grant's facts say about parties and resource is lifted for lookups. */
export const toFactBody = (fact: FactRow): Record<string, unknown> => {
  const after = toSealable(fact.after) as Record<string, unknown> | null
  const lifted = Object.fromEntries(GRANT_COLUMNS.map((name) => [name, after?.[name] ?? null]))
  if (fact.subject_kind === 'sharing.grant') lifted.grant_id = fact.subject_id
  return {
    ...lifted,
    topic: fact.type,
    outcome: fact.type.endsWith('.refused') ? 'refused' : 'done',
    event_id: fact.event_id,
    subject_kind: fact.subject_kind,
    subject_id: fact.subject_id,
    organ_id: fact.organ_id,
    actor_id: fact.actor_person_id,
    actor_name: fact.actor_name.toWellFormed(),
    occurred_on: fact.occurred_on,
    occurred_at: fact.occurred_at,
    after,
    trace: fact.trace,
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const detailOf = (body: Record<string, unknown>): string => {
  const parts = [body.code, body.permission, body.path, body.reason, body.subject_kind, body.subject_id]
  const untold = typeof body.untold_before === 'number' ? [`此前另有 ${body.untold_before} 次未逐条记录`] : []
  const repeats = typeof body.repeats === 'number' ? [`一分钟内又有 ${body.repeats} 次`] : []
  return [...parts.filter((part) => text(part) !== null), ...repeats, ...untold].join(' ')
}

type Described = Pick<AccessRecord, 'actor_name' | 'organ_id' | 'organ_name' | 'ip' | 'detail'>

/** What a sealed access entry says, read from its own text. A text that cannot be read is shown as such, not hidden. */
export const describeAccess = (sealed: string): Described => {
  const body = parseBody(sealed)
  if (!body) return { actor_name: null, organ_id: null, organ_name: null, ip: null, detail: '条目原文无法解析' }
  const after = (body.after ?? {}) as Record<string, unknown>
  return {
    actor_name: text(body.actor_name),
    organ_id: text(body.organ_id),
    organ_name: null,
    ip: text(body.ip) ?? text(after.ip),
    detail: detailOf(body),
  }
}

/** The body inside an entry's text; undefined when somebody has made it unreadable. */
export const parseBody = (sealed: string): Record<string, unknown> | undefined => {
  try {
    const entry: unknown = JSON.parse(sealed)
    const body = (entry as { body?: unknown } | null)?.body
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
