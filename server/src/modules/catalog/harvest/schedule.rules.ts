const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** 02:00 in China, when portals are idle, is 18:00 UTC of the day before. */
const AT_UTC_HOUR = 18

/** The next time a source is due after `instant`; `null` when only people order runs. */
export const nextRunAt = (cycle: string, instant: string): string | null => {
  if (cycle === 'manual') return null
  const now = Date.parse(instant)
  const today = Math.floor(now / DAY_MS) * DAY_MS + AT_UTC_HOUR * HOUR_MS
  const next = today > now ? today : today + DAY_MS
  return new Date(cycle === 'weekly' ? next + 6 * DAY_MS : next).toISOString()
}
