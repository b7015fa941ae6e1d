import type { Acknowledged, KeptReceipt } from './load.ts'

type Sql = <T extends Record<string, unknown>>(text: string, values?: unknown[]) => Promise<T[]>

const many = (rows: readonly unknown[], what: string): string[] =>
  rows.length === 0 ? [] : [`${rows.length} ${what}: ${JSON.stringify(rows.slice(0, 3))}`]

const missing = async (sql: Sql, receipts: readonly KeptReceipt[], what: string): Promise<string[]> => {
  const rows = await sql(
    `select r.log_id, r.seq from unnest($1::uuid[], $2::bigint[], $3::text[]) r(log_id, seq, leaf)
     where not exists (select from ledger.entry e where e.log_id = r.log_id and e.seq = r.seq and encode(e.leaf, 'hex') = r.leaf)`,
    [receipts.map(({ log_id }) => log_id), receipts.map(({ seq }) => seq), receipts.map(({ leaf }) => leaf)],
  )
  return many(rows, `acknowledged receipts of ${what} missing`)
}

const otherAnswer = async (sql: Sql, { calls }: Acknowledged): Promise<string[]> => {
  const rows = await sql(
    `select r.log_id, r.seq from unnest($1::uuid[], $2::bigint[], $3::text[]) r(log_id, seq, digest)
     join ledger.entry e on e.log_id = r.log_id and e.seq = r.seq
     where e.body::jsonb #>> '{body,response_digest}' is distinct from r.digest or e.outcome is distinct from 'answered'`,
    [calls.map(({ log_id }) => log_id), calls.map(({ seq }) => seq), calls.map(({ digest }) => digest)],
  )
  return many(rows, 'answers that left differ from their receipt')
}

export const doubled = async (sql: Sql): Promise<string[]> => [
  ...many(
    await sql(`select body::jsonb #>> '{body,session_id}' as session, body::jsonb #>> '{body,counter}' as counter, count(*)::int
      from ledger.entry where kind = 'call' group by 1, 2 having count(*) > 1`),
    'calls sealed more than once',
  ),
  ...many(
    await sql(
      'select event_id, count(*)::int from ledger.entry where event_id is not null group by 1 having count(*) > 1',
    ),
    'facts sealed more than once',
  ),
]

export const gaps = async (sql: Sql): Promise<string[]> =>
  many(
    await sql(`select l.log_id, l.size::int, count(e.seq)::int as stored, max(e.seq)::int as last
      from ledger.log l left join ledger.entry e using (log_id) group by l.log_id, l.size
      having l.size <> count(e.seq) or l.size <> coalesce(max(e.seq) + 1, 0)`),
    'logs with a gap',
  )

/** Facts neither sealed nor owed by a job, and registrations acknowledged but not there. */
const facts = async (sql: Sql, { clients }: Acknowledged): Promise<string[]> => [
  ...many(
    await sql(`select e.event_id, e.type from kernel.event e where e.type = 'identity.client.registered'
      and not exists (select from ledger.entry x where x.event_id = e.event_id)
      and not exists (select from pgboss.job j where j.data ->> 'event_id' = e.event_id::text
        and j.state in ('created', 'retry', 'active'))`),
    'facts lost between recording and sealing',
  ),
  ...many(
    await sql(
      `select c.client_id from unnest($1::uuid[]) c(client_id)
       where (select count(*) from identity.client i where i.client_id = c.client_id) <> 1
         or (select count(*) from kernel.event e where e.subject_id = c.client_id::text and e.type = 'identity.client.registered') <> 1`,
      [clients],
    ),
    'acknowledged registrations missing or doubled',
  ),
]

/** Everything that is wrong with what the kills left behind; nothing, when the promises were kept. */
export const lookAfterwards = async (sql: Sql, kept: Acknowledged): Promise<string[]> =>
  (
    await Promise.all([
      missing(sql, kept.calls, 'calls'),
      missing(sql, kept.queries, 'queries'),
      otherAnswer(sql, kept),
      doubled(sql),
      gaps(sql),
      facts(sql, kept),
    ])
  ).flat()

/** Entries committed of which nobody was told: what the kills between commit and answer left. */
export const countUntold = async (sql: Sql, kept: Acknowledged): Promise<number> => {
  const [row] = await sql<{ answered: number }>(
    `select count(*)::int as answered from ledger.entry where kind = 'call' and outcome = 'answered'`,
  )
  return row!.answered - kept.calls.length
}
