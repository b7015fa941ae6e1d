// A first snapshot by the full route — supplier's agent, centre, consumer's agent, chunks stored, receipts sealed — against
// `psql COPY | psql COPY` moving the same seven columns as they are. In turns, on one server with fsync on.
import { cpus, loadavg } from 'node:os'
import { isQuick, itemOf, median, query, ROUNDS, ROWS, Route, rounded, type Usage } from './route.ground.ts'
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

const runTheirs = async (route: Route): Promise<number> => {
  await query(route.target, 'drop table if exists theirs', targetDdl('theirs'), 'checkpoint')
  return (await runPeer(route.source, route.target)).seconds
}

const main = async (): Promise<void> => {
  const route = await Route.open(ROWS)
  try {
    const ours: Round[] = []
    const peer: number[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      peer.push(await runTheirs(route))
      ours.push(await runOurs(route, round))
      const [mine, theirs] = [ours.at(-1) as Round, peer.at(-1) as number]
      console.log(
        `round ${round || 'warm-up'}: route ${mine.seconds.toFixed(2)} s, psql ${theirs.toFixed(2)} s, ratio ${(theirs / mine.seconds).toFixed(2)}`,
      )
    }
    const counted = ours.slice(1)
    const perMillion = (name: keyof Usage) => rounded((median(counted.map(({ usage }) => usage[name])) * 1e6) / ROWS)
    console.log(
      JSON.stringify({
        bench: 'route',
        ratio: rounded(median(counted.map(({ seconds }, i) => (peer[i + 1] as number) / seconds))),
        ours: Math.round(ROWS / median(counted.map(({ seconds }) => seconds))),
        peer: Math.round(ROWS / median(peer.slice(1))),
        conditions: {
          rows: ROWS,
          rounds: ROUNDS,
          is_quick: isQuick,
          cpus: cpus().length,
          load: loadavg().map(rounded),
          fsync: 'on',
          rules: 'types and lengths at the border; no check digits',
          peer: 'psql: the same 7 of 10 columns, unmasked',
          ends: 'from the subscription until its last chunk is signed for',
        },
        also: {
          peak_rss_mb: route.peak(),
          cpu_seconds_per_million_rows: {
            supplier: perMillion('supplier'),
            exchange: perMillion('exchange'),
            consumer: perMillion('consumer'),
            postgres: perMillion('postgres'),
          },
        },
      }),
    )
  } finally {
    await route.close()
  }
}

await main()
