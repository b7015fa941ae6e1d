import type { ClockRun } from '@sanjiang/contract'
import { type Ctx, PLATFORM } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { record } from '#kernel/record.ts'
import { crossingsOf } from './clock.rules.ts'
import { type CorrectionRow, listUnmarkedCorrections, lockCorrection } from './correction.store.ts'
import { correctionRun, correctionTitle } from './correction.view.ts'
import { insertMark, type MarkedKind } from './mark.store.ts'
import { listUnmarked, lockRequest, type RequestRow } from './request.store.ts'
import { clockOf, runOf, titleOf } from './request.view.ts'

interface Marked {
  readonly kind: MarkedKind
  /** Whose events tell of it, where the clock is one of several of its subject. */
  readonly noun?: string
  /** What the events are about, where it is not the clock's own subject. */
  readonly about?: { readonly kind: string; readonly id: string }
  readonly subject_id: string
  readonly round: number
  readonly run: ClockRun
  readonly provider_organ_id: string
  readonly after: object
}

export const markCrossings = async (tx: Tx, ctx: Ctx, marked: Marked): Promise<number> => {
  const { kind, noun = kind, subject_id, round, run, provider_organ_id, after } = marked
  let count = 0
  for (const { mark, on } of crossingsOf(run, ctx.today)) {
    const row = { subject_kind: kind, subject_id, round, mark, crossed_on: on, recorded_at: ctx.instant }
    if (!(await insertMark(tx, row))) continue
    count += 1
    await record(tx, ctx, {
      type: `sharing.${noun}.${mark}_marked`,
      subject_kind: marked.about?.kind ?? `sharing.${noun}`,
      subject_id: marked.about?.id ?? subject_id,
      organ_id: provider_organ_id,
      after: { ...after, round, crossed_on: on },
    })
  }
  return count
}

/** Records what lights a request's clock has crossed in this round: each once, dated by the rule. */
export const markRequest = (tx: Tx, ctx: Ctx, row: RequestRow): Promise<number> => {
  const run = runOf(row)
  if (!run) return Promise.resolve(0)
  const clock = clockOf(row, ctx.today)
  return markCrossings(tx, ctx, {
    kind: 'request',
    subject_id: row.request_id,
    round: row.round,
    run,
    provider_organ_id: row.provider_organ_id,
    after: {
      title: titleOf(row),
      provider_organ_id: row.provider_organ_id,
      consumer_organ_id: row.consumer_organ_id,
      due_on: clock?.due_on,
      clock_rule: clock?.rule_code,
    },
  })
}

export const markCorrection = (tx: Tx, ctx: Ctx, row: CorrectionRow): Promise<number> =>
  markCrossings(tx, ctx, {
    kind: 'correction',
    subject_id: row.correction_id,
    round: 1,
    run: correctionRun(row),
    provider_organ_id: row.provider_organ_id,
    after: {
      title: correctionTitle(row),
      provider_organ_id: row.provider_organ_id,
      consumer_organ_id: row.consumer_organ_id,
    },
  })

/**
 * Marks every open request and correction that has crossed a line. Idempotent: each mark is a primary key. One short
 * transaction per subject, locked and looked at again, since it may have been answered in between.
 */
export const markClocks = async (ctx: Ctx): Promise<number> => {
  let count = 0
  for (const { request_id, clock_started_on } of await listUnmarked(ctx.db)) {
    if (
      crossingsOf({ rule_code: 'share_reply', started_on: clock_started_on!, stopped_on: null }, ctx.today).length === 0
    )
      continue
    count += await inTx({ ...ctx, actor: PLATFORM }, async (tx, inner) => {
      const row = await lockRequest(tx, 'all', request_id)
      return row?.state === 'submitted' ? markRequest(tx, inner, row) : 0
    })
  }
  for (const unmarked of await listUnmarkedCorrections(ctx.db)) {
    if (crossingsOf(correctionRun(unmarked), ctx.today).length === 0) continue
    count += await inTx({ ...ctx, actor: PLATFORM }, async (tx, inner) => {
      const row = await lockCorrection(tx, 'all', unmarked.correction_id)
      return row?.state === 'raised' ? markCorrection(tx, inner, row) : 0
    })
  }
  return count
}
