import type { RequestDetail } from '@sanjiang/contract/sharing'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { record } from '#kernel/record.ts'
import type { SharingMessage } from '#kernel/tables.ts'
import { LEVEL_RULES } from './ladder/ladder.rules.ts'
import { assertMet, climb, type Leaving, leave } from './ladder/ladder.service.ts'
import { requestCan } from './request.rules.ts'
import { announcement, lockFor } from './request.service.ts'
import {
  insertMessage,
  listRequestItems,
  lockRequest,
  type RequestRow,
  updateItems,
  updateRequest,
} from './request.store.ts'
import { readRequest, standingOf } from './request.view.ts'

interface Said {
  readonly row: RequestRow
  readonly kind: SharingMessage['kind']
  readonly text: string
  /** What happened, as the event's last word. */
  readonly verbed: string
  readonly state: string
  /** Rung that the dispute stands on from now on: its clock is what the next one to move has. */
  readonly level?: 'negotiation' | 'office' | 'group'
}

export const say = async (tx: Tx, ctx: Ctx, { row, kind, text, verbed, state, level }: Said): Promise<void> => {
  const words = text.trim()
  await insertMessage(tx, {
    message_id: newId(),
    request_id: row.request_id,
    kind,
    organ_id: ctx.actor.organ?.organ_id ?? null,
    author_id: ctx.actor.person_id,
    author_name: ctx.actor.name,
    text: words,
    sent_on: ctx.today,
    sent_at: ctx.instant,
  })
  await record(tx, ctx, {
    type: `sharing.request.${verbed}`,
    subject_kind: 'sharing.request',
    subject_id: row.request_id,
    before: { state: row.state },
    after: {
      ...announcement({ ...row, state }, ctx.today),
      text: words,
      ...(level ? { clock_rule: LEVEL_RULES[level], clock_started_on: ctx.today } : {}),
    },
  })
}

/** A word between the two organs about a submitted request; changes no state. */
export const sendMessage = (ctx: Ctx, id: string, text: string): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockRequest(tx, scopeOf(ctx.actor, 'sharing.request.read'), id)
    if (!row) throw new Fault('not_found')
    const standing = standingOf(ctx.actor, row)
    if (!standing.is_consumer && !standing.is_provider && !standing.is_coordinator) throw new Fault('forbidden')
    if (!requestCan(row, standing).includes('message')) throw new Fault('wrong_state', '申请提交后才能沟通')
    await say(tx, inner, { row, kind: 'note', text, verbed: 'messaged', state: row.state })
    return readRequest(inner, id)
  })

/** The consumer does not accept a refusal: the two organs negotiate (domain R07). */
export const disputeRequest = (ctx: Ctx, id: string, text: string): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'dispute' })
    await updateRequest(tx, id, { state: 'negotiating' })
    await climb(tx, inner, { requestId: id, level: 'negotiation' })
    await say(tx, inner, { row, kind: 'dispute', text, verbed: 'disputed', state: 'negotiating', level: 'negotiation' })
    return readRequest(inner, id)
  })

/** Negotiation failed: the sharing authority of this level is asked (domain R07). */
export const escalateRequest = (ctx: Ctx, id: string, text: string): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'escalate' })
    await escalateIn(tx, inner, { row, text, outcome: 'raised' })
    return readRequest(inner, id)
  })

interface Raised {
  readonly row: RequestRow
  readonly text: string
  readonly outcome: 'raised' | 'overdue'
}

/** From the two departments to the sharing authority; also when their time is over. Nothing is granted by it. */
export const escalateIn = async (tx: Tx, ctx: Ctx, { row, text, outcome }: Raised): Promise<void> => {
  const requestId = row.request_id
  await leave(tx, ctx, { requestId, outcome })
  await climb(tx, ctx, { requestId, level: 'office', isOverdue: outcome === 'overdue' })
  await updateRequest(tx, requestId, { state: 'coordinating' })
  await say(tx, ctx, { row, kind: 'escalate', text, verbed: 'escalated', state: 'coordinating', level: 'office' })
}

