// The engine in one process: what an agent reads, the grant applied to it, a digest per chunk, and the target's load.
import { randomUUID } from 'node:crypto'
import type { Load, Source, Target } from '@sanjiang/agent/adapters/adapter'
import { postgres } from '@sanjiang/agent/adapters/postgres'
import { CHUNK_BYTES } from '@sanjiang/seal'
import { SOURCE_TABLE, targetTable } from './snapshot.data.ts'
import { PLAN, projection, seal } from './snapshot.seal.ts'

export interface EngineOrder {
  readonly source: string
  readonly target: string
  readonly table: string
}

export interface EngineResult {
  readonly rows: number
  readonly chunks: number
  readonly seconds: number
  readonly cpu_seconds: number
  readonly max_rss_mb: number
}

/** What goes into the target at once: every COPY begins on a page of its own and costs the server a little. */
const LOAD_BYTES = 2 * 1024 * 1024

/** Gathers projected lines in one of two buffers while the target takes the other. */
class Loading {
  readonly #load: Load
  #filling = Buffer.allocUnsafeSlow(LOAD_BYTES)
  #taken = Buffer.allocUnsafeSlow(LOAD_BYTES)
  #size = 0
  #last: Promise<void> = Promise.resolve()

  constructor(load: Load) {
    this.#load = load
  }

  async add(lines: Uint8Array): Promise<void> {
    if (this.#size + lines.length > LOAD_BYTES) await this.flush()
    this.#filling.set(lines, this.#size)
    this.#size += lines.length
  }

  async flush(): Promise<void> {
    await this.#last
    const full = this.#filling
    this.#last = this.#load.rows(full.subarray(0, this.#size))
    this.#filling = this.#taken
    this.#taken = full
    this.#size = 0
  }

  async end(): Promise<void> {
    await this.flush()
    await this.#last
  }
}

const transfer = async (source: Source, target: Target, table: string): Promise<{ rows: number; chunks: number }> => {
  const run_id = randomUUID()
  const signal = new AbortController().signal
  const unreadable = (): never => {
    throw new Error('a row of the bench has no canonical line')
  }
  const load = await target.load(run_id, targetTable(table))
  await load.begin(run_id)
  const snapshot = await source.snapshot(PLAN, { signal, slot: null })
  const loading = new Loading(load)
  let rows = 0
  let chunks = 0
  for await (const lines of snapshot.batches({ chunk_bytes: CHUNK_BYTES, signal, unreadable, lends: true })) {
    seal('rows', lines, { run_id, seq: chunks++ })
    const projected = projection.project('rows', lines.body)
    rows += projected.rows
    await loading.add(projected.body)
  }
  await loading.end()
  await snapshot.close()
  await load.end()
  await load.commit({ seq: chunks, run_id, position: snapshot.position })
  await load.close()
  return { rows, chunks }
}

process.on('message', async ({ source: from, target: to, table }: EngineOrder) => {
  const source = await postgres.openSource({ url: from }, { read: { [SOURCE_TABLE]: '*' }, write: [] })
  const target = await postgres.openTarget({ url: to }, { read: {}, write: ['public.*'] })
  const begun = performance.now()
  const cpu = process.cpuUsage()
  const done = await transfer(source, target, table)
  const { user, system } = process.cpuUsage(cpu)
  const result: EngineResult = {
    ...done,
    seconds: (performance.now() - begun) / 1000,
    cpu_seconds: (user + system) / 1e6,
    max_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  }
  await Promise.all([source.close(), target.close()])
  process.send?.(result)
})
process.send?.('ready')
