import type { Task } from '#kernel/jobs.ts'
import { foldQualities } from './quality/fold.service.ts'

export const tasks: readonly Task[] = [
  {
    name: 'catalog.quality.fold',
    cron: '*/2 * * * *',
    on: [
      'catalog.resource.published',
      'catalog.resource.withdrawn',
      'catalog.standard.installed',
      'catalog.lead.agreed',
      'catalog.lead.reversed',
      'identity.clock.set',
    ],
    handle: async (ctx, data) => {
      const count = await foldQualities(ctx, data)
      if (count > 0) ctx.log.info({ count }, 'qualities folded')
    },
  },
]
