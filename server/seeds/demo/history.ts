import { codes } from '@sanjiang/contract'
import type { PastDecision, PastOfficer, PastRequest } from '#modules/sharing/index.ts'
import { organById, provincialOrganOf, type ReferenceOrgan } from '../reference/organs.ts'
import { type ServiceItemReference, serviceItems } from '../reference/service-items.ts'
import { between, DEMO_SEED, generator, hash, pick, weighted } from './random.ts'

/** A published resource as history asks for it. */
export interface Wanted {
  readonly resource_id: string
  readonly name: string
  readonly provider_organ_id: string
  readonly share_type: string
  readonly share_method_type: string
  readonly items: readonly { readonly item_id: string; readonly share_type: string }[]
}

/** `no` is kept in the request's scenario, so that a load cut off in the middle knows which requests it has made. */
export interface PlannedRequest {
  readonly no: string
  readonly past: PastRequest
}

export const DEMO_TODAY = '2017-12-11'
const FIRST_DAY = codes.parseDay('2017-07-03')
const LAST_DAY = codes.parseDay('2017-12-08')
const ENDS_ON = '2019-12-31'

const OFFICERS = ['王建国', '马玉兰', '才让措', '李海燕', '张志强', '卓玛吉', '韩文军', '祁秀英']

export const officerOf = (organ: ReferenceOrgan, index: number): PastOfficer => {
  const above = organ.parent_id === null ? '' : `${organ.parent_id}/`
  const path = `/${above}${organ.id}/`
  return {
    organ: { organ_id: organ.id, name: organ.name, path },
    name: OFFICERS[(hash(organ.id) + index) % OFFICERS.length] ?? '',
  }
}

/** What departments ask for; opening to the public is the portal office's own purpose. */
const ITEMS = serviceItems.filter(({ name }) => name !== '公共信息资源开放')

const PURPOSES = [
  ['administrative_basis', 5],
  ['data_verification', 3],
  ['business_collaboration', 2],
  ['work_reference', 1],
] as const

const REFUSALS = [
  ['excessive_scope', '所申请的部分信息项超出该事项办理所需范围，请按最小必要原则重新申请'],
  ['purpose_unclear', '应用场景说明过于笼统，未写明由哪个系统、在哪个环节使用'],
  ['no_legal_basis', '申请材料未列明履职依据，请补充法律法规或三定方案条款'],
  ['security_insufficient', '使用方系统尚未完成等级保护测评，暂不具备安全承接条件'],
] as const

type Fate = 'granted' | 'partly' | 'refused' | 'withdrawn' | 'ignored'
const FATES: readonly (readonly [fate: Fate, weight: number])[] = [
  ['granted', 66],
  ['partly', 12],
  ['refused', 12],
  ['withdrawn', 5],
  ['ignored', 5],
]
const LATE_SHARE = 0.16

const later = (date: string, working: number): string => codes.addWorkingDays(codes.CALENDAR, date, working).on

const workingDayAt = (next: () => number): string => {
  const day = between(next, FIRST_DAY, LAST_DAY)
  return codes.isWorking(codes.CALENDAR, day) ? codes.formatDay(day) : later(codes.formatDay(day), 1)
}

const decisionOf = (asked: readonly string[], fate: Fate, on: string, next: () => number): PastDecision => {
  const [reason_code, reason_text] = pick(next, REFUSALS)
  const refused = fate === 'refused' ? asked : fate === 'partly' ? asked.slice(-Math.ceil(asked.length / 4)) : []
  const why = refused.length > 0 ? { reason_code, reason_text } : {}
  const opinion = fate === 'granted' ? '同意，仅限申请用途使用' : ''
  return { on, opinion, refused_item_ids: refused, ...why }
}

