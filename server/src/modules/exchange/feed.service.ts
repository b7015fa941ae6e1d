import type { Paged } from '@sanjiang/contract'
import {
  type BindingFinding,
  type Feed,
  type FeedDetail,
  type FeedDraft,
  isFilesRelation,
  type Relation,
  type Table,
} from '@sanjiang/contract/exchange'
import { judgeDraft } from '@sanjiang/contract/exchange.binding'
import type { DryRunAnswer } from '@sanjiang/contract/exchange.door'
import type { Static } from 'typebox'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { setAttachedMethod } from '#modules/catalog/index.ts'
import * as store from './feed.store.ts'
import { toFeedDetail, toFeeds } from './feed.view.ts'
import { wantedItems } from './item.rules.ts'
import { ask } from './question.service.ts'
import { orderRun } from './run.service.ts'
import { toTable } from './table-item.rules.ts'
import { refreshUnion } from './union.service.ts'
import { wakeAgent } from './wake.ts'

const READ = 'exchange.feed.read'
const EDIT = 'exchange.feed.edit'

export const readFeed = async (ctx: Ctx, feedId: string): Promise<FeedDetail> => {
  const row = await store.findFeedSeen(ctx.db, scopeOf(ctx.actor, READ), feedId)
  if (!row) throw new Fault('not_found')
  const [feed] = await toFeeds(ctx, [row])
  const items = await store.listItems(ctx.db, row.resource_id)
  const retained = await store.sumRetained(ctx.db, feedId)
  const files = isFilesRelation(row.relation) ? await store.sumFiles(ctx.db, feedId) : null
  const reconciled = await store.countReconciled(ctx.db, feedId)
  return toFeedDetail(row, feed as Feed, { items, retained, files, reconciled })
}

interface ListQuery {
  readonly after?: string
  readonly limit?: number
  readonly resource_id?: string
  readonly agent_id?: string
  readonly state?: string
}

export const listFeeds = async (ctx: Ctx, query: ListQuery): Promise<Paged<Feed>> => {
  const { after, limit = 20, resource_id, agent_id, state } = query
  const scope = scopeOf(ctx.actor, READ)
  const rows = await store.listFeedRows(ctx.db, {
    scope,
    resourceId: resource_id,
    agentId: agent_id,
    state,
    after,
    limit,
  })
  return toPage(await toFeeds(ctx, rows), limit, ({ feed_id }) => [feed_id])
}

const provided = async (ctx: Ctx, resourceId: string) => {
  const resource = await store.findProvided(ctx.db, scopeOf(ctx.actor, EDIT), resourceId)
  if (!resource) throw new Fault('not_found', '没有找到这个已发布资源，或它不属于本部门')
  return resource
}

export const browse = async (ctx: Ctx, agentId: string, connection: string): Promise<{ relations: Relation[] }> => {
  const relations = await ask<Relation[]>(ctx, { agent_id: agentId, kind: 'browse', connection, body: {} })
  return { relations }
}

/** The same browsing for whoever compiles the catalogue: the columns as items (P4). */
export const describeTables = async (ctx: Ctx, agentId: string, connection: string): Promise<{ tables: Table[] }> => {
  const asked = { agent_id: agentId, kind: 'browse', connection, body: {}, under: 'catalog.resource.edit' } as const
  const relations = await ask<Relation[]>(ctx, asked)
  return { tables: relations.filter(({ name }) => !isFilesRelation(name)).map(toTable) }
}

type DryRun = Static<typeof DryRunAnswer>

/** Judges a draft, and where nothing blocks it has the agent read twenty masked rows; nothing is stored. */
export const tryFeed = async (ctx: Ctx, draft: FeedDraft) => {
  await provided(ctx, draft.resource_id)
  const items = await store.listItems(ctx.db, draft.resource_id)
  const relation = await describe(ctx, draft)
  const findings = judgeDraft(draft, { items, relation })
  const names = draft.bindings.map(({ item }) => item)
  const empty = { findings, items: names, rows: [], quality: [], checked_rows: 0 }
  if (hasError(findings)) return empty
  const { agent_id, connection, bindings } = draft
  const body = { relation: draft.relation, bindings, items: wantedItems(items, { names, key: draft.key }) }
  const { rows, quality, checked_rows } = await ask<DryRun>(ctx, { agent_id, kind: 'dry_run', connection, body })
  return { ...empty, rows, quality, checked_rows }
}

const hasError = (findings: readonly BindingFinding[]): boolean => findings.some(({ level }) => level === 'error')

const describe = (ctx: Ctx, { agent_id, connection, relation }: FeedDraft): Promise<Relation> =>
  ask<Relation>(ctx, { agent_id, kind: 'describe', connection, body: { relation } })

/** The same judge as the wizard's, before anything is written; talks to the agent, hence outside the transaction. */
const assertSound = async (ctx: Ctx, draft: FeedDraft): Promise<void> => {
  const items = await store.listItems(ctx.db, draft.resource_id)
  const findings = judgeDraft(draft, { items, relation: await describe(ctx, draft) })
  if (!hasError(findings)) return
  const errors = findings.filter(({ level }) => level === 'error')
  const fields = errors.map(({ item, rule, message }) => ({
    field: item ? `bindings.${item}` : 'bindings',
    rule,
    message,
  }))
  throw new Fault('invalid', '挂接与资源或库表对不上', { fields })
}

