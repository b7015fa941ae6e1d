import type { Module } from '#kernel/module.ts'

export const systems: Module = { name: 'systems', routes: [], tasks: [] }
