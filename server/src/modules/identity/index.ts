import type { Module } from '#kernel/module.ts'

export { authenticate } from './session.service.ts'

export const identity: Module = { name: 'identity', routes: [], tasks: [] }
