import type { Task } from '#kernel/jobs.ts'
import { overPublic } from '../connection.ts'
import { checkLinks } from './link.service.ts'
import { carryPromises, markOverdue } from './promise.service.ts'

const mark: Task = {
  name: 'opendata.inquiry.mark',
  cron: '* * * * *',
  handle: async (ctx) => {
    await markOverdue(ctx)
    await overPublic(ctx, (client) => carryPromises(ctx, client))
  },
}

const check: Task = {
  name: 'opendata.showcase.check',
  cron: '*/5 * * * *',
  handle: async (ctx) => void (await checkLinks(ctx)),
}

export const inquiryTasks: readonly Task[] = [mark, check]
