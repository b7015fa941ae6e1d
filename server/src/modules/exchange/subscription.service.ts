import type { Paged } from '@sanjiang/contract'
import type { Subscription, SubscriptionDetail, SubscriptionDraft } from '@sanjiang/contract/exchange'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { findAgent } from './agent.store.ts'
import { revive } from './notice/notice.store.ts'
import { assertFiles, assertTarget } from './subscription.rules.ts'
import * as store from './subscription.store.ts'
import { toSubscriptionDetail, toSubscriptions } from './subscription.view.ts'
import { type GrantNeeds, unboundOf } from './union.rules.ts'
import { refreshUnion } from './union.service.ts'
import { wakeAgent } from './wake.ts'
import { assertWebhook, issueSecret } from './webhook.service.ts'

const READ = 'exchange.subscription.read'
const EDIT = 'exchange.subscription.edit'

export const readSubscription = async (ctx: Ctx, subscriptionId: string): Promise<SubscriptionDetail> => {
  const row = await store.findSubscription(ctx.db, scopeOf(ctx.actor, READ), subscriptionId)
  if (!row) throw new Fault('not_found')
  return toSubscriptionDetail(ctx, row)
}

interface ListQuery {
  readonly after?: string
  readonly limit?: number
  readonly side?: 'provider' | 'consumer' | 'all'
  readonly state?: string
  readonly feed_id?: string
  readonly grant_id?: string
}

export const listSubscriptions = async (ctx: Ctx, query: ListQuery): Promise<Paged<Subscription>> => {
  const { after, limit = 20, side, state, feed_id, grant_id } = query
  const scope = scopeOf(ctx.actor, READ)
  const options = { scope, side, state, feedId: feed_id, grantId: grant_id, after, limit }
  const rows = await store.listSubscriptionRows(ctx.db, options)
  return toPage(await toSubscriptions(ctx, rows), limit, ({ subscription_id }) => [subscription_id])
}

const grantFor = async (tx: Tx, ctx: Ctx, { grant_id, target_kind }: SubscriptionDraft) => {
  const grant = await store.findGrant(tx, scopeOf(ctx.actor, EDIT), grant_id)
  if (!grant) throw new Fault('not_found', '没有这个授权，或它不属于本部门')
  if (grant.status !== 'active') throw new Fault('grant_revoked')
  if (ctx.today < grant.starts_on || ctx.today > grant.ends_on) throw new Fault('grant_expired')
  if (grant.access_mode !== target_kind)
    throw new Fault('invalid', '交付方式与授权的提供方式不同', {
      fields: [{ field: 'target_kind', rule: 'access_mode', message: '授权给的是另一种方式' }],
    })
  return grant
}

const feedFor = async (tx: Tx, grant: store.GrantRow) => {
  const feed = await store.findFeedOf(tx, grant.resource_id)
  if (!feed) throw new Fault('conflict', '提供方尚未挂接库表或文件')
  const bound = (feed.bindings as { item: string }[]).map(({ item }) => item)
  const missing = unboundOf(grant as unknown as GrantNeeds, bound)
  if (missing.length > 0) throw new Fault('conflict', `挂接缺少已授权的信息项：${missing.join('、')}`)
  return feed
}

/** Binds a grant to a target of the consumer's own agent, and has the data flow from the next snapshot on (T8.1). */
export const subscribe = (
  ctx: Ctx,
  draft: SubscriptionDraft,
): Promise<SubscriptionDetail & { webhook_secret: string | null }> =>
  inTx(ctx, async (tx, inner) => {
    const grant = await grantFor(tx, ctx, draft)
    const feed = await feedFor(tx, grant)
    assertTarget(draft)
    assertFiles(draft, { ...feed, items: grant.items } as unknown as Parameters<typeof assertFiles>[1])
    if (draft.target_kind === 'push') assertWebhook(draft.webhook_url!)
    if (draft.agent_id && !(await findAgent(tx, scopeOf(ctx.actor, EDIT), draft.agent_id)))
      throw new Fault('not_found', '没有这个前置节点，或它不属于本部门')
    const subscription_id = newId()
    await store.insertSubscription(tx, {
      subscription_id,
      grant_id: grant.grant_id,
      feed_id: feed.feed_id,
      resource_id: grant.resource_id,
      provider_organ_id: grant.provider_organ_id,
      provider_path: grant.provider_path,
      consumer_organ_id: grant.consumer_organ_id,
      consumer_path: grant.consumer_path,
      target_kind: draft.target_kind,
      agent_id: draft.agent_id ?? null,
      connection: draft.connection ?? null,
      target: draft.target ?? null,
      may_create: draft.may_create ?? false,
      file_format: draft.file_format ?? null,
      webhook_url: draft.webhook_url ?? null,
      reconcile_hours: draft.reconcile_hours ?? 24,
      created_at: ctx.instant,
    })
    const webhook_secret = draft.target_kind === 'push' ? await issueSecret(tx, ctx, subscription_id) : null
    await refreshUnion(tx, ctx, { feedId: feed.feed_id })
    await note(tx, ctx, {
      verb: 'created',
      subscription: { ...grant, subscription_id },
      after: { target: draft.target ?? draft.webhook_url },
    })
    if (draft.agent_id) await wakeAgent(tx, draft.agent_id)
    return { ...(await readSubscription(inner, subscription_id)), webhook_secret }
  })

