// A governed call through our gateway against a bare @fastify/http-proxy before the same upstream, in turns: requests per
// CPU-second, latency at the same constant rate, and 10,000 grants against one.
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { migrate } from '../../server/src/kernel/migrate.ts'
import { startPostgres } from '../../server/src/kernel/postgres.ts'
import { freePort } from '../../server/test/ports.ts'
import { assertDurable, makeWorld, targetOf } from './gateway.facts.ts'
import type { Order, Outcome } from './gateway.load.ts'
import { startNginx } from './gateway.nginx.ts'
import { cpuOf, postmasterOf, start, stopAll } from './gateway.proc.ts'

const isQuick = process.argv.includes('--quick')
const CONNECTIONS = 64
const ROUNDS = isQuick ? 3 : 9
const ROUND_MS = isQuick ? 2000 : 3000
const RATE_ROUNDS = isQuick ? 1 : 5
const RATE_MS = isQuick ? 3000 : 5000
const PAIRS = isQuick ? 4 : 12
// The code of a call is compiled after some ten thousand of them; before that a round measures the interpreter.
const WARM_ROUNDS = isQuick ? 1 : 5
const SIDE = isQuick ? 30 : 100

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Upper 95 % bound of the median, by order statistics (binomial, no assumption about the distribution). */
const upperBound = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const n = sorted.length
  let term = 0.5 ** n
  let below = term
  for (let k = 1; k <= n; k += 1) {
    if (below >= 0.95) return sorted[k - 1]!
    term = (term * (n - k + 1)) / k
    below += term
  }
  return sorted[n - 1]!
}

class Load {
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    this.#child = child
  }

  order(order: Order): Promise<Outcome> {
    this.#child.send(order)
    return new Promise((resolve, reject) => {
      this.#child.once('message', (outcome: Outcome | null) => {
        if (outcome && outcome.wrong > 0)
          reject(new Error(`${order.name}: ${outcome.wrong} wrong answers: ${outcome.sample}`))
        else resolve(outcome!)
      })
    })
  }
}

interface Round {
  readonly perSecond: number
  /** Requests per CPU-second, by group of processes. */
  readonly perCpu: Record<string, number>
}

/** One closed-loop round; CPU of each group is read around it. */
const measure = async (load: Load, name: string, groups: Record<string, readonly number[]>): Promise<Round> => {
  const before = Object.entries(groups).map(([group, roots]) => [group, cpuOf(roots)] as const)
  const { done, seconds } = await load.order({ do: 'closed', name, connections: CONNECTIONS, ms: ROUND_MS })
  const perCpu = Object.fromEntries(before.map(([group, cpu]) => [group, done / (cpuOf(groups[group]!) - cpu)]))
  return { perSecond: done / seconds, perCpu }
}

const startUs = async (databaseUrl: string, dataDir: string): Promise<{ port: number; pid: number }> => {
  const port = await freePort()
  const env = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    DEMO: '0',
    GATEWAY_PORT: String(port),
    EGRESS_ALLOW: '127.0.0.0/8',
  }
  const { child } = await start('../../server/src/roles/gateway.ts', [], env)
  return { port, pid: child.pid! }
}

const createDatabases = async (url: string, names: readonly string[]): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const name of names) await client.query(`create database ${name}`)
  await client.end()
}

const setUp = async (dir: string, server: Awaited<ReturnType<typeof startPostgres>>) => {
  await createDatabases(server.url('postgres'), ['one', 'many'])
  for (const name of ['one', 'many']) await migrate({ adminUrl: server.url(name) })
  const upstream = await start<{ port: number; bytes: number; items: string[] }>('gateway.upstream.ts')
  const origin = `http://127.0.0.1:${upstream.said.port}`
  const peer = await start<{ port: number }>('gateway.peer.ts', [origin])
  const load = new Load((await start('gateway.load.ts')).child)
  const world = { origin, items: upstream.said.items }
  const [one, many] = [await makeWorld(server.url('one'), 1, world), await makeWorld(server.url('many'), SIDE, world)]
  const [ours, crowded] = [
    await startUs(server.url('one'), one.ground.dataDir),
    await startUs(server.url('many'), many.ground.dataDir),
  ]
  const worker = await start('../../server/src/roles/worker.ts', [], {
    DATABASE_URL: server.url('one'),
    DATA_DIR: one.ground.dataDir,
    DEMO: '0',
  })
  await load.order({
    do: 'target',
    name: 'peer',
    target: { port: peer.said.port, path: '/people?id=63010319900101001X' },
  })
  const nginx = await startNginx(dir, origin)
  if (nginx)
    await load.order({
      do: 'target',
      name: 'nginx',
      target: { port: nginx.port, path: '/people?id=63010319900101001X' },
    })
  await load.order({ do: 'target', name: 'ours', target: await targetOf(one, ours.port) })
  await load.order({ do: 'target', name: 'crowded', target: await targetOf(many, crowded.port) })
  const database = postmasterOf(dir)
  const close = async (): Promise<void> => {
    nginx?.stop()
    await stopAll()
    await one.ground.close()
    await many.ground.close()
  }
  return {
    load,
    bytes: upstream.said.bytes,
    peer: peer.child.pid!,
    ours: ours.pid,
    crowded: crowded.pid,
    worker: worker.child.pid!,
    database,
    nginx: nginx?.pid,
    close,
  }
}

type Stage = Awaited<ReturnType<typeof setUp>>

