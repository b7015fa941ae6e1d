import { codes } from '@sanjiang/contract'
import { CONFIRM_DAYS, MEND_DAYS } from '@sanjiang/contract/opendata'
import { type Ctx, PLATFORM } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { record } from '#kernel/record.ts'
import { keptSince } from '../keeping.ts'
import { closeAccess } from './access.store.ts'
import { crossedMark, decideClock } from './application.rules.ts'
import { factOf, move } from './application.service.ts'
import * as store from './application.store.ts'

type Row = store.ApplicationRow

/** Each matter in a transaction of its own, looked at again under its lock. */
export const eachIn = async (
  ctx: Ctx,
  states: readonly Row['state'][],
  work: (tx: Tx, ctx: Ctx, row: Row) => Promise<unknown>,
): Promise<void> => {
  for (const { application_id } of await store.listInStates(ctx.db, states))
    await inTx({ ...ctx, actor: PLATFORM }, async (tx, inner) => {
      const row = await store.lockApplication(tx, 'all', application_id)
      if (row && states.includes(row.state)) await work(tx, inner, row)
    })
}

const expire = (ctx: Ctx): Promise<void> =>
  eachIn(ctx, ['active'], async (tx, inner, row) => {
    if (row.ends_on! >= inner.today) return
    await closeAccess(tx, row.application_id, inner.instant)
    await move(tx, inner, row, { verb: 'expired', to: 'expired' })
  })

const DAYS: Readonly<Record<string, number>> = { incomplete: MEND_DAYS, agreement: CONFIRM_DAYS }

/** Who does not mend, or does not confirm, lets it go; he may apply again. */
const lapse = (ctx: Ctx): Promise<void> =>
  eachIn(ctx, ['incomplete', 'agreement'], async (tx, inner, row) => {
    const since = (await store.listSteps(inner.db, [row.application_id])).at(-1)!.on
    if (codes.addDays(since, DAYS[row.state]!) >= inner.today) return
    const text = row.state === 'incomplete' ? '逾期没有补正' : '逾期没有确认协议'
    await move(tx, inner, row, { verb: 'lapsed', to: 'lapsed', text })
  })

/** Tells of a promise that is about to be broken, and of one that is: once each. */
const markClocks = (ctx: Ctx): Promise<void> =>
  eachIn(ctx, ['received', 'accepted', 'proposed'], async (tx, inner, row) => {
    const mark = crossedMark(decideClock(row, await store.listSteps(tx, [row.application_id]), inner.today), row)
    if (!mark) return
    await store.setMark(tx, row.application_id, mark === 'red' ? { red_on: inner.today } : { yellow_on: inner.today })
    await record(tx, inner, factOf(row, `${mark}_marked`, inner.today))
  })

/** Everything that follows from the day alone (`opendata.application.watch`). */
export const watchDeadlines = async (ctx: Ctx): Promise<void> => {
  await expire(ctx)
  await lapse(ctx)
  await markClocks(ctx)
}

const GONE = { name: '', credit_code: '', contact_name: '', phone: '', email: '', answers: '{}', appeal_text: null }

/** Months after the end who applied is forgotten; that there was an application, and what was decided, stays. */
export const forgetApplicants = async (ctx: Ctx): Promise<number> => {
  const ids = await store.listForgettable(ctx.db, keptSince(ctx))
  for (const id of ids)
    await inTx({ ...ctx, actor: PLATFORM }, async (tx, inner) => {
      await store.updateApplicant(tx, id, { ...GONE, removed_on: inner.today })
      await store.updateApplication(tx, id, { qualification: '', purpose_text: '', security_text: '' })
      await store.blankSubmissions(tx, id)
      await record(tx, inner, {
        type: 'opendata.applicant.removed',
        subject_kind: 'opendata.application',
        subject_id: id,
      })
    })
  return ids.length
}
