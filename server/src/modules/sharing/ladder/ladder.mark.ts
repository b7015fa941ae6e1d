import { readClock } from '@sanjiang/contract'
import { type Ctx, PLATFORM } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { crossingsOf } from '../clock.rules.ts'
import { escalateIn, raiseIn } from '../dispute.service.ts'
import { markCrossings } from '../mark.service.ts'
import { lockRequest, type RequestRow } from '../request.store.ts'
import { titleOf } from '../request.view.ts'
import { listOpenSteps } from './ladder.store.ts'
import { stepRun } from './ladder.view.ts'

const runOf = (row: RequestRow) =>
  stepRun({ level: row.ladder_level!, opened_on: row.ladder_opened_on!, closed_on: null })

const markStep = (tx: Tx, ctx: Ctx, row: RequestRow): Promise<number> =>
  markCrossings(tx, ctx, {
    kind: 'ladder',
    about: { kind: 'sharing.request', id: row.request_id },
    subject_id: row.ladder_step_id!,
    round: 1,
    run: runOf(row),
    provider_organ_id: row.provider_organ_id,
    after: {
      title: titleOf(row),
      level: row.ladder_level,
      provider_organ_id: row.provider_organ_id,
      consumer_organ_id: row.consumer_organ_id,
    },
  })

/** Whose time is over loses the matter to the rung above; the highest is only marked. Silence grants nothing. */
const moveUp = async (tx: Tx, ctx: Ctx, row: RequestRow): Promise<void> => {
  const outcome = 'overdue'
  if (row.ladder_level === 'negotiation')
    await escalateIn(tx, ctx, { row, outcome, text: '协商逾期未果，平台自动提请协调' })
  if (row.ladder_level === 'office')
    await raiseIn(tx, ctx, { row, outcome, text: '协调逾期未果，平台自动提请领导小组裁决' })
}

const lookAt = async (tx: Tx, ctx: Ctx, row: RequestRow): Promise<number> => {
  const marks = await markStep(tx, ctx, row)
  const isOver = readClock(runOf(row), ctx.today).light === 'red'
  if (!isOver || row.ladder_level === 'group') return marks
  await moveUp(tx, ctx, row)
  return marks + 1
}

/** Marks every rung that has crossed a line and moves up what is overdue. Idempotent: what has moved up starts a clock of its own. */
export const markLadder = async (ctx: Ctx): Promise<number> => {
  let count = 0
  for (const step of await listOpenSteps(ctx.db)) {
    if (crossingsOf(stepRun(step), ctx.today).length === 0) continue
    count += await inTx({ ...ctx, actor: PLATFORM }, async (tx, inner) => {
      const row = await lockRequest(tx, 'all', step.request_id)
      return row?.ladder_step_id === step.step_id ? lookAt(tx, inner, row) : 0
    })
  }
  return count
}
