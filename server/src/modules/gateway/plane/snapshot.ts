import type { Pool } from 'pg'
import { Fault } from '#kernel/fault.ts'
import { inTime } from './in-time.ts'
import { type AttachedService, type ClientRow, type GrantRow, readPolicy } from './snapshot.store.ts'

export type { AttachedService, ClientRow, GrantRow } from './snapshot.store.ts'

/** Everything a call is decided on, immutable, as of one policy version. */
export interface Snapshot {
  readonly version: number
  readonly loadedAt: number
  /** `client_id resource_code` → its grants, newest first. */
  readonly grants: ReadonlyMap<string, readonly GrantRow[]>
  readonly services: ReadonlyMap<string, AttachedService>
  readonly servicesBySid: ReadonlyMap<string, AttachedService>
  readonly clients: ReadonlyMap<string, ClientRow>
  readonly clientsByRid: ReadonlyMap<string, ClientRow>
}

const EMPTY: Snapshot = {
  version: -1,
  loadedAt: 0,
  grants: new Map(),
  services: new Map(),
  servicesBySid: new Map(),
  clients: new Map(),
  clientsByRid: new Map(),
}

export const grantKey = (clientId: string, resourceCode: string): string => `${clientId} ${resourceCode}`

const load = async (pool: Pool): Promise<Snapshot> => {
  const { version, grants, services, clients } = await readPolicy(pool)
  const byKey = new Map<string, GrantRow[]>()
  for (const grant of grants) {
    if (!grant.client_id) continue
    const key = grantKey(grant.client_id, grant.resource_code)
    const list = byKey.get(key)
    if (list) list.push(grant)
    else byKey.set(key, [grant])
  }
  return {
    version,
    loadedAt: Date.now(),
    grants: byKey,
    services: new Map(services.map((one) => [one.resource_code, one])),
    servicesBySid: new Map(services.map((one) => [one.sid, one])),
    clients: new Map(clients.map((one) => [one.client_id, one])),
    clientsByRid: new Map(clients.filter((one) => one.rid).map((one) => [one.rid!, one])),
  }
}

export interface SnapshotHolder {
  current(): Snapshot
  /** A snapshot at least as new as `version`; callers that need the same reload share it. */
  atLeast(version: number): Promise<Snapshot>
  /** As of now: asks the database for the version first. For refusals, so that a grant just issued is honoured. */
  freshest(): Promise<Snapshot>
  /** Loads the first snapshot, then looks every `ms` whether the policy moved, so that calls seldom have to wait for it. */
  follow(ms: number): Promise<void>
  stop(): void
}

const READ_MS = 5000

/** Holds the current snapshot; one reload at a time, whoever asks. */
export const holdSnapshot = (pool: Pool): SnapshotHolder => {
  let current = EMPTY
  let loading: Promise<Snapshot> | null = null
  const reload = (): Promise<Snapshot> => {
    loading ??= inTime(load(pool), READ_MS)
      .then((next) => {
        if (next.version >= current.version) current = next
        return current
      })
      .finally(() => {
        loading = null
      })
    return loading
  }
  const atLeast = async (version: number): Promise<Snapshot> => {
    // A reload already under way may have begun before the change; so look again after it.
    for (let tries = 0; current.version < version && tries < 3; tries += 1) await reload()
    if (current.version < version) throw new Fault('ledger_unavailable', '授权快照未能更新')
    return current
  }
  const freshest = async (): Promise<Snapshot> => {
    const { rows } = await inTime(pool.query<{ version: number }>('select version from kernel.policy'), READ_MS)
    return atLeast(rows[0]!.version)
  }
  let timer: NodeJS.Timeout | undefined
  const again = (ms: number): void => {
    timer = setTimeout(
      () =>
        void freshest()
          .catch(() => undefined)
          .finally(() => again(ms)),
      ms,
    )
    timer.unref()
  }
  return {
    current: () => current,
    atLeast,
    freshest,
    follow: async (ms) => {
      await reload()
      again(ms)
    },
    stop: () => clearTimeout(timer),
  }
}
