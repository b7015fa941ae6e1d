import type { Report } from '@sanjiang/contract/exchange.door'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { newId } from '#kernel/id.ts'
import { noteFeed } from './feed.note.ts'

type Found = NonNullable<Report['feeds'][number]['drifts']>[number]

interface Drifted {
  readonly feed: {
    readonly feed_id: string
    readonly version: number
    readonly resource_id: string
    readonly provider_organ_id: string
  }
  readonly drifts: readonly Found[]
}

const WORDS: Readonly<Record<Found['kind'], (one: Found) => string>> = {
  dropped: ({ column }) => `字段 ${column} 不见了`,
  renamed: ({ column, now }) => `字段 ${column} 似已改名为 ${now}`,
  retyped: ({ column, was, now }) => `字段 ${column} 的类型由 ${was} 变为 ${now}`,
  added: ({ column }) => `新增字段 ${column}`,
}

/** As many columns as a relation of the catalogue may have. */
const MAX_DRIFTS = 300

/** Keeps how a source has come to differ from its binding, each change once per version, and tells its provider (C5). */
export const findDrifts = async (tx: Tx, ctx: Ctx, { feed, drifts }: Drifted): Promise<void> => {
  if (drifts.length === 0) return
  const rows = drifts.slice(0, MAX_DRIFTS).map(({ kind, item, column, was, now }) => ({
    ...{ kind, item, column, was, now },
    drift_id: newId(),
    feed_id: feed.feed_id,
    feed_version: feed.version,
    found_at: ctx.instant,
  }))
  const added = await tx
    .insertInto('exchange.drift')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .returning('drift_id')
    .execute()
  if (added.length === 0) return
  const fresh = rows.filter(({ drift_id }) => added.some((one) => one.drift_id === drift_id))
  await noteFeed(tx, ctx, {
    type: 'exchange.drift.found',
    feed,
    after: { text: fresh.map((one) => WORDS[one.kind](one)).join('；'), drifts: fresh },
  })
}
