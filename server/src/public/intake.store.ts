import type { IntakeKind, IntakeStanding } from '@sanjiang/contract/opendata.intake'
import type pg from 'pg'

const KEYS_MS = 60_000
const kept = new WeakMap<pg.Pool, { readonly at: number; readonly keys: readonly string[] }>()

/** Keys of today and yesterday, today's first; read once a minute. */
export const dayKeys = async (pool: pg.Pool): Promise<readonly string[]> => {
  const known = kept.get(pool)
  if (known && Date.now() - known.at < KEYS_MS) return known.keys
  const { rows } = await pool.query<{ key: string }>('select key from intake.day_keys()')
  const keys = rows.map(({ key }) => key)
  kept.set(pool, { at: Date.now(), keys })
  return keys
}

/** The business date of the inside. */
export const siteToday = async (pool: pg.Pool): Promise<string> => {
  const { rows } = await pool.query<{ today: string }>('select site.today()::text as today')
  return rows[0]!.today
}

export interface Submission {
  readonly number: string
  readonly kind: IntakeKind
  readonly dataset_slug: string | null
  readonly about: string | null
  readonly body: Readonly<Record<string, unknown>>
  readonly contact: Readonly<Record<string, string>> | null
  readonly code_hash: string
  readonly address_hash: string
}

export type SubmitResult = 'accepted' | 'known' | 'limited' | 'full' | 'unknown'

export const submit = async (pool: pg.Pool, sent: Submission): Promise<SubmitResult> => {
  const { rows } = await pool.query<{ result: SubmitResult }>(
    'select intake.submit($1, $2, $3, $4, $5, $6, $7, $8) as result',
    [
      ...[sent.number, sent.kind, sent.dataset_slug, sent.about, JSON.stringify(sent.body)],
      ...[sent.contact && JSON.stringify(sent.contact), sent.code_hash, sent.address_hash],
    ],
  )
  return rows[0]!.result
}

/** Counts an attempt with a code before it is looked at: seconds to wait, 0 where it may go on. */
export const takeAttempt = async (pool: pg.Pool, addressHash: string): Promise<number> => {
  const { rows } = await pool.query<{ wait: number }>('select intake.take_attempt($1) as wait', [addressHash])
  return rows[0]!.wait
}

export const returnAttempt = (pool: pg.Pool, addressHash: string) =>
  pool.query('select intake.return_attempt($1)', [addressHash])

export interface StoredState {
  readonly kind: IntakeKind
  readonly submitted_on: string | null
  readonly standing: IntakeStanding | null
}

export const stateOf = async (pool: pg.Pool, number: string, codeHash: string): Promise<StoredState | undefined> => {
  const { rows } = await pool.query<StoredState>(
    `select kind, (submitted_at at time zone 'Asia/Shanghai')::date::text as submitted_on, standing from intake.state_of($1, $2)`,
    [number, codeHash],
  )
  return rows[0]
}