interface Noted {
  readonly verb: string
  readonly subscription: { readonly subscription_id: string; readonly consumer_organ_id: string }
  readonly after: object
}

const note = (tx: Tx, ctx: Ctx, { verb, subscription, after }: Noted) =>
  record(tx, ctx, {
    type: `exchange.subscription.${verb}`,
    subject_kind: 'exchange.subscription',
    subject_id: subscription.subscription_id,
    organ_id: subscription.consumer_organ_id,
    after,
  })

interface Act {
  readonly act: 'pause' | 'resume' | 'rewind' | 'resnapshot' | 'end' | 'retry_notices'
  readonly seq?: number
  readonly reason: string
}

const FROM: Readonly<Record<Act['act'], readonly string[]>> = {
  pause: ['active'],
  resume: ['paused', 'faulted'],
  rewind: ['active', 'paused', 'faulted'],
  resnapshot: ['active', 'paused', 'faulted'],
  end: ['active', 'paused', 'faulted', 'stopped'],
  retry_notices: ['active', 'paused', 'faulted'],
}
const DONE: Readonly<Record<Act['act'], string>> = {
  pause: 'paused',
  resume: 'resumed',
  rewind: 'rewound',
  resnapshot: 'restarted',
  end: 'ended',
  retry_notices: 'renotified',
}

type Locked = NonNullable<Awaited<ReturnType<typeof store.lockSubscription>>>

/** A grant for what the provider no longer has cannot be gone on with: it takes another one. */
const assertSupplied = async (tx: Tx, { grant_id, feed_id }: Locked): Promise<void> => {
  const { items, row_conditions, bindings } = await store.findNeeds(tx, grant_id, feed_id)
  const bound = (bindings as { item: string }[]).map(({ item }) => item)
  const missing = unboundOf({ items, row_conditions } as unknown as GrantNeeds, bound)
  if (missing.length > 0) throw new Fault('conflict', `提供方不再提供 ${missing.join('、')}：请缩小授权或另行申请`)
}

const perform = async (tx: Tx, ctx: Ctx, { subscription, act, seq }: Act & { subscription: Locked }): Promise<void> => {
  const { subscription_id, feed_id } = subscription
  if (act === 'pause') return store.setSubscriptionState(tx, subscription_id, 'paused')
  if (act !== 'end') await assertSupplied(tx, subscription)
  if (act === 'retry_notices' && subscription.target_kind !== 'push') throw new Fault('wrong_state', '只有推送有通知')
  if (act === 'resume' || act === 'retry_notices') {
    // What did not arrive is told again; a receiver that wanted no more is asked because its own officer says so.
    if (subscription.target_kind === 'push') await revive(tx, subscription_id, ctx.instant)
    const isGone = (subscription.trouble as { code?: string } | null)?.code === 'receiver_gone'
    if (act === 'retry_notices' && !(subscription.state === 'faulted' && isGone)) return
    return store.setSubscriptionState(tx, subscription_id, 'active')
  }
  if (act === 'rewind') {
    if (seq === undefined || seq < subscription.from_seq || seq > subscription.next_seq)
      throw new Fault('invalid', '只能回退到本代已签收的块', {
        fields: [
          { field: 'seq', rule: 'range', message: `应在 ${subscription.from_seq} 与 ${subscription.next_seq} 之间` },
        ],
      })
    return store.startOver(tx, subscription_id, seq)
  }
  if (act === 'end') await store.setSubscriptionState(tx, subscription_id, 'ended')
  else await store.startOver(tx, subscription_id, null)
  await refreshUnion(tx, ctx, { feedId: feed_id })
}

export const actOnSubscription = (ctx: Ctx, subscriptionId: string, act: Act): Promise<SubscriptionDetail> =>
  inTx(ctx, async (tx, inner) => {
    const subscription = await store.lockSubscription(tx, scopeOf(ctx.actor, EDIT), subscriptionId)
    if (!subscription) throw new Fault('not_found')
    if (!FROM[act.act].includes(subscription.state)) throw new Fault('wrong_state', '订阅的状态不允许这样做')
    await perform(tx, ctx, { ...act, subscription })
    await note(tx, ctx, { verb: DONE[act.act], subscription, after: { reason: act.reason, seq: act.seq } })
    if (subscription.agent_id) await wakeAgent(tx, subscription.agent_id)
    return readSubscription(inner, subscriptionId)
  })