const keepVersion = (tx: Tx, ctx: Ctx, kept: { feed_id: string; version: number; reason: string; draft: FeedDraft }) =>
  store.insertFeedVersion(
    tx,
    {
      feed_id: kept.feed_id,
      version: kept.version,
      reason: kept.reason,
      changed_at: ctx.instant,
      changed_by: ctx.actor.person_id,
      changed_by_name: ctx.actor.name,
    },
    kept.draft,
  )

const note = (
  tx: Tx,
  ctx: Ctx,
  change: { verb: string; feed: { feed_id: string; provider_organ_id: string }; after: object },
) =>
  record(tx, ctx, {
    type: `exchange.feed.${change.verb}`,
    subject_kind: 'exchange.feed',
    subject_id: change.feed.feed_id,
    organ_id: change.feed.provider_organ_id,
    // A feed has no revision of its own for what an officer has to do about it: time is its order.
    after: { ...change.after, revision: Date.parse(ctx.instant) },
  })

/** Binds a published resource of the actor's organ to a table or folder of its own agent (T8.1). */
export const attachFeed = async (ctx: Ctx, draft: FeedDraft): Promise<FeedDetail> => {
  const resource = await provided(ctx, draft.resource_id)
  await assertSound(ctx, draft)
  return inTx(ctx, async (tx, inner) => {
    const feed = {
      feed_id: newId(),
      resource_id: resource.resource_id,
      provider_organ_id: resource.provider_organ_id,
      provider_path: resource.provider_path,
      attached_at: ctx.instant,
    }
    await store.insertFeed(tx, feed, draft)
    await keepVersion(tx, ctx, { feed_id: feed.feed_id, version: 1, reason: '挂接', draft })
    await setAttachedMethod(tx, resource.resource_id, { method: 'table', isAttached: true })
    await note(tx, ctx, { verb: 'attached', feed, after: { title: resource.name, relation: draft.relation } })
    await wakeAgent(tx, draft.agent_id)
    return readFeed(inner, feed.feed_id)
  })
}

const lockStanding = async (tx: Tx, ctx: Ctx, feedId: string): Promise<store.LockedFeed> => {
  const feed = await store.lockFeed(tx, scopeOf(ctx.actor, EDIT), feedId)
  if (!feed) throw new Fault('not_found')
  if (feed.state === 'detached') throw new Fault('wrong_state', '挂接已解除')
  return feed
}

/** A new version: what was under way is called off, and every consumer starts over from a new snapshot. */
export const replaceFeed = async (
  tx: Tx,
  ctx: Ctx,
  change: { feed: store.LockedFeed; draft: FeedDraft; reason: string },
) => {
  const { feed, draft, reason } = change
  const version = await store.updateFeed(tx, feed.feed_id, draft)
  await keepVersion(tx, ctx, { feed_id: feed.feed_id, version, reason, draft })
  await store.cancelRuns(tx, feed.feed_id, ctx.instant)
  await refreshUnion(tx, ctx, { feedId: feed.feed_id, mustSnapshot: true })
  await note(tx, ctx, { verb: 'changed', feed, after: { version, reason } })
  for (const agentId of new Set([feed.agent_id, draft.agent_id])) await wakeAgent(tx, agentId)
}

export const changeFeed = async (ctx: Ctx, feedId: string, draft: FeedDraft): Promise<FeedDetail> => {
  await provided(ctx, draft.resource_id)
  await assertSound(ctx, draft)
  return inTx(ctx, async (tx, inner) => {
    const feed = await lockStanding(tx, ctx, feedId)
    if (feed.resource_id !== draft.resource_id) throw new Fault('invalid', '不能改挂到另一个资源')
    await replaceFeed(tx, ctx, { feed, draft, reason: '变更挂接' })
    return readFeed(inner, feedId)
  })
}

type Act = 'pause' | 'resume' | 'hold' | 'release' | 'snapshot' | 'detach'

/** From which states an act may be done, and where it leads. */
const ACTS: Readonly<
  Record<Exclude<Act, 'snapshot'>, { from: readonly string[]; to: Parameters<typeof store.setFeedState>[2] }>
> = {
  pause: { from: ['active'], to: { state: 'paused', hold_reason: null } },
  resume: { from: ['paused'], to: { state: 'active', hold_reason: null } },
  hold: { from: ['active', 'paused'], to: { state: 'held', hold_reason: 'provider' } },
  release: { from: ['held'], to: { state: 'active', hold_reason: null } },
  detach: { from: ['active', 'paused', 'held'], to: { state: 'detached', hold_reason: null } },
}

const DONE: Readonly<Record<Act, string>> = {
  pause: 'paused',
  resume: 'resumed',
  hold: 'held',
  release: 'released',
  snapshot: 'restarted',
  detach: 'detached',
}

export const actOnFeed = (
  ctx: Ctx,
  feedId: string,
  { act, reason }: { act: Act; reason: string },
): Promise<FeedDetail> =>
  inTx(ctx, async (tx, inner) => {
    const feed = await lockStanding(tx, ctx, feedId)
    if (act === 'snapshot') await orderRun(tx, ctx, { feedId, kind: 'snapshot' })
    else {
      const { from, to } = ACTS[act]
      if (!from.includes(feed.state)) throw new Fault('wrong_state', '挂接的状态不允许这样做')
      await store.setFeedState(tx, feedId, to)
    }
    if (act === 'detach') {
      await store.cancelRuns(tx, feedId, ctx.instant)
      await setAttachedMethod(tx, feed.resource_id, { method: 'table', isAttached: false })
    }
    await note(tx, ctx, { verb: DONE[act], feed, after: { act, reason } })
    await wakeAgent(tx, feed.agent_id)
    return readFeed(inner, feedId)
  })
