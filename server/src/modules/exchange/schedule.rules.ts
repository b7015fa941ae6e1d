import type { Trouble } from '@sanjiang/contract/exchange'

/** A feed as the clock looks at it. */
export interface FeedWatch {
  /** Last heard of its agent. */
  readonly agent_seen_at: string | null
  /** Oldest run that waits or is under way, a change stream apart: that one has no end. */
  readonly run: { readonly state: string; readonly ordered_at: string; readonly started_at: string | null } | null
  readonly last_chunk_at: string | null
  readonly attached_at: string
  readonly trouble: Trouble | null
}

/** What the clock says of a feed; anything else said of it is the agent's word and stays. */
const CLOCK_CODES = ['agent_away', 'run_late', 'run_stale']

/** Three polls missed. */
const AWAY_SECONDS = 180
/** A run is taken up with the next poll; ten minutes later something is in its way. */
const LATE_SECONDS = 600
/** A chunk is 1 MiB: half an hour without one is no slow line any more. */
const STALE_SECONDS = 1800

const secondsSince = (then: string, now: string): number => (Date.parse(now) - Date.parse(then)) / 1000
const minutes = (seconds: number): number => Math.floor(seconds / 60)

const say = (code: string, message: string, at: string): Trouble => ({ code, party: 'provider', message, at })

const judge = ({ agent_seen_at, run, last_chunk_at, attached_at }: FeedWatch, now: string): Trouble | null => {
  const silent = secondsSince(agent_seen_at ?? attached_at, now)
  if (silent > AWAY_SECONDS) return say('agent_away', `前置节点已 ${minutes(silent)} 分钟没有来报`, now)
  if (!run) return null
  const waited = secondsSince(run.ordered_at, now)
  if (run.state === 'waiting') {
    if (waited <= LATE_SECONDS) return null
    return say('run_late', `批次下达 ${minutes(waited)} 分钟后前置节点仍未开始读取`, now)
  }
  const begun = run.started_at ?? run.ordered_at
  const moved = last_chunk_at !== null && last_chunk_at > begun ? last_chunk_at : begun
  const still = secondsSince(moved, now)
  return still > STALE_SECONDS ? say('run_stale', `批次进行中，但已 ${minutes(still)} 分钟没有新的数据块`, now) : null
}

/**
 * What stands at the feed from now on, or undefined where it stays as it is. Begun troubles keep their first time and
 * sentence; the agent's own are not touched.
 */
export const clockTrouble = (feed: FeedWatch, now: string): Trouble | null | undefined => {
  const { trouble } = feed
  if (trouble !== null && !CLOCK_CODES.includes(trouble.code)) return undefined
  const found = judge(feed, now)
  return (found?.code ?? null) === (trouble?.code ?? null) ? undefined : found
}

/** The first time behind `now` on the feed's own beat; what was missed while nobody looked is not caught up with. */
export const nextBeat = (due: string, seconds: number, now: string): string => {
  const [at, step] = [Date.parse(due), Math.max(1, seconds) * 1000]
  const missed = Math.max(0, Math.floor((Date.parse(now) - at) / step))
  return new Date(at + (missed + 1) * step).toISOString()
}
