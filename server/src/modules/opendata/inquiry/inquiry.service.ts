import type { FieldFault, Paged } from '@sanjiang/contract'
import {
  type Inquiry,
  type InquiryDetail,
  type InquiryKind,
  type InquiryOutcome,
  type InquiryState,
  OUTCOMES_OF,
  REFUSAL_REASONS,
  type RefusalReason,
} from '@sanjiang/contract/opendata'
import { type Ctx, hasPermission } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { toPage } from '#kernel/page.ts'
import { search } from '#modules/catalog/index.ts'
import { identifiersIn } from '../identifier.rules.ts'
import { recordInquiry } from './inquiry.record.ts'
import { withStep } from './inquiry.rules.ts'
import * as store from './inquiry.store.ts'
import { tellInquiry } from './inquiry.tell.ts'
import { readInquiry, readScope, toInquiry, verbsOf } from './inquiry.view.ts'

export { readInquiry as getInquiry } from './inquiry.view.ts'

interface ListQuery {
  readonly kind?: InquiryKind
  readonly state?: InquiryState
  readonly is_unassigned?: boolean
  readonly after?: string
  readonly limit?: number
}

/** Whose time is over comes first; what is done, newest first. */
export const listInquiries = async (ctx: Ctx, query: ListQuery): Promise<Paged<Inquiry>> => {
  const { limit = 20, after, is_unassigned: isUnassigned, ...rest } = query
  const options = { ...rest, isUnassigned, scope: readScope(ctx), limit }
  if (query.state !== 'waiting') {
    const rows = await store.listNewestRows(ctx.db, { ...options, after })
    const page = toPage(rows, limit, ({ received_on, inquiry_id }) => [received_on, inquiry_id])
    return { rows: page.rows.map((row) => toInquiry(ctx, row)), next: page.next }
  }
  const from = /^\d{1,6}$/.test(after ?? '') ? Number(after) : 0
  const waiting = (await store.listWaitingRows(ctx.db, options))
    .map((row) => toInquiry(ctx, row))
    .sort((one, other) => one.clock.due_on.localeCompare(other.clock.due_on))
  const next = from + limit < waiting.length ? String(from + limit) : null
  return { rows: waiting.slice(from, from + limit), next, total: waiting.length }
}

interface Act {
  readonly id: string
  readonly verb: string
  /** The fact's name; the verb's own past where it is left out. */
  readonly fact: string
  readonly text?: string
}

/** One act on a matter: locked, allowed, changed, recorded, told outside. */
const act = (
  ctx: Ctx,
  { id, verb, fact, text }: Act,
  change: (tx: Tx, inner: Ctx, row: store.InquiryRow) => Promise<void>,
) =>
  inTx(ctx, async (tx, inner): Promise<InquiryDetail> => {
    const row = await store.lockInquiry(tx, readScope(inner), id)
    if (!row) throw new Fault('not_found')
    const can = verbsOf(inner, row)
    if (!can.includes(verb)) throw refusalOf(inner, row, verb)
    await change(tx, inner, row)
    await recordInquiry(tx, inner, { number: row.number, verb: fact, text })
    await tellInquiry(tx, inner, row.number)
    return readInquiry(inner, id)
  })

const refusalOf = (ctx: Ctx, row: store.InquiryRow, verb: string): Fault => {
  if (verb === 'refuse' && row.state === 'waiting' && row.refusal_by === ctx.actor.person_id)
    return new Fault('separation_of_duties', '提请不予受理的人不能自己确认')
  const holds =
    hasPermission(ctx.actor, 'opendata.inquiry.answer') || hasPermission(ctx.actor, 'opendata.inquiry.assign')
  if (
    !holds ||
    (verb === 'answer' && row.state === 'waiting' && row.visibility !== 'pending' && row.refusal_by === null)
  )
    return new Fault('forbidden')
  if (verb === 'answer' && row.state === 'waiting' && row.visibility === 'pending')
    return new Fault('wrong_state', '先审看来件：公开，或只答复本人')
  return new Fault('wrong_state')
}

const stepped = (ctx: Ctx, row: store.InquiryRow, title: string, text = '') =>
  store.toJson(withStep(row.timeline, { on: ctx.today, title, text }))

export const assignInquiry = (ctx: Ctx, id: string, { organ_id, note }: { organ_id: string; note?: string }) =>
  act(ctx, { id, verb: 'assign', fact: 'assigned', text: note }, async (tx, inner, row) => {
    const organ = await store.findOrgan(tx, organ_id)
    if (!organ) throw invalid('organ_id', 'unknown', '没有这个部门')
    if (organ_id === row.organ_id) throw invalid('organ_id', 'same', '已经由这个部门办理')
    await store.updateInquiry(tx, id, {
      organ_id,
      refusal_by: null,
      refusal_by_name: null,
      refusal_reason: null,
      refusal_text: null,
      timeline: stepped(inner, row, `${row.organ_id === null ? '已转' : '改由'}${organ.name}办理`),
    })
  })

const identifierFaults = (fields: Readonly<Record<string, string>>, today: string): FieldFault[] =>
  Object.entries(fields).flatMap(([field, text]) =>
    identifiersIn(text, today).map(({ kind, title, shown }) => ({
      field,
      rule: kind,
      message: `含有${title}（${shown}），公开前须去除`,
      clause: '网络安全法 第四十二条',
    })),
  )

const refuseIdentifiers = (fields: Readonly<Record<string, string>>, today: string): void => {
  const faults = identifierFaults(fields, today)
  if (faults.length > 0) throw new Fault('invalid', undefined, { fields: faults })
}

