import type { RequestDetail } from '@sanjiang/contract/sharing'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { record } from '#kernel/record.ts'
import type { SharingMessage } from '#kernel/tables.ts'
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
}

const say = async (tx: Tx, ctx: Ctx, { row, kind, text, verbed, state }: Said): Promise<void> => {
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
    after: { ...announcement({ ...row, state }, ctx.today), text: words },
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
    await say(tx, inner, { row, kind: 'dispute', text, verbed: 'disputed', state: 'negotiating' })
    return readRequest(inner, id)
  })

/** Negotiation failed: the sharing authority of this level is asked (domain R07). */
export const escalateRequest = (ctx: Ctx, id: string, text: string): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'escalate' })
    await updateRequest(tx, id, { state: 'coordinating' })
    await say(tx, inner, { row, kind: 'escalate', text, verbed: 'escalated', state: 'coordinating' })
    return readRequest(inner, id)
  })

/** The consumer lets the dispute rest: the last answer stands. */
export const settleRequest = (ctx: Ctx, id: string, text: string): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'settle' })
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
    await say(tx, inner, { row, kind: 'reconsider', text, verbed: 'reopened', state: 'submitted' })
    await reopen(tx, inner, row)
    return readRequest(inner, id)
  })

/** The sharing authority either has the provider answer again or upholds his answer, which ends the dispute. */
export const coordinateRequest = (
  ctx: Ctx,
  id: string,
  { outcome, text }: { outcome: 'reconsider' | 'uphold'; text: string },
): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'coordinate' })
    const isReopened = outcome === 'reconsider'
    const state = isReopened ? 'submitted' : row.outcome!
    await say(tx, inner, { row, kind: 'coordinate', text, verbed: isReopened ? 'reopened' : 'upheld', state })
    if (isReopened) await reopen(tx, inner, row)
    else await updateRequest(tx, id, { state, is_settled: true })
    return readRequest(inner, id)
  })
