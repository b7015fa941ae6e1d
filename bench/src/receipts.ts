// Durable receipts per second: our group commit against one INSERT per row, both on the same table with the same indexes,
// from the same process, in turns. And offline verification against the bare hashes it needs.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { openDb, openPool } from '../../server/src/kernel/db.ts'
import { makeLog } from '../../server/src/kernel/log.ts'
import { migrate } from '../../server/src/kernel/migrate.ts'
import { startPostgres } from '../../server/src/kernel/postgres.ts'
import type { EntryDraft } from '../../server/src/modules/ledger/entry.rules.ts'
import { columnsOf, sealedBody } from '../../server/src/modules/ledger/entry.rules.ts'
import { openLog } from '../../server/src/modules/ledger/log.writer.ts'
import { cpuOf, postmasterOf } from './gateway.proc.ts'
import { measureVerification } from './receipts.verify.ts'

const CONNECTIONS = 32
/** Callers awaiting their receipt at once, as a gateway at full load has them. */
const CALLERS = 4_096
const isQuick = process.argv.includes('--quick')
const ROUNDS = isQuick ? 2 : 7
const ROUND_MS = isQuick ? 1_000 : 2_000
const WARM_MS = 1_000
const VERIFIED = isQuick ? 30_000 : 200_000

const digest = 'c0ffee'.padEnd(64, '0')
const GRANTS = Array.from({ length: 500 }, () => randomUUID())

/** A receipt of the size, spread and member order that the gateway writes (`plane/receipt.ts`). */
const draft = (n: number): EntryDraft => ({
  kind: 'call',
  body: {
    assurance: 'high',
    case_no: `QH2017${n}`,
    client_id: GRANTS[n % 40],
    code: null,
    consumer_organ_id: `630000${String(2000 + ((n * 3) % 50))}`,
    counter: n,
    grant_id: GRANTS[n % GRANTS.length],
    grant_version: 1,
    key_id: 'a1b2c3d4e5f60718',
    officer: '扎西卓玛',
    outcome: 'answered',
    policy_version: 1,
    provider_organ_id: `630000${String(2000 + (n % 50))}`,
    purpose_code: 'service_item',
    purpose_ref: '630000-SX-0101',
    request_digest: digest,
    resource_code: `302015001/${String(n % 300).padStart(6, '0')}`,
    response_bytes: 2048,
    response_digest: digest,
    rows: 1,
    service_version: 1,
    session_id: GRANTS[(n * 7) % 100],
    subjects: [],
    trace: `bench-${n}`,
    voids: null,
  },
  subjects: [`k1:${digest.slice(0, 38)}${String(n % 20_000).padStart(5, '0')}`],
})

interface Round {
  readonly perSecond: number
  /** CPU-microseconds per receipt: this process and everything of PostgreSQL. Unlike the rate it hardly feels other load. */
  readonly cpu: number
}
interface Load {
  readonly callers: number
  readonly ms: number
  /** Of PostgreSQL's first process. */
  readonly postmaster: number
}

const cpuMicros = (postmaster: number): number => {
  const { user, system } = process.cpuUsage()
  return user + system + cpuOf([postmaster]) * 1_000_000
}

