import { readClock } from '@sanjiang/contract'
import type pg from 'pg'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { recordInquiry } from './inquiry.record.ts'
import { inquiryRun } from './inquiry.rules.ts'
import { listPromises, listUntold, lockByNumber, markTold } from './inquiry.store.ts'

/** Tells once a round that an answer is late: to its department and to the office (T5.2). */
export const markOverdue = async (ctx: Ctx): Promise<number> => {
  let count = 0
  for (const { number, ...row } of await listUntold(ctx.db)) {
    if (readClock(inquiryRun(row), ctx.today).overdue_days === 0) continue
    await inTx(ctx, async (tx, inner) => {
      const now = await lockByNumber(tx, number)
      if (now?.state !== 'waiting' || now.told_round >= now.round) return
      await markTold(tx, now)
      await recordInquiry(tx, inner, { number, verb: 'red_marked' })
      count += 1
    })
  }
  return count
}

interface Month {
  received: number
  answered: number
  on_time: number
  overdue: number
}

/** Answered within the promise by the month of receipt and kind. */
const countPromises = async (ctx: Ctx): Promise<Map<string, Month>> => {
  const months = new Map<string, Month>()
  for (const row of await listPromises(ctx.db)) {
    const key = `${row.received_on.slice(0, 7)} ${row.kind}`
    const month = months.get(key) ?? { received: 0, answered: 0, on_time: 0, overdue: 0 }
    const clock = readClock(inquiryRun(row), ctx.today)
    month.received += 1
    if (clock.on_time !== null) month.answered += 1
    if (clock.on_time === true) month.on_time += 1
    if (clock.on_time === null && clock.overdue_days > 0) month.overdue += 1
    months.set(key, month)
  }
  return months
}

const PUT = `
insert into site.answer_month (month, kind, received, answered, on_time, overdue)
select m, k, r, a, t, o from unnest($1::text[], $2::text[], $3::integer[], $4::integer[], $5::integer[], $6::integer[]) as n (m, k, r, a, t, o)
on conflict (month, kind) do update set received = excluded.received, answered = excluded.answered, on_time = excluded.on_time,
  overdue = excluded.overdue`

/** The figures of the statistics page, whole every time. */
export const carryPromises = async (ctx: Ctx, client: pg.Client): Promise<number> => {
  const months = [...(await countPromises(ctx))]
  const words = months.map(([key]) => key.split(' '))
  const of = (name: keyof Month): number[] => months.map(([, month]) => month[name])
  await client.query(PUT, [
    ...[words.map(([month]) => month), words.map(([, kind]) => kind)],
    ...[of('received'), of('answered'), of('on_time'), of('overdue')],
  ])
  return months.length
}
