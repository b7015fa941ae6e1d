import { generator, hash } from './random.ts'

interface Opened {
  readonly slug: string
  readonly released_on: string
  readonly today: string
  readonly has_rows: boolean
}

export interface DayOfUse {
  readonly day: string
  readonly kind: 'view' | 'download' | 'call'
  readonly count: number
}

const DAY_MS = 86_400_000
const MOST_DAYS = 200
/** Of a hundred views, so many files are taken and so often an interface is asked. */
const SHARES = { view: 1, download: 0.22, call: 0.9 } as const

const isWeekend = (day: number): boolean => ((((day + 4) % 7) + 7) % 7) % 6 === 0

/** Believable days of one dataset: few are much used, weekends are quiet, what has no rows is only looked at. */
export const draw = ({ slug, released_on, today, has_rows }: Opened): DayOfUse[] => {
  const [first, last] = [Date.parse(released_on) / DAY_MS, Date.parse(today) / DAY_MS]
  const random = generator(hash('usage', slug))
  const liking = 3 + 60 * random() ** 3
  const kinds = has_rows ? (['view', 'download', 'call'] as const) : (['view'] as const)
  return Array.from({ length: Math.max(0, Math.min(MOST_DAYS, last - first)) }, (_, at) => first + at).flatMap((day) =>
    kinds.flatMap((kind) => {
      const count = Math.round(liking * SHARES[kind] * (isWeekend(day) ? 0.3 : 1) * (0.6 + 0.8 * random()))
      return count > 0 ? [{ day: new Date(day * DAY_MS).toISOString().slice(0, 10), kind, count }] : []
    }),
  )
}
