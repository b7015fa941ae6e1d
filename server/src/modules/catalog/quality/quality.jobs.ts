import type { Task } from '#kernel/jobs.ts'
import { refreshClusters } from '../source/cluster.service.ts'
import { foldQualities } from './fold.service.ts'

export const qualityTasks: readonly Task[] = [
  {
    name: 'catalog.cluster.refresh',
    cron: '*/2 * * * *',
    on: ['catalog.resource.published', 'catalog.resource.withdrawn', 'catalog.synonym.replaced'],
    handle: async (ctx, data) => {
      const count = await refreshClusters(ctx, data)
      if (count > 0) ctx.log.info({ count }, 'entries keyed for one source')
    },
  },
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
