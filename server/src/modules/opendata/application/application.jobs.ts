import type { Task } from '#kernel/jobs.ts'
import { overPublic } from '../connection.ts'
import { closeFor } from './closing.service.ts'
import { forgetApplicants, watchDeadlines } from './deadline.service.ts'
import { carryPromises } from './promise.service.ts'

const watch: Task = {
  name: 'opendata.application.watch',
  on: ['identity.clock.set'],
  cron: '5 0 * * *',
  handle: watchDeadlines,
}

const close: Task = {
  name: 'opendata.application.close',
  on: ['opendata.release.withdrawn', 'opendata.release.approved'],
  handle: closeFor,
}

const forget: Task = {
  name: 'opendata.applicant.forget',
  cron: '20 2 * * *',
  handle: async (ctx) => {
    const count = await forgetApplicants(ctx)
    if (count > 0) ctx.log.info({ count }, 'applicants forgotten')
  },
}

const promise: Task = {
  name: 'opendata.promise.publish',
  on: ['opendata.promise.set', 'opendata.release.approved'],
  cron: '*/5 * * * *',
  handle: async (ctx) => void (await overPublic(ctx, (client) => carryPromises(ctx, client))),
}

export const applicationTasks: readonly Task[] = [watch, close, forget, promise]
