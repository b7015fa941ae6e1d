import { type ClockRun, readClock } from '@sanjiang/contract'
import type { Correction, CorrectionDetail, Mark } from '@sanjiang/contract/sharing'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { openSecret } from '#kernel/keys.ts'
import { type CorrectionRow, findCorrection } from './correction.store.ts'
import { listMarks } from './mark.store.ts'

export const correctionRun = (row: CorrectionRow): ClockRun => ({
  rule_code: 'correction_verify',
  started_on: row.raised_on,
  stopped_on: row.answered_on,
})

export const correctionTitle = (row: Pick<CorrectionRow, 'resource_name' | 'item_name'>): string =>
  `“${row.resource_name}”的“${row.item_name}”纠错`

const mayAnswer = (ctx: Ctx, row: CorrectionRow): boolean =>
  reaches(scopeOf(ctx.actor, 'sharing.correction.answer'), row.provider_path)

export const toCorrection = (ctx: Ctx, row: CorrectionRow): Correction => ({
  ...(row as unknown as Correction),
  clock: readClock(correctionRun(row), ctx.today),
  can: row.state === 'raised' && mayAnswer(ctx, row) ? ['answer'] : [],
})

// Auditors and leaders see the masked key: the person concerned is no business of theirs.
const mayKnowKey = (ctx: Ctx, row: CorrectionRow): boolean =>
  mayAnswer(ctx, row) || reaches(scopeOf(ctx.actor, 'sharing.correction.raise'), row.consumer_path)

export const readCorrection = async (ctx: Ctx, correctionId: string): Promise<CorrectionDetail> => {
  const row = await findCorrection(ctx.db, scopeOf(ctx.actor, 'sharing.request.read'), correctionId)
  if (!row) throw new Fault('not_found')
  const mayKnow = mayKnowKey(ctx, row)
  return {
    ...toCorrection(ctx, row),
    record_key: mayKnow ? openSecret(ctx.site.dataDir, row.record_key_sealed) : null,
    wrong_value: mayKnow ? row.wrong_value : '****',
    suggested_value: mayKnow ? row.suggested_value : '****',
    evidence: row.evidence,
    answer_text: row.answer_text,
    marks: (await listMarks(ctx.db, 'correction', correctionId)) as unknown as Mark[],
  }
}
