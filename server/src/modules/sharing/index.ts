import type { Module } from '#kernel/module.ts'

export const sharing: Module = { name: 'sharing', routes: [], tasks: [] }
