import { doubled, gaps } from '../drill/afterwards.ts'

type Sql = <T extends Record<string, unknown>>(text: string, values?: unknown[]) => Promise<T[]>

interface Promised {
  readonly what: string
  /** Rows that break it. */
  readonly query: string
}

/** Words sealed by one kind of entry. */
const sealed = (kind: string): string =>
  `select e.log_id, e.seq as log_seq, (e.body::jsonb -> 'body') as w from ledger.entry e where e.kind = '${kind}'`

const PROMISES: readonly Promised[] = [
  {
    what: 'feeds with a gap or a double in their chunks',
    query: `select f.feed_id, f.head, count(c.seq)::int as chunks, max(c.seq) as last from exchange.feed f
      left join exchange.chunk c using (feed_id) group by f.feed_id, f.head
      having f.head <> count(c.seq) or f.head <> count(distinct c.seq) or f.head <> coalesce(max(c.seq) + 1, 0)`,
  },
  {
    what: 'feeds with chunks nobody has signed for',
    query: 'select feed_id, head, supplied from exchange.feed where supplied <> head',
  },
  {
    what: 'chunks that no supplier’s receipt in the ledger covers',
    query: `with s as (${sealed('chunk_supplied')})
      select c.feed_id, c.seq from exchange.chunk c where not exists (select from s
        where s.w ->> 'feed_id' = c.feed_id::text and c.seq between (s.w ->> 'from')::bigint and (s.w ->> 'to')::bigint)`,
  },
  {
    what: 'deliveries without their entry in the ledger',
    query: `with s as (${sealed('chunk_delivered')})
      select d.subscription_id, d.seq from exchange.delivery d where not exists (select from s
        where s.log_id = d.log_id and s.log_seq = d.log_seq and s.w ->> 'digest' = encode(d.digest, 'hex'))`,
  },
  {
    what: 'deliveries of a running transfer that nobody accepted',
    query: `select d.subscription_id, d.seq from exchange.delivery d join exchange.subscription s using (subscription_id)
      where s.state = 'active' and d.generation = s.generation and d.accepted_at is null`,
  },
  {
    what: 'accepted deliveries that no consumer’s receipt in the ledger covers',
    query: `with s as (${sealed('chunk_accepted')})
      select d.subscription_id, d.seq from exchange.delivery d where d.accepted_at is not null and not exists (select from s
        where s.w ->> 'subscription_id' = d.subscription_id::text and (s.w ->> 'generation')::int = d.generation
          and d.seq between (s.w ->> 'from')::bigint and (s.w ->> 'to')::bigint)`,
  },
  {
    what: 'chunks skipped between one delivery and the next',
    query: `select * from (select subscription_id, seq, after, kind,
        lag(seq) over (partition by subscription_id, generation order by seq) as before from exchange.delivery) d
      where before is not null and after <> before and after <> -1`,
  },
]

/** Everything that is wrong with what faults left behind at the centre; nothing, when the promises were kept. */
export const lookAfterExchange = async (sql: Sql): Promise<string[]> => {
  const found = [...(await gaps(sql)), ...(await doubled(sql))]
  for (const { what, query } of PROMISES) {
    const rows = await sql(query)
    if (rows.length > 0) found.push(`${rows.length} ${what}: ${JSON.stringify(rows.slice(0, 3))}`)
  }
  return found
}
