// A first snapshot from one PostgreSQL into another: the engine in one process, with masks and digests, against
// `psql COPY | psql COPY` moving the same seven columns as they are. In turns, on one server with fsync on.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { startPostgres } from '../../server/src/kernel/postgres.ts'
import { cpuOf, postmasterOf } from './gateway.proc.ts'
import { fillSource, GRANTED, KEY, targetDdl } from './snapshot.data.ts'
import type { EngineResult } from './snapshot.engine.ts'
import { runPeer } from './snapshot.peer.ts'

const argumentOf = (name: string): number => Number(process.argv[process.argv.indexOf(name) + 1])
const given = (name: string, fallback: number): number => (process.argv.includes(name) ? argumentOf(name) : fallback)
const isQuick = process.argv.includes('--quick')
const ROWS = given('--rows', isQuick ? 200_000 : 2_000_000)
const ROUNDS = given('--rounds', isQuick ? 3 : 5)

interface Round {
  readonly seconds: number
  /** Of the server. */
  readonly server_cpu: number
  readonly client_cpu: number
}

const query = async (url: string, ...texts: string[]): Promise<pg.QueryResult> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    let last: pg.QueryResult | undefined
    for (const text of texts) last = await client.query(text)
    return last as pg.QueryResult
  } finally {
    await client.end()
  }
}

const runEngine = async (engine: ChildProcess, source: string, target: string): Promise<EngineResult> => {
  const answer = once(engine, 'message')
  engine.send({ source, target, table: 'ours' })
  const [result] = (await Promise.race([
    answer,
    once(engine, 'exit').then(() => {
      throw new Error('the engine ended')
    }),
  ])) as [EngineResult]
  return result
}

/** What is not masked must be the same rows on both sides, and what is masked must not be what it was. */
const assertEqual = async (target: string): Promise<void> => {
  const plain = GRANTED.filter(({ mask }) => mask === 'none').map(({ column }) => column)
  const masked = GRANTED.filter(({ mask }) => mask !== 'none').map(({ column }) => column)
  const { rows } = await query(
    target,
    `select (select count(*) from ours)::int as ours, (select count(*) from theirs)::int as theirs,
      (select count(*) from ours o join theirs t using (${KEY})
        where (${plain.map((one) => `o.${one}`).join(', ')}) is distinct from (${plain.map((one) => `t.${one}`).join(', ')})
           or ${masked.map((one) => `o.${one} = t.${one} or o.${one} not like '%*%'`).join(' or ')})::int as wrong`,
  )
  if (rows[0].ours !== ROWS || rows[0].theirs !== ROWS || rows[0].wrong !== 0)
    throw new Error(`the sides differ: ${JSON.stringify(rows[0])}`)
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

const main = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-bench-'))
  const server = await startPostgres({ dir })
  const engine = fork(fileURLToPath(new URL('snapshot.engine.ts', import.meta.url)))
  try {
    await once(engine, 'message')
    await query(server.url('postgres'), 'create database source', 'create database target')
    const [source, target] = [server.url('source'), server.url('target')]
    const filling = new pg.Client({ connectionString: source })
    await filling.connect()
    const row_bytes = await fillSource(filling, ROWS)
    await filling.end()
    const { rows: shown } = await query(
      source,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit, current_setting('server_version') as postgres`,
    )
    const postmaster = postmasterOf(dir)
    const ours: Round[] = []
    const peer: Round[] = []
    let max_rss_mb = 0
    const timed = async (
      table: string,
      run: () => Promise<{ seconds: number; client_cpu: number }>,
    ): Promise<Round> => {
      await query(target, `drop table if exists ${table}`, targetDdl(table), 'checkpoint')
      const before = cpuOf([postmaster])
      const done = await run()
      return { ...done, server_cpu: cpuOf([postmaster]) - before }
    }
    const both: (() => Promise<unknown>)[] = [
      async () => peer.push(await timed('theirs', () => runPeer(source, target))),
      async () =>
        ours.push(
          await timed('ours', async () => {
            const { seconds, cpu_seconds, max_rss_mb: rss } = await runEngine(engine, source, target)
            max_rss_mb = rss
            return { seconds, client_cpu: cpu_seconds }
          }),
        ),
    ]
    // One of each first, which also reads the source into memory.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const run of round % 2 === 0 ? both : [...both].reverse()) await run()
      const [mine, theirs] = [ours.at(-1), peer.at(-1)] as [Round, Round]
      const text = ({ seconds, client_cpu, server_cpu }: Round) =>
        `${seconds.toFixed(2)} s (CPU ${client_cpu.toFixed(1)} + server ${server_cpu.toFixed(1)})`
      console.log(
        `round ${round || 'warm-up'}: engine ${text(mine)}, psql ${text(theirs)}, ratio ${(theirs.seconds / mine.seconds).toFixed(2)}`,
      )
      if (round === 0) await assertEqual(target)
    }
    const ratios = ours.slice(1).map(({ seconds }, i) => (peer[i + 1] as Round).seconds / seconds)
    const perSecond = (rounds: readonly Round[]) =>
      Math.round(ROWS / median(rounds.slice(1).map(({ seconds }) => seconds)))
    const perMillion = (rounds: readonly Round[], which: 'client_cpu' | 'server_cpu') =>
      Number(((median(rounds.slice(1).map((one) => one[which])) * 1e6) / ROWS).toFixed(2))
    const total = (rounds: readonly Round[]) =>
      median(rounds.slice(1).map(({ client_cpu, server_cpu }) => client_cpu + server_cpu))
    console.log(
      JSON.stringify({
        bench: 'snapshot',
        ratio: Number(median(ratios).toFixed(2)),
        ours: perSecond(ours),
        peer: perSecond(peer),
        conditions: {
          ...shown[0],
          rows: ROWS,
          row_bytes: Math.round(row_bytes),
          rounds: ROUNDS,
          cpus: cpus().length,
          peer: 'psql 15: the same 7 of 10 columns, unmasked',
          key: 'added behind the rows on both sides',
        },
        also: {
          engine_max_rss_mb: max_rss_mb,
          /** Processor time of everything, server included: what the ratio becomes where all cores are busy. */
          cpu_ratio: Number((total(peer) / total(ours)).toFixed(2)),
          cpu_seconds_per_million_rows: {
            engine: perMillion(ours, 'client_cpu'),
            engine_server: perMillion(ours, 'server_cpu'),
            psql: perMillion(peer, 'client_cpu'),
            psql_server: perMillion(peer, 'server_cpu'),
          },
        },
      }),
    )
  } finally {
    engine.kill()
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

await main()
