import { readClock } from '@sanjiang/contract'
import type { Duty, DutyDetail, Mark } from '@sanjiang/contract/sharing'
import { type Actor, type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { listMarks } from '../mark.store.ts'
import { type DutyStanding, dutyCan, dutyRun } from './duty.rules.ts'
import { type DutyRow, findDuty, listDutiesOf, listWords } from './duty.store.ts'

export const dutyStanding = (actor: Actor, row: DutyRow): DutyStanding => ({
  is_organ: reaches(scopeOf(actor, 'sharing.duty.answer'), row.organ_path),
  is_compiler: reaches(scopeOf(actor, 'catalog.resource.edit'), row.organ_path),
  is_authority: scopeOf(actor, 'sharing.duty.assign').length > 0,
})

export const toDuty = (ctx: Ctx, row: DutyRow): Duty => ({
  ...(row as unknown as Duty),
  is_fulfilled: row.published_on !== null,
  clock: readClock(dutyRun(row), ctx.today),
  can: dutyCan(row, dutyStanding(ctx.actor, row)),
})

const toDetails = async (ctx: Ctx, rows: readonly DutyRow[]): Promise<DutyDetail[]> => {
  if (rows.length === 0) return []
  const words = await listWords(
    ctx.db,
    rows.map(({ duty_id }) => duty_id),
  )
  return Promise.all(
    rows.map(async (row) => ({
      ...toDuty(ctx, row),
      words: words.filter(({ duty_id }) => duty_id === row.duty_id) as unknown as DutyDetail['words'],
      marks: [
        ...(await listMarks(ctx.db, 'duty', row.duty_id)),
        ...(await listMarks(ctx.db, 'compile', row.duty_id)),
      ] as unknown as Mark[],
    })),
  )
}

export const readDuties = async (ctx: Ctx, demandId: string): Promise<DutyDetail[]> =>
  toDetails(ctx, await listDutiesOf(ctx.db, demandId))

export const readDuty = async (ctx: Ctx, dutyId: string): Promise<DutyDetail> => {
  const row = await findDuty(ctx.db, scopeOf(ctx.actor, 'sharing.request.read'), dutyId)
  if (!row) throw new Fault('not_found')
  return (await toDetails(ctx, [row]))[0]!
}
