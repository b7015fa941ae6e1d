import type { Module } from '#kernel/module.ts'
import { tasks } from './sharing.jobs.ts'
import { routes } from './sharing.routes.ts'

export { answerCorrection, raiseCorrection } from './correction.service.ts'
export { reportSharing } from './fact.service.ts'
export { importHistory, type PastDecision, type PastOfficer, type PastRequest } from './history.service.ts'

export const sharing: Module = { name: 'sharing', routes, tasks }
