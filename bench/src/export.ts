// A million rows of an open dataset as CSV over HTTP by our public process, beside a bare COPY of the same table, in turns; then the
// builder of files, each format with its time and memory.

import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../../server/src/kernel/postgres.ts'
import { freePort } from '../../server/test/ports.ts'
import { openPublic } from '../../server/test/public-ground.ts'
import { buildAll, layRows, memoryOf, SLUG, type Taken, takeCopy, takeOurs, watchMemory } from './export.ground.ts'
import { start, stopAll } from './gateway.proc.ts'

const isQuick = process.argv.includes('--quick')
const ROWS = isQuick ? 100_000 : 1_000_000
const ROUNDS = isQuick ? 5 : 5

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
const rounded = (value: number): number => Math.round(value * 100) / 100

const openInside = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('create database inside')
  await client.end()
}

interface Measured {
  readonly ours: Taken[]
  readonly copy: Taken[]
  readonly idle_mb: number
  readonly highest_mb: number
}

const measure = async (siteUrl: string): Promise<Measured> => {
  const port = await freePort()
  // One address takes everything round after round: just what the limit is there to slow.
  const limits = { PUBLIC_RATE: '0', PUBLIC_PORT: String(port) }
  const settings = { PUBLIC_DATABASE_URL: siteUrl, PUBLISH_DATABASE_URL: siteUrl, ...limits }
  const { child } = await start<unknown>('../../server/src/roles/public.ts', [], { ...settings, LOG_LEVEL: 'warn' })
  const url = `http://127.0.0.1:${port}/datasets/${SLUG}/export.csv`
  await takeOurs(`http://127.0.0.1:${port}/`)
  const idle_mb = Math.round(memoryOf(child.pid!))
  const memory = watchMemory(child.pid!)
  const [ours, copy]: [Taken[], Taken[]] = [[], []]
  for (let round = 0; round <= ROUNDS; round++) {
    const [b, a] = [await takeCopy(siteUrl), await takeOurs(url)]
    if (round > 0) ours.push(a)
    if (round > 0) copy.push(b)
    console.log(
      `round ${round || 'warm-up'}: COPY ${b.seconds.toFixed(2)} s, ours ${a.seconds.toFixed(2)} s (first byte ${a.firstByteMs.toFixed(0)} ms, ` +
        `${(a.bytes / 1_048_576).toFixed(0)} MiB), ratio ${(b.seconds / a.seconds).toFixed(2)}`,
    )
  }
  const highest_mb = memory.take()
  memory.stop()
  await stopAll()
  return { ours, copy, idle_mb, highest_mb }
}

const report = ({ ours, copy, idle_mb, highest_mb }: Measured, files: Awaited<ReturnType<typeof buildAll>>): void => {
  const seconds = (all: readonly Taken[]): number => median(all.map((one) => one.seconds))
  console.log(
    JSON.stringify({
      bench: 'export',
      ratio: rounded(median(copy.map((one, at) => one.seconds / ours[at]!.seconds))),
      ours: rounded(seconds(ours)),
      peer: rounded(seconds(copy)),
      conditions: {
        ...{ unit: 'seconds for all rows as CSV', rows: ROWS, bytes: ours[0]!.bytes, rounds: ROUNDS },
        ours: 'GET export.csv from the public process over HTTP, in order of the rows, times with their zone',
        peer: 'COPY of the bare table to the same reader, straight from the database',
        ...{ cpus: cpus().length, load: rounded(loadavg()[0]!) },
      },
      also: {
        first_byte_ms: Math.round(median(ours.map((one) => one.firstByteMs))),
        first_byte_peer_ms: Math.round(median(copy.map((one) => one.firstByteMs))),
        memory_idle_mb: idle_mb,
        memory_growth_mb: highest_mb - idle_mb,
        files,
      },
    }),
  )
}

const main = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'bench-export-'))
  const server = await startPostgres({ dir })
  try {
    await openInside(server.url('postgres'))
    const ground = await openPublic(server.url('inside'))
    await layRows(ground, ROWS)
    const measured = await measure(ground.siteUrl)
    const files = await buildAll(ground.publishUrl)
    for (const { format, seconds, memory_mb } of files) console.log(`${format}: ${seconds} s, at most ${memory_mb} MB`)
    report(measured, files)
    await ground.close()
  } finally {
    await stopAll()
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

await main()
