import { setTimeout as pause } from 'node:timers/promises'
import { countUntold, lookAfterwards } from './afterwards.ts'
import { Chance } from './chance.ts'
import { CONSUMER, type DrillGround, openDrillGround, PROVIDER, pinTrust } from './ground.ts'
import { type Acknowledged, askWhoLooked, callGateway, nothingYet, registerApplications } from './load.ts'
import { drillMigration } from './migration.ts'
import { POINTS, type Point } from './points.ts'
import type { Role, RoleName } from './role.ts'

export interface DrillOptions {
  readonly seed: number
  /** Kills of roles at random moments, beside the named points. */
  readonly randomKills: number
  readonly postgresKills: number
  /** Times each named point is visited. */
  readonly rounds: number
  /** Ends the drill early, leaving nothing behind. */
  readonly signal?: AbortSignal
  say(line: string): void
}

export interface DrillReport {
  readonly seed: number
  readonly kills: {
    readonly named: number
    readonly random: number
    readonly postgres: number
    readonly migration: number
  }
  readonly acknowledged: { readonly calls: number; readonly queries: number; readonly registrations: number }
  readonly refused: number
  /** Committed, but the kill came before anybody was told: allowed. */
  readonly untold: number
  readonly verified: {
    readonly entries: number
    readonly logs: number
    readonly checkpoints: number
    readonly receipts: number
  }
  readonly seconds: number
  /** Broken promises; empty when all were kept. */
  readonly faults: readonly string[]
}

const ROLES: readonly RoleName[] = ['gateway', 'api', 'worker']
/** Far beyond any start of a process: a point not met by then is not there. */
const REACH_MS = 150_000
const LATEST_MS = 40

const startLoad = async (drill: DrillGround, kept: Acknowledged, stop: AbortSignal): Promise<Promise<void>[]> => {
  const { gateways, clients, resource, apiOrigin } = drill
  const auditor = await drill.officer(PROVIDER, 'auditor')
  const officers = [await drill.officer(CONSUMER, 'consumer'), await drill.officer(PROVIDER, 'consumer')]
  return [
    ...clients.map((client, n) =>
      callGateway(kept, stop, { origin: gateways[n % gateways.length]!.origin, client, resource }),
    ),
    askWhoLooked(kept, stop, apiOrigin, auditor),
    ...officers.map((officer) => registerApplications(kept, stop, apiOrigin, officer)),
  ]
}

class Drill {
  readonly faults: string[] = []
  readonly kills = { named: 0, random: 0, postgres: 0, migration: 0 }
  readonly #ground: DrillGround
  readonly #chance: Chance
  readonly #kept: Acknowledged
  readonly #say: DrillOptions['say']

  constructor(ground: DrillGround, kept: Acknowledged, { seed, say }: DrillOptions) {
    this.#ground = ground
    this.#kept = kept
    this.#chance = new Chance(seed)
    this.#say = say
  }

