// One large transaction at the source until it is seen at the target: the engine in one process, with masks and digests, and then the
// full route, against PostgreSQL's own logical replication of the same columns. Then small transactions, and how far behind each is.
// In turns, on one server with fsync on; each has a slot of its own only while it is measured.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { ChangesOrder } from './changes.engine.ts'
import { type Applied, carry, KINDS, type Kind, type Lags, type Place, trickle } from './changes.load.ts'
import { fillTarget, openNative } from './changes.native.ts'
import { cpuOf } from './gateway.proc.ts'
import { given, isQuick, itemOf, median, query, Route, rounded } from './route.ground.ts'
import { GRANTED, KEY } from './snapshot.data.ts'

const ROWS = given('--rows', isQuick ? 60_000 : 300_000)
const BASE = ROWS
const ROUNDS = given('--rounds', isQuick ? 1 : 3)
const PER_SECOND = given('--rate', 1_800)
const SECONDS = isQuick ? 5 : 20
const NAMES = GRANTED.map(({ column }) => itemOf(column))
const PLAIN = GRANTED.filter(({ mask }) => mask === 'none').map(({ column }) => column)

type Times = Record<Kind, Applied & { readonly cpu: number }>

interface Side {
  readonly name: string
  readonly at: Place
  /** Begins to follow the source; ends with what it gives back. */
  open(): Promise<() => Promise<void>>
  /** Processor time so far of all that has a part in it, the server included. */
  cpu(): number
}

const streaming = async (source: string): Promise<void> => {
  const text = `select from pg_stat_replication where state = 'streaming'`
  while ((await query(source, text)).length === 0) await new Promise((done) => setTimeout(done, 50))
}

const DIGEST = `count(*) || ' ' || coalesce(sum(('x' || left(md5(concat_ws('|', ${PLAIN.join(', ')})), 15))::bit(60)::bigint), 0) as digest`

const assertEqual = async (source: string, { name, at }: Side): Promise<void> => {
  const [there] = await query<{ digest: string }>(source, `select ${DIGEST} from person`)
  const [here] = await query<{ digest: string }>(at.url, `select ${DIGEST} from ${at.table}`)
  if (there?.digest !== here?.digest) throw new Error(`${name}: ${here?.digest} instead of ${there?.digest}`)
}

/** Insert, update and delete of the same rows: afterwards all is as before. */
const large = async (source: string, side: Side): Promise<Times> => {
  const times: Partial<Times> = {}
  for (const kind of KINDS) {
    await query(source, 'checkpoint')
    const before = side.cpu()
    const applied = await carry(kind, { source, at: side.at, base: BASE, rows: ROWS })
    times[kind] = { ...applied, cpu: side.cpu() - before }
    await assertEqual(source, side)
  }
  await query(source, 'vacuum analyze person')
  await query(side.at.url, `vacuum analyze ${side.at.table}`)
  return times as Times
}

const small = async (source: string, { at }: Side): Promise<Lags> => {
  const lags = await trickle({ source, at, base: BASE, perSecond: PER_SECOND, seconds: SECONDS })
  await query(source, `delete from person where ${KEY} > ${6_300_000_000 + BASE}`)
  const left = `select from ${at.table} where ${KEY} > ${6_300_000_000 + BASE} limit 1`
  while ((await query(at.url, left)).length > 0) await new Promise((done) => setTimeout(done, 50))
  return lags
}

const engineSide = (route: Route): Side => {
  let engine: ChildProcess
  const open = async () => {
    engine = fork(fileURLToPath(new URL('changes.engine.ts', import.meta.url)))
    await once(engine, 'message')
    engine.send({ source: route.source, target: route.target, table: 'engine', slot: 'engine' } satisfies ChangesOrder)
    await streaming(route.source)
    return async () => {
      const gone = once(engine, 'exit')
      engine.send('stop')
      await gone
    }
  }
  const cpu = (): number => route.usage().postgres + cpuOf([engine.pid ?? 0])
  return { name: 'engine', at: { url: route.target, table: 'public.engine' }, open, cpu }
}

const nativeSide = (route: Route, url: string): Side => ({
  name: 'native',
  at: { url, table: 'public.person' },
  cpu: () => route.usage().postgres,
  open: async () => {
    const close = await openNative(route.source, url)
    await streaming(route.source)
    return close
  },
})

