import { type Clock, codes, type FieldFault, readClock } from '@sanjiang/contract'
import {
  type ApplicationDetail,
  type ApplicationState,
  type ApplicationStep,
  promiseEvents,
  readPromise,
  runOfSteps,
} from '@sanjiang/contract/opendata'

type Happened = Pick<ApplicationStep, 'verb' | 'on'>

/** Titles of what happens, as everybody reads them. */
export const STEP_TITLES: Readonly<Record<string, string>> = {
  received: '收到申请',
  noticed: '告知补正',
  mended: '收到补正',
  accepted: '受理',
  proposed: '提出办理意见',
  returned: '退回经办人',
  approved: '同意开放，送达协议',
  refused: '不予开放',
  appealed: '收到申诉',
  appeal_granted: '支持申诉，送达协议',
  appeal_upheld: '维持不予开放',
  confirmed: '确认协议，许可开通',
  rekeyed: '更换密钥',
  expired: '到期',
  revoked: '收回许可',
  lapsed: '逾期未办，终止',
  closed: '终止办理',
}

/** What stays between the people who decide; the applicant is told the outcome. */
export const INNER_VERBS: readonly string[] = ['proposed', 'returned']

export const acceptClock = (steps: readonly Happened[], today: string): Clock | null => {
  const run = runOfSteps(steps, ['received', 'mended'], ['accepted', 'noticed', 'lapsed', 'closed'])
  return run && run.stopped_on === null ? readClock({ rule_code: 'open_accept', ...run }, today) : null
}

export const appealClock = (steps: readonly Happened[], today: string): Clock | null => {
  const run = runOfSteps(steps, ['appealed'], ['appeal_granted', 'appeal_upheld', 'closed'])
  return run && readClock({ rule_code: 'open_appeal', ...run }, today)
}

interface Promised {
  readonly promise_days: number
  readonly promise_source: string
}

export const decideClock = (
  { promise_days, promise_source }: Promised,
  steps: readonly Happened[],
  today: string,
): Clock => readPromise({ days: promise_days, source: promise_source, events: promiseEvents(steps) }, today)

export interface ApplicationStanding {
  readonly state: ApplicationState
  readonly steps: readonly Happened[]
  readonly mayHandle: boolean
  readonly mayApprove: boolean
  readonly maySettle: boolean
  /** Who wrote the opinion does not approve it. */
  readonly isHandler: boolean
  readonly today: string
}

/** A notice is given once, in time; one that comes late counts as acceptance on the day of receipt (行政许可法 第三十二条). */
const mayNotice = ({ steps, today }: ApplicationStanding): boolean =>
  !steps.some(({ verb }) => verb === 'noticed') && acceptClock(steps, today)?.light !== 'red'

export const applicationCan = (standing: ApplicationStanding): string[] => {
  const { state, mayHandle, mayApprove, maySettle, isHandler } = standing
  if (state === 'received' && mayHandle) return mayNotice(standing) ? ['accept', 'notice'] : ['accept']
  if (state === 'accepted' && mayHandle) return ['propose']
  if (state === 'proposed' && mayApprove && !isHandler) return ['decide']
  if (state === 'active' && mayApprove) return ['revoke']
  return state === 'appealed' && maySettle ? ['appeal'] : []
}

export interface Opinion {
  readonly outcome: 'approve' | 'refuse'
  readonly reason_code?: string
  readonly term_months?: number
}

/** A refusal has a reason; a term is not longer than was asked for. */
export const opinionFaults = ({ outcome, reason_code, term_months = 1 }: Opinion, asked: number): FieldFault[] => {
  const faults: FieldFault[] = []
  if (outcome === 'refuse' && !reason_code)
    faults.push({ field: 'reason_code', rule: 'required', message: '不同意须选择理由', clause: '任务四 数据开放' })
  if (outcome === 'approve' && term_months > asked)
    faults.push({ field: 'term_months', rule: 'longer', message: `申请的期限是 ${asked} 个月，不能更长` })
  return faults
}

/** The last day of a term that begins today. */
export const endOfTerm = (today: string, months: number): string => {
  const [year, month, day] = today.split('-').map(Number) as [number, number, number]
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate()
  const target = new Date(Date.UTC(year, month - 1 + months, Math.min(day, last)))
  return codes.addDays(target.toISOString().slice(0, 10), -1)
}

/** Mark of the promise's clock that is due to be told of, once each. */
export const crossedMark = (
  clock: Clock,
  told: { readonly yellow_on: string | null; readonly red_on: string | null },
): 'yellow' | 'red' | null => {
  if (clock.light === 'red' && told.red_on === null) return 'red'
  return clock.light === 'yellow' && told.yellow_on === null ? 'yellow' : null
}

/** Waiting matters by the days that are left, whoever has the word. */
export const byTimeLeft = (a: Pick<ApplicationDetail, 'decide_clock' | 'appeal_clock'>, b: typeof a): number => {
  const left = ({ decide_clock, appeal_clock }: typeof a) => {
    const clock = appeal_clock ?? decide_clock
    return clock.overdue_days > 0 ? -clock.overdue_days : clock.left_days
  }
  return left(a) - left(b)
}
