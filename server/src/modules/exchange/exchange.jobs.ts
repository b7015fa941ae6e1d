import type { Task } from '#kernel/jobs.ts'
import { keepLogs } from './retention.service.ts'

export const tasks: readonly Task[] = [
  { name: 'exchange.log.keep', cron: '17 * * * *', handle: (ctx) => keepLogs(ctx) },
]
