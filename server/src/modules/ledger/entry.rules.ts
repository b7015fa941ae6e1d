import type { EntryKind } from '@sanjiang/contract/ledger'

/** What a module wants sealed. The body holds facts and digests, persons only as keyed hashes in `subjects`. */
export interface EntryDraft {
  readonly kind: EntryKind
  readonly body: Readonly<Record<string, unknown>>
  readonly subjects?: readonly string[]
}

/** Members of a body that are also kept as columns, for lookups. They are copied, never given separately. */
export const COLUMNS = [
  'provider_organ_id',
  'consumer_organ_id',
  'client_id',
  'grant_id',
  'resource_code',
  'case_no',
  'outcome',
  'topic',
  'actor_id',
  'event_id',
] as const
export type Columns = readonly (string | null)[]

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const IS_UUID = COLUMNS.map((name) => name === 'client_id' || name === 'grant_id' || name === 'event_id')
const MAX_LENGTH = 200 // an index row of PostgreSQL holds 2,704 bytes

// A caller writes its own case number. What a column cannot hold must not fail the whole batch, and with it the calls
// of others: such a value stays in the sealed text and is merely not searchable.
const toColumn = (value: unknown, isUuid: boolean): string | null => {
  if (typeof value !== 'string' || value === '' || value.length > MAX_LENGTH || value.includes('\0')) return null
  return isUuid && !UUID.test(value) ? null : value
}

export const columnsOf = (body: EntryDraft['body']): Columns =>
  COLUMNS.map((name, index) => toColumn(body[name], IS_UUID[index]!))

/** The body as it is sealed: its subjects are part of it, so that none can be struck from the index unseen. */
export const sealedBody = ({ body, subjects = [] }: EntryDraft): Record<string, unknown> => ({
  ...body,
  subjects: subjects.length < 2 ? subjects : [...new Set(subjects)].sort(),
})