  /** Each kind of process dies in an order of its own, all at once, as it would come. */
  async run({ rounds, randomKills, postgresKills, signal }: DrillOptions): Promise<void> {
    const named = Array.from({ length: rounds }, () => POINTS).flat()
    const random = Array.from({ length: randomKills }, () => this.#chance.pick(ROLES))
    const lanes = ROLES.map((role) => [
      ...named.filter((point) => point.role === role).map((point) => () => this.#atPoint(point)),
      ...random.filter((name) => name === role).map((name) => () => this.#atRandom(name)),
    ])
    const postgres = Array.from({ length: postgresKills }, () => () => this.#postgres())
    const dieInTurn = async (deaths: readonly (() => Promise<void>)[]): Promise<void> => {
      for (const die of deaths) {
        signal?.throwIfAborted()
        await die()
      }
    }
    await Promise.all([...lanes.map((deaths) => this.#chance.shuffle(deaths)), postgres].map(dieInTurn))
  }

  async #atPoint({ name, role: wanted, pattern, moment }: Point): Promise<void> {
    const role = this.#chance.pick(this.#ground.roles.filter((one) => one.name === wanted))
    await role.ready()
    const sprung = new Promise<boolean>((resolve) => {
      role.door.arm({ pattern, moment, spring: () => resolve(this.#kill(role)) })
    })
    const reached = await Promise.race([sprung, pause(REACH_MS, false, { ref: false })])
    role.door.disarm()
    if (reached) this.kills.named += 1
    else this.faults.push(`never reached: ${name}`)
    this.#say(name)
  }

  async #atRandom(name: RoleName): Promise<void> {
    const role = this.#chance.pick(this.#ground.roles.filter((one) => one.name === name))
    await role.ready()
    await pause(this.#chance.below(LATEST_MS))
    this.#kill(role)
    this.kills.random += 1
    this.#say(`${role.name}: at random`)
  }

  async #postgres(): Promise<void> {
    await this.#afterMore(20)
    await this.#ground.killPostgres()
    this.kills.postgres += 1
    this.#say('postgres: at random')
    await this.#afterMore(20)
  }

  #kill(role: Role): boolean {
    role.kill()
    return true
  }

  /** Waits until so many more calls were answered: whatever died, work must go on again. */
  async #afterMore(calls: number): Promise<void> {
    const deadline = Date.now() + 60_000
    for (const wanted = this.#kept.calls.length + calls; this.#kept.calls.length < wanted; await pause(20))
      if (Date.now() > deadline) throw new Error('work did not go on within a minute')
  }
}

/** Everything acknowledged is signed, so that an export holds it. */
const untilSealed = async ({ ground }: DrillGround): Promise<void> => {
  const deadline = Date.now() + 60_000
  const OPEN = `select count(*)::int as open from ledger.log l where l.size > coalesce(
    (select max(h.size) from ledger.head h where h.log_id = l.log_id), 0)`
  while ((await ground.sql<{ open: number }>(OPEN))[0]!.open > 0) {
    if (Date.now() > deadline) throw new Error('not everything was signed within a minute')
    await pause(200)
  }
}

/** Kills everything that can be killed, under load, and looks whether any promise was broken. */
export const runDrill = async (options: DrillOptions): Promise<DrillReport> => {
  const began = performance.now()
  const ground = await openDrillGround()
  const stop = new AbortController()
  let load: Promise<void>[] = []
  try {
    const kept = nothingYet()
    const drill = new Drill(ground, kept, options)
    load = await startLoad(ground, kept, stop.signal)
    while (kept.calls.length < 20 || kept.queries.length === 0) await pause(20)
    await pinTrust(ground)
    const migration = await drillMigration(ground, options.say)
    await drill.run(options)
    for (const role of ground.roles) await role.ready()
    stop.abort()
    await Promise.all(load)
    await untilSealed(ground)
    return await judge(ground, kept, {
      seed: options.seed,
      kills: { ...drill.kills, migration: migration.kills },
      faults: [...drill.faults, ...migration.faults],
      began,
    })
  } finally {
    stop.abort()
    await Promise.all(load)
    await ground.close()
  }
}

const judge = async (
  drill: DrillGround,
  kept: Acknowledged,
  { seed, kills, faults, began }: Pick<DrillReport, 'seed' | 'kills' | 'faults'> & { began: number },
): Promise<DrillReport> => {
  const sql = <T extends Record<string, unknown>>(text: string, values?: unknown[]) => drill.ground.sql<T>(text, values)
  const receipts = [...kept.calls, ...kept.queries]
  const { code, report, faults: found } = await drill.verify(receipts)
  const unmet =
    report.receipts.met === receipts.length
      ? []
      : [`${receipts.length - report.receipts.met} receipts not met by the verifier`]
  return {
    seed,
    kills,
    acknowledged: { calls: kept.calls.length, queries: kept.queries.length, registrations: kept.clients.length },
    refused: kept.refused,
    untold: await countUntold(sql, kept),
    verified: {
      entries: report.counts.entries,
      logs: report.counts.logs,
      checkpoints: report.counts.checkpoints,
      receipts: report.receipts.met,
    },
    seconds: Math.round((performance.now() - began) / 1000),
    faults: [
      ...faults,
      ...(await lookAfterwards(sql, kept)),
      ...unmet,
      ...(code === 0 ? [] : [`the verifier exits ${code}`]),
      ...found.map(({ kind, message }) => `verifier: ${kind} ${message}`),
      ...drill.roles.flatMap((role) => role.faults),
    ],
  }
}
