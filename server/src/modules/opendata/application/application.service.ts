import { createHash } from 'node:crypto'
import type { Paged } from '@sanjiang/contract'
import {
  type Application,
  type ApplicationDetail,
  type ApplicationState,
  agreementText,
  MISSING_PARTS,
  OPEN_REFUSALS,
  REVOKE_REASONS,
  SECURITY_MEASURES,
  USE_PURPOSES,
} from '@sanjiang/contract/opendata'
import { type Ctx, PLATFORM, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { sealAccess } from '#modules/ledger/index.ts'
import { closeAccess } from './access.store.ts'
import { byTimeLeft, endOfTerm, opinionFaults } from './application.rules.ts'
import * as store from './application.store.ts'
import { canOf, maySettle, tellApplicant, toApplication, toDetail } from './application.view.ts'

type Row = store.ApplicationRow
const readScope = (ctx: Ctx) => scopeOf(ctx.actor, 'opendata.application.read')

/** One look at who applied is one entry of the access log, written before the answer leaves (T16.3). */
const sealLook = async (ctx: Ctx, { number, organ_id }: Row): Promise<void> => {
  const { actor, trace } = ctx
  const who = { actor_id: actor.person_id, actor_name: actor.name, organ_id: actor.organ?.organ_id ?? null }
  const body = { topic: 'opendata.applicant.read', outcome: 'done', ...who, number, provider_organ_id: organ_id, trace }
  await sealAccess(ctx, 'api', { kind: 'access', body })
}

export const getApplication = async (ctx: Ctx, id: string): Promise<ApplicationDetail> => {
  const row = await store.findApplication(ctx.db, readScope(ctx), id)
  if (!row) throw new Fault('not_found')
  const detail = await toDetail(ctx, row)
  if (detail.applicant) await sealLook(ctx, row)
  return detail
}

interface ListQuery {
  readonly part?: keyof typeof store.PARTS
  readonly after?: string
  readonly limit?: number
}

const WAITING_AT_ONCE = 500

/** What waits comes whole, by the time left; the rest newest first. */
export const listApplications = async (
  ctx: Ctx,
  { part = 'waiting', after, limit = 20 }: ListQuery,
): Promise<Paged<Application>> => {
  const isWaiting = part === 'waiting'
  const options = isWaiting ? { part, limit: WAITING_AT_ONCE } : { part, after, limit }
  const rows = await store.listApplicationRows(ctx.db, readScope(ctx), options)
  const steps = Map.groupBy(
    await store.listSteps(
      ctx.db,
      rows.map(({ application_id }) => application_id),
    ),
    ({ application_id }) => application_id,
  )
  const shown = rows.map((row) => toApplication(row, steps.get(row.application_id)!, ctx.today))
  if (isWaiting) return { rows: shown.toSorted(byTimeLeft), next: null }
  return toPage(shown, limit, ({ received_on, application_id }) => [received_on, application_id])
}

interface Move {
  readonly verb: string
  readonly to: ApplicationState
  readonly text?: string
  readonly change?: Parameters<typeof store.updateApplication>[2]
  /** Said by whoever applied, hence by nobody of ours. */
  readonly isCitizen?: boolean
  readonly on?: string
}

const authorOf = (ctx: Ctx, isCitizen = false) =>
  isCitizen ? { by_id: null, by_name: '申请人' } : { by_id: ctx.actor.person_id, by_name: ctx.actor.name }

/** Which clock an office's next deed stands under. */
const CLOCKS: Readonly<Record<string, string>> = {
  received: 'open_accept',
  mended: 'open_accept',
  accepted: 'open_decide',
  proposed: 'open_decide',
  returned: 'open_decide',
  appealed: 'open_appeal',
}

/** Changes the state, says what happened, tells the applicant, records the fact: all of it or nothing. */
export const move = async (tx: Tx, ctx: Ctx, row: Row, deed: Move): Promise<Row> => {
  const { verb, to, text = '', change = {}, isCitizen, on = ctx.today } = deed
  const { application_id } = row
  const ended_on = ['refused', 'upheld', 'expired', 'revoked', 'lapsed', 'closed'].includes(to) ? ctx.today : null
  await store.updateApplication(tx, application_id, { ...change, state: to, ended_on })
  const author = authorOf(ctx, isCitizen)
  await store.insertStep(tx, { application_id, verb, happened_on: on, happened_at: ctx.instant, ...author, text })
  const after = (await store.lockApplication(tx, 'all', application_id))!
  await tellApplicant(tx, after)
  await record(tx, isCitizen ? { ...ctx, actor: PLATFORM } : ctx, factOf(after, verb, on))
  return after
}

/** Nothing of who applies, nor of what he wrote, is in the fact. */
export const factOf = (row: Row, verb: string, on: string) => ({
  type: `opendata.application.${verb}`,
  subject_kind: 'opendata.application',
  subject_id: row.application_id,
  organ_id: row.organ_id,
  after: {
    title: `《${row.dataset_title}》使用申请 ${row.number}`,
    state: row.state,
    revision: row.revision,
    provider_organ_id: row.organ_id,
    ...(CLOCKS[verb] ? { clock_rule: CLOCKS[verb], clock_started_on: on } : {}),
  },
})

interface Deed {
  readonly id: string
  readonly revision: number
  readonly verb: 'accept' | 'notice' | 'propose' | 'decide' | 'revoke' | 'appeal'
}

const PERMISSION = {
  accept: 'opendata.application.handle',
  notice: 'opendata.application.handle',
  propose: 'opendata.application.handle',
  decide: 'opendata.application.approve',
  revoke: 'opendata.application.approve',
  appeal: 'opendata.application.appeal',
} as const

const lockFor = async (tx: Tx, ctx: Ctx, { id, revision, verb }: Deed): Promise<Row> => {
  const row = await store.lockApplication(tx, readScope(ctx), id)
  if (!row) throw new Fault('not_found')
  if (!reaches(scopeOf(ctx.actor, PERMISSION[verb]), row.organ_path)) throw new Fault('forbidden')
  if (row.revision !== revision) throw new Fault('stale')
  if (verb === 'decide' && row.state === 'proposed' && row.handled_by === ctx.actor.person_id)
    throw new Fault('separation_of_duties', '经办人不能批准自己的意见')
  if (verb === 'appeal' && row.state === 'appealed' && !maySettle(ctx, row))
    throw new Fault('separation_of_duties', '作出决定的部门不能处理对它的申诉')
  if (!canOf(ctx, row, await store.listSteps(tx, [id])).includes(verb))
    throw new Fault('wrong_state', lateNotice(row, verb))
  return row
}

const lateNotice = ({ state }: Row, verb: string): string | undefined =>
  state === 'received' && verb === 'notice' ? '补正只告知一次；逾期不告知的，视为自收到之日起受理' : undefined

/** The office's deeds share their way: lock, look, change, tell; who applied is in the answer, so it is a look as any other. */
const act = async (ctx: Ctx, deed: Deed, work: (tx: Tx, inner: Ctx, row: Row) => Promise<Row>) => {
  await inTx(ctx, async (tx, inner) => work(tx, inner, await lockFor(tx, inner, deed)))
  return getApplication(ctx, deed.id)
}

export const acceptApplication = (ctx: Ctx, id: string, { revision }: { readonly revision: number }) =>
  act(ctx, { id, revision, verb: 'accept' }, (tx, inner, row) =>
    move(tx, inner, row, { verb: 'accepted', to: 'accepted' }),
  )

interface Notice {
  readonly revision: number
  readonly parts: readonly { readonly code: ApplicationDetail['asked'][number]['code']; readonly text: string }[]
}

/** Says once and for all what is missing; the promise's clock stands still until it is answered. */
export const noticeApplication = (ctx: Ctx, id: string, { revision, parts }: Notice) =>
  act(ctx, { id, revision, verb: 'notice' }, (tx, inner, row) => {
    const text = parts.map((part) => `${MISSING_PARTS.titles[part.code]}：${part.text.trim()}`).join('；')
    return move(tx, inner, row, { verb: 'noticed', to: 'incomplete', text, change: { asked: JSON.stringify(parts) } })
  })

export interface Opinion {
  readonly revision: number
  readonly outcome: 'approve' | 'refuse'
  readonly reason_code?: keyof typeof OPEN_REFUSALS.titles
  readonly text: string
  readonly term_months?: number
  readonly daily_requests?: number
  readonly daily_megabytes?: number
}

const DAILY_REQUESTS = 1000
const DAILY_MEGABYTES = 500

export const proposeDecision = (ctx: Ctx, id: string, opinion: Opinion) =>
  act(ctx, { id, revision: opinion.revision, verb: 'propose' }, (tx, inner, row) => {
    const faults = opinionFaults(opinion, row.term_months)
    if (faults.length > 0) throw new Fault('invalid', undefined, { fields: faults })
    const { outcome, reason_code, text, term_months = row.term_months } = opinion
    const { daily_requests = DAILY_REQUESTS, daily_megabytes = DAILY_MEGABYTES } = opinion
    const proposal = {
      ...{ outcome, reason_code: outcome === 'refuse' ? reason_code : null, text: text.trim(), term_months },
      ...{ daily_requests, daily_megabytes, by_name: inner.actor.name, on: inner.today },
    }
    const change = { proposal: JSON.stringify(proposal), handled_by: inner.actor.person_id }
    return move(tx, inner, row, { verb: 'proposed', to: 'proposed', text: text.trim(), change })
  })

/** Puts the agreement before the applicant, filled in from the template of the day. */
const offerAgreement = async (tx: Tx, ctx: Ctx, row: Row): Promise<void> => {
  const terms = row.proposal!
  const term_months = Math.min(terms.term_months, row.term_months)
  const ends_on = endOfTerm(ctx.today, term_months)
  const { version, text } = agreementText(ctx.today, {
    ...{ organ_name: row.organ_name, number: row.number, title: row.dataset_title, code: row.code, ends_on },
    ...{ daily_requests: terms.daily_requests, daily_megabytes: terms.daily_megabytes },
    purpose: USE_PURPOSES.titles[row.purpose_code as keyof typeof USE_PURPOSES.titles],
    promise_version: row.promise_version,
    security: row.security.map((code) => SECURITY_MEASURES.titles[code as 'login']).join('；'),
  })
  await store.insertAgreement(tx, {
    ...{ application_id: row.application_id, version, text, ends_on, offered_on: ctx.today, signed_at: null },
    digest: createHash('sha256').update(text).digest('hex'),
    daily_requests: terms.daily_requests,
    daily_bytes: terms.daily_megabytes * 1_000_000,
  })
}

interface Decision {
  readonly revision: number
  readonly decision: 'confirm' | 'return'
  readonly opinion: string
}

/** The second person: what the first proposed becomes the decision, or goes back to him. */
export const decideApplication = (ctx: Ctx, id: string, { revision, decision, opinion }: Decision) =>
  act(ctx, { id, revision, verb: 'decide' }, async (tx, inner, row) => {
    if (decision === 'return') return move(tx, inner, row, { verb: 'returned', to: 'accepted', text: opinion.trim() })
    const { outcome, reason_code, text } = row.proposal!
    if (outcome === 'refuse') {
      const why = `${OPEN_REFUSALS.titles[reason_code!]}。${text}。可在六十日内申诉，由省政府电子政务办公室处理。`
      return move(tx, inner, row, { verb: 'refused', to: 'refused', text: why })
    }
    await offerAgreement(tx, inner, row)
    return move(tx, inner, row, { verb: 'approved', to: 'agreement' })
  })

interface Revocation {
  readonly revision: number
  readonly reason_code: keyof typeof REVOKE_REASONS.titles
  readonly text: string
}

export const revokeAccess = (ctx: Ctx, id: string, { revision, reason_code, text }: Revocation) =>
  act(ctx, { id, revision, verb: 'revoke' }, async (tx, inner, row) => {
    await closeAccess(tx, id, inner.instant)
    return move(tx, inner, row, {
      verb: 'revoked',
      to: 'revoked',
      text: `${REVOKE_REASONS.titles[reason_code]}：${text.trim()}`,
    })
  })

interface Settlement {
  readonly revision: number
  readonly outcome: 'granted' | 'upheld'
  readonly text: string
}

/** The office's word is the last: for the applicant it opens the agreement on the terms he asked for. */
export const settleAppeal = (ctx: Ctx, id: string, { revision, outcome, text }: Settlement) =>
  act(ctx, { id, revision, verb: 'appeal' }, async (tx, inner, row) => {
    if (outcome === 'upheld') return move(tx, inner, row, { verb: 'appeal_upheld', to: 'upheld', text: text.trim() })
    const proposal = { ...row.proposal!, term_months: row.term_months }
    await offerAgreement(tx, inner, { ...row, proposal })
    return move(tx, inner, row, { verb: 'appeal_granted', to: 'agreement', text: text.trim() })
  })
