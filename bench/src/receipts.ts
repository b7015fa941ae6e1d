// Durable receipts per second: our group commit against one INSERT per row, both on the same table with the same indexes,
// from the same process, in turns. And offline verification against the bare hashes it needs.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { openDb, openPool } from '../../server/src/kernel/db.ts'
import { makeLog } from '../../server/src/kernel/log.ts'
import { migrate } from '../../server/src/kernel/migrate.ts'
import { startPostgres } from '../../server/src/kernel/postgres.ts'
import type { EntryDraft } from '../../server/src/modules/ledger/entry.rules.ts'
import { columnsOf, sealedBody } from '../../server/src/modules/ledger/entry.rules.ts'
import { openLog } from '../../server/src/modules/ledger/log.writer.ts'
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

/** A receipt of the size and spread the gateway writes. */
const draft = (n: number): EntryDraft => ({
  kind: 'call',
  body: {
    resource_code: `302015001/${String(n % 300).padStart(6, '0')}`,
    grant_id: GRANTS[n % GRANTS.length],
    grant_version: 1,
    service_version: 1,
    client_id: GRANTS[n % 40],
    key_id: 'a1b2c3d4e5f60718',
    session_id: GRANTS[(n * 7) % 100],
    counter: n,
    assurance: 'high',
    provider_organ_id: `630000${String(2000 + (n % 50))}`,
    consumer_organ_id: `630000${String(2000 + ((n * 3) % 50))}`,
    purpose_code: 'service_item',
    purpose_ref: '630000-SX-0101',
    case_no: `QH2017${n}`,
    officer: '扎西卓玛',
    request_digest: digest,
    outcome: 'answered',
    code: null,
    rows: 1,
    response_bytes: 2048,
    response_digest: digest,
    policy_version: 1,
    voids: null,
    trace: `bench-${n}`,
  },
  subjects: [`k1:${digest.slice(0, 38)}${String(n % 20_000).padStart(5, '0')}`],
})

interface Round {
  readonly perSecond: number
}

/** Runs `callers` loops of `one` for `ms`; counts what was acknowledged in that time. */
const drive = async (callers: number, ms: number, one: (n: number) => Promise<unknown>): Promise<Round> => {
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
  return { perSecond: (done * 1000) / (performance.now() - start) }
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
  insert into ledger.subject (subject, log_id, seq, month, at)
  select s, $1, $2, date_trunc('month', $3::timestamptz)::date, $3 from unnest($17::text[]) s`

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
    const figures = { ours: [] as number[], peer: [] as number[], bare: [] as number[] }
    for (const name of names) await drive(CALLERS, WARM_MS, kinds[name])
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of names) figures[name].push((await drive(CALLERS, ROUND_MS, kinds[name])).perSecond)
      console.log(
        `round ${round + 1}: ${names.map((name) => `${name} ${figures[name].at(-1)!.toFixed(0)}/s`).join(', ')}`,
      )
    }
    const few = await drive(CONNECTIONS, ROUND_MS, kinds.ours)
    await ours.close()
    await pool.end()
    await db.destroy()
    const verification = await measureVerification(VERIFIED, isQuick ? 3 : 9)
    const ratioTo = (name: 'peer' | 'bare'): number =>
      Number(median(figures.ours.map((value, index) => value / figures[name][index]!)).toFixed(2))
    console.log(
      JSON.stringify({
        bench: 'receipts',
        ratio: ratioTo('peer'),
        ours: Math.round(median(figures.ours)),
        peer: Math.round(median(figures.peer)),
        conditions: { ...settings, connections: CONNECTIONS, callers: CALLERS, rounds: ROUNDS, cpus: cpus().length },
        also: {
          ratio_to_insert_without_subject: ratioTo('bare'),
          insert_without_subject: Math.round(median(figures.bare)),
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
