import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { record } from '#kernel/record.ts'
import { holdFeed } from './door/hold.service.ts'
import { dayOfPosition, isStale, staleMessage } from './freshness.rules.ts'

interface Read {
  readonly feed: {
    readonly feed_id: string
    readonly mode: string
    readonly cursor_item: string | null
    readonly newest_on: string | null
  }
  /** Rows came, or how a reading ended. */
  readonly kind: 'rows' | 'changes' | 'end'
  readonly runKind: string
  readonly rows: number
  readonly position: string
}

/** How new the source is by this chunk: the highest change column where there is one, else the day on which changes came. */
export const noteNewest = async (
  tx: Tx,
  today: string,
  { feed, kind, runKind, rows, position }: Read,
): Promise<void> => {
  const byColumn = kind === 'end' && feed.mode !== 'changes' ? dayOfPosition(feed, position) : null
  const isNews = rows > 0 && runKind !== 'repair' && (runKind !== 'snapshot' || feed.mode === 'changes')
  const day = byColumn ?? (isNews && dayOfPosition(feed, position) === null ? today : null)
  if (day === null || day === feed.newest_on) return
  await tx
    .updateTable('exchange.feed')
    // A date of the future would hide that nothing came after it.
    .set({ newest_on: sql`least(greatest(newest_on, ${day}::date), ${today}::date)` })
    .where('feed_id', '=', feed.feed_id)
    .where(sql<boolean>`newest_on is distinct from least(greatest(newest_on, ${day}::date), ${today}::date)`)
    .execute()
}

const listKnown = async (ctx: Pick<Ctx, 'db'>) =>
  ctx.db
    .selectFrom('exchange.feed as f')
    .innerJoin('catalog.published_resource as r', 'r.resource_id', 'f.resource_id')
    .select(['f.feed_id', 'f.agent_id', 'f.resource_id', 'f.provider_organ_id', 'f.hold_stale'])
    .select(['r.name', 'r.update_cycle', 'f.stale_on', sql<string>`f.newest_on`.as('newest_on')])
    .where('f.state', '=', 'active')
    .where('f.newest_on', 'is not', null)
    .execute()

type Known = Awaited<ReturnType<typeof listKnown>>[number]

const setStale = (tx: Tx, feedId: string, on: string | null) =>
  tx.updateTable('exchange.feed').set({ stale_on: on }).where('feed_id', '=', feedId).execute()

/** Told once, when it begins; held only where the provider wanted that. */
const beginStale = (ctx: Ctx, feed: Known): Promise<void> =>
  inTx(ctx, async (tx, inner) => {
    await setStale(tx, feed.feed_id, inner.today)
    const message = staleMessage(feed.update_cycle, feed.newest_on)
    await record(tx, inner, {
      type: 'exchange.feed.outdated',
      subject_kind: 'exchange.feed',
      subject_id: feed.feed_id,
      organ_id: feed.provider_organ_id,
      after: { title: feed.name ?? '', text: message },
    })
    if (feed.hold_stale) await holdFeed(tx, inner, { feed, reason: 'stale', message })
  })

/** Sources without anything new for longer than their cycle say so, and take it back when something comes (T8.1). */
export const lookAtFreshness = async (ctx: Ctx): Promise<void> => {
  for (const feed of await listKnown(ctx)) {
    const is = isStale(feed.update_cycle, feed.newest_on, ctx.today)
    if (is && feed.stale_on === null) await beginStale(ctx, feed)
    if (!is && feed.stale_on !== null) await inTx(ctx, (tx) => setStale(tx, feed.feed_id, null).then(() => undefined))
  }
}
