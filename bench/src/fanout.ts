// Eight consumers of one table under eight different grants, against eight times what one consumer costs. Full route, one server with
// fsync on. The source's own statistics say how often it was read.
import { cpus, loadavg } from 'node:os'
import { given, isQuick, itemOf, median, query, ROWS, Route, rounded, type Usage } from './route.ground.ts'
import { GRANTED } from './snapshot.data.ts'

const ROUNDS = given('--rounds', isQuick ? 1 : 3)
const CONSUMERS = given('--consumers', 8)
const ALL = GRANTED.map(({ column }) => itemOf(column))

/** What each may see: all, fewer items, or fewer rows. */
const GRANTS = Array.from({ length: CONSUMERS }, (_, at) => ({
  names: at === 0 ? ALL : ALL.filter((_, place) => place === 0 || place % CONSUMERS !== at),
  row_conditions: at === CONSUMERS - 1 ? [{ item: 'sex', op: 'eq' as const, values: ['女'] }] : [],
}))

interface Cost {
  readonly seconds: number
  readonly cpu: number
  readonly by: Usage
  /** Rows the source gave, over the rows it has. */
  readonly reads: number
}

const READ = `select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::float8 as n from pg_stat_user_tables where relname = 'person'`

/** Statistics come a moment behind the work. */
const readRows = async (route: Route): Promise<number> => {
  await new Promise((done) => setTimeout(done, 1_500))
  return (await query<{ n: number }>(route.source, READ))[0]?.n ?? 0
}

const carry = async (route: Route, name: string, count: number): Promise<Cost> => {
  const attached = await route.attach()
  // Before the first subscription: what is read is the union of all grants.
  const grants: string[] = []
  for (const { names, row_conditions } of GRANTS.slice(0, count))
    grants.push(await route.grant(attached, names, row_conditions))
  await query(route.target, 'checkpoint')
  const rows = await readRows(route)
  const before = route.usage()
  const begun = performance.now()
  const readers = []
  for (const [at, grant_id] of grants.entries())
    readers.push(await route.subscribe(attached, { grant_id, table: `${name}_${at}` }))
  for (const reader of readers) await route.arrived(reader)
  const seconds = (performance.now() - begun) / 1000
  const after = route.usage()
  const by = Object.fromEntries(
    Object.entries(after).map(([who, value]) => [who, value - before[who as keyof Usage]]),
  ) as unknown as Usage
  const reads = ((await readRows(route)) - rows) / ROWS
  for (const [at, { row_conditions }] of GRANTS.slice(0, count).entries()) {
    const [found] = await query<{ n: number }>(route.target, `select count(*)::int as n from ${name}_${at}`)
    const wanted = row_conditions.length === 0 ? ROWS : ROWS / 2
    if (found?.n !== wanted) throw new Error(`consumer ${at} has ${found?.n} rows of ${wanted}`)
    await query(route.target, `drop table ${name}_${at}`)
  }
  return { seconds, cpu: Object.values(by).reduce((sum, value) => sum + value, 0), by, reads }
}

const main = async (): Promise<void> => {
  const route = await Route.open(ROWS)
  try {
    const one: Cost[] = []
    const many: Cost[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      one.push(await carry(route, `one_${round}`, 1))
      many.push(await carry(route, `many_${round}`, CONSUMERS))
      const [a, b] = [one.at(-1) as Cost, many.at(-1) as Cost]
      console.log(
        `round ${round || 'warm-up'}: one ${a.seconds.toFixed(1)} s (CPU ${a.cpu.toFixed(1)}, source read ${a.reads.toFixed(2)} times), ` +
          `${CONSUMERS} ${b.seconds.toFixed(1)} s (CPU ${b.cpu.toFixed(1)}, source read ${b.reads.toFixed(2)} times), ` +
          `ratio ${((CONSUMERS * a.seconds) / b.seconds).toFixed(2)} (CPU ${((CONSUMERS * a.cpu) / b.cpu).toFixed(2)})`,
      )
      if (b.reads > 1.05) throw new Error(`the source was read ${b.reads.toFixed(2)} times`)
    }
    const [a, b] = [one.slice(1), many.slice(1)]
    const further = (name: 'seconds' | 'cpu'): number =>
      rounded(median(b.map((cost, at) => (cost[name] - (a[at] as Cost)[name]) / (CONSUMERS - 1))))
    const ratioOf = (name: 'seconds' | 'cpu'): number =>
      rounded(median(b.map((cost, at) => (CONSUMERS * (a[at] as Cost)[name]) / cost[name])))
    const byOf = (costs: readonly Cost[]) =>
      Object.fromEntries(
        (Object.keys(costs[0]?.by ?? {}) as (keyof Usage)[]).map((who) => [
          who,
          rounded(median(costs.map(({ by }) => by[who]))),
        ]),
      )
    console.log(
      JSON.stringify({
        bench: 'fanout',
        ratio: ratioOf('seconds'),
        ours: rounded(median(b.map(({ seconds }) => seconds))),
        peer: rounded(CONSUMERS * median(a.map(({ seconds }) => seconds))),
        conditions: {
          unit: 'seconds',
          rows: ROWS,
          consumers: CONSUMERS,
          grants: 'all items; one fewer each; the last only half of the rows, by handles',
          rounds: ROUNDS,
          is_quick: isQuick,
          cpus: cpus().length,
          load: loadavg().map(rounded),
          fsync: 'on',
          peer: `${CONSUMERS} times the route with one consumer`,
          agents: 'one agent at the source; one carries all consumers',
        },
        also: {
          source_reads: rounded(median(b.map(({ reads }) => reads))),
          cpu_ratio: ratioOf('cpu'),
          further_consumer: { seconds: further('seconds'), cpu_seconds: further('cpu') },
          cpu_seconds_one: byOf(a),
          [`cpu_seconds_${CONSUMERS}`]: byOf(b),
        },
      }),
    )
  } finally {
    await route.close()
  }
}

await main()
