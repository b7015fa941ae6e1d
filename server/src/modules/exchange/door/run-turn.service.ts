import type { Trouble } from '@sanjiang/contract/exchange'
import type { ChunkHeader } from '@sanjiang/seal'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { noteNewest } from '../freshness.service.ts'
import { settleRejects } from '../reject.settle.ts'
import { orderRun } from '../run.service.ts'
import { leaveNarrowBase } from '../union.service.ts'
import type { LockedLog, RunRow } from './chunk.store.ts'
import { holdFeed } from './hold.service.ts'
import { isTooBad, movedNothing } from './run.rules.ts'
import * as store from './run-turn.store.ts'

interface Turn {
  readonly feed: LockedLog
  readonly runs: readonly RunRow[]
  /** Of the chunks just appended. */
  readonly headers: readonly ChunkHeader[]
}

const inSeconds = (ctx: Ctx, seconds: number): string =>
  new Date(Date.parse(ctx.instant) + seconds * 1000).toISOString()

/** After a whole reading: its change stream, or the time of the next one. */
const goOn = async (tx: Tx, ctx: Ctx, feed: LockedLog, run: RunRow): Promise<void> => {
  const { feed_id, mode } = feed
  if (mode === 'changes' && run.kind === 'snapshot' && !(await store.hasOpenRun(tx, feed_id, ['changes'])))
    await orderRun(tx, ctx, { feedId: feed_id, kind: 'changes', after: run.position })
  if (mode !== 'changes' && feed.next_run_at === null)
    await store.setNextRun(tx, feed_id, inSeconds(ctx, feed.interval_seconds))
}

export const judgeQuality = async (tx: Tx, ctx: Ctx, feed: LockedLog, run: RunRow): Promise<void> => {
  if (!isTooBad(run, feed.reject_threshold)) return
  const share = ((run.rejects * 100) / (run.rows + run.rejects)).toFixed(2)
  const message = `问题数据 ${run.rejects} 行，占 ${share}%，超过阈值 ${feed.reject_threshold}%`
  await store.setRunTrouble(tx, run.run_id, { code: 'quality', party: 'provider', message, at: ctx.instant })
  await holdFeed(tx, ctx, { feed, reason: 'quality', message })
}

const endTurn = async (tx: Tx, ctx: Ctx, feed: LockedLog, run: RunRow): Promise<void> => {
  const { trouble: said } = run as { trouble: Trouble | null }
  if (said?.code === 'totals_differ') await store.setFeedTrouble(tx, feed.feed_id, said)
  // What a reading did not find stands at the feed until a later one moves something.
  const isMended = (feed.trouble as Trouble | null)?.code === 'no_effect' && run.rows > 0 && run.kind !== 'repair'
  if (isMended) await store.setFeedTrouble(tx, feed.feed_id, null)
  if (run.kind === 'snapshot') await settleRejects(tx, ctx, { feed, run })
  if (!movedNothing(run)) return goOn(tx, ctx, feed, run)
  const message = `全量没有读到任何一行，而源表约有 ${run.estimated_rows} 行`
  const trouble: Trouble = { code: 'no_effect', party: 'provider', message, at: ctx.instant }
  await store.setRunTrouble(tx, run.run_id, trouble)
  await store.setFeedTrouble(tx, feed.feed_id, trouble)
  await goOn(tx, ctx, feed, run)
}

/** What new chunks bring about: readers are called, ends are followed by what comes next, too many bad rows hold the feed. */
export const afterChunks = async (tx: Tx, ctx: Ctx, { feed, runs, headers }: Turn): Promise<void> => {
  const byId = new Map(runs.map((run) => [run.run_id, run]))
  for (const { kind, run_id, seq, items, rows, position } of headers) {
    const run = byId.get(run_id) as RunRow
    if (run.state === 'cancelled') continue
    if (kind === 'rows' || kind === 'changes' || kind === 'end')
      await noteNewest(tx, ctx.today, { feed, kind, runKind: run.kind, rows: kind === 'end' ? 0 : rows, position })
    if (kind === 'begin' && run.kind === 'snapshot' && feed.mode === 'snapshot')
      await store.moveBases(tx, feed.feed_id, run_id, seq)
    if (kind === 'end' && run.kind === 'snapshot')
      await leaveNarrowBase(tx, ctx, { feedId: feed.feed_id, runId: run_id, items })
    if (kind === 'end') await endTurn(tx, ctx, feed, run)
  }
  for (const run of runs) await judgeQuality(tx, ctx, feed, run)
  await store.wakeReaders(tx, feed.feed_id)
}
