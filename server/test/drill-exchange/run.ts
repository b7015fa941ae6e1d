import { setTimeout as pause } from 'node:timers/promises'
import { exchange } from '@sanjiang/contract'
import { Chance } from '../drill/chance.ts'
import type { Drill, FaultKind } from './fault.ts'
import { FAULTS } from './faults.ts'
import { type ExchangeGround, type Standing, TERMS } from './ground.ts'
import { Registry } from './load.ts'
import { lookAfterExchange } from './promises.ts'
import { type DrillSite, openDrillSite } from './site.ts'
import type { Terms } from './view.ts'

export interface ExchangeDrillOptions {
  readonly seed: number
  readonly faults: number
  /** Rows at the source when it begins. */
  readonly rows?: number
  /** Faults between two looks at whether both sides are equal. */
  readonly every?: number
  readonly kinds?: readonly FaultKind[]
  readonly signal?: AbortSignal
  say(line: string): void
}

export interface ExchangeDrillReport {
  readonly seed: number
  readonly struck: number
  /** Of these, lain in wait for in vain: nothing came to that place in time. */
  readonly missed: number
  readonly kinds: Readonly<Record<string, number>>
  readonly writes: number
  readonly unanswered: number
  readonly looks: number
  readonly chunks: number
  readonly delivered: number
  readonly entries: number
  readonly seconds: number
  /** Broken promises; empty when all were kept. */
  readonly broken: readonly string[]
}

/** Each kind once while there is room, the rest by weight; the same seed takes the same order. */
export const orderOf = (chance: Chance, count: number, kinds: readonly FaultKind[] = FAULTS): FaultKind[] => {
  const bag = kinds.flatMap((kind) => Array.from({ length: kind.weight }, () => kind))
  const first = chance.shuffle(kinds).slice(0, count)
  return [...first, ...Array.from({ length: count - first.length }, () => chance.pick(bag))]
}

class ExchangeDrill implements Drill {
  readonly site: DrillSite
  readonly chance: Chance
  readonly problems: string[] = []
  readonly kinds: Record<string, number> = {}
  readonly registry: Registry
  readonly #say: (line: string) => void
  volume = 1
  struck = 0
  looks = 0
  misses = 0
  #consumerId = ''

  constructor(site: DrillSite, { seed, say }: ExchangeDrillOptions) {
    this.site = site
    this.chance = new Chance(seed)
    this.registry = new Registry(site.ground, seed)
    this.#say = say
  }

  get #ground(): ExchangeGround {
    return this.site.ground
  }

  missed(name: string): void {
    this.misses += 1
    this.#say(`${name}: not come to`)
  }

  broken(what: string): void {
    this.problems.push(what)
    this.#say(`✖ ${what}`)
  }

  /** A grant and a target of its own; the ground does not look at it unless it is told to. */
  async subscribe(terms: Terms): Promise<Standing> {
    const ground = this.#ground
    const before = [...ground.standing]
    const standing = await ground.subscribe(this.#consumerId, terms)
    ground.standing.splice(0, ground.standing.length, ...before)
    return standing
  }

  async prepare(): Promise<void> {
    const ground = this.#ground
    const { provider, consumer } = await ground.enrol()
    this.#consumerId = consumer
    await ground.attach(provider)
    for (const terms of TERMS) await ground.subscribe(consumer, terms)
    const before = ground.provider.wire.passed
    await ground.equal()
    this.volume = Math.max(2_000, Math.floor((ground.provider.wire.passed - before) / 2))
    await ground.settled()
    await ground.pin()
  }

  async strike(kind: FaultKind): Promise<void> {
    try {
      await kind.strike(this)
      this.struck += 1
      this.kinds[kind.name] = (this.kinds[kind.name] ?? 0) + 1
      this.#say(`${this.struck}. ${kind.name}`)
    } catch (error) {
      this.broken(`${kind.name}: ${(error as Error).message}`)
    }
  }

  /** Lets everything come to rest; then both sides are equal, or a promise is broken. */
  async look(): Promise<void> {
    const ground = this.#ground
    await this.registry.rest()
    try {
      await Promise.all([ground.doorRole.ready(), ground.worker.ready()])
      await ground.equal()
      await this.#letNarrowedGo()
      this.looks += 1
      this.#say('equal')
    } catch (error) {
      this.broken((error as Error).message)
    }
    this.registry.goOn()
  }

  /** What a fault subscribed for its own ends is let go once it has been seen equal. */
  async #letNarrowedGo(): Promise<void> {
    const ground = this.#ground
    for (const { subscription_id } of ground.standing.splice(TERMS.length)) {
      const body = { act: 'end' as const, reason: '演练已毕' }
      await ground.civil.call(exchange.actOnSubscription, { params: { id: subscription_id }, body })
    }
  }
}

const count = async (ground: ExchangeGround, table: string): Promise<number> =>
  (await ground.world.sql<{ n: number }>(`select count(*)::int as n from ${table}`))[0]!.n

const judge = async (drill: ExchangeDrill): Promise<void> => {
  const { ground } = drill.site
  await ground.settled().catch((error: Error) => drill.broken(error.message))
  for (const found of await lookAfterExchange((text, values) => ground.world.sql(text, values))) drill.broken(found)
  const { code, report } = await ground.verify()
  if (code !== 0) drill.broken(`the verifier exits ${code}`)
  for (const { severity, kind, message } of report.findings)
    if (severity === 'fault') drill.broken(`verifier: ${kind} ${message}`)
  const { provider, consumer, doorRole, worker } = ground
  for (const fault of [provider.agent, consumer.agent, doorRole, worker].flatMap(({ faults }) => faults))
    drill.broken(fault)
}

const go = async (
  drill: ExchangeDrill,
  { faults, every = 10, kinds = FAULTS, signal }: ExchangeDrillOptions,
): Promise<void> => {
  for (const [at, kind] of orderOf(drill.chance, faults, kinds).entries()) {
    signal?.throwIfAborted()
    await drill.strike(kind)
    if ((at + 1) % every === 0) await drill.look()
    if (drill.problems.length > 20) return
  }
  await drill.look()
}

/** Strikes whatever can be struck between two departments' databases under a writing load, and looks whether a promise was broken. */
export const runExchangeDrill = async (options: ExchangeDrillOptions): Promise<ExchangeDrillReport> => {
  const began = performance.now()
  const site = await openDrillSite(options.rows ?? 600)
  const drill = new ExchangeDrill(site, options)
  let end: () => Promise<void> = async () => undefined
  try {
    await drill.prepare()
    options.say(`prepared; a transfer is some ${drill.volume} bytes`)
    end = drill.registry.start()
    await go(drill, options)
    await end()
    await pause(0)
    await judge(drill)
    return {
      seed: options.seed,
      struck: drill.struck,
      missed: drill.misses,
      kinds: drill.kinds,
      writes: drill.registry.writes,
      unanswered: drill.registry.unanswered,
      looks: drill.looks,
      chunks: await count(site.ground, 'exchange.chunk'),
      delivered: await count(site.ground, 'exchange.delivery'),
      entries: await count(site.ground, 'ledger.entry'),
      seconds: Math.round((performance.now() - began) / 1000),
      broken: drill.problems,
    }
  } finally {
    await end()
    await site.close()
  }
}
