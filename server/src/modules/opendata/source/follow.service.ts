import { SOURCE_ENDS, type SourceEnd } from '@sanjiang/contract/opendata'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { record } from '#kernel/record.ts'
import { deliverLoaded } from '../edition/figures.service.ts'
import { endOf, isDue } from './source.rules.ts'
import { listFollowing, lockSource, type SourceRow, updateSource } from './source.store.ts'

interface Ending {
  readonly row: SourceRow
  readonly end_reason: SourceEnd
}

/** The dataset keeps its last edition; whoever provides it is told, unless he ended it himself. */
export const settleEnd = async (tx: Tx, ctx: Ctx, { row, end_reason }: Ending): Promise<void> => {
  const { resource_id, organ_id, title } = row
  await updateSource(tx, resource_id, { state: 'ended', end_reason, ended_on: ctx.today })
  const reason = `${SOURCE_ENDS.titles[end_reason]}，数据集保留最近一版`
  await record(tx, ctx, {
    type: end_reason === 'unbound' ? 'opendata.source.unbound' : 'opendata.source.ended',
    subject_kind: 'opendata.source',
    subject_id: resource_id,
    organ_id,
    after: { title, provider_organ_id: organ_id, end_reason, reason },
  })
}

/** One dataset, in one transaction: the edition and how far it follows, or neither. */
const follow = (ctx: Ctx, resourceId: string): Promise<boolean> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockSource(tx, 'all', resourceId)
    if (row?.state !== 'following') return false
    const end_reason = endOf(row, inner.today)
    if (end_reason) await settleEnd(tx, inner, { row, end_reason })
    // An entry that is withdrawn from the catalogue rests until it is published again.
    else if (row.resource_name === null || !isDue(row, inner.instant)) return false
    else {
      const { stage_table, last_accepted_at } = row
      const edition_id = await deliverLoaded(tx, inner, { resource_id: resourceId, stage_table })
      await updateSource(tx, resourceId, { edition_id, followed_at: last_accepted_at, taken_at: inner.instant })
    }
    return true
  })

/**
 * Makes an edition of every dataset whose subscription has brought rows since the last one. Driven by what stands in the tables, so
 * whoever runs it next goes on where a killed process stopped. Returns how many changed (T4.2, T8.1).
 */
export const followSources = async (ctx: Ctx): Promise<number> => {
  let count = 0
  for (const resourceId of await listFollowing(ctx.db))
    try {
      if (await follow(ctx, resourceId)) count++
    } catch (error) {
      ctx.log.error({ err: error, resource: resourceId }, 'dataset not followed')
    }
  return count
}
