import type { Task } from '#kernel/jobs.ts'
import { applicationTasks } from './application/application.jobs.ts'
import { publishDelays } from './delay.service.ts'
import { advanceEditions, sweepEditions } from './edition/advance.service.ts'
import { refreshFigures } from './figures/figure.service.ts'
import { files } from './file/file.jobs.ts'
import { publishReleases } from './publish.service.ts'
import { followSource } from './source/source.jobs.ts'
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

const delays: Task = {
  name: 'opendata.delay.publish',
  cron: '23 * * * *',
  handle: async (ctx) => {
    const count = await publishDelays(ctx)
    if (count > 0) ctx.log.info({ count }, 'delays told to the public side')
  },
}

/** The clock goes on with whatever a killed process or a public side that was away left over. */
const advance: Task = {
  name: 'opendata.edition.advance',
  on: [
    'opendata.edition.uploaded',
    'opendata.edition.rechecked',
    'opendata.edition.checked',
    'opendata.release.approved',
  ],
  cron: '* * * * *',
  handle: async (ctx) => {
    const count = await advanceEditions(ctx)
    if (count > 0) ctx.log.info({ count }, 'editions moved on')
  },
}

const sweep: Task = { name: 'opendata.edition.sweep', cron: '17 * * * *', handle: sweepEditions }

/** By night, and at once where somebody says which entry carries them. */
const figures: Task = {
  name: 'opendata.figures.refresh',
  on: ['opendata.figure.bound'],
  cron: '40 1 * * *',
  handle: async (ctx) => {
    const count = await refreshFigures(ctx)
    if (count > 0) ctx.log.info({ count }, 'figures changed')
  },
}

export const tasks: readonly Task[] = [
  publish,
  vocabulary,
  delays,
  advance,
  sweep,
  files,
  figures,
  followSource,
  ...applicationTasks,
]
