import type { Module } from '#kernel/module.ts'
import { tasks } from './inbox.jobs.ts'
import { routes } from './inbox.routes.ts'

export const inbox: Module = { name: 'inbox', routes, tasks }
