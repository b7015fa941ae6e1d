import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import type { Task } from '#kernel/jobs.ts'
import { listForgotten, listSilent, removeOldPieces, removePieces, updateBatch } from './batch.store.ts'
import { removeJudged } from './batch-entry.store.ts'
import { inspectBatch, runCheck } from './check.service.ts'
import { sweepFiles } from './file.service.ts'

const READ = 'catalog.batch.read'
const CHECK = 'catalog.batch.check'

// Six beats of a turn; a batch that only waits for its turn is given longer.
const SILENT_MS = 30_000
const WAITING_MS = 180_000
const FORGOTTEN_MS = 7 * 86_400_000
const KEPT_MS = 30 * 86_400_000

const before = (ctx: Ctx, ms: number): string => new Date(Date.parse(ctx.instant) - ms).toISOString()

/** Starts again what a killed worker left half done, and gives up what nobody came back to. */
export const sweepBatches = async (ctx: Ctx): Promise<void> => {
  await inTx(ctx, async (tx, inner) => {
    for (const { batch_id, state } of await listSilent(tx, {
      turn: before(ctx, SILENT_MS),
      wait: before(ctx, WAITING_MS),
    })) {
      await updateBatch(tx, batch_id, { turn: null, updated_at: inner.instant })
      await inner.jobs.enqueue(tx, state === 'reading' ? READ : CHECK, { subject_id: batch_id })
    }
  })
  await inTx(ctx, async (tx, inner) => {
    const ids = (await listForgotten(tx, before(ctx, FORGOTTEN_MS))).map(({ batch_id }) => batch_id)
    for (const id of ids) await updateBatch(tx, id, { state: 'expired', updated_at: inner.instant })
    if (ids.length === 0) return
    await removeJudged(tx, ids)
    await removePieces(tx, ids)
  })
  await inTx(ctx, (tx) => removeOldPieces(tx, before(ctx, KEPT_MS)))
  await sweepFiles(ctx)
}

export const tasks: readonly Task[] = [
  { name: READ, on: ['catalog.batch.uploaded'], handle: inspectBatch },
  { name: CHECK, on: ['catalog.batch.checking'], handle: runCheck },
  { name: 'catalog.batch.sweep', cron: '* * * * *', handle: sweepBatches },
]
