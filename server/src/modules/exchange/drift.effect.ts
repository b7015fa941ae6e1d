import type { Trouble } from '@sanjiang/contract/exchange'
import { sql } from 'kysely'
import { type Ctx, PLATFORM } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { record } from '#kernel/record.ts'
import { openRevision } from '#modules/catalog/index.ts'
import { type Change, revisedContent } from './drift.revision.ts'

interface Accepted {
  readonly feed: { readonly feed_id: string; readonly resource_id: string; readonly provider_organ_id: string }
  readonly change: Change
}

/** What the provider accepted becomes a revision of the entry, for its compilers to finish and hand in. */
export const reviseEntry = (tx: Tx, ctx: Ctx, { feed, change }: Accepted): Promise<boolean> =>
  openRevision(tx, { ...ctx, actor: PLATFORM }, feed.resource_id, (content) => revisedContent(content, change))

interface Touched {
  readonly grant_id: string
  readonly subscription_id: string
  readonly consumer_organ_id: string
  readonly title: string
}

/** An item that is no longer supplied: transfers that need it stop and say so, instead of going on with nothing in its place. */
export const stopTransfers = async (tx: Tx, ctx: Ctx, { feed, change }: Accepted): Promise<void> => {
  const text = `提供方的源库不再有字段 ${change.column}，信息项 ${change.item} 不再提供`
  const trouble: Trouble = { code: 'item_gone', party: 'provider', message: text, at: ctx.instant }
  const needs = JSON.stringify([{ name_en: change.item }])
  const asks = JSON.stringify([{ item: change.item }])
  const { rows } = await sql<Touched>`
    update exchange.subscription s set state = 'faulted', trouble = ${JSON.stringify(trouble)}::jsonb
    from sharing.published_grant g left join catalog.published_resource r on r.resource_id = g.resource_id
    where g.grant_id = s.grant_id and s.feed_id = ${feed.feed_id} and s.state in ('active', 'paused', 'faulted')
      and (g.items @> ${needs}::jsonb or g.row_conditions @> ${asks}::jsonb)
    returning s.grant_id, s.subscription_id, s.consumer_organ_id, coalesce(r.name, '') as title`.execute(tx)
  for (const { subscription_id, consumer_organ_id, title } of rows)
    await record(tx, ctx, {
      type: 'exchange.subscription.affected',
      subject_kind: 'exchange.subscription',
      subject_id: subscription_id,
      organ_id: feed.provider_organ_id,
      after: { title, text, consumer_organ_id },
    })
}
