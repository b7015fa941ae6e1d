import { sql } from 'kysely'
import type { Db, Tx } from './db.ts'
import { Fault } from './fault.ts'

/** Two clocks, never mixed (architecture §8). */
export interface Clock {
  /** Business date in Asia/Shanghai, shifted by the demo offset. */
  today(): Promise<string>
  /** Real instant, ISO UTC with milliseconds. */
  instant(): string
}

const DAY_MS = 86_400_000
const SHANGHAI_MS = 8 * 3_600_000 // China has kept one offset without summer time since 1992
const KEPT_MS = 500 // other processes see a new business date within this time

const shanghaiDay = (now: number): number => Math.floor((now + SHANGHAI_MS) / DAY_MS)
const toIso = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** The platform's clock; in demo mode the business date is real days plus an offset kept in `kernel.setting`. */
export const makeClock = (db: Db, demo: boolean, keptMs = KEPT_MS): Clock => {
  let offset = { days: 0, readAt: 0 }
  const read = async (): Promise<number> => {
    if (!demo) return 0
    if (Date.now() - offset.readAt < keptMs) return offset.days
    const row = await db
      .selectFrom('kernel.setting')
      .select('value')
      .where('name', '=', 'business_day_offset')
      .executeTakeFirst()
    offset = { days: Number(row?.value ?? 0), readAt: Date.now() }
    return offset.days
  }
  return {
    today: async () => toIso(shanghaiDay(Date.now()) + (await read())),
    instant: () => new Date().toISOString(),
  }
}

/** The business date an instant that is past fell on: counted back from today, which the demo may have moved. */
export const businessDateOf = (now: { readonly today: string; readonly instant: string }, at: string): string => {
  const ago = shanghaiDay(Date.parse(now.instant)) - shanghaiDay(Date.parse(at))
  return toIso(Date.parse(`${now.today}T00:00:00Z`) / DAY_MS - Math.max(0, ago))
}

/** Moves the demo's business date. Other processes follow within half a second. Refused outside demo mode by its caller. */
export const setBusinessDate = async (tx: Tx, date: string): Promise<void> => {
  const target = Date.parse(`${date}T00:00:00Z`) / DAY_MS
  if (!Number.isInteger(target)) throw new Fault('invalid', '日期无效')
  const days = target - shanghaiDay(Date.now())
  await tx
    .insertInto('kernel.setting')
    .values({ name: 'business_day_offset', value: sql`${JSON.stringify(days)}::jsonb` })
    .onConflict((oc) => oc.column('name').doUpdateSet({ value: sql`${JSON.stringify(days)}::jsonb` }))
    .execute()
}
