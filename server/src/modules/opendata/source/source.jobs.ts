import type { Task } from '#kernel/jobs.ts'
import { followSources } from './follow.service.ts'

export const followSource: Task = {
  name: 'opendata.source.follow',
  on: ['opendata.source.bound', 'sharing.grant.revoked', 'exchange.subscription.ended'],
  cron: '* * * * *',
  handle: async (ctx) => {
    const count = await followSources(ctx)
    if (count > 0) ctx.log.info({ count }, 'datasets followed through the exchange')
  },
}
