import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { record } from '#kernel/record.ts'

/** What stays to be mended, and of which resource. */
export const findLeft = (tx: Tx, feedId: string) =>
  tx
    .selectFrom('exchange.feed as f')
    .leftJoin('catalog.published_resource as r', 'r.resource_id', 'f.resource_id')
    .select(sql<string>`coalesce(r.name, '')`.as('title'))
    .select(
      sql<number>`(select count(*)::int from exchange.reject x where x.feed_id = f.feed_id and x.state = 'open')`.as(
        'open',
      ),
    )
    .where('f.feed_id', '=', feedId)
    .executeTakeFirstOrThrow()

interface Settled {
  readonly feed: { readonly feed_id: string; readonly provider_organ_id: string }
  readonly rows: number
}

/** Rows read again; the task at the provider's desk is done when none waits any more. */
export const tellSettled = async (tx: Tx, ctx: Ctx, { feed, rows }: Settled): Promise<void> => {
  await record(tx, ctx, {
    type: 'exchange.reject.replayed',
    subject_kind: 'exchange.reject',
    subject_id: feed.feed_id,
    organ_id: feed.provider_organ_id,
    after: { ...(await findLeft(tx, feed.feed_id)), rows, revision: Date.parse(ctx.instant) },
  })
}

/** A whole reading has looked at every row: what it did not keep out again has been mended, or is gone. */
export const settleRejects = async (
  tx: Tx,
  ctx: Ctx,
  { feed, run }: { feed: Settled['feed']; run: { readonly run_id: string; readonly started_at: string | null } },
): Promise<void> => {
  const done = await tx
    .updateTable('exchange.reject')
    .set({ state: 'replayed', settled_at: ctx.instant })
    .where('feed_id', '=', feed.feed_id)
    .where('state', '=', 'open')
    .where('run_id', '<>', run.run_id)
    .where('found_at', '<=', run.started_at ?? ctx.instant)
    .executeTakeFirst()
  const rows = Number(done.numUpdatedRows)
  if (rows > 0) await tellSettled(tx, ctx, { feed, rows })
}
