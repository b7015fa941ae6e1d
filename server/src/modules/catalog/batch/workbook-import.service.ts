import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { BATCH_PIECE_BYTES, type BatchDetail } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { PLATFORM } from '#kernel/ctx.ts'
import { showBatch } from './batch.view.ts'
import { inspectBatch, runCheck } from './check.service.ts'
import { checkBatch, openBatch, putBatchPiece, readBatch } from './upload.service.ts'

const LOOK_MS = 100

/** The steps of a worker are taken here; where one is at work as well it may be the one to finish. */
const settled = async (ctx: Ctx, id: string): Promise<BatchDetail> => {
  for (;;) {
    const batch = await showBatch(ctx, id)
    if (batch.state !== 'reading' && batch.state !== 'checking') return batch
    await pause(LOOK_MS)
  }
}

/** A workbook up to its dry run in one go, with the columns as they were proposed: what seeds send. */
export const importWorkbook = async (
  ctx: Ctx,
  { file_name, file }: { readonly file_name: string; readonly file: Buffer },
): Promise<BatchDetail> => {
  const file_sha256 = createHash('sha256').update(file).digest('hex')
  const { batch_id: id } = await openBatch(ctx, { file_name, file_bytes: file.length, file_sha256 })
  for (let seq = 0; seq * BATCH_PIECE_BYTES < file.length; seq += 1) {
    const piece = file.subarray(seq * BATCH_PIECE_BYTES, (seq + 1) * BATCH_PIECE_BYTES)
    await putBatchPiece(ctx, { id, seq }, piece.toString('base64'))
  }
  await readBatch(ctx, id)
  const worker = { ...ctx, actor: PLATFORM }
  await inspectBatch(worker, { subject_id: id })
  const read = await settled(ctx, id)
  if (read.state !== 'mapping') return read
  await checkBatch(ctx, id, { mapping: read.mapping })
  await runCheck(worker, { subject_id: id })
  return settled(ctx, id)
}
