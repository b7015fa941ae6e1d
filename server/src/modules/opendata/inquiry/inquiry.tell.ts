import type { InquiryKind } from '@sanjiang/contract/opendata'
import { INQUIRY_OUTCOMES, REFUSAL_REASONS } from '@sanjiang/contract/opendata'
import type { IntakeStanding, IntakeThread } from '@sanjiang/contract/opendata.intake'
import { readShowcase } from '@sanjiang/contract/opendata.showcase'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { withoutIdentifiers } from '../identifier.rules.ts'
import { putReply } from '../intake/reply.store.ts'
import { inquiryRun } from './inquiry.rules.ts'
import { type InquiryRow, listAnswers, lockByNumber } from './inquiry.store.ts'

type Answer = Awaited<ReturnType<typeof listAnswers>>[number]

const stateTitle = (row: InquiryRow, answer: Answer | undefined): string => {
  if (row.state === 'refused') return '不予受理'
  if (row.state === 'answered') return answer ? INQUIRY_OUTCOMES.titles[answer.outcome] : '已答复'
  if (row.kind === 'showcase') return '审核中'
  return row.organ_id === null ? '正在确定办理部门' : row.round === 2 ? '重新办理中' : '办理中'
}

const mayAdd = (row: InquiryRow): IntakeStanding['can'] => {
  if (row.state === 'waiting') return ['supplement']
  return row.state === 'answered' && row.round === 1 && row.kind !== 'showcase' ? ['reopen'] : []
}

const refusalWords = (row: InquiryRow): string => `${REFUSAL_REASONS.titles[row.refusal_reason!]}。${row.refusal_text}`

const standingOf = (row: InquiryRow, answer: Answer | undefined): IntakeStanding => ({
  state: row.state,
  state_title: stateTitle(row, answer),
  title: row.title,
  organ_name: row.organ_name,
  received_on: row.received_on,
  clock: row.state === 'refused' ? null : inquiryRun(row),
  answer: row.state === 'refused' ? refusalWords(row) : (answer?.text ?? null),
  answered_on: row.closed_on,
  timeline: row.timeline,
  can: mayAdd(row),
})

/** What of a kind's own words everybody may read, persons' numbers taken out. */
const publicDetail = (
  row: InquiryRow,
  answer: Answer | undefined,
  today: string,
): Readonly<Record<string, unknown>> => {
  const clear = (name: string): string => withoutIdentifiers(String(row.detail[name] ?? ''), today)
  const details: Record<InquiryKind, () => Readonly<Record<string, unknown>>> = {
    question: () => ({}),
    correction: () => ({ field: clear('field'), row: clear('row') }),
    wish: () => ({ planned_on: answer?.planned_on ?? null, opened_slug: answer?.opened_slug ?? null }),
    showcase: () => ({ ...readShowcase(row.detail), developer: clear('developer') }),
  }
  return details[row.kind]()
}

// An application is shown once it was agreed to; other matters as soon as somebody has read them.
const isShown = (row: InquiryRow): boolean =>
  row.visibility === 'public' && row.state !== 'refused' && (row.kind !== 'showcase' || row.outcome === 'approved')

const threadOf = (row: InquiryRow, answer: Answer | undefined, today: string): IntakeThread | null => {
  if (!isShown(row)) return null
  const run = inquiryRun(row)
  return {
    kind: row.kind,
    dataset_slug: row.dataset_slug,
    title: row.published_title!,
    text: row.published_text!,
    state: row.state === 'answered' ? 'answered' : 'waiting',
    organ_name: row.organ_name,
    received_on: row.received_on,
    rule_code: run.rule_code,
    clock_started_on: run.started_on,
    answered_on: row.closed_on,
    outcome: answer?.outcome ?? null,
    answer: answer?.text ?? null,
    support_count: row.support_count,
    detail: publicDetail(row, answer, today),
    timeline: row.timeline,
  }
}

/** Says outside how the matter stands now: to its sender, and to everybody where it is public. Last act of every change. */
export const tellInquiry = async (tx: Tx, ctx: Ctx, number: string): Promise<void> => {
  const row = await lockByNumber(tx, number)
  if (!row) return
  const answer = (await listAnswers(tx, row.inquiry_id)).find(({ round }) => round === row.round)
  await putReply(tx, {
    number,
    kind: row.kind,
    code_hash: row.code_hash,
    standing: standingOf(row, answer),
    thread: threadOf(row, answer, ctx.today),
  })
}
