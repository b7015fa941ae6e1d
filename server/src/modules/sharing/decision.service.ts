import type { Decision, RequestDetail, RowCondition, Terms } from '@sanjiang/contract/sharing'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, onConstraint } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { record } from '#kernel/record.ts'
import { issueGrant } from './grant.service.ts'
import { markRequest } from './mark.service.ts'
import {
  outcomeOf,
  type PendingItem,
  pickItems,
  type Resolution,
  resolveDecision,
  type Verdict,
} from './request.rules.ts'
import { announcement, lockFor } from './request.service.ts'
import { insertDecision, listRequestItems, type RequestRow, updateItems, updateRequest } from './request.store.ts'
import { clockOf, readRequest } from './request.view.ts'
import { findResource, listItems } from './resource.store.ts'

onConstraint({
  decision_request_id_round_key: { code: 'wrong_state', detail: '这一轮已经答复' },
})

const askedTerms = (row: RequestRow): Terms => ({
  items: [],
  row_conditions: row.row_conditions as RowCondition[],
  quota: { count: row.quota_count, period: row.quota_period as Terms['quota']['period'] },
  starts_on: row.starts_on!,
  ends_on: row.ends_on!,
  allows_low_assurance: row.needs_low_assurance,
})

const assertSound = ({ faults, terms }: Resolution, today: string): void => {
  const all = [...faults]
  if (terms.items.length > 0 && terms.ends_on < today)
    all.push({ field: 'ends_on', rule: 'past', message: `授权期限止 ${terms.ends_on} 已过，不能再同意` })
  if (all.length > 0) throw new Fault('invalid', undefined, { fields: all })
}

/**
 * What waits, held against the catalogue as it is published today: an item that has been withheld or taken down since it
 * was asked for can only be refused, and the catalogue's masking of today is the least that applies.
 */
const holdAgainstCatalog = async (
  tx: Tx,
  { row, pending, body }: { row: RequestRow; pending: readonly PendingItem[]; body: Decision },
): Promise<PendingItem[]> => {
  const catalog = await listItems(tx, row.resource_id)
  const masks = new Map(catalog.map(({ item_id, mask_rule }) => [item_id, mask_rule]))
  const waiting = new Set(pending.map(({ item_id }) => item_id))
  const granted = body.items.filter(({ item_id, outcome }) => outcome === 'granted' && waiting.has(item_id))
  if (granted.length > 0) {
    const resource = await findResource(tx, row.resource_id)
    if (!resource) throw new Fault('wrong_state', '资源已下架，不能再同意')
    const ids = granted.map(({ item_id }) => item_id)
    pickItems(resource, catalog, ids)
  }
  return pending.map((item) => ({ ...item, catalog_mask_rule: masks.get(item.item_id) ?? item.catalog_mask_rule }))
}

const refuseItems = async (tx: Tx, requestId: string, verdicts: readonly Verdict[]): Promise<void> => {
  for (const { item_id, outcome, reason_code, reason_text } of verdicts)
    if (outcome === 'refused')
      await updateItems(tx, { requestId, itemIds: [item_id], change: { state: 'refused', reason_code, reason_text } })
}

/**
 * One answer to all items that wait. Late answers count like any other: lateness shows as a mark, and nothing is ever
 * granted by silence (国发〔2016〕51号 第十二条). Faults: `separation_of_duties`, `wrong_state`, `invalid`.
 */
export const decideRequestIn = async (
  tx: Tx,
  ctx: Ctx,
  { id, body }: { id: string; body: Decision },
): Promise<void> => {
  const row = await lockFor(tx, ctx, { id, verb: 'decide' })
  const items = await listRequestItems(tx, id)
  const asked = items.filter(({ state }) => state === 'pending')
  const pending = await holdAgainstCatalog(tx, { row, pending: asked, body })
  const resolution = resolveDecision(pending, askedTerms(row), body)
  assertSound(resolution, ctx.today)
  const { verdicts, terms } = resolution
  await refuseItems(tx, id, verdicts)
  const answered = new Map<string, string>(verdicts.map(({ item_id, outcome }) => [item_id, outcome]))
  const outcome = outcomeOf(items.map(({ item_id, state }) => answered.get(item_id) ?? state))
  const change = { state: outcome, outcome, clock_stopped_on: ctx.today, decided_on: ctx.today }
  const decided = { ...row, ...change }
  await updateRequest(tx, id, change)
  await insertDecision(tx, {
    decision_id: newId(),
    request_id: id,
    round: row.round,
    outcome: outcomeOf(verdicts.map((verdict) => verdict.outcome)),
    opinion: (body.opinion ?? '').trim(),
    items: JSON.stringify(verdicts),
    on_time: clockOf(decided, ctx.today)?.on_time ?? null,
    decided_on: ctx.today,
    decided_at: ctx.instant,
    decided_by: ctx.actor.person_id,
    decided_by_name: ctx.actor.name,
  })
  await markRequest(tx, ctx, decided)
  if (terms.items.length > 0) await issueGrant(tx, ctx, { request: decided, terms, basis: 'decision' })
  await record(tx, ctx, {
    type: 'sharing.request.decided',
    subject_kind: 'sharing.request',
    subject_id: id,
    organ_id: row.provider_organ_id,
    before: { state: row.state },
    after: { ...announcement(decided, ctx.today), outcome, opinion: (body.opinion ?? '').trim(), verdicts },
  })
}

export const decideRequest = (ctx: Ctx, id: string, body: Decision): Promise<RequestDetail> =>
  inTx(ctx, async (tx, inner) => {
    await decideRequestIn(tx, inner, { id, body })
    return readRequest(inner, id)
  })
