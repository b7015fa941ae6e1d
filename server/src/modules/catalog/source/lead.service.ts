import type { Lead } from '@sanjiang/contract/catalog'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { record } from '#kernel/record.ts'
import { findCluster } from './cluster.view.ts'
import { answersFor, assertLead, type LeadVerb, stateAfter } from './lead.rules.ts'
import * as store from './lead.store.ts'
import { faceOf, toLead } from './lead.view.ts'

const read = async (tx: Tx, ctx: Ctx, leadId: string): Promise<Lead> =>
  toLead(ctx, (await store.findLead(tx, leadId))!, await store.listAnswerRows(tx, [leadId]))

export const getLead = async (ctx: Ctx, leadId: string): Promise<Lead> => {
  const row = await store.findLead(ctx.db, leadId)
  if (!row) throw new Fault('not_found')
  return toLead(ctx, row, await store.listAnswerRows(ctx.db, [leadId]))
}

/** Tells everybody concerned where the matter stands now; the inbox makes to-dos of it. */
const announce = async (
  tx: Tx,
  ctx: Ctx,
  { leadId, verb, text = '' }: { leadId: string; verb: string; text?: string },
) => {
  const row = (await store.findLead(tx, leadId))!
  const answers = await store.listAnswerRows(tx, [leadId])
  await record(tx, ctx, {
    type: `catalog.lead.${verb}`,
    subject_kind: 'catalog.lead',
    subject_id: leadId,
    organ_id: row.organ_id,
    after: {
      title: `“${row.cluster_name}”拟由${row.organ_name}牵头`,
      text,
      state: row.state,
      revision: row.revision,
      provider_organ_id: row.organ_id,
      resource_id: row.resource_id,
      asked_organ_ids: answers.map(({ organ_id }) => organ_id),
      waiting_organ_ids: answers.filter(({ answer }) => answer === null).map(({ organ_id }) => organ_id),
      clock_rule: 'lead_answer',
      clock_started_on: row.proposed_on,
    },
  })
}

const signed = ({ actor, today }: Ctx) => ({
  answered_by: actor.person_id,
  answered_by_name: actor.name,
  answered_on: today,
})
const UNSIGNED = { answer: null, reason: '', answered_by: null, answered_by_name: null, answered_on: null } as const

const agree = async (tx: Tx, ctx: Ctx, { leadId, reason }: { leadId: string; reason: string }): Promise<void> => {
  await store.updateLead(tx, leadId, {
    state: 'agreed',
    decided_by: ctx.actor.person_id,
    decided_by_name: ctx.actor.name,
    decided_on: ctx.today,
    decision_reason: reason,
  })
  const row = (await store.findLead(tx, leadId))!
  await store.referAll(tx, row, ctx.today)
  await store.markKeyStale(tx, row.key)
  await announce(tx, ctx, { leadId, verb: 'agreed', text: reason })
}

/** What follows from the answers that are in: nothing yet, a lead, or a matter for the platform. */
const settle = async (tx: Tx, ctx: Ctx, leadId: string): Promise<void> => {
  const state = stateAfter((await store.listAnswerRows(tx, [leadId])) as never)
  if (state === 'agreed') await agree(tx, ctx, { leadId, reason: '各持有部门一致同意' })
  if (state !== 'contested') return
  await store.updateLead(tx, leadId, { state })
  await announce(tx, ctx, { leadId, verb: 'contested' })
}

interface Proposal {
  readonly cluster_id: string
  readonly item_id: string
  readonly reason: string
}

const assertHolds = (ctx: Ctx, holding: readonly { readonly organ_path: string }[]): void => {
  const scope = scopeOf(ctx.actor, 'catalog.lead.propose')
  if (scope !== 'all' && !holding.some(({ organ_path }) => reaches(scope, organ_path)))
    throw new Fault('forbidden', '只有持有该信息项的部门或平台目录管理员可以提议牵头')
}

/**
 * Proposes one department's item as the source of all. The departments of the same government that hold it are asked; whoever
 * proposes and may answer for his own department has answered by proposing.
 */
