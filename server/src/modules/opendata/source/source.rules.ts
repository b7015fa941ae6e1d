import {
  type EditionFault,
  type EditionFinding,
  type EditionState,
  SOURCE_ENDS,
  type SourceEnd,
} from '@sanjiang/contract/opendata'

/** What the exchange and the grant tell of a subscription; null where it is gone. */
export interface Standing {
  readonly subscription_state: string | null
  readonly grant_status: string | null
  readonly ends_on: string | null
}

/** Why rows will not come any more, if so. */
export const endOf = ({ subscription_state, grant_status, ends_on }: Standing, today: string): SourceEnd | null => {
  if (grant_status !== 'active') return 'grant_revoked'
  if (ends_on !== null && today > ends_on) return 'grant_expired'
  return subscription_state === null || subscription_state === 'ended' ? 'subscription_ended' : null
}

export interface Progress {
  readonly is_at_rest: boolean | null
  /** As the provider once was: changes may be on their way, nothing else is. */
  readonly is_whole: boolean | null
  readonly bound_at: string
  readonly last_accepted_at: string | null
  readonly followed_at: string | null
  readonly taken_at: string | null
  readonly every_hours: number
  readonly rest_hours: number
  readonly edition_state: EditionState | null
}

/** An edition that is still on its way: the next one would only overtake it. */
const ON_ITS_WAY: readonly (EditionState | null)[] = ['reading', 'staged', 'checking', 'clean']
const HOUR_MS = 3_600_000

const hasNews = ({ last_accepted_at, followed_at }: Progress): boolean =>
  last_accepted_at !== null && (followed_at === null || Date.parse(last_accepted_at) > Date.parse(followed_at))

/**
 * Rows were accepted since the last edition, and that one is through and old enough. Then at rest, when all that changed has
 * arrived; where changes never end, after `rest_hours` as it stands: an agent commits whole transactions of the provider in
 * their order, hence between two of its commits the table is what the provider's was a moment ago.
 */
export const isDue = (progress: Progress, instant: string): boolean => {
  const { is_at_rest, is_whole, taken_at, bound_at, every_hours, rest_hours, edition_state } = progress
  if (!hasNews(progress) || ON_ITS_WAY.includes(edition_state)) return false
  const dueAt = taken_at === null ? Date.parse(bound_at) : Date.parse(taken_at) + every_hours * HOUR_MS
  const late = Date.parse(instant) - dueAt
  return is_at_rest ? taken_at === null || late >= 0 : is_whole === true && late >= rest_hours * HOUR_MS
}

/** When what came since the last edition is taken at the earliest. */
export const nextAt = ({ taken_at, every_hours }: Pick<Progress, 'taken_at' | 'every_hours'>): string | null =>
  taken_at === null ? null : new Date(Date.parse(taken_at) + every_hours * HOUR_MS).toISOString()

interface Candidate extends Standing {
  readonly target_kind: string | null
  readonly target: string | null
  /** Of the office that runs the portal. */
  readonly is_office: boolean
}

/** Agents of the portal's office load one schema of the stage and no other. */
const LOADED = /^load\.[a-z][a-z0-9_]{0,62}$/

export type Refusal = { readonly rule: 'office' | 'target' | SourceEnd; readonly message: string }

/** Why a dataset may not follow a subscription: of the portal's office, into a table of the stage, with a grant that stands. */
export const refusalOf = (candidate: Candidate, today: string): Refusal | null => {
  if (!candidate.is_office)
    return { rule: 'office', message: '订阅须是开放门户主管单位的：数据由它的前置节点装入暂存库' }
  if (candidate.target_kind !== 'table' || !LOADED.test(candidate.target ?? ''))
    return { rule: 'target', message: '订阅的目标须是暂存库 load 模式中的表，如 load.company' }
  const over = endOf(candidate, today)
  return over && { rule: over, message: SOURCE_ENDS.titles[over] }
}

interface Outcome {
  readonly edition_state: EditionState | null
  readonly findings: readonly EditionFinding[] | null
  readonly faults: readonly EditionFault[] | null
}

/** What keeps the last edition from going out, in the words of the check. */
export const troubleOf = ({ edition_state, findings, faults }: Outcome): string | null => {
  if (edition_state !== 'held' && edition_state !== 'refused') return null
  const found = [
    ...(findings ?? []).map(({ title, message }) =>
      title && !message.includes(title) ? `${title}：${message}` : message,
    ),
    ...(faults ?? []).map(({ row, message }) => (row > 0 ? `第 ${row} 行 ${message}` : message)),
  ]
  return found.length > 1 ? `${found[0]}；另有 ${found.length - 1} 处` : (found[0] ?? '未能读取')
}
