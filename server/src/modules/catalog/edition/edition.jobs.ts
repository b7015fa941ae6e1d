import type { Task } from '#kernel/jobs.ts'
import { runEffects } from '../effect/effect.run.ts'
import { announceTransition, settleTransition } from '../transition/announce.service.ts'
import { followStandard } from './follow.service.ts'

export const editionTasks: readonly Task[] = [
  {
    name: 'catalog.edition.follow',
    cron: '* * * * *',
    on: ['identity.clock.set'],
    handle: (ctx) => followStandard(ctx),
  },
  { name: 'catalog.effect.run', cron: '* * * * *', on: ['catalog.effect.started'], handle: runEffects },
  {
    name: 'catalog.transition.announce',
    on: ['catalog.edition.adopted', 'catalog.effect.finished'],
    handle: (ctx) => announceTransition(ctx),
  },
  {
    name: 'catalog.transition.settle',
    on: ['catalog.resource.published', 'catalog.resource.withdrawn'],
    handle: settleTransition,
  },
]
