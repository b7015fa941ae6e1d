import type { Task } from '#kernel/jobs.ts'
import { reportFeeds } from './fact.service.ts'
import { followExpiry, followGrant } from './grant.service.ts'
import { keepFiles, keepLogs } from './retention.service.ts'

export const tasks: readonly Task[] = [
  { name: 'exchange.fact.report', cron: '* * * * *', handle: reportFeeds },
  { name: 'exchange.grant.follow', on: ['sharing.grant.revoked', 'sharing.grant.narrowed'], handle: followGrant },
  { name: 'exchange.grant.expire', cron: '*/5 * * * *', handle: (ctx) => followExpiry(ctx) },
  { name: 'exchange.log.keep', cron: '17 * * * *', handle: (ctx) => keepLogs(ctx) },
  { name: 'exchange.file.sweep', cron: '47 * * * *', handle: async (ctx) => void (await keepFiles(ctx)) },
]
