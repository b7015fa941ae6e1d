import type { Module } from '#kernel/module.ts'
import { tasks } from './exchange.jobs.ts'
import { routes } from './exchange.routes.ts'

export const exchange: Module = { name: 'exchange', routes, tasks }
