import type { Module } from '#kernel/module.ts'
import { routes } from './catalog.routes.ts'

export { installStandard } from './standard.service.ts'

export const catalog: Module = { name: 'catalog', routes, tasks: [] }
