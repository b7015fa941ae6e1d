// Both sides shown to be equal, by hashes of ranges in key order, against copying both sides out in key order to nowhere: where the
// grant masks nothing (the adapter hashes as the engine copies) and where it does (the grant applied to every line first). Then 100 rows
// are damaged at the target, found and repaired by the full route, and the bytes are counted that went between agents and centre.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus, loadavg } from 'node:os'
import type { ReadPlan, Source } from '@sanjiang/agent/adapters/adapter'
import { postgres } from '@sanjiang/agent/adapters/postgres'
import { exchange } from '@sanjiang/contract'
import { type SidePlan, sideHashes, sidePlan, splitHashes } from '../../agent/src/answer.side.ts'
import { cpuOf } from './gateway.proc.ts'
import { given, isQuick, itemOf, median, query, type Reader, ROWS, Route, rounded } from './route.ground.ts'
import { GRANTED, ITEMS, KEY, SOURCE_TABLE } from './snapshot.data.ts'

const ROUNDS = given('--rounds', isQuick ? 2 : 3)
const ROWS_PER_RANGE = 4096
const { signal } = new AbortController()

/** One grant as both sides know it. */
interface Terms {
  readonly table: string
  readonly columns: readonly (typeof ITEMS)[number][]
}
const PLAIN: Terms = { table: 'plain', columns: GRANTED.filter(({ mask }) => mask === 'none') }
const MASKED: Terms = { table: 'masked', columns: GRANTED }

const bound = ({ column, data_type }: (typeof ITEMS)[number], name: string) => ({
  column: name,
  item: itemOf(column),
  data_type,
  is_key: column === KEY,
})

const sidesOf = (source: Source, target: Source, { table, columns }: Terms): [SidePlan, SidePlan] => {
  const there: ReadPlan = {
    relation: SOURCE_TABLE,
    columns: ITEMS.map((item) => bound(item, item.column)),
    cursor_column: null,
  }
  const here = columns.map((item) => bound(item, itemOf(item.column)))
  const items = columns.map(({ column, mask }) => ({ name_en: itemOf(column), mask_rule: mask ?? 'none' }))
  return [
    sidePlan({ source, plan: there, grant: { items, row_conditions: [], key: [KEY], handle_secret: null } }),
    sidePlan({
      source: target,
      plan: { relation: `public.${table}`, columns: here, cursor_column: null },
      grant: null,
    }),
  ]
}

/** As the two agents answer the centre: the one cuts and hashes in one pass, the other hashes the same ranges. */
const compare = async ([there, here]: readonly [SidePlan, SidePlan]): Promise<number> => {
  const begun = performance.now()
  const a = await splitHashes(there, [{ from: null, to: null }], { rows: ROWS_PER_RANGE, signal })
  const b = await sideHashes(here, a.ranges, signal)
  const seconds = (performance.now() - begun) / 1000
  const rows = a.ranges.reduce((sum, one) => sum + one.rows, 0)
  if (rows !== ROWS || a.ranges.some(({ hash }, at) => hash !== b.ranges[at]?.hash)) throw new Error('the sides differ')
  return seconds
}

