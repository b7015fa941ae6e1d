import { setBusinessDate } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import { refreshNames } from './organ.store.ts'

export const getClock = async (ctx: Ctx) => ({ today: ctx.today, demo: ctx.site.demo })

// The demo lives around 2017–2018; the working calendar knows the years from 2017 on.
const EARLIEST = '2017-01-01'
const LATEST = '2030-12-31'

/** Moves the demo's business date; outside demo mode nobody can, whatever his role. */
export const setClock = async (ctx: Ctx, today: string) => {
  if (!ctx.site.demo) throw new Fault('only_in_demo')
  if (today < EARLIEST || today > LATEST) throw invalid('today', 'range', `业务日期限 ${EARLIEST} 至 ${LATEST}`)
  await inTx(ctx, async (tx) => {
    await setBusinessDate(tx, today)
    await refreshNames(tx, today)
    await record(tx, ctx, {
      type: 'identity.clock.set',
      subject_kind: 'identity.clock',
      subject_id: 'business_date',
      before: { today: ctx.today },
      after: { today },
    })
  })
  return { today, demo: true }
}
