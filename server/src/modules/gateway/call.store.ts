import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'

export interface CallCounts {
  readonly answered: number
  readonly refused: number
  readonly failed: number
}

/** Calls of one resource in the 30 days before `instant`, as far as the ledger has been counted. */
export const countCalls = async (db: Db, resourceCode: string, instant: string): Promise<CallCounts> => {
  const rows = await db
    .selectFrom('gateway.call_day')
    .select(['outcome', (eb) => eb.fn.sum<string>('calls').as('calls')])
    .where('resource_code', '=', resourceCode)
    .where('day', '>', sql<string>`(${instant}::timestamptz at time zone 'Asia/Shanghai')::date - 30`)
    .groupBy('outcome')
    .execute()
  const of = (outcome: string): number => Number(rows.find((row) => row.outcome === outcome)?.calls ?? 0)
  // A voided receipt takes back one that said "answered": nothing left, the right was gone.
  return { answered: of('answered') - of('voided'), refused: of('refused') + of('voided'), failed: of('failed') }
}

export interface Unread {
  readonly log_id: string
  readonly from: number
  readonly to: number
}

const STEP = 50_000

/** Logs with entries that have not been counted; at most 50,000 of each at a time. */
export const listUnread = async (db: Db): Promise<Unread[]> => {
  const { rows } = await sql<Unread>`
    select l.log_id, coalesce(r.next_seq, 0) as "from", least(l.size, coalesce(r.next_seq, 0) + ${STEP}) as "to"
    from ledger.published_log l left join gateway.call_reader r on r.log_id = l.log_id
    where l.role = 'gateway' and l.size > coalesce(r.next_seq, 0)
    order by l.log_id`.execute(db)
  return rows
}

/** Moves the reader of a log; false when another process has moved it meanwhile. */
export const moveReader = async (tx: Tx, { log_id, from, to }: Unread): Promise<boolean> => {
  const { numAffectedRows } = await sql`
    insert into gateway.call_reader as r (log_id, next_seq) values (${log_id}, ${to})
    on conflict (log_id) do update set next_seq = excluded.next_seq where r.next_seq = ${from}`.execute(tx)
  return numAffectedRows === 1n
}

/** Adds the receipts [from, to) of a log to the figures of their days. */
export const addCalls = (tx: Tx, { log_id, from, to }: Unread) =>
  sql`
    insert into gateway.call_day as d (resource_code, day, outcome, calls)
    select resource_code, (at at time zone 'Asia/Shanghai')::date, outcome, count(*)::integer
    from ledger.published_call
    where log_id = ${log_id} and seq >= ${from} and seq < ${to} and resource_code is not null
      and outcome in ('answered', 'refused', 'failed', 'voided')
    group by 1, 2, 3
    on conflict (resource_code, day, outcome) do update set calls = d.calls + excluded.calls`.execute(tx)
