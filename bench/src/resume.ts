// A first snapshot by the full route, once left alone and once with supplier, consumer and door killed by kill -9 when half of it is
// signed for, and started again at once. In turns, on one server with fsync on; afterwards both must be the same as the source.
import { cpus, loadavg } from 'node:os'
import { given, isQuick, itemOf, median, query, ROWS, Route, rounded } from './route.ground.ts'
import { GRANTED, KEY } from './snapshot.data.ts'

const NAMES = GRANTED.map(({ column }) => itemOf(column))
const ROUNDS = given('--rounds', isQuick ? 1 : 3)

interface Passage {
  readonly seconds: number
  readonly chunks: number
}

interface Wanted {
  readonly table: string
  /** Chunks signed for before everything is killed; null to be left alone. */
  readonly killAt: number | null
}

const ACCEPTED = `select count(*) filter (where accepted_at is not null)::int as n from exchange.delivery where subscription_id = $1`

const transfer = async (route: Route, { table, killAt }: Wanted): Promise<Passage> => {
  const attached = await route.attach()
  const grant_id = await route.grant(attached, NAMES)
  await query(route.target, 'checkpoint')
  const accepted = async (id: string): Promise<number> => (await route.sql<{ n: number }>(ACCEPTED, [id]))[0]?.n ?? 0
  const begun = performance.now()
  const reader = await route.subscribe(attached, { grant_id, table })
  if (killAt !== null) {
    await route.until('the half', async () => (await accepted(reader.subscription_id)) >= killAt)
    await route.crash()
  }
  await route.arrived(reader)
  return { seconds: (performance.now() - begun) / 1000, chunks: await accepted(reader.subscription_id) }
}

const PLAIN = GRANTED.filter(({ mask }) => mask === 'none').map(({ column }) => column)
const digestOf = async (url: string, table: string, columns: readonly string[]): Promise<string> => {
  const [found] = await query<{ digest: string }>(
    url,
    `select count(*) || ' ' || coalesce(sum(('x' || left(md5(concat_ws('|', ${columns.join(', ')})), 15))::bit(60)::bigint), 0) as digest from ${table}`,
  )
  return found?.digest ?? ''
}

/** What is not masked as at the source; all of it the same whether it was interrupted or not. */
const assertEqual = async (route: Route, tables: readonly string[]): Promise<void> => {
  const items = (columns: readonly string[]): string[] => columns.map(itemOf)
  const there = await digestOf(route.source, 'person', PLAIN)
  const all = GRANTED.map(({ column }) => column)
  const whole = await Promise.all(tables.map((table) => digestOf(route.target, table, items(all))))
  const plain = await Promise.all(tables.map((table) => digestOf(route.target, table, items(PLAIN))))
  const keys = await Promise.all(
    tables.map((table) => query<{ n: number }>(route.target, `select count(distinct ${KEY})::int as n from ${table}`)),
  )
  if (new Set([there, ...plain]).size !== 1 || new Set(whole).size !== 1 || keys.some(([one]) => one?.n !== ROWS))
    throw new Error(`the sides differ: ${JSON.stringify({ there, plain, whole, keys })}`)
}

const main = async (): Promise<void> => {
  const route = await Route.open(ROWS)
  try {
    const whole: Passage[] = []
    const resumed: Passage[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      const tables = [`whole_${round}`, `resumed_${round}`] as const
      whole.push(await transfer(route, { table: tables[0], killAt: null }))
      const killAt = (whole.at(-1) as Passage).chunks >> 1
      resumed.push(await transfer(route, { table: tables[1], killAt }))
      await assertEqual(route, tables)
      await query(route.target, ...tables.map((table) => `drop table ${table}`))
      const [a, b] = [whole.at(-1) as Passage, resumed.at(-1) as Passage]
      console.log(
        `round ${round || 'warm-up'}: left alone ${a.seconds.toFixed(2)} s, killed and resumed ${b.seconds.toFixed(2)} s, equal, ratio ${(a.seconds / b.seconds).toFixed(2)}`,
      )
    }
    const [a, b] = [whole.slice(1), resumed.slice(1)]
    console.log(
      JSON.stringify({
        bench: 'resume',
        ratio: rounded(median(a.map(({ seconds }, at) => seconds / (b[at] as Passage).seconds))),
        ours: Math.round(ROWS / median(b.map(({ seconds }) => seconds))),
        peer: Math.round(ROWS / median(a.map(({ seconds }) => seconds))),
        conditions: {
          rows: ROWS,
          rounds: ROUNDS,
          is_quick: isQuick,
          cpus: cpus().length,
          load: loadavg().map(rounded),
          fsync: 'on',
          peer: 'the same route left alone',
          killed:
            'both agents and the door, kill -9 at once, when half of the chunks were signed for; started again at once',
          ends: 'from the subscription until its last chunk is signed for, the starts included',
          equal: 'verified after each round',
        },
        also: {
          chunks: a[0]?.chunks,
          seconds_lost: rounded(median(b.map(({ seconds }, at) => seconds - (a[at] as Passage).seconds))),
        },
      }),
    )
  } finally {
    await route.close()
  }
}

await main()