export const proposeLead = (ctx: Ctx, { cluster_id, item_id, reason }: Proposal): Promise<Lead> =>
  inTx(ctx, async (tx, inner) => {
    const cluster = await findCluster(tx, cluster_id)
    if (!cluster) throw new Fault('not_found')
    const candidate = await store.findCandidate(tx, cluster.key, item_id)
    if (!candidate) throw invalid('item_id', 'R16', '牵头的信息项须是各持有部门中的一个', '一数一源')
    const holding = await store.listHolding(tx, cluster.key, candidate.organ_id)
    assertHolds(inner, holding)
    const lead_id = newId()
    const { actor, today } = inner
    await store.insertLead(tx, {
      lead_id,
      key: cluster.key,
      cluster_name: cluster.name,
      item_id,
      resource_id: candidate.resource_id,
      organ_id: candidate.organ_id,
      state: 'proposed',
      revision: 1,
      reason,
      proposed_by: actor.person_id,
      proposed_by_name: actor.name,
      proposed_organ_id: actor.organ?.organ_id ?? candidate.organ_id,
      proposed_on: today,
      decided_by: null,
      decided_by_name: null,
      decided_on: null,
      decision_reason: '',
      ended_on: null,
      end_reason: '',
    })
    const answers = scopeOf(actor, 'catalog.lead.answer')
    await store.insertAnswers(
      tx,
      holding.map(({ organ_id, organ_path }) => ({
        lead_id,
        organ_id,
        ...(reaches(answers, organ_path) ? { answer: 'agreed', reason: '提议部门', ...signed(inner) } : UNSIGNED),
      })),
    )
    await announce(tx, inner, { leadId: lead_id, verb: 'proposed', text: reason })
    await settle(tx, inner, lead_id)
    return read(tx, inner, lead_id)
  })

const lockFor = async (tx: Tx, ctx: Ctx, { leadId, verb }: { leadId: string; verb: LeadVerb }) => {
  const row = await store.lockLead(tx, leadId)
  if (!row) throw new Fault('not_found')
  const face = faceOf(row, await store.listAnswerRows(tx, [leadId]), ctx.today)
  assertLead(verb, ctx.actor, face)
  return { row, face }
}

const MIN_OBJECTION = 10

/** A holding department's word. The last one settles the matter, or hands it to the platform. */
export const answerLead = (
  ctx: Ctx,
  leadId: string,
  { answer, reason = '' }: { answer: 'agreed' | 'objected'; reason?: string },
): Promise<Lead> =>
  inTx(ctx, async (tx, inner) => {
    const { face } = await lockFor(tx, inner, { leadId, verb: 'answer' })
    if (answer === 'objected' && reason.trim().length < MIN_OBJECTION)
      throw invalid('reason', 'R16', `有异议的，请说明理由（不少于 ${MIN_OBJECTION} 个字）`, '一数一源')
    const { organ_id: organId } = answersFor(inner.actor, face)!
    await store.setAnswer(tx, { leadId, organId }, { answer, reason: reason.trim(), ...signed(inner) })
    await store.updateLead(tx, leadId, {})
    await announce(tx, inner, { leadId, verb: 'answered', text: reason.trim() })
    await settle(tx, inner, leadId)
    return read(tx, inner, leadId)
  })

/** The platform's word where departments differ, or where some let their time pass. */
export const decideLead = (
  ctx: Ctx,
  leadId: string,
  { outcome, reason }: { outcome: 'agreed' | 'dropped'; reason: string },
): Promise<Lead> =>
  inTx(ctx, async (tx, inner) => {
    await lockFor(tx, inner, { leadId, verb: 'decide' })
    if (outcome === 'agreed') await agree(tx, inner, { leadId, reason })
    else {
      await store.updateLead(tx, leadId, {
        state: 'dropped',
        decided_by: inner.actor.person_id,
        decided_by_name: inner.actor.name,
        decided_on: inner.today,
        decision_reason: reason,
      })
      await announce(tx, inner, { leadId, verb: 'dropped', text: reason })
    }
    return read(tx, inner, leadId)
  })

const endLead = (
  ctx: Ctx,
  leadId: string,
  { verb, state, reason }: { verb: 'withdraw' | 'reverse'; state: 'withdrawn' | 'reversed'; reason: string },
): Promise<Lead> =>
  inTx(ctx, async (tx, inner) => {
    const { row } = await lockFor(tx, inner, { leadId, verb })
    await store.updateLead(tx, leadId, { state, ended_on: inner.today, end_reason: reason })
    await store.dropReferences(tx, leadId)
    await store.markKeyStale(tx, row.key)
    await announce(tx, inner, { leadId, verb: state, text: reason })
    return read(tx, inner, leadId)
  })

export const withdrawLead = (ctx: Ctx, leadId: string, reason: string): Promise<Lead> =>
  endLead(ctx, leadId, { verb: 'withdraw', state: 'withdrawn', reason })

/** References end with the lead; a new one may be proposed at once. */
export const reverseLead = (ctx: Ctx, leadId: string, reason: string): Promise<Lead> =>
  endLead(ctx, leadId, { verb: 'reverse', state: 'reversed', reason })
