import type { Module } from '#kernel/module.ts'
import { tasks } from './identity.jobs.ts'
import { routes } from './identity.routes.ts'

export { type ImportedClient, importClients } from './client.import.ts'
export { setClock } from './clock.service.ts'
export { type ImportedOrgan, importOrgans } from './organ.import.ts'
export { getStandingOrgan } from './organ.service.ts'
export { type ImportedPerson, importPeople } from './person.import.ts'
export { scopesOf } from './session.rules.ts'
export { authenticate } from './session.service.ts'

export const identity: Module = { name: 'identity', routes, tasks }
