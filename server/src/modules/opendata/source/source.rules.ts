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
  readonly last_accepted_at: string | null
  readonly followed_at: string | null
  readonly taken_at: string | null
  readonly every_hours: number
  readonly edition_state: EditionState | null
}

/** An edition that is still on its way: the next one would only overtake it. */
const ON_ITS_WAY: readonly (EditionState | null)[] = ['reading', 'staged', 'checking', 'clean']
const HOUR_MS = 3_600_000

/** Rows were accepted since the last edition, nothing is moving, and the last edition is through and old enough. */
export const isDue = (progress: Progress, instant: string): boolean => {
  const { is_at_rest, last_accepted_at, followed_at, taken_at, every_hours, edition_state } = progress
  if (!is_at_rest || last_accepted_at === null || ON_ITS_WAY.includes(edition_state)) return false
  if (followed_at === null || taken_at === null) return true
  const isNew = Date.parse(last_accepted_at) > Date.parse(followed_at)
  return isNew && Date.parse(instant) - Date.parse(taken_at) >= every_hours * HOUR_MS
}