/** Its slot stands from the subscription on: nothing else is measured afterwards. */
const routeSide = (route: Route): Side => ({
  name: 'route',
  at: { url: route.target, table: 'public.route' },
  cpu: () => Object.values(route.usage()).reduce((sum, one) => sum + one, 0),
  open: async () => {
    const attached = await route.attach('changes')
    const grant_id = await route.grant(attached, NAMES)
    await route.arrived(await route.subscribe(attached, { grant_id, table: 'route' }))
    await streaming(route.source)
    return async () => undefined
  },
})

const sayTimes = (name: string, times: Times): string =>
  `${name} ${KINDS.map((kind) => `${kind} ${times[kind].since_commit.toFixed(2)} s (CPU ${times[kind].cpu.toFixed(1)})`).join(', ')}`

const measure = async (route: Route, side: Side, rounds: number): Promise<{ times: Times[]; lags: Lags }> => {
  const close = await side.open()
  try {
    const times: Times[] = []
    for (let round = 0; round < rounds; round++) times.push(await large(route.source, side))
    return { times, lags: await small(route.source, side) }
  } finally {
    await close()
  }
}

const main = async (): Promise<void> => {
  const route = await Route.open(BASE)
  try {
    await query(route.source, 'create database theirs')
    const url = new URL(route.source)
    url.pathname = '/theirs'
    const native = nativeSide(route, url.href)
    const engine = engineSide(route)
    for (const { at } of [native, engine]) await fillTarget(at.url, at.table, BASE)
    const found: Record<string, { times: Times[]; lags: Lags[] }> = {}
    const take = (name: string, { times, lags }: { times: Times[]; lags: Lags }): void => {
      found[name] ??= { times: [], lags: [] }
      found[name].times.push(...times)
      found[name].lags.push(lags)
      for (const one of times)
        console.log(`${sayTimes(name, one)}; lag p99 ${lags.p99_ms} ms at ${lags.written_per_second}/s`)
    }
    for (let round = 0; round <= ROUNDS; round++) {
      const pair = round % 2 === 0 ? [native, engine] : [engine, native]
      for (const side of pair) {
        const done = await measure(route, side, 1)
        if (round > 0) take(side.name, done)
      }
    }
    take('route', await measure(route, routeSide(route), ROUNDS))
    report(found)
  } finally {
    await route.close()
  }
}

const report = (found: Record<string, { times: Times[]; lags: Lags[] }>): void => {
  const timeOf = (name: string, kind: Kind, what: keyof Times[Kind] = 'since_commit'): number =>
    median((found[name]?.times ?? []).map((times) => times[kind][what]))
  const ratioOf = (name: string, kind: Kind, what?: keyof Times[Kind]): number =>
    rounded(timeOf('native', kind, what) / timeOf(name, kind, what))
  const each = <T>(of: (kind: Kind) => T): Record<Kind, T> =>
    Object.fromEntries(KINDS.map((kind) => [kind, of(kind)])) as Record<Kind, T>
  const lagOf = (name: string): Lags => {
    const lags = [...(found[name]?.lags ?? [])].sort((a, b) => a.p99_ms - b.p99_ms)
    return lags[lags.length >> 1] as Lags
  }
  const ratios = each((kind) => ratioOf('engine', kind))
  console.log(
    JSON.stringify({
      bench: 'changes',
      ratio: Math.min(...Object.values(ratios)),
      ours: rounded(timeOf('engine', 'insert')),
      peer: rounded(timeOf('native', 'insert')),
      conditions: {
        unit: 'seconds from the source’s commit until seen at the target; the ratio is the lowest of insert, update and delete',
        rows: ROWS,
        base_rows: BASE,
        rounds: ROUNDS,
        is_quick: isQuick,
        cpus: cpus().length,
        load: loadavg().map(rounded),
        fsync: 'on',
        peer: 'PUBLICATION (same 7 of 10 columns, unmasked) and SUBSCRIPTION with PostgreSQL’s own defaults',
        engine: 'pgoutput → lines → masks and digests → stage and merge, one process, one synchronous commit',
      },
      also: {
        ratios,
        ratios_since_begin: each((kind) => ratioOf('engine', kind, 'since_begin')),
        cpu_ratios: each((kind) => ratioOf('engine', kind, 'cpu')),
        ratios_full_route: each((kind) => ratioOf('route', kind)),
        seconds: each((kind) => ({
          native: rounded(timeOf('native', kind)),
          engine: rounded(timeOf('engine', kind)),
          route: rounded(timeOf('route', kind)),
        })),
        lag_at_small_transactions: {
          wanted_per_second: PER_SECOND,
          native: lagOf('native'),
          engine: lagOf('engine'),
          route: lagOf('route'),
        },
      },
    }),
  )
}

await main()