interface Moderation {
  readonly visibility: 'public' | 'private'
  readonly title: string
  readonly text: string
}

/** Nobody's words are public before somebody has read them, and no person's number ever is. */
export const moderateInquiry = (ctx: Ctx, id: string, { visibility, title, text }: Moderation) =>
  act(ctx, { id, verb: 'moderate', fact: 'moderated' }, async (tx, inner, row) => {
    const isPublic = visibility === 'public'
    const answers = isPublic ? await store.listAnswers(tx, id) : []
    if (isPublic) refuseIdentifiers({ title, text, answer: answers.map((one) => one.text).join('\n') }, inner.today)
    await store.updateInquiry(tx, id, {
      visibility,
      published_title: isPublic ? title.trim() : null,
      published_text: isPublic ? text.trim() : null,
      moderated_on: inner.today,
      moderated_by_name: inner.actor.name,
      timeline: stepped(inner, row, isPublic ? '已审看，公开' : '已审看，只答复本人'),
    })
  })

interface Answer {
  readonly outcome: InquiryOutcome
  readonly text: string
  readonly planned_on?: string | null
  readonly opened_slug?: string | null
}

const checkAnswer = async (tx: Tx, ctx: Ctx, row: store.InquiryRow, answer: Answer): Promise<void> => {
  const { outcome, text, planned_on, opened_slug } = answer
  if (!OUTCOMES_OF[row.kind].includes(outcome)) throw invalid('outcome', 'kind', '这种来件没有这样的结论')
  if (outcome === 'will_open' && (!planned_on || planned_on < ctx.today))
    throw invalid('planned_on', 'required', '写明计划开放的日期，不早于今天')
  if (outcome === 'already_open' && !(opened_slug && (await store.findOpened(tx, opened_slug))))
    throw invalid('opened_slug', 'unknown', '写明已开放数据集的地址')
  if (row.visibility === 'public') refuseIdentifiers({ text }, ctx.today)
}

/** Answers once a round; late answers count and are shown as late. */
export const answerInquiry = (ctx: Ctx, id: string, answer: Answer) =>
  act(ctx, { id, verb: 'answer', fact: 'answered' }, async (tx, inner, row) => {
    await checkAnswer(tx, inner, row, answer)
    const organ_name = row.organ_name ?? inner.actor.organ?.name ?? inner.actor.name
    await store.insertAnswer(tx, {
      inquiry_id: id,
      round: row.round,
      outcome: answer.outcome,
      text: answer.text.trim(),
      planned_on: answer.outcome === 'will_open' ? (answer.planned_on ?? null) : null,
      opened_slug: answer.outcome === 'already_open' ? (answer.opened_slug ?? null) : null,
      answered_on: inner.today,
      answered_by: inner.actor.person_id!,
      answered_by_name: inner.actor.name,
      organ_name,
    })
    const change = { state: 'answered', closed_on: inner.today }
    await store.updateInquiry(tx, id, { ...change, timeline: stepped(inner, row, `${organ_name}已答复`) })
  })

interface Refusal {
  readonly reason: RefusalReason
  readonly text: string
}

export const proposeInquiryRefusal = (ctx: Ctx, id: string, { reason, text }: Refusal) =>
  act(
    ctx,
    { id, verb: 'propose_refusal', fact: 'refusal_proposed', text: REFUSAL_REASONS.titles[reason] },
    (tx, inner) =>
      store
        .updateInquiry(tx, id, {
          refusal_reason: reason,
          refusal_text: text.trim(),
          refusal_by: inner.actor.person_id,
          refusal_by_name: inner.actor.name,
        })
        .then(() => undefined),
  )

/** Not taken: the reason goes to the sender, and nothing of it is public. */
export const refuseInquiry = (ctx: Ctx, id: string, { reason, text }: Refusal) =>
  act(ctx, { id, verb: 'refuse', fact: 'refused', text: REFUSAL_REASONS.titles[reason] }, async (tx, inner, row) => {
    await store.updateInquiry(tx, id, {
      state: 'refused',
      closed_on: inner.today,
      refusal_reason: reason,
      refusal_text: text.trim(),
      timeline: stepped(inner, row, '不予受理', REFUSAL_REASONS.titles[reason]),
    })
  })

export const keepInquiry = (ctx: Ctx, id: string, text: string) =>
  act(ctx, { id, verb: 'keep', fact: 'kept', text: text.trim() }, async (tx) => {
    await store.updateInquiry(tx, id, {
      refusal_reason: null,
      refusal_text: null,
      refusal_by: null,
      refusal_by_name: null,
    })
  })

const CANDIDATES = 8

/** Entries of the inside catalogue that may hold what is wished for; the reader's own reach. */
export const listInquiryCandidates = async (ctx: Ctx, id: string, given?: string) => {
  const row = await store.findInquiry(ctx.db, readScope(ctx), id)
  if (!row) throw new Fault('not_found')
  const q = (given?.trim() || row.title).slice(0, 100)
  const { rows } = await search(ctx, { q, limit: CANDIDATES })
  const opened = new Map(
    (
      await store.listOpenedSlugs(
        ctx.db,
        rows.map(({ resource_id }) => resource_id),
      )
    ).map(({ resource_id, slug }) => [resource_id, slug]),
  )
  return {
    q,
    rows: rows.map((hit) => ({
      resource_id: hit.resource_id,
      name: hit.name,
      code: hit.code,
      provider_organ_id: hit.provider_organ_id,
      provider_name: hit.provider_name,
      open_type: hit.open_type,
      matched_items: hit.matched_items.map(({ name }) => name),
      slug: opened.get(hit.resource_id) ?? null,
    })),
  }
}
