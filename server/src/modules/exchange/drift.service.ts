import type { Paged } from '@sanjiang/contract'
import type { Binding, Drift, FeedDraft } from '@sanjiang/contract/exchange'
import { sql } from 'kysely'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { type Db, inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { parseCursor, toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { reviseEntry, stopTransfers } from './drift.effect.ts'
import type { Change } from './drift.revision.ts'
import { replaceFeed } from './feed.service.ts'
import { findFeed, type LockedFeed, lockFeed, setFeedState } from './feed.store.ts'
import { wakeAgent } from './wake.ts'

/** Grants in force whose items the column feeds; every grant of the feed where a column was only added. */
const AFFECTED = sql<Drift['affected_grants']>`coalesce((select jsonb_agg(jsonb_build_object('grant_id', g.grant_id,
    'consumer_name', c.name, 'scenario', g.scenario) order by g.grant_id)
  from exchange.subscription s join sharing.published_grant g on g.grant_id = s.grant_id
  join identity.organ c on c.organ_id = g.consumer_organ_id
  where s.feed_id = d.feed_id and s.state not in ('ended', 'stopped')
    and (d.item is null or g.items @> jsonb_build_array(jsonb_build_object('name_en', d.item)))), '[]')`

const drifts = (db: Db) =>
  db
    .selectFrom('exchange.drift as d')
    .select([
      'd.drift_id',
      'd.feed_id',
      'd.feed_version',
      'd.kind',
      'd.item',
      'd.column',
      'd.was',
      'd.now',
      'd.found_at',
    ])
    .select(['d.decision', 'd.decided_by_name', 'd.decided_at', 'd.is_revised', AFFECTED.as('affected_grants')])

export const listDrifts = async (
  ctx: Ctx,
  feedId: string,
  { after, limit = 20 }: { after?: string; limit?: number },
): Promise<Paged<Drift>> => {
  if (!(await findFeed(ctx.db, scopeOf(ctx.actor, 'exchange.feed.read'), feedId))) throw new Fault('not_found')
  const rows = await drifts(ctx.db)
    .where('d.feed_id', '=', feedId)
    .$if(after !== undefined, (query) => query.where('d.drift_id', '<', String(parseCursor(after!, 1)[0])))
    .orderBy('d.drift_id', 'desc')
    .limit(limit + 1)
    .execute()
  return toPage(rows as unknown as Drift[], limit, ({ drift_id }) => [drift_id])
}

const draftOf = (feed: LockedFeed, bindings: readonly Binding[]): FeedDraft => ({
  resource_id: feed.resource_id,
  agent_id: feed.agent_id,
  connection: feed.connection,
  relation: feed.relation,
  bindings: [...bindings],
  key: feed.key as string[],
  mode: feed.mode as FeedDraft['mode'],
  cursor_item: feed.cursor_item,
  interval_seconds: feed.interval_seconds,
  reject_threshold: feed.reject_threshold,
  row_leaves: feed.row_leaves,
  unique_items: feed.unique_items as string[],
  hold_stale: feed.hold_stale,
})

interface Decision {
  readonly decision: 'hold' | 'translate' | 'approve'
  readonly column?: string
  readonly reason: string
}

/** Bindings as the decision leaves them: a translated item reads its new column, an approved loss is no longer supplied. */
const rebind = (feed: LockedFeed, drift: Change, { decision, column }: Decision): Binding[] => {
  const bindings = feed.bindings as Binding[]
  // Accepting a new name is following it.
  const to = decision === 'translate' ? column : drift.kind === 'renamed' ? drift.now : undefined
  if (to) return bindings.map((one) => (one.item === drift.item ? { ...one, column: to } : one))
  if (drift.kind === 'dropped') return bindings.filter(({ item }) => item !== drift.item)
  return bindings
}

const isLoss = ({ kind }: Change, { decision }: Decision): boolean => decision === 'approve' && kind === 'dropped'

const apply = async (
  tx: Tx,
  ctx: Ctx,
  { feed, drift, decision }: { feed: LockedFeed; drift: Change; decision: Decision },
) => {
  if (decision.decision === 'hold') return setFeedState(tx, feed.feed_id, { state: 'held', hold_reason: 'drift' })
  if (drift.kind !== 'added') {
    const key = feed.key as string[]
    if (isLoss(drift, decision) && key.includes(drift.item ?? ''))
      throw new Fault('conflict', '键字段消失，不能直接接受，请对应到新字段')
    // Before anybody is given a new snapshot: who needs what is gone waits for another grant.
    if (isLoss(drift, decision)) await stopTransfers(tx, ctx, { feed, change: drift })
    await replaceFeed(tx, ctx, { feed, draft: draftOf(feed, rebind(feed, drift, decision)), reason: decision.reason })
  }
  if (feed.state === 'held' && feed.hold_reason === 'drift')
    await setFeedState(tx, feed.feed_id, { state: 'active', hold_reason: null })
}

/** Decides a structural change once; a new feed version reads everything again, so nothing written meanwhile is lost. */
export const decideDrift = (ctx: Ctx, driftId: string, decision: Decision): Promise<Drift> =>
  inTx(ctx, async (tx) => {
    const drift = await tx
      .selectFrom('exchange.drift')
      .selectAll()
      .where('drift_id', '=', driftId)
      .forUpdate()
      .executeTakeFirst()
    const feed = drift && (await lockFeed(tx, scopeOf(ctx.actor, 'exchange.feed.edit'), drift.feed_id))
    if (!drift || !feed) throw new Fault('not_found')
    if (drift.decision !== null && drift.decision !== 'hold') throw new Fault('wrong_state', '已经处理过')
    if (decision.decision === 'translate' && !decision.column)
      throw new Fault('invalid', '请指明新字段', { fields: [{ field: 'column', rule: 'required', message: '必填' }] })
    await apply(tx, ctx, { feed, drift, decision })
    const is_revised = decision.decision === 'approve' && (await reviseEntry(tx, ctx, { feed, change: drift }))
    await tx
      .updateTable('exchange.drift')
      .set({
        decision: decision.decision,
        decided_by_name: ctx.actor.name,
        decided_at: ctx.instant,
        reason: decision.reason,
        is_revised,
      })
      .where('drift_id', '=', driftId)
      .execute()
    await record(tx, ctx, {
      type: 'exchange.drift.decided',
      subject_kind: 'exchange.feed',
      subject_id: feed.feed_id,
      organ_id: feed.provider_organ_id,
      after: { decision: decision.decision, column: drift.column, reason: decision.reason },
    })
    await wakeAgent(tx, feed.agent_id)
    return (await drifts(tx).where('d.drift_id', '=', driftId).executeTakeFirstOrThrow()) as unknown as Drift
  })
