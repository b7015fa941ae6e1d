import type { Module } from '#kernel/module.ts'
import { tasks } from './assessment.jobs.ts'
import { routes } from './assessment.routes.ts'

export const assessment: Module = { name: 'assessment', routes, tasks }