const compare = async ({ load, peer, ours, worker, database }: Stage) => {
  const rounds: { ours: Round; peer: Round }[] = []
  for (let n = 0; n < ROUNDS; n += 1) {
    const peerRound = await measure(load, 'peer', { all: [peer] })
    const oursRound = await measure(load, 'ours', {
      all: [ours, worker, database],
      without: [ours, worker],
      gateway: [ours],
    })
    rounds.push({ ours: oursRound, peer: peerRound })
    const told = (round: Round): string =>
      `${round.perSecond.toFixed(0)}/s, ${Object.entries(round.perCpu)
        .map(([group, value]) => `${group} ${value.toFixed(0)}`)
        .join(' ')} per CPU-second`
    console.log(`round ${n + 1}: peer ${told(peerRound)} · ours ${told(oursRound)}`)
  }
  return rounds
}

const latency = async ({ load }: Stage, perSecond: number) => {
  const found: Record<'ours' | 'peer', Outcome[]> = { ours: [], peer: [] }
  for (let n = 0; n < RATE_ROUNDS; n += 1)
    for (const name of ['peer', 'ours'] as const)
      found[name].push(await load.order({ do: 'rate', name, connections: 256, perSecond, ms: RATE_MS }))
  const of = (name: 'ours' | 'peer', which: 'p50' | 'p99'): number => median(found[name].map((one) => one[which]))
  const round = (value: number): number => Number(value.toFixed(2))
  return {
    per_second: Math.round(perSecond),
    peer_ms: { p50: round(of('peer', 'p50')), p99: round(of('peer', 'p99')) },
    ours_ms: { p50: round(of('ours', 'p50')), p99: round(of('ours', 'p99')) },
    added_ms: { p50: round(of('ours', 'p50') - of('peer', 'p50')), p99: round(of('ours', 'p99') - of('peer', 'p99')) },
  }
}

const crowd = async ({ load, ours, crowded, database }: Stage) => {
  // Every grant is called once first: sessions, shapes, connections and quota leases exist, as they do on a usual day.
  await load.order({ do: 'touch', name: 'crowded', connections: CONNECTIONS })
  for (let n = 0; n < WARM_ROUNDS; n += 1)
    await load.order({ do: 'closed', name: 'crowded', connections: CONNECTIONS, ms: ROUND_MS })
  const ratios: number[] = []
  for (let n = 0; n < PAIRS; n += 1) {
    const one = () => measure(load, 'ours', { all: [ours, database] })
    const many = () => measure(load, 'crowded', { all: [crowded, database] })
    // Each goes first in every other pair, so that what drifts falls on both.
    const first = n % 2 === 0 ? await one() : await many()
    const second = n % 2 === 0 ? await many() : await one()
    const [few, lots] = n % 2 === 0 ? [first, second] : [second, first]
    ratios.push(few.perCpu.all! / lots.perCpu.all!)
  }
  console.log(`${SIDE * SIDE} grants ÷ 1, CPU per request: ${ratios.map((one) => one.toFixed(3)).join(' ')}`)
  return {
    grants: SIDE * SIDE,
    pairs: PAIRS,
    median: Number(median(ratios).toFixed(3)),
    upper_95: Number(upperBound(ratios).toFixed(3)),
  }
}

const besideNginx = async ({ load, nginx }: Stage): Promise<number | string> => {
  if (nginx === undefined) return 'nginx is not installed'
  const rounds: number[] = []
  for (let n = 0; n < 3; n += 1) rounds.push((await measure(load, 'nginx', { all: [nginx] })).perCpu.all!)
  return Math.round(median(rounds))
}

const main = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-bench-'))
  const server = await startPostgres({ dir })
  try {
    const settings = await assertDurable(server.url('postgres'))
    console.log(`fsync=${settings.fsync} synchronous_commit=${settings.synchronous_commit} ${JSON.stringify(settings)}`)
    const stage = await setUp(dir, server)
    for (let n = 0; n < WARM_ROUNDS; n += 1)
      for (const name of ['peer', 'ours'])
        await stage.load.order({ do: 'closed', name, connections: CONNECTIONS, ms: ROUND_MS })
    const rounds = await compare(stage)
    const ratioOf = (group: string): number =>
      Number(median(rounds.map(({ ours, peer }) => ours.perCpu[group]! / peer.perCpu.all!)).toFixed(3))
    const peerMax = Math.max(...rounds.map(({ peer }) => peer.perSecond))
    const also = {
      ratio_without_postgres: ratioOf('without'),
      ratio_gateway_process: ratioOf('gateway'),
      ours_per_second: Math.round(median(rounds.map(({ ours }) => ours.perSecond))),
      peer_per_second: Math.round(median(rounds.map(({ peer }) => peer.perSecond))),
      latency_at_half_of_peer: await latency(stage, peerMax / 2),
      grants: await crowd(stage),
      nginx_per_cpu_second: await besideNginx(stage),
    }
    await stage.close()
    const perCpu = (who: 'ours' | 'peer'): number => Math.round(median(rounds.map((round) => round[who].perCpu.all!)))
    const conditions = {
      ...settings,
      connections: CONNECTIONS,
      rounds: ROUNDS,
      round_ms: ROUND_MS,
      upstream_bytes: stage.bytes,
      cpus: availableParallelism(),
      node: process.version,
      quick: isQuick,
    }
    console.log(
      JSON.stringify({
        bench: 'gateway',
        ratio: ratioOf('all'),
        ours: perCpu('ours'),
        peer: perCpu('peer'),
        conditions,
        also,
      }),
    )
  } finally {
    await stopAll()
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

await main()