/** Nothing waits for an answer when every item asked for is shared without conditions. */
const waitsOf = (wanted: Wanted, asked: readonly string[]): string[] => {
  const conditional = new Set(
    wanted.items.filter((item) => item.share_type === 'conditional').map((item) => item.item_id),
  )
  return asked.filter((id) => conditional.has(id))
}

const outcomeOf = (waits: readonly string[], submitted_on: string, next: () => number): Partial<PastRequest> => {
  if (waits.length === 0) return {}
  const fate = weighted(next(), FATES)
  if (fate === 'ignored') return {}
  const isLate = next() < LATE_SHARE
  const on = later(submitted_on, isLate ? between(next, 11, 24) : between(next, 2, 10))
  if (fate === 'withdrawn') {
    const withdrawn_on = later(submitted_on, 1)
    return withdrawn_on > DEMO_TODAY ? {} : { withdrawn_on }
  }
  return on > DEMO_TODAY ? {} : { decision: decisionOf(waits, fate, on, next) }
}

const askedOf = (wanted: Wanted, next: () => number): string[] => {
  const open = wanted.items.filter((item) => item.share_type !== 'withheld').map((item) => item.item_id)
  const count = Math.max(1, Math.ceil(open.length * (0.5 + next() * 0.5)))
  return open.slice(0, count)
}

const draftOf = (
  wanted: Wanted,
  item: ServiceItemReference,
  head: { no: string; submitted_on: string },
  next: () => number,
) => ({
  resource_id: wanted.resource_id,
  item_ids: askedOf(wanted, next),
  purpose_code: weighted(next(), PURPOSES),
  purpose_ref: item.code,
  scenario: `${head.no} 办理“${item.name}”时核对当事人的“${wanted.name}”，减少其重复提交材料`,
  access_mode: wanted.share_method_type === 'api' ? ('api' as const) : ('table' as const),
  quota: { count: pick(next, [2000, 5000, 10_000, 50_000]), period: 'day' as const },
  starts_on: head.submitted_on,
  ends_on: ENDS_ON,
  is_security_committed: true,
})

/** Most requests are for data that somebody has to decide about. */
const CONDITIONAL_SHARE = 0.85
const REVOKED_EVERY = 29

const planOne = (
  index: number,
  wanteds: { conditional: readonly Wanted[]; open: readonly Wanted[] },
): PlannedRequest | undefined => {
  const next = generator(hash(DEMO_SEED, 'request', index))
  const wanted = pick(next, next() < CONDITIONAL_SHARE ? wanteds.conditional : wanteds.open)
  const item = pick(next, ITEMS)
  const consumer = provincialOrganOf(item.organ_seq)
  if (consumer.id === wanted.provider_organ_id) return undefined
  const submitted_on = workingDayAt(next)
  const no = `〔2017〕历史${String(index + 1).padStart(3, '0')}号`
  const draft = draftOf(wanted, item, { no, submitted_on }, next)
  const outcome = outcomeOf(waitsOf(wanted, draft.item_ids), submitted_on, next)
  const isRevoked = index % REVOKED_EVERY === 7 && outcome.decision?.refused_item_ids?.length === 0
  const revocation = isRevoked ? { on: DEMO_TODAY, reason: '使用方应用系统已停用，收回授权' } : undefined
  const officers = {
    consumer: officerOf(consumer, index),
    provider: officerOf(organById(wanted.provider_organ_id), index),
  }
  return { no, past: { ...officers, draft, submitted_on, ...outcome, revocation } }
}

/** Requests of July to December 2017 between provincial departments: most answered in time, some late, some never. */
export const planHistory = (wanteds: readonly Wanted[], count: number): PlannedRequest[] => {
  const asked = {
    conditional: wanteds.filter((one) => one.share_type === 'conditional'),
    open: wanteds.filter((one) => one.share_type === 'unconditional'),
  }
  const planned: PlannedRequest[] = []
  for (let index = 0; planned.length < count; index++) {
    const one = planOne(index, asked)
    if (one) planned.push(one)
  }
  return planned
}
