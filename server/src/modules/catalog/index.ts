import type { Module } from '#kernel/module.ts'
import { tasks } from './batch/batch.jobs.ts'
import { routes } from './catalog.routes.ts'
import { editionTasks } from './edition/edition.jobs.ts'

export { createResource, createResourceIn, submitResource } from './compile.service.ts'
export { setAttachedMethod } from './entry.store.ts'
export { type ImportReport, type ImportRow, importPublished } from './import.service.ts'
export { type Reach, reachOf } from './resource.rules.ts'
export { mayRead } from './resource.store.ts'
export { approveResource } from './review.service.ts'
export { openRevision } from './revision.service.ts'
export { search } from './search/search.service.ts'
export { installStandard } from './standard.service.ts'

export const catalog: Module = { name: 'catalog', routes, tasks: [...tasks, ...editionTasks] }
