import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { record } from '#kernel/record.ts'

interface Noted {
  readonly type: string
  readonly feed: { readonly feed_id: string; readonly resource_id: string; readonly provider_organ_id: string }
  readonly kind?: 'exchange.feed' | 'exchange.reject'
  readonly after: Readonly<Record<string, unknown>>
}

/** Records what a feed came to, under the name of its resource, for its provider. */
export const noteFeed = async (
  tx: Tx,
  ctx: Ctx,
  { type, feed, kind = 'exchange.feed', after }: Noted,
): Promise<void> => {
  const resource = await tx
    .selectFrom('catalog.published_resource')
    .select('name')
    .where('resource_id', '=', feed.resource_id)
    .executeTakeFirst()
  await record(tx, ctx, {
    type,
    subject_kind: kind,
    subject_id: feed.feed_id,
    organ_id: feed.provider_organ_id,
    after: { title: resource?.name ?? '', ...after },
  })
}
