import type { BatchDetail } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import { updateBatch } from './batch.store.ts'
import { lockFor, showBatch } from './batch.view.ts'
import { countKinds, takeJudged } from './batch-entry.store.ts'

/** The officer has seen that others changed these entries since his export, and wants what his file says all the same. */
export const takeBatchEntries = (ctx: Ctx, id: string, seqs?: readonly number[]): Promise<BatchDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'commit' })
    const taken = await takeJudged(tx, id, seqs)
    if (taken < (seqs ? new Set(seqs).size : 1))
      throw new Fault('conflict', '只有导出之后已被他人修改的条目可以选定采用文件，其他冲突须先处理')
    const counts = await countKinds(tx, id)
    await updateBatch(tx, id, {
      changed_count: counts.changed,
      conflict_count: counts.conflict,
      updated_at: inner.instant,
    })
    await record(tx, inner, {
      type: 'catalog.batch.taken',
      subject_kind: 'catalog.batch',
      subject_id: id,
      organ_id: row.organ_id,
      after: { title: row.title, taken, entries: seqs?.slice(0, 50) ?? null },
    })
    return showBatch(inner, id)
  })
