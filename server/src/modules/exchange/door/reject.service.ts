import { Rejected } from '@sanjiang/contract/exchange.door'
import { sql } from 'kysely'
import type { Static } from 'typebox'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { noteFeed } from '../feed.note.ts'
import { readJson } from './body.ts'
import { type LockedLog, listRuns, lockLog, type RunRow } from './chunk.store.ts'
import type { AgentRequest } from './door.ts'
import { ownFeed } from './head.service.ts'

type Row = Static<typeof Rejected>['rows'][number]

/** What an agent may say of a row; whatever else it says is not kept. */
const saidOf = ({ row_key, sealed_key, item, rule, reason }: Row) => ({ row_key, sealed_key, item, rule, reason })

/** Returns how many were new: a row is told once per run, rule and key however often it arrives. */
const insertRejects = async (
  tx: Tx,
  { feed_id, run_id, at }: { feed_id: string; run_id: string; at: string },
  rows: readonly Row[],
): Promise<number> => {
  const done = await tx
    .insertInto('exchange.reject')
    .values(rows.map((row) => ({ ...saidOf(row), reject_id: newId(), feed_id, run_id, state: 'open', found_at: at })))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  await supersede(tx, { feed_id, run_id, at })
  return Number(done.numInsertedOrUpdatedRows ?? 0n)
}

/** A row that another run had kept out for the same is one task, not two: the later finding stands. */
const supersede = async (tx: Tx, { feed_id, run_id, at }: { feed_id: string; run_id: string; at: string }) =>
  sql`update exchange.reject o set state = 'replayed', settled_at = ${at} from exchange.reject n
    where n.feed_id = ${feed_id} and n.run_id = ${run_id} and n.found_at = ${at} and o.feed_id = n.feed_id and o.state = 'open'
      and o.run_id <> n.run_id and o.sealed_key = n.sealed_key and o.rule = n.rule and o.item = n.item`.execute(tx)

/** Rows kept back at the border: counted with their run here, and held against the threshold with its next chunk. */
export const takeRejects = async (request: AgentRequest): Promise<{ new_rows: number }> => {
  const { ctx, agent } = request
  const { feed_id } = await ownFeed(request)
  const { run_id, rows } = await readJson(request.request, Rejected)
  return inTx(ctx, async (tx) => {
    const feed = await lockLog(tx, agent.agent_id, feed_id)
    const [run] = feed ? await listRuns(tx, feed_id, [run_id]) : []
    if (!feed || !run) throw new Fault('not_found', '没有这个批次')
    const isFirst = !(await hasOpen(tx, feed_id))
    const new_rows = await insertRejects(tx, { feed_id, run_id, at: ctx.instant }, rows)
    if (new_rows > 0) await countRejects(tx, run, new_rows)
    if (new_rows > 0 && isFirst) await setTask(tx, ctx, { feed, rows: new_rows })
    return { new_rows }
  })
}

const hasOpen = async (tx: Tx, feedId: string): Promise<boolean> => {
  const row = await tx
    .selectFrom('exchange.reject')
    .select('reject_id')
    .where('feed_id', '=', feedId)
    .where('state', '=', 'open')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The first row kept out puts a task on the provider's desk; the others join it. */
const setTask = async (tx: Tx, ctx: Ctx, { feed, rows }: { feed: LockedLog; rows: number }): Promise<void> => {
  await noteFeed(tx, ctx, {
    type: 'exchange.reject.found',
    feed,
    kind: 'exchange.reject',
    after: { rows, revision: Date.parse(ctx.instant) },
  })
}

const countRejects = async (tx: Tx, { run_id }: RunRow, more: number): Promise<void> => {
  await tx
    .updateTable('exchange.run')
    .set({ rejects: sql`rejects + ${more}` })
    .where('run_id', '=', run_id)
    .execute()
}