/** Runs `callers` loops of `one` for `ms`; counts what was acknowledged until the last of them ended. */
const drive = async ({ callers, ms, postmaster }: Load, one: (n: number) => Promise<unknown>): Promise<Round> => {
  const cpu = cpuMicros(postmaster)
  let done = 0
  let next = 0
  const start = performance.now()
  const until = start + ms
  const loop = async (): Promise<void> => {
    while (performance.now() < until) {
      await one(next++)
      done += 1
    }
  }
  await Promise.all(Array.from({ length: callers }, loop))
  const perSecond = (done * 1000) / (performance.now() - start)
  return { perSecond, cpu: (cpuMicros(postmaster) - cpu) / done }
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const INSERT = `insert into ledger.entry (log_id, seq, month, at, kind, body, leaf, provider_organ_id, consumer_organ_id,
  client_id, grant_id, resource_code, case_no, outcome, topic, actor_id, event_id)
  values ($1, $2, date_trunc('month', $3::timestamptz)::date, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`
const WITH_SUBJECT = `with entry as (${INSERT})
  insert into ledger.subject (subject, log_id, seq, month)
  select s, $1, $2, date_trunc('month', $3::timestamptz)::date from unnest($17::text[]) s`

const ZERO_LEAF = Buffer.alloc(32)

/**
 * The peer: a prepared statement per receipt, committed by itself, over a pool of 32; no hash, no tree. `indexed` stores
 * the subject's row as we do; without it the peer does less than we.
 */
const peerWriter = (pool: pg.Pool, indexed: boolean) => {
  const logId = randomUUID()
  let seq = 0
  return (n: number): Promise<unknown> => {
    const { kind, ...rest } = draft(n)
    const body = sealedBody({ kind, ...rest })
    const row = [logId, seq++, new Date().toISOString(), kind, JSON.stringify(body), ZERO_LEAF, ...columnsOf(body)]
    if (!indexed) return pool.query({ name: 'entry', text: INSERT, values: row })
    return pool.query({ name: 'entry-subject', text: WITH_SUBJECT, values: [...row, rest.subjects] })
  }
}

const sayRound = (name: string, { perSecond, cpu }: Round): string =>
  `${name} ${perSecond.toFixed(0)}/s ${cpu.toFixed(0)} µs CPU each`

const assertDurable = async (url: string): Promise<Record<string, string>> => {
  const client = openPool(url, { max: 1 })
  const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method', 'server_version']
  const found: Record<string, string> = {}
  for (const name of names) found[name] = String((await client.query(`show ${name}`)).rows[0][name])
  await client.end()
  if (found.fsync !== 'on' || found.synchronous_commit !== 'on')
    throw new Error(`refused: fsync=${found.fsync} synchronous_commit=${found.synchronous_commit}`)
  return found
}

const main = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-bench-'))
  const server = await startPostgres({ dir })
  try {
    const url = server.url('postgres')
    const settings = await assertDurable(url)
    console.log(`fsync=${settings.fsync} synchronous_commit=${settings.synchronous_commit} ${JSON.stringify(settings)}`)
    await migrate({ adminUrl: url })
    const db = openDb(openPool(url, { role: 'sanjiang_gateway' }))
    const ours = await openLog({ db, nodeId: 'bench', role: 'gateway', log: makeLog('bench', 'warn') })
    const pool = openPool(url, { max: CONNECTIONS, name: 'bench-peer' })
    const kinds = {
      ours: (n: number) => ours.append(draft(n)),
      peer: peerWriter(pool, true),
      bare: peerWriter(pool, false),
    }
    const names = ['ours', 'peer', 'bare'] as const
    const rounds = { ours: [] as Round[], peer: [] as Round[], bare: [] as Round[] }
    const load = { callers: CALLERS, ms: ROUND_MS, postmaster: postmasterOf(dir) }
    for (const name of names) await drive({ ...load, ms: WARM_MS }, kinds[name])
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of names) rounds[name].push(await drive(load, kinds[name]))
      const said = names.map((name) => sayRound(name, rounds[name].at(-1)!))
      console.log(`round ${round + 1}: ${said.join(', ')}`)
    }
    const few = await drive({ ...load, callers: CONNECTIONS }, kinds.ours)
    await ours.close()
    await pool.end()
    await db.destroy()
    const verification = await measureVerification(VERIFIED, isQuick ? 3 : 9)
    const ratioTo = (name: 'peer' | 'bare'): number =>
      Number(median(rounds.ours.map(({ perSecond }, index) => perSecond / rounds[name][index]!.perSecond)).toFixed(2))
    const rateOf = (name: (typeof names)[number]) => Math.round(median(rounds[name].map(({ perSecond }) => perSecond)))
    const cpuPer = (name: (typeof names)[number]) => Math.round(median(rounds[name].map(({ cpu }) => cpu)))
    console.log(
      JSON.stringify({
        bench: 'receipts',
        ratio: ratioTo('peer'),
        ours: rateOf('ours'),
        peer: rateOf('peer'),
        conditions: {
          ...settings,
          connections: CONNECTIONS,
          callers: CALLERS,
          rounds: ROUNDS,
          cpus: cpus().length,
          load_average: loadavg()[0],
        },
        also: {
          cpu_micros_per_receipt: {
            ours: cpuPer('ours'),
            peer: cpuPer('peer'),
            insert_without_subject: cpuPer('bare'),
          },
          cpu_ratio: Number(median(rounds.ours.map(({ cpu }, index) => rounds.peer[index]!.cpu / cpu)).toFixed(2)),
          ratio_to_insert_without_subject: ratioTo('bare'),
          insert_without_subject: rateOf('bare'),
          ours_at_32_callers: Math.round(few.perSecond),
          verification,
        },
      }),
    )
  } finally {
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

await main()
