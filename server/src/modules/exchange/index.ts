import type { Module } from '#kernel/module.ts'
import { tasks } from './exchange.jobs.ts'
import { routes } from './exchange.routes.ts'

export { inviteAgent } from './agent.service.ts'
export { startClerk } from './clerk.ts'
export { type DoorOptions, openDoor } from './door/open.ts'
export type { DoorServer } from './door/server.ts'
export { reportFeeds } from './fact.service.ts'
export { attachFeed } from './feed.service.ts'
export { Messenger, startMessenger } from './notice/messenger.ts'
export { subscribe } from './subscription.service.ts'

export const exchange: Module = { name: 'exchange', routes, tasks }
