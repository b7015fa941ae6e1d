import { type Ctx, PLATFORM } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { crossingsOf } from '../clock.rules.ts'
import { markCrossings } from '../mark.service.ts'
import { dutyRun } from './duty.rules.ts'
import { type DutyRow, listRunning, lockDuty } from './duty.store.ts'

/** Records what lines the duty's clock has crossed: of answering by round, of compiling once. */
export const markDuty = (tx: Tx, ctx: Ctx, row: DutyRow): Promise<number> =>
  markCrossings(tx, ctx, {
    kind: row.accepted_on === null ? 'duty' : 'compile',
    noun: 'duty',
    subject_id: row.duty_id,
    round: row.round,
    run: dutyRun(row),
    provider_organ_id: row.organ_id,
    after: {
      title: `责任清单：编制“${row.demand_name}”`,
      provider_organ_id: row.organ_id,
      consumer_organ_id: row.demander_organ_id,
    },
  })

export const markDuties = async (ctx: Ctx): Promise<number> => {
  let count = 0
  for (const running of await listRunning(ctx.db, 'all')) {
    if (crossingsOf(dutyRun(running), ctx.today).length === 0) continue
    count += await inTx({ ...ctx, actor: PLATFORM }, async (tx, inner) => {
      const row = await lockDuty(tx, 'all', running.duty_id)
      return row && (row.state === 'assigned' || row.state === 'accepted') ? markDuty(tx, inner, row) : 0
    })
  }
  return count
}
