import type { Task } from '#kernel/jobs.ts'
import { overPublic } from '../connection.ts'
import { forgetContacts } from './contact.service.ts'
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

const forget: Task = {
  name: 'opendata.contact.forget',
  cron: '25 2 * * *',
  handle: async (ctx) => {
    const count = await forgetContacts(ctx)
    if (count > 0) ctx.log.info({ count }, 'contacts of closed matters forgotten')
  },
}

export const inquiryTasks: readonly Task[] = [mark, check, forget]
