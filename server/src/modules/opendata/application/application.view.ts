import { codes } from '@sanjiang/contract'
import type { Application, ApplicationDetail } from '@sanjiang/contract/opendata'
import {
  APPEAL_DAYS,
  APPLICATION_STATES,
  CONFIRM_DAYS,
  MEND_DAYS,
  OPEN_REFUSALS,
  promiseEvents,
} from '@sanjiang/contract/opendata'
import type { IntakeStanding } from '@sanjiang/contract/opendata.intake'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { putReply } from '../intake/reply.store.ts'
import { listUsage } from './access.store.ts'
import { acceptClock, appealClock, applicationCan, decideClock, INNER_VERBS } from './application.rules.ts'
import { type ApplicationRow, findAgreement, findApplicant, listSteps, type StepRow } from './application.store.ts'

export const toApplication = (row: ApplicationRow, steps: readonly StepRow[], today: string): Application => ({
  ...row,
  purpose_code: row.purpose_code as Application['purpose_code'],
  accept_clock: acceptClock(steps, today),
  decide_clock: decideClock(row, steps, today),
  appeal_clock: appealClock(steps, today),
})

const mayOn = (ctx: Ctx, row: ApplicationRow, verb: 'handle' | 'approve' | 'appeal'): boolean =>
  reaches(scopeOf(ctx.actor, `opendata.application.${verb}`), row.organ_path)

/** An appeal is settled by another organ than the one that refused. */
export const maySettle = (ctx: Ctx, row: ApplicationRow): boolean =>
  mayOn(ctx, row, 'appeal') && ctx.actor.organ?.organ_id !== row.organ_id

/** Whose work needs it may know who applies; the office only while it settles an appeal. */
const mayKnowApplicant = (ctx: Ctx, row: ApplicationRow): boolean =>
  mayOn(ctx, row, 'handle') || mayOn(ctx, row, 'approve') || (row.state === 'appealed' && maySettle(ctx, row))

export const canOf = (ctx: Ctx, row: ApplicationRow, steps: readonly StepRow[]): string[] =>
  applicationCan({
    state: row.state,
    steps,
    mayHandle: mayOn(ctx, row, 'handle'),
    mayApprove: mayOn(ctx, row, 'approve'),
    maySettle: maySettle(ctx, row),
    isHandler: row.handled_by !== null && row.handled_by === ctx.actor.person_id,
    today: ctx.today,
  })

const applicantOf = async (ctx: Ctx, row: ApplicationRow) => {
  const found = mayKnowApplicant(ctx, row) ? await findApplicant(ctx.db, row.application_id) : undefined
  if (!found) return { applicant: null, answers: [], appeal_text: null }
  const { name, credit_code, contact_name, phone, email, removed_on, appeal_text } = found
  const answers = row.asked.flatMap(({ code }) => (found.answers[code] ? [{ code, text: found.answers[code] }] : []))
  return {
    applicant: removed_on === null ? { name, credit_code, contact_name, phone, email } : null,
    answers,
    appeal_text,
  }
}

export const toDetail = async (ctx: Ctx, row: ApplicationRow): Promise<ApplicationDetail> => {
  const steps = await listSteps(ctx.db, [row.application_id])
  const [agreement, usage, personal] = await Promise.all([
    findAgreement(ctx.db, row.application_id),
    listUsage(ctx.db, row.application_id),
    applicantOf(ctx, row),
  ])
  const isNamed = personal.applicant !== null
  return {
    ...toApplication(row, steps, ctx.today),
    ...personal,
    // Free words of an applicant may name people: they are for those who may know him.
    qualification: isNamed ? row.qualification : '',
    purpose_text: isNamed ? row.purpose_text : '',
    security: row.security as ApplicationDetail['security'],
    security_text: isNamed ? row.security_text : '',
    term_months: row.term_months,
    promise_version: row.promise_version,
    open_condition: row.open_condition,
    close_reason: row.close_reason,
    asked: row.asked,
    proposal: row.proposal,
    agreement: agreement ?? null,
    steps,
    usage,
    can: canOf(ctx, row, steps),
  }
}

const CITIZEN: Readonly<Record<string, readonly string[]>> = {
  incomplete: ['mend'],
  agreement: ['agreement'],
  refused: ['appeal'],
  active: ['rekey'],
}

const untilOf = (row: ApplicationRow, steps: readonly StepRow[]): string | null => {
  const days = { incomplete: MEND_DAYS, agreement: CONFIRM_DAYS, refused: APPEAL_DAYS }[row.state as string]
  return days === undefined ? null : codes.addDays(steps.at(-1)!.on, days)
}

/** What whoever applied is told for his number and code: nothing of who he is, so that nothing of it stands outside. */
export const tellApplicant = async (tx: Tx, row: ApplicationRow): Promise<void> => {
  const [steps, agreement, usage] = [
    await listSteps(tx, [row.application_id]),
    await findAgreement(tx, row.application_id),
    await listUsage(tx, row.application_id),
  ]
  const shown = steps.filter(({ verb }) => !INNER_VERBS.includes(verb))
  const decision = shown.findLast(({ verb }) => ['refused', 'appeal_upheld', 'revoked', 'closed'].includes(verb))
  const state = row.state === 'proposed' ? 'accepted' : row.state
  const standing: IntakeStanding = {
    state,
    state_title: APPLICATION_STATES.titles[state],
    title: `申请使用《${row.dataset_title}》`,
    organ_name: row.organ_name,
    received_on: row.received_on,
    clock: null,
    answer: decision?.text ?? null,
    answered_on: decision?.on ?? null,
    timeline: shown.map(({ on, title, text }) => ({ on, title, text })),
    can: (CITIZEN[row.state] ?? []) as IntakeStanding['can'],
    detail: {
      slug: row.slug,
      until: untilOf(row, steps),
      promise: { days: row.promise_days, source: row.promise_source, events: promiseEvents(steps) },
      asked: row.state === 'incomplete' ? row.asked : [],
      refusal:
        row.state === 'refused' && row.proposal?.reason_code ? OPEN_REFUSALS.titles[row.proposal.reason_code] : null,
      agreement: agreement && {
        text: agreement.text,
        digest: agreement.digest,
        version: agreement.version,
        ends_on: agreement.ends_on,
        signed_at: agreement.signed_at,
      },
      usage: usage.slice(0, 30),
    },
  }
  const { number, code_hash } = row
  await putReply(tx, { number, kind: 'application', code_hash, standing, thread: null })
}
