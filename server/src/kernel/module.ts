import type { Task } from './jobs.ts'
import type { Route } from './serve.ts'

/** What a domain module hands to the roles: its endpoints and its tasks. Everything else is behind its face. */
export interface Module {
  readonly name: string
  readonly routes: readonly Route[]
  readonly tasks: readonly Task[]
}
