import type { Binding } from '@sanjiang/contract/exchange'
import { sql } from 'kysely'
import type { Tx } from '#kernel/db.ts'
import type { GrantNeeds } from './union.rules.ts'
import { wakeAgent } from './wake.ts'

export interface FeedFacts {
  readonly feed_id: string
  readonly agent_id: string
  readonly version: number
  readonly head: number
  readonly bindings: readonly Binding[]
  readonly key: readonly string[]
}

export const lockFeedFacts = async (tx: Tx, feedId: string): Promise<FeedFacts> => {
  const row = await tx
    .selectFrom('exchange.feed')
    .select(['feed_id', 'agent_id', 'version', 'head', 'bindings', 'key'])
    .where('feed_id', '=', feedId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return row as unknown as FeedFacts
}

/** Grants of the feed's standing subscriptions that are still in force. */
export const listNeeds = async (tx: Tx, feedId: string): Promise<GrantNeeds[]> => {
  const rows = await tx
    .selectFrom('exchange.subscription as s')
    .innerJoin('sharing.published_grant as g', 'g.grant_id', 's.grant_id')
    .select(['g.items', 'g.row_conditions'])
    .where('s.feed_id', '=', feedId)
    .where('s.state', 'in', ['active', 'paused', 'faulted'])
    .where('g.status', '=', 'active')
    .execute()
  return rows as unknown as GrantNeeds[]
}

export const listBaseless = async (tx: Tx, feedId: string): Promise<string[]> => {
  const rows = await tx
    .selectFrom('exchange.subscription')
    .select('subscription_id')
    .where('feed_id', '=', feedId)
    .where('state', 'in', ['active', 'paused', 'faulted'])
    .where('base_run_id', 'is', null)
    .execute()
  return rows.map(({ subscription_id }) => subscription_id)
}

/** Snapshots of the feed's present version whose chunks are all still held, newest first, and those waiting to be taken. */
export const listUsableSnapshots = async (tx: Tx, { feed_id, version, head }: FeedFacts) => {
  const { rows } = await sql<{ run_id: string; first_seq: number; items: string[] }>`
    select r.run_id, coalesce(r.first_seq, ${head}) as first_seq, r.items from exchange.run r
    where r.feed_id = ${feed_id} and r.feed_version = ${version} and r.kind = 'snapshot'
      and (r.state = 'waiting' or r.state in ('running', 'finished') and not exists (
        select from (select c.seq from exchange.chunk c where c.feed_id = r.feed_id and c.seq >= r.first_seq
          and c.run_id = r.run_id and c.bytes > 0 order by c.seq limit 1) first
        where not exists (select from exchange.chunk_body b where b.feed_id = r.feed_id and b.seq = first.seq)))
      -- A change stream that broke off leaves a gap behind every snapshot before it.
      and not exists (select from exchange.run x where x.feed_id = r.feed_id and x.kind = 'changes' and x.state = 'failed'
        and x.finished_at >= r.ordered_at)
    order by r.ordered_at desc, r.run_id desc limit 5`.execute(tx)
  return rows
}

export const clearBases = async (tx: Tx, feedId: string): Promise<void> => {
  await tx
    .updateTable('exchange.subscription')
    .set({ base_run_id: null, generation: sql`generation + 1` })
    .where('feed_id', '=', feedId)
    .where('state', '<>', 'ended')
    .execute()
}

export const setBases = async (
  tx: Tx,
  subscriptionIds: readonly string[],
  { run_id, from }: { run_id: string; from: number },
): Promise<void> => {
  const rows = await tx
    .updateTable('exchange.subscription')
    .set({ base_run_id: run_id, from_seq: from, next_seq: from })
    // What stopped a transfer is not mended by another snapshot.
    .set({ trouble: sql`case when state = 'faulted' then trouble end` })
    .where('subscription_id', 'in', [...subscriptionIds])
    .returning('agent_id')
    .execute()
  for (const agentId of new Set(rows.flatMap(({ agent_id }) => (agent_id ? [agent_id] : []))))
    await wakeAgent(tx, agentId)
}

export const setRunItems = async (tx: Tx, runId: string, items: readonly string[]): Promise<void> => {
  await tx
    .updateTable('exchange.run')
    .set({ items: JSON.stringify(items) })
    .where('run_id', '=', runId)
    .execute()
}

/** Standing subscriptions that begin at a run, with what their grants need. */
export const listBasedOn = async (tx: Tx, runId: string) => {
  const rows = await tx
    .selectFrom('exchange.subscription as s')
    .innerJoin('sharing.published_grant as g', 'g.grant_id', 's.grant_id')
    .select(['s.subscription_id', 'g.items', 'g.row_conditions'])
    .where('s.base_run_id', '=', runId)
    .where('s.state', 'in', ['active', 'paused', 'faulted'])
    .where('g.status', '=', 'active')
    .execute()
  return rows as unknown as (GrantNeeds & { subscription_id: string })[]
}

export const clearBasesOf = async (tx: Tx, subscriptionIds: readonly string[]): Promise<void> => {
  await tx
    .updateTable('exchange.subscription')
    .set({ base_run_id: null, generation: sql`generation + 1` })
    .where('subscription_id', 'in', [...subscriptionIds])
    .execute()
}
