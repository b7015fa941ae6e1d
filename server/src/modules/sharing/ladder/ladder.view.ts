import { type ClockRun, readClock } from '@sanjiang/contract'
import type { LadderStep } from '@sanjiang/contract/sharing'
import type { Ctx } from '#kernel/ctx.ts'
import type { SharingLadderStep } from '#kernel/tables.ts'
import { listMarks } from '../mark.store.ts'
import { LEVEL_RULES } from './ladder.rules.ts'
import { listMeetings, listSteps } from './ladder.store.ts'

export const stepRun = (row: Pick<SharingLadderStep, 'level' | 'opened_on' | 'closed_on'>): ClockRun => ({
  rule_code: LEVEL_RULES[row.level]!,
  started_on: row.opened_on,
  stopped_on: row.closed_on,
})

/** Every rung that a dispute stood on, oldest first, with its time and its records. */
export const readLadder = async (ctx: Ctx, requestId: string): Promise<LadderStep[]> => {
  const steps = await listSteps(ctx.db, requestId)
  if (steps.length === 0) return []
  const meetings = await listMeetings(
    ctx.db,
    steps.map(({ step_id }) => step_id),
  )
  return Promise.all(
    steps.map(async (step) => ({
      ...(step as unknown as LadderStep),
      clock: readClock(stepRun(step), ctx.today),
      marks: (await listMarks(ctx.db, 'ladder', step.step_id)) as unknown as LadderStep['marks'],
      meetings: meetings.filter(({ step_id }) => step_id === step.step_id) as unknown as LadderStep['meetings'],
    })),
  )
}
