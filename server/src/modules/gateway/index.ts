import type { Module } from '#kernel/module.ts'

export const gateway: Module = { name: 'gateway', routes: [], tasks: [] }
