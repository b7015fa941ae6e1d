import type { LadderLevel, LadderStep, MeetingDraft, RequestDetail } from '@sanjiang/contract/sharing'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { record } from '#kernel/record.ts'
import type { Standing } from '../request.rules.ts'
import { lockRequest } from '../request.store.ts'
import { readRequest, standingOf } from '../request.view.ts'
import { closeStep, hasMet, insertMeeting, insertStep } from './ladder.store.ts'

/** Steps onto a rung. Whoever calls holds the request's lock and has left the rung below. */
export const climb = (
  tx: Tx,
  ctx: Ctx,
  { requestId, level, isOverdue = false }: { requestId: string; level: LadderLevel; isOverdue?: boolean },
) =>
  insertStep(tx, {
    step_id: newId(),
    request_id: requestId,
    level,
    cause: isOverdue ? 'overdue' : 'asked',
    opened_on: ctx.today,
    opened_at: ctx.instant,
    opened_by_name: ctx.actor.name,
    closed_on: null,
    outcome: null,
    reason_code: null,
    closed_by_name: null,
  })

export interface Leaving {
  readonly requestId: string
  readonly outcome: NonNullable<LadderStep['outcome']>
  readonly reason_code?: NonNullable<LadderStep['reason_code']>
}

export const leave = (tx: Tx, ctx: Ctx, { requestId, outcome, reason_code }: Leaving) =>
  closeStep(tx, requestId, {
    closed_on: ctx.today,
    outcome,
    reason_code: reason_code ?? null,
    closed_by_name: ctx.actor.name,
  })

/** The leading group signs in nowhere: its word stands in a record that the office keeps. */
export const assertMet = async (tx: Tx, stepId: string): Promise<void> => {
  if (!(await hasMet(tx, stepId))) throw new Fault('wrong_state', '请先登记领导小组的会议纪要或书面意见')
}

const mayWrite = (level: string, standing: Standing): boolean =>
  level === 'negotiation' ? standing.is_consumer || standing.is_provider : standing.is_coordinator && !standing.is_asker

/** A meeting or a written opinion: of the two departments while they negotiate, of the authority afterwards. */
export const recordMeeting = (ctx: Ctx, id: string, draft: MeetingDraft): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockRequest(tx, scopeOf(inner.actor, 'sharing.request.read'), id)
    if (!row) throw new Fault('not_found')
    if (row.ladder_level === null) throw new Fault('wrong_state', '没有正在协商、协调的争议')
    if (!mayWrite(row.ladder_level, standingOf(inner.actor, row))) throw new Fault('forbidden')
    if (draft.held_on > inner.today) throw invalid('held_on', 'future', '日期不能晚于今天')
    if (draft.held_on < row.submitted_on!) throw invalid('held_on', 'before_request', '日期不能早于申请提交之日')
    const meeting_id = newId()
    await insertMeeting(tx, {
      ...draft,
      meeting_id,
      step_id: row.ladder_step_id!,
      participants: draft.participants.trim(),
      document_no: (draft.document_no ?? '').trim(),
      text: draft.text.trim(),
      written_on: inner.today,
      written_at: inner.instant,
      organ_id: inner.actor.organ?.organ_id ?? null,
      author_id: inner.actor.person_id,
      author_name: inner.actor.name,
    })
    await record(tx, inner, {
      type: 'sharing.ladder.met',
      subject_kind: 'sharing.request',
      subject_id: id,
      after: { meeting_id, level: row.ladder_level, held_on: draft.held_on, kind: draft.kind },
    })
    return readRequest(inner, id)
  })
