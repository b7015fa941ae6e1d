import type { EditionState, SourceEnd } from '@sanjiang/contract/opendata'

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
