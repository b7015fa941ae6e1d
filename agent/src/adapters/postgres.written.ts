import type { ReadPlan, Written } from './adapter.ts'
import { getRelation } from './postgres.catalog.ts'
import { passedOver } from './postgres.cursor.ts'
import { planLines } from './postgres.line.ts'
import { type Client, type PostgresConfig, withClient } from './postgres.session.ts'

// PostgreSQL counts the rows inserted, changed and removed of every table. The counters come some seconds late and count what was
// rolled back too, so they only say that it is worth looking; which rows were written, each row's own transaction says.

interface Counters {
  readonly writes: number
  readonly removed: number
}

interface Mark extends Counters {
  /** What was visible then. */
  readonly snapshot: string
}

const COUNTERS = `select coalesce(sum(n_tup_ins + n_tup_upd), 0)::float8 as writes, coalesce(sum(n_tup_del), 0)::float8 as removed
  from pg_stat_user_tables where relid = $1 or relid in (select relid from pg_partition_tree($1::oid::regclass))`

const markNow = async (client: Client, oid: number): Promise<Mark> => {
  const counters = await client.query<Counters>(COUNTERS, [oid])
  const { rows } = await client.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot')
  return { writes: 0, removed: 0, ...counters.rows[0], snapshot: rows[0]?.snapshot ?? '' }
}

/** A row's 32-bit transaction number in the epoch of the snapshot; frozen rows were always visible. */
const IS_NEW = `not pg_visible_in_snapshot(
  ((pg_snapshot_xmax(pg_current_snapshot())::text::numeric - age(xmin))::text)::xid8, $1::pg_snapshot)`

export const readWritten = (
  config: PostgresConfig,
  plan: ReadPlan,
  since: { readonly mark: string; readonly after: string } | null,
): Promise<Written | null> =>
  withClient(config, async (client) => {
    const relation = await getRelation(client, plan.relation)
    if (relation.kind !== 'table') return null
    const now = await markNow(client, relation.oid)
    const mark = JSON.stringify(now)
    if (since === null) return { mark, is_at_rest: false, missed: 0, removed: 0 }
    const then = JSON.parse(since.mark) as Mark
    const removed = Math.max(0, now.removed - then.removed)
    if (now.writes === then.writes) return { mark, is_at_rest: removed === 0, missed: 0, removed }
    const lines = planLines(plan, relation)
    const { rows } = await client.query<{ missed: number }>(
      `select count(*)::float8 as missed from ${lines.from} where ${passedOver(lines, config, since.after)} and ${IS_NEW}`,
      [then.snapshot],
    )
    return { mark, is_at_rest: false, missed: rows[0]?.missed ?? 0, removed }
  })
