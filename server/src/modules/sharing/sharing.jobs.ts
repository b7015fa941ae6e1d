import type { Task } from '#kernel/jobs.ts'
import { demandTasks } from './demand/demand.jobs.ts'
import { warnOfDrift } from './drift.service.ts'
import { markDuties } from './duty/duty.mark.ts'
import { reportSharing } from './fact.service.ts'
import { markLadder } from './ladder/ladder.mark.ts'
import { markClocks } from './mark.service.ts'

/**
 * Marks what has crossed a line. Every minute, since a moved business date may cross many at once and other processes see
 * it only within half a second; a run with nothing to mark is two indexed reads.
 */
export const tasks: readonly Task[] = [
  ...demandTasks,
  {
    name: 'sharing.clock.mark',
    cron: '* * * * *',
    on: ['identity.clock.set'],
    handle: async (ctx) => {
      const count = (await markClocks(ctx)) + (await markDuties(ctx)) + (await markLadder(ctx))
      if (count > 0) ctx.log.info({ count }, 'clocks marked')
    },
  },
  { name: 'sharing.fact.report', cron: '*/5 * * * *', on: ['identity.clock.set'], handle: reportSharing },
  {
    name: 'sharing.drift.warn',
    on: ['catalog.resource.published', 'catalog.resource.withdrawn'],
    handle: warnOfDrift,
  },
]
