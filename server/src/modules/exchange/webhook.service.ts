import { randomBytes } from 'node:crypto'
import type { Paged } from '@sanjiang/contract'
import type { Notice } from '@sanjiang/contract/exchange'
import { WEBHOOK } from '@sanjiang/contract/exchange.pull'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { sealSecret } from '#kernel/keys.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { listNoticeRows } from './notice/notice.store.ts'
import * as subscriptions from './subscription.store.ts'
import * as store from './webhook.store.ts'

const makeSecret = (): string => WEBHOOK.secret_prefix + randomBytes(32).toString('base64')

/** Who may be reached is judged when connecting; here only that it is an address, and that no password stands in it. */
export const assertWebhook = (address: string): void => {
  const url = URL.canParse(address) ? new URL(address) : null
  if (!url || !/^https?:$/.test(url.protocol)) throw invalid('webhook_url', 'url', '应为 http(s):// 开头的地址')
  if (url.username || url.password) throw invalid('webhook_url', 'url', '地址里不能写账号口令：通知自带签名')
  if (url.hash) throw invalid('webhook_url', 'url', '地址里不能有 # 片段')
}

/** The first secret of a push subscription; only the caller ever sees it. */
export const issueSecret = async (tx: Tx, ctx: Ctx, subscriptionId: string): Promise<string> => {
  const secret = makeSecret()
  const sealed_secret = sealSecret(ctx.site.dataDir, secret)
  await store.insertWebhook(tx, { subscription_id: subscriptionId, sealed_secret, issued_at: ctx.instant })
  return secret
}

/** A new secret, shown once. The one before signs along for a day, so that the receiver can change over without missing anything. */
export const renewSecret = (ctx: Ctx, id: string): Promise<{ webhook_secret: string; former_until: string }> =>
  inTx(ctx, async (tx) => {
    const subscription = await subscriptions.lockSubscription(tx, scopeOf(ctx.actor, 'exchange.subscription.edit'), id)
    if (!subscription) throw new Fault('not_found')
    if (subscription.target_kind !== 'push' || subscription.state === 'ended')
      throw new Fault('wrong_state', '只有未退订的推送有通知密钥')
    const webhook_secret = makeSecret()
    const former_until = new Date(Date.parse(ctx.instant) + WEBHOOK.overlap_seconds * 1000).toISOString()
    const sealed_secret = sealSecret(ctx.site.dataDir, webhook_secret)
    await store.renewWebhook(tx, { subscription_id: id, sealed_secret, issued_at: ctx.instant, former_until })
    await record(tx, ctx, {
      type: 'exchange.subscription.secret_renewed',
      subject_kind: 'exchange.subscription',
      subject_id: id,
      organ_id: subscription.consumer_organ_id,
      after: { former_until },
    })
    return { webhook_secret, former_until }
  })

export const listNotices = async (
  ctx: Ctx,
  id: string,
  { after, limit = 20 }: { after?: string; limit?: number },
): Promise<Paged<Notice>> => {
  if (!(await subscriptions.findSubscription(ctx.db, scopeOf(ctx.actor, 'exchange.subscription.read'), id)))
    throw new Fault('not_found')
  const rows = await listNoticeRows(ctx.db, { subscriptionId: id, after, limit })
  return toPage(rows as Notice[], limit, ({ notice_id }) => [notice_id])
}
