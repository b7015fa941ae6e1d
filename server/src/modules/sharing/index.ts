import type { Module } from '#kernel/module.ts'
import { tasks } from './sharing.jobs.ts'
import { routes } from './sharing.routes.ts'

export { answerCorrection, raiseCorrection } from './correction.service.ts'
export { fileDemand, stateEffect } from './demand/demand.service.ts'
export { pickCandidate } from './demand/pick.service.ts'
export { importUse } from './demand/use.service.ts'
export { disputeRequest, escalateRequest, raiseRequest } from './dispute.service.ts'
export { acceptDuty, assignDuty, compileDuty, coordinateDuty, refuseDuty } from './duty/duty.service.ts'
export { reportSharing } from './fact.service.ts'
export { importHistory, type PastDecision, type PastOfficer, type PastRequest } from './history.service.ts'

export { recordMeeting } from './ladder/ladder.service.ts'

export const sharing: Module = { name: 'sharing', routes, tasks }
