import type { Task } from '#kernel/jobs.ts'
import { publishReleases } from './publish.service.ts'
import { publishVocabulary } from './vocabulary.service.ts'

const publish: Task = {
  name: 'opendata.release.publish',
  on: ['opendata.release.approved', 'opendata.release.withdrawn'],
  cron: '* * * * *',
  handle: async (ctx) => {
    const count = await publishReleases(ctx)
    if (count > 0) ctx.log.info({ count }, 'releases carried to the public side')
  },
}

const vocabulary: Task = {
  name: 'opendata.vocabulary.publish',
  on: ['catalog.synonym.replaced', 'opendata.release.approved'],
  cron: '* * * * *',
  handle: async (ctx) => {
    const count = await publishVocabulary(ctx)
    if (count > 0) ctx.log.info({ count }, 'words carried to the public side')
  },
}

export const tasks: readonly Task[] = [publish, vocabulary]
