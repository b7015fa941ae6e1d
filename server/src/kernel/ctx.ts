import type { Permission, Role } from '@sanjiang/contract'
import type { Clock } from './clock.ts'
import type { Db } from './db.ts'
import type { Jobs } from './jobs.ts'
import type { Log } from './log.ts'

/** Reach of one permission: everything, or the organs below these materialised paths (`/a/b/`). Empty: nothing. */
export type Scope = 'all' | readonly string[]

export interface Actor {
  readonly kind: 'person' | 'system'
  readonly person_id: string | null
  readonly name: string
  /** The organ a person works in; `null` for the platform itself. */
  readonly organ: { readonly organ_id: string; readonly name: string; readonly path: string } | null
  readonly roles: readonly Role[]
  readonly scopes: ReadonlyMap<Permission, Scope>
  readonly session_id: string | null
}

/** What this installation is; fixed for the life of a process. */
export interface Site {
  readonly demo: boolean
  /** Where keys live (`keys/`, 0600); never in the database. */
  readonly dataDir: string
  /** Origin of a gateway process, for the try-it console. */
  readonly gatewayOrigin: string
  /** Where agents and receivers of announcements reach the exchange. */
  readonly exchangeUrl: string
  /** Networks that addresses people typed in may lead to; none where it is left out. */
  readonly egressAllow?: readonly string[]
  /** Whole months that row leaves of deliveries are kept; six where it is left out. */
  readonly rowLeavesMonths?: number
  /** Whole months after its end that an application keeps who made it; six where it is left out. */
  readonly applicantMonths?: number
  /** The public side's database, written from the inside; none where there is no public portal. */
  readonly publishDatabaseUrl?: string
  /** Where rows stand before they are released. */
  readonly stageDatabaseUrl?: string
  /** Where the world reaches the public portal: what stable addresses in files begin with; no slash at the end. */
  readonly publicUrl?: string
}

/** First argument of every service: who, on which data, at what time. One per request or job. */
export interface Ctx {
  readonly actor: Actor
  readonly db: Db
  /** Business date, `YYYY-MM-DD`; settable in demo mode (architecture §8). Statutory clocks run on this. */
  readonly today: string
  /** Real time, ISO UTC. Sessions, signatures and receipts run on this. */
  readonly instant: string
  readonly log: Log
  readonly trace: string
  readonly jobs: Jobs
  readonly site: Site
}

/** What a process holds for as long as it lives; every ctx is cut from it. */
export interface House {
  readonly db: Db
  readonly clock: Clock
  readonly jobs: Jobs
  readonly log: Log
  readonly site: Site
}

/** Gate 2: how far the actor's permission reaches. Required wherever rows are read; there is no default. */
export const scopeOf = (actor: Actor, permission: Permission): Scope => actor.scopes.get(permission) ?? []

export const hasPermission = (actor: Actor, permission: Permission): boolean => actor.scopes.has(permission)

/** Whether an organ's path lies within a scope — the same rule as the SQL predicate `within`. */
export const reaches = (scope: Scope, path: string): boolean =>
  scope === 'all' || scope.some((prefix) => path.startsWith(prefix))

export const PLATFORM: Actor = {
  kind: 'system',
  person_id: null,
  name: '平台',
  organ: null,
  roles: [],
  scopes: new Map(),
  session_id: null,
}

export const makeCtx = async (house: House, actor: Actor, trace: string): Promise<Ctx> => ({
  actor,
  db: house.db,
  today: await house.clock.today(),
  instant: house.clock.instant(),
  log: house.log.child({ trace }),
  trace,
  jobs: house.jobs,
  site: house.site,
})