const copyOut = async (url: string, text: string): Promise<void> => {
  const child = spawn('bash', ['-c', `psql -qX "$URL" -c "copy (${text}) to stdout" > /dev/null`], {
    env: { ...process.env, URL: url },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error('psql failed')
}

const copyBoth = async (route: Route, { table, columns }: Terms): Promise<number> => {
  const begun = performance.now()
  const there = columns.map(({ column }) => column).join(', ')
  await copyOut(route.source, `select ${there} from person order by ${KEY}`)
  await copyOut(route.target, `select * from ${table} order by ${KEY}`)
  return (performance.now() - begun) / 1000
}

interface Cost {
  readonly seconds: number
  /** Of everything: this process, psql and the server, which are all below it. */
  readonly cpu: number
}

const costOf = async (work: () => Promise<number>): Promise<Cost> => {
  const before = cpuOf([process.pid])
  const seconds = await work()
  return { seconds, cpu: cpuOf([process.pid]) - before }
}

const DIFFERING = 100

/** Rows changed, taken away and put in beside each other, spread over the whole table. */
const damage = (route: Route): Promise<unknown> => {
  const step = Math.floor(ROWS / DIFFERING)
  const spread = (of: number): string =>
    `(${KEY} - 6300000000) % ${step} = ${Math.floor(step / 2)} and ((${KEY} - 6300000000) / ${step}) % 3 = ${of}`
  const columns = GRANTED.map(({ column }) => itemOf(column))
  const moved = columns.map((name) => (name === KEY ? `${KEY} + 9000000000` : name)).join(', ')
  return query(
    route.target,
    `insert into masked select ${moved} from masked where ${spread(2)}`,
    `update masked set division_code = '000000000000' where ${spread(0)}`,
    `delete from masked where ${spread(1)}`,
  )
}

const reconciled = async (route: Route, { subscription_id }: Reader): Promise<exchange.Reconciliation> => {
  const params = { id: subscription_id }
  const latest = async () => {
    const { rows } = await route.civil.call(exchange.listReconciliations, { params, query: {} })
    return rows[0]
  }
  // The first one comes by itself behind the first load.
  await route.until('the first reconciliation', async () => ((await latest())?.state ?? 'running') !== 'running')
  return (await latest()) as exchange.Reconciliation
}

const repair = async (route: Route, reader: Reader) => {
  await reconciled(route, reader)
  await damage(route)
  const [data] = await query<{ bytes: number }>(
    route.target,
    `select sum(octet_length(concat_ws(E'\\t', masked.*)) + 1)::float8 as bytes from masked`,
  )
  const passed = route.passedBytes
  const begun = performance.now()
  await route.civil.call(exchange.reconcile, { params: { id: reader.subscription_id }, body: {} })
  const done = await reconciled(route, reader)
  const seconds = (performance.now() - begun) / 1000
  if (done.state !== 'repaired') throw new Error(`the reconciliation ended ${done.state}: ${done.trouble?.message}`)
  const moved = route.passedBytes - passed
  const { missing, surplus, changed, repaired } = done
  return {
    seconds: rounded(seconds),
    missing,
    surplus,
    changed,
    repaired,
    moved_bytes: moved,
    moved_share: Number((moved / (data?.bytes ?? 1)).toFixed(5)),
  }
}

const measure = async (route: Route, sides: readonly [SidePlan, SidePlan], terms: Terms) => {
  const [ours, peer]: [Cost[], Cost[]] = [[], []]
  for (let round = 0; round <= ROUNDS; round++) {
    peer.push(await costOf(() => copyBoth(route, terms)))
    ours.push(await costOf(() => compare(sides)))
    const [a, b] = [ours.at(-1) as Cost, peer.at(-1) as Cost]
    console.log(
      `${terms.table}, round ${round || 'warm-up'}: ours ${a.seconds.toFixed(2)} s (CPU ${a.cpu.toFixed(2)}), ` +
        `COPY ${b.seconds.toFixed(2)} s (CPU ${b.cpu.toFixed(2)}), ratio ${(b.seconds / a.seconds).toFixed(2)}`,
    )
  }
  const of = (costs: readonly Cost[], what: keyof Cost): number => median(costs.slice(1).map((one) => one[what]))
  const ratioOf = (what: keyof Cost): number =>
    rounded(median(ours.slice(1).map((one, at) => (peer[at + 1] as Cost)[what] / one[what])))
  return {
    ratio: ratioOf('seconds'),
    ours: rounded(of(ours, 'seconds')),
    peer: rounded(of(peer, 'seconds')),
    cpu: { ratio: ratioOf('cpu'), ours: rounded(of(ours, 'cpu')), peer: rounded(of(peer, 'cpu')) },
  }
}

const main = async (): Promise<void> => {
  const route = await Route.open(ROWS, { isReconciling: true })
  const source = await postgres.openSource({ url: route.source }, { read: { [SOURCE_TABLE]: '*' }, write: [] })
  const target = await postgres.openTarget({ url: route.target }, { read: {}, write: ['public.*'] })
  try {
    const attached = await route.attach()
    const grants = []
    for (const { columns } of [PLAIN, MASKED])
      grants.push(
        await route.grant(
          attached,
          columns.map(({ column }) => itemOf(column)),
        ),
      )
    const readers: Reader[] = []
    for (const [at, { table }] of [PLAIN, MASKED].entries())
      readers.push(await route.subscribe(attached, { grant_id: grants[at] as string, table }))
    for (const reader of readers) await route.arrived(reader)
    for (const reader of readers) await reconciled(route, reader)
    await query(route.target, 'vacuum analyze')
    const plain = await measure(route, sidesOf(source, target.source, PLAIN), PLAIN)
    const masked = await measure(route, sidesOf(source, target.source, MASKED), MASKED)
    const repaired = await repair(route, readers[1] as Reader)
    console.log(
      JSON.stringify({
        bench: 'reconcile',
        ratio: plain.ratio,
        ours: plain.ours,
        peer: plain.peer,
        conditions: {
          unit: 'seconds, both sides one after the other',
          rows: ROWS,
          rounds: ROUNDS,
          is_quick: isQuick,
          cpus: cpus().length,
          load: loadavg().map(rounded),
          peer: 'psql COPY (… order by key) TO STDOUT > /dev/null, per side, the same columns',
          ours: 'SHA-256 of ranges of 4,096 rows on both sides; no item masked',
        },
        also: { cpu_seconds: plain.cpu, generic_with_masks: masked, full_route_100_rows: repaired },
      }),
    )
  } finally {
    await source.close()
    await target.close()
    await route.close()
  }
}

await main()
