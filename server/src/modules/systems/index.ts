import type { Module } from '#kernel/module.ts'
import { routes } from './system.routes.ts'

export { importSystems } from './system.import.ts'

export const systems: Module = { name: 'systems', routes, tasks: [] }
