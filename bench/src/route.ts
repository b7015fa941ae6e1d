// A first snapshot by the full route — supplier's agent, centre, consumer's agent, chunks stored, receipts sealed — against
// `psql COPY | psql COPY` moving the same seven columns as they are, and beside pgloader where the machine has it. In turns, on one
// server with fsync on.
import { cpus, loadavg } from 'node:os'
import { isQuick, itemOf, median, query, ROUNDS, ROWS, Route, rounded, type Usage } from './route.ground.ts'
import { fillPgloaderSource, hasPgloader, runPgloader } from './route.pgloader.ts'
import { GRANTED, targetDdl } from './snapshot.data.ts'
import { runPeer } from './snapshot.peer.ts'

const NAMES = GRANTED.map(({ column }) => itemOf(column))

interface Round {
  readonly seconds: number
  readonly usage: Usage
}

const runOurs = async (route: Route, round: number): Promise<Round> => {
  const attached = await route.attach()
  const grant_id = await route.grant(attached, NAMES)
  await query(route.target, 'checkpoint')
  const before = route.usage()
  const begun = performance.now()
  const reader = await route.subscribe(attached, { grant_id, table: `ours_${round}` })
  await route.arrived(reader)
  const seconds = (performance.now() - begun) / 1000
  const after = route.usage()
  const [found] = await query<{ n: number }>(route.target, `select count(*)::int as n from ours_${round}`)
  if (found?.n !== ROWS) throw new Error(`${found?.n} rows arrived`)
  const usage = Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - before[name as keyof Usage]]),
  )
  return { seconds, usage: usage as unknown as Usage }
}

interface Peer {
  readonly seconds: number
  /** Of both psqls and the server. */
  readonly cpu: number
}

const runTheirs = async (route: Route): Promise<Peer> => {
  await query(route.target, 'drop table if exists theirs', targetDdl('theirs'), 'checkpoint')
  const before = route.usage().postgres
  const { seconds, client_cpu } = await runPeer(route.source, route.target)
  return { seconds, cpu: client_cpu + route.usage().postgres - before }
}

const totalOf = (usage: Usage): number => Object.values(usage).reduce((sum: number, one: number) => sum + one, 0)
const ratioOf = (peer: readonly number[], ours: readonly number[]): number =>
  rounded(median(ours.map((one, i) => (peer[i] as number) / one)))

const main = async (): Promise<void> => {
  const route = await Route.open(ROWS)
  try {
    const ours: Round[] = []
    const peer: Peer[] = []
    const loader: number[] = []
    if (hasPgloader()) await fillPgloaderSource(route.source)
    for (let round = 0; round <= ROUNDS; round++) {
      peer.push(await runTheirs(route))
      ours.push(await runOurs(route, round))
      if (hasPgloader()) loader.push(await runPgloader(route.source, route.target, ROWS))
      const [mine, theirs] = [ours.at(-1) as Round, peer.at(-1) as Peer]
      const third = loader.length > 0 ? `, pgloader ${loader.at(-1)?.toFixed(2)} s` : ''
      console.log(
        `round ${round || 'warm-up'}: route ${mine.seconds.toFixed(2)} s, psql ${theirs.seconds.toFixed(2)} s, ratio ${(theirs.seconds / mine.seconds).toFixed(2)}${third}`,
      )
    }
    const counted = ours.slice(1)
    const seconds = counted.map((one) => one.seconds)
    const others = peer.slice(1)
    const perMillion = (name: keyof Usage) => rounded((median(counted.map(({ usage }) => usage[name])) * 1e6) / ROWS)
    console.log(
      JSON.stringify({
        bench: 'route',
        ratio: ratioOf(
          others.map((one) => one.seconds),
          seconds,
        ),
        ours: Math.round(ROWS / median(seconds)),
        peer: Math.round(ROWS / median(others.map((one) => one.seconds))),
        conditions: {
          rows: ROWS,
          rounds: ROUNDS,
          is_quick: isQuick,
          cpus: cpus().length,
          load: loadavg().map(rounded),
          fsync: 'on',
          rules: 'types and lengths at the border; no check digits',
          peer: 'psql: the same 7 of 10 columns, unmasked',
          pgloader: hasPgloader()
            ? 'a table of those 7 columns alone, unmasked; prefetch rows = 25000, 2 workers'
            : 'not installed here: left out',
          agents: 'the bundle, started as its unit starts it',
          ends: 'from the subscription until its last chunk is signed for',
        },
        also: {
          ratio_to_pgloader: loader.length > 0 ? ratioOf(loader.slice(1), seconds) : null,
          /** Processor time of everything, servers included: what the ratio becomes where all cores are busy. */
          cpu_ratio: ratioOf(
            others.map((one) => one.cpu),
            counted.map(({ usage }) => totalOf(usage)),
          ),
          peak_rss_mb: route.peak(),
          cpu_seconds_per_million_rows: {
            supplier: perMillion('supplier'),
            exchange: perMillion('exchange'),
            consumer: perMillion('consumer'),
            postgres: perMillion('postgres'),
            psql: rounded((median(others.map((one) => one.cpu)) * 1e6) / ROWS),
          },
        },
      }),
    )
  } finally {
    await route.close()
  }
}

await main()
