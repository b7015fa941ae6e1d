import type { Task } from '#kernel/jobs.ts'
import { matchDemandNow, rematch } from './candidate.service.ts'
import { observeUse } from './use.service.ts'

/** Candidates follow the catalogue; connection and use follow what the gateway and the exchange saw. */
export const demandTasks: readonly Task[] = [
  {
    name: 'sharing.demand.match',
    on: ['sharing.demand.filed'],
    handle: async (ctx, { subject_id }) => {
      if (subject_id) await matchDemandNow(ctx, subject_id)
    },
  },
  {
    name: 'sharing.demand.rematch',
    cron: '20 3 * * *',
    on: [
      'catalog.resource.published',
      'catalog.resource.withdrawn',
      'catalog.resource.imported',
      'catalog.synonym.replaced',
    ],
    handle: async (ctx, data) => {
      const fresh = await rematch(ctx, data)
      if (fresh > 0) ctx.log.info({ fresh }, 'candidates found')
    },
  },
  {
    name: 'sharing.use.observe',
    cron: '* * * * *',
    on: ['sharing.grant.bound', 'sharing.grant.issued'],
    handle: async (ctx) => {
      const count = await observeUse(ctx)
      if (count > 0) ctx.log.info({ count }, 'use of grants observed')
    },
  },
]
