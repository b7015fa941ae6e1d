import type { Decision, RequestDraft } from '@sanjiang/contract/sharing'
import type { Actor, Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { decideRequestIn } from './decision.service.ts'
import { revokeGrantIn } from './grant.service.ts'
import { listStanding } from './grant.store.ts'
import { markRequest } from './mark.service.ts'
import { createRequestIn, submitRequestIn, withdrawRequestIn } from './request.service.ts'
import { listRequestItems, lockRequest } from './request.store.ts'

/** An officer of an organ as history knows him: a name, not an account. */
export interface PastOfficer {
  readonly organ: NonNullable<Actor['organ']>
  readonly name: string
}

export interface PastDecision extends Omit<Decision, 'items'> {
  readonly on: string
  /** Items refused; all other waiting items are granted. */
  readonly refused_item_ids?: readonly string[]
}

/** A request that lies in the past, with the business dates on which things happened. */
export interface PastRequest {
  readonly consumer: PastOfficer
  readonly provider: PastOfficer
  readonly draft: RequestDraft
  readonly submitted_on: string
  readonly withdrawn_on?: string
  readonly decision?: PastDecision
  readonly revocation?: { readonly on: string; readonly reason: string }
}

const actorOf = ({ organ, name }: PastOfficer): Actor => {
  const reach = [organ.path]
  return {
    kind: 'system',
    person_id: null,
    name,
    organ,
    roles: [],
    session_id: null,
    scopes: new Map([
      ['sharing.request.read', reach],
      ['sharing.request.create', reach],
      ['sharing.request.decide', reach],
      ['sharing.grant.read', reach],
      ['sharing.grant.revoke', reach],
    ]),
  }
}

const assertOrder = (past: PastRequest, today: string): void => {
  const days = [past.submitted_on, past.withdrawn_on ?? past.decision?.on, past.revocation?.on, today]
  const known = days.filter((day) => day !== undefined)
  if (known.some((day, index) => index > 0 && day < known[index - 1]!))
    throw new Fault('invalid', `历史日期次序不对：${known.join('、')}`)
}

const decide = async (tx: Tx, ctx: Ctx, { id, decision }: { id: string; decision: PastDecision }): Promise<void> => {
  const { on: _, refused_item_ids = [], ...rest } = decision
  const refused = new Set(refused_item_ids)
  const items = (await listRequestItems(tx, id)).filter(({ state }) => state === 'pending')
  const answers = items.map(({ item_id }) => ({
    item_id,
    outcome: refused.has(item_id) ? ('refused' as const) : ('granted' as const),
  }))
  await decideRequestIn(tx, ctx, { id, body: { ...rest, items: answers } })
}

const importOne = async (tx: Tx, ctx: Ctx, past: PastRequest): Promise<string> => {
  const at = (officer: PastOfficer, today: string): Ctx => ({ ...ctx, actor: actorOf(officer), today })
  const { consumer, provider, submitted_on, withdrawn_on, decision, revocation } = past
  const id = await createRequestIn(tx, at(consumer, submitted_on), past.draft)
  await submitRequestIn(tx, at(consumer, submitted_on), id)
  if (withdrawn_on) await withdrawRequestIn(tx, at(consumer, withdrawn_on), { id, reason: '不再需要' })
  else if (decision) await decide(tx, at(provider, decision.on), { id, decision })
  if (revocation)
    for (const { grant_id } of await listStanding(tx, id))
      await revokeGrantIn(tx, at(provider, revocation.on), {
        id: grant_id,
        cause: 'provider',
        reason: revocation.reason,
      })
  // What still waits has been crossing its lines while history went by.
  const row = await lockRequest(tx, 'all', id)
  if (row?.state === 'submitted') await markRequest(tx, ctx, row)
  return id
}

/**
 * Lets past requests happen again on their own business dates, through the same rules as live ones — lateness, marks,
 * refusals without reason included. One transaction per request; returns their ids in order.
 */
export const importHistory = async (ctx: Ctx, requests: readonly PastRequest[]): Promise<string[]> => {
  const ids: string[] = []
  for (const past of requests) {
    assertOrder(past, ctx.today)
    ids.push(await inTx(ctx, (tx, inner) => importOne(tx, inner, past)))
  }
  return ids
}