/** From the sharing authority to the leading group. */
export const raiseIn = async (tx: Tx, ctx: Ctx, { row, text, outcome }: Raised): Promise<void> => {
  const requestId = row.request_id
  await leave(tx, ctx, { requestId, outcome })
  await climb(tx, ctx, { requestId, level: 'group', isOverdue: outcome === 'overdue' })
  // Its revision moves, since what has to be done next is something else.
  await updateRequest(tx, requestId, {})
  await say(tx, ctx, { row, kind: 'raise', text, verbed: 'raised', state: 'coordinating', level: 'group' })
}

/** Coordination failed: the leading group decides (domain R07). */
export const raiseRequest = (ctx: Ctx, id: string, text: string): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'raise' })
    await raiseIn(tx, inner, { row, text, outcome: 'raised' })
    return readRequest(inner, id)
  })

/** The consumer lets the dispute rest: the last answer stands. */
export const settleRequest = (ctx: Ctx, id: string, text: string): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'settle' })
    await leave(tx, inner, { requestId: id, outcome: 'settled' })
    await updateRequest(tx, id, { state: row.outcome!, is_settled: true })
    await say(tx, inner, { row, kind: 'settle', text, verbed: 'settled', state: row.outcome! })
    return readRequest(inner, id)
  })

/**
 * Refused items wait again and the provider's clock starts anew today. It is announced as submitted once more, with the
 * next round's number, since that is what the provider has to act on.
 */
const reopen = async (tx: Tx, ctx: Ctx, row: RequestRow): Promise<void> => {
  const items = await listRequestItems(tx, row.request_id)
  const refused = items.filter(({ state }) => state === 'refused').map(({ item_id }) => item_id)
  await updateItems(tx, {
    requestId: row.request_id,
    itemIds: refused,
    change: { state: 'pending', reason_code: null, reason_text: null },
  })
  const change = { state: 'submitted', round: row.round + 1, clock_started_on: ctx.today, clock_stopped_on: null }
  await updateRequest(tx, row.request_id, change)
  await record(tx, ctx, {
    type: 'sharing.request.submitted',
    subject_kind: 'sharing.request',
    subject_id: row.request_id,
    organ_id: row.provider_organ_id,
    before: { state: row.state, round: row.round },
    after: { ...announcement({ ...row, ...change }, ctx.today), items: refused.length, granted_at_once: 0 },
  })
}

/** The provider agrees to answer again. */
export const reconsiderRequest = (ctx: Ctx, id: string, text: string): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'reconsider' })
    await leave(tx, inner, { requestId: id, outcome: 'agreed' })
    await say(tx, inner, { row, kind: 'reconsider', text, verbed: 'reopened', state: 'submitted' })
    await reopen(tx, inner, row)
    return readRequest(inner, id)
  })

interface Coordination extends Required<Pick<Leaving, 'reason_code'>> {
  readonly outcome: 'reconsider' | 'uphold'
  readonly text: string
}

/** The sharing authority, or the leading group by its record, either has the provider answer again or upholds his answer, which ends the dispute. */
export const coordinateRequest = (
  ctx: Ctx,
  id: string,
  { outcome, reason_code, text }: Coordination,
): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'coordinate' })
    if (row.ladder_level === 'group') await assertMet(tx, row.ladder_step_id!)
    await leave(tx, inner, { requestId: id, outcome, reason_code })
    const isReopened = outcome === 'reconsider'
    const state = isReopened ? 'submitted' : row.outcome!
    await say(tx, inner, { row, kind: 'coordinate', text, verbed: isReopened ? 'reopened' : 'upheld', state })
    if (isReopened) await reopen(tx, inner, row)
    else await updateRequest(tx, id, { state, is_settled: true })
    return readRequest(inner, id)
  })
