import { CATALOG_FEED } from '@sanjiang/contract/catalog'
import { DOOR } from '@sanjiang/contract/exchange.door'
import { PULL } from '@sanjiang/contract/exchange.pull'
import { BLOB_ROUTES } from '../blob/blob.routes.ts'
import { takeAnswer } from './answer.service.ts'
import { pollAssignment } from './assignment.service.ts'
import { sendCatalogue } from './catalogue.service.ts'
import { sendFrames, takeAccepted } from './delivery.service.ts'
import type { AgentRequest, DoorAnswer, DoorRequest, PullRequest } from './door.ts'
import { enrol } from './enrol.service.ts'
import { getHead } from './head.service.ts'
import { putChunks, supply } from './log.service.ts'
import { sendNext, takePulled } from './pull.service.ts'
import { takeRejects } from './reject.service.ts'
import { signIn } from './sign-in.service.ts'

interface OpenRoute {
  readonly method: string
  readonly path: string
  /** Before there is a session. */
  readonly by: 'anyone'
  readonly handle: (request: DoorRequest) => Promise<DoorAnswer>
}

interface AgentRoute {
  readonly method: string
  readonly path: string
  readonly by?: undefined
  readonly handle: (request: AgentRequest) => Promise<DoorAnswer>
}

interface ClientRoute {
  readonly method: string
  readonly path: string
  /** An application, by its signature over the request. */
  readonly by: 'client'
  readonly handle: (request: PullRequest) => Promise<DoorAnswer>
}

export type DoorRoute = OpenRoute | AgentRoute | ClientRoute

export const ROUTES: readonly DoorRoute[] = [
  { method: 'POST', path: DOOR.enrolments, by: 'anyone', handle: enrol },
  { method: 'POST', path: DOOR.sessions, by: 'anyone', handle: signIn },
  { method: 'POST', path: DOOR.assignment, handle: pollAssignment },
  { method: 'GET', path: DOOR.head(':id'), handle: getHead },
  { method: 'PUT', path: `/agent/v1/feeds/:id/chunks/:seq`, handle: putChunks },
  { method: 'POST', path: DOOR.supplied(':id'), handle: supply },
  { method: 'POST', path: DOOR.rejects(':id'), handle: takeRejects },
  { method: 'GET', path: DOOR.frames(':id'), handle: sendFrames },
  { method: 'POST', path: DOOR.accepted(':id'), handle: takeAccepted },
  { method: 'POST', path: DOOR.answer(':id'), handle: takeAnswer },
  ...BLOB_ROUTES,
  { method: 'GET', path: PULL.next(':id'), by: 'client', handle: sendNext },
  { method: 'GET', path: CATALOG_FEED.path, by: 'client', handle: sendCatalogue },
  { method: 'POST', path: PULL.accepted(':id'), by: 'client', handle: takePulled },
]

const VALUE = /^[\w-]{1,64}$/

const match = (pattern: string, path: string): Record<string, string> | null => {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  if (wanted.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] as string
    if (part.startsWith(':')) {
      if (!VALUE.test(value)) return null
      params[part.slice(1)] = value
    } else if (part !== value) return null
  }
  return params
}

export interface Found {
  readonly route: DoorRoute
  readonly params: Record<string, string>
}

/** The route of a request; a path that exists under other methods only is told apart by `isKnownPath`. */
export const findRoute = (method: string, path: string): Found | undefined => {
  for (const route of ROUTES) {
    const params = route.method === method ? match(route.path, path) : null
    if (params) return { route, params }
  }
  return undefined
}

export const isKnownPath = (path: string): boolean => ROUTES.some((route) => match(route.path, path) !== null)
