import type { Task } from '#kernel/jobs.ts'
import { buildFiles } from './file.service.ts'

export const files: Task = {
  name: 'opendata.file.build',
  on: ['opendata.edition.carried'],
  cron: '* * * * *',
  handle: async (ctx) => {
    const count = await buildFiles(ctx)
    if (count > 0) ctx.log.info({ count }, 'files made for the public side')
  },
}
