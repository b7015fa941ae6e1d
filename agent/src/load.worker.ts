import { setTimeout as pause } from 'node:timers/promises'
import type { FileRoles, Report, WantedLoad } from '@sanjiang/contract/exchange.door'
import { applyMask, type ChunkHeader, keyLineOf } from '@sanjiang/seal'
import { release } from '@sanjiang/seal/node'
import { type Load, type Offset, TargetRefused } from './adapters/adapter.ts'
import { WrongContent } from './blob.fetch.ts'
import { troubleOf } from './connections.ts'
import { isFull } from './durable.ts'
import type { Place } from './feed.worker.ts'
import { isFenced, isPassing, Refused } from './link.ts'
import { Acceptance, type Loaded } from './load.accept.ts'
import { FilesFetcher } from './load.files.ts'
import { type Delivered, deliveredFrom } from './load.frames.ts'
import { sayShortage } from './spool.ts'
import { Standing } from './trouble.ts'

const COMMIT_BYTES = 16 * 2 ** 20
const COMMIT_MS = 1_000
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 60_000
/** When the log has nothing new; the assignment's poll wakes it sooner. */
const IDLE_MS = 5_000
const MAX_REFUSED = 1_000
/** After a refused line each chunk is committed alone for a while, so that the next refusal costs one chunk. */
const CAREFUL_CHUNKS = 64

/** What decides how a subscription is loaded; a new head alone only wakes it. */
const loadingOf = ({ head: _, ...rest }: WantedLoad): string => JSON.stringify(rest)

class Misfit extends Error {}

/** A line the target refused under a seq; what stood since the last commit is fetched again without it. */
class SkipLine extends Error {}

interface Open {
  readonly wanted: WantedLoad
  readonly load: Load
  readonly acceptance: Acceptance
  readonly signal: AbortSignal
}

/** One subscription of this agent: fetches what the grant gives, loads it, and signs for what is committed. */
export class LoadWorker {
  readonly #place: Place
  readonly #standing: Standing
  readonly #stop = new AbortController()
  #wanted: WantedLoad
  #inner: AbortController | null = null
  #wake: () => void = () => {}
  #done: Promise<void> | null = null
  #offset = 0
  /** Last seq loaded, committed or not; null where the predecessor is not known. */
  #last: number | null = null
  #batch: Loaded[] = []
  #bytes = 0
  #since = 0
  #careful = 0
  #refused = new Map<number, TargetRefused[]>()
  #files: FilesFetcher | null = null

  constructor(place: Place, wanted: WantedLoad) {
    this.#place = place
    this.#wanted = wanted
    this.#standing = new Standing(place.onChange)
  }

  start(): void {
    this.#done = this.#live().catch((error) => {
      if (!this.#stop.signal.aborted) this.#place.onFatal(error)
    })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#inner?.abort()
    this.#wake()
    await this.#done
  }

  update(wanted: WantedLoad): void {
    const isOther = loadingOf(wanted) !== loadingOf(this.#wanted)
    this.#wanted = wanted
    if (isOther) this.#inner?.abort()
    this.#wake()
  }

  report(): Report['loads'][number] {
    const { subscription_id } = this.#wanted
    const files = this.#files?.progress
    return { subscription_id, offset: this.#offset, trouble: this.#standing.trouble, ...(files ? { files } : {}) }
  }

  get isBusy(): boolean {
    return this.#wanted.is_loading && this.#offset < this.#wanted.head && this.#standing.trouble === null
  }

  #sleep(ms: number): Promise<void> {
    const stop = new AbortController()
    const woken = new Promise<void>((done) => {
      this.#wake = done
    })
    const rested = pause(ms, undefined, { signal: stop.signal }).catch(() => {})
    return Promise.race([woken, rested]).finally(() => stop.abort())
  }

  async #live(): Promise<void> {
    const { signal } = this.#stop
    for (let failures = 0; !signal.aborted; ) {
      if (!this.#wanted.is_loading) {
        this.#standing.well()
        await this.#sleep(LONGEST_PAUSE)
        continue
      }
      const inner = new AbortController()
      this.#inner = inner
      const reached = this.#offset
      try {
        await this.#loadAll(AbortSignal.any([signal, inner.signal]))
      } catch (error) {
        if (signal.aborted) return
        if (inner.signal.aborted || error instanceof SkipLine) continue
        if (isFenced(error)) throw error
        this.#tell(error)
        failures = this.#offset > reached ? 0 : failures + 1
        await this.#sleep(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(failures, 10)))
      }
    }
  }

  #tell(error: unknown): void {
    if (error instanceof Misfit) this.#standing.stuck('consumer', 'target_misfit', error.message)
    else if (error instanceof TargetRefused) this.#standing.stuck('consumer', 'target_refused', error.message)
    else if (isFull(error)) this.#standing.stuck('consumer', 'disk_full', sayShortage('disk_full'))
    else if (isPassing(error)) this.#standing.stuck('platform', 'centre_away', (error as Error).message)
    else if (error instanceof WrongContent) this.#standing.stuck('platform', 'wrong_content', error.message)
    else if (error instanceof Refused) this.#standing.stuck('platform', error.code, error.message)
    else {
      const { code, message } = troubleOf(error)
      if (code !== 'misconfigured') this.#place.connections.failed(this.#wanted.connection, error)
      this.#standing.stuck('consumer', code, message)
    }
  }

  async #loadAll(signal: AbortSignal): Promise<void> {
    const wanted = this.#wanted
    const { stateDir, link, key, connections } = this.#place
    const target = await connections.target(wanted.connection)
    const table = {
      table: wanted.target,
      columns: wanted.columns,
      key: wanted.key,
      ...(wanted.file_format === null || wanted.file_format === 'files' ? {} : { format: wanted.file_format }),
    }
    const subscriptionId = wanted.subscription_id
    const files = new FilesFetcher({ link, subscriptionId, signal, standing: this.#standing })
    this.#files = files
    const isFiles = wanted.file_format === 'files' && wanted.file_roles !== undefined
    const load = await target.load(subscriptionId, {
      ...table,
      ...(isFiles ? { files: files.filesOf(wanted.file_roles as FileRoles) } : {}),
    })
    const acceptance = new Acceptance({ subscriptionId, stateDir, link, key, standing: this.#standing, signal })
    try {
      await acceptance.open()
      const misfits = await load.prepare(wanted.may_create)
      if (misfits.length > 0) throw new Misfit(`目标表 ${wanted.target} 与授权的信息项不合:${misfits.join(';')}`)
      const open = { wanted, load, acceptance, signal }
      let from = await this.#takeUp(open)
      for (;;) from = await this.#fetch(open, from)
    } finally {
      this.#files = null
      await load.rollback().catch(() => {})
      await load.close().catch(() => {})
      await acceptance.settled().catch(() => {})
    }
  }

  /** Where to go on: the target's own word, unless the consumer has asked to start elsewhere. */
  async #takeUp({ wanted, load, acceptance }: Open): Promise<number> {
    const { generation, from_seq, base_run_id } = wanted
    const offset = await load.offset()
    this.#batch = []
    this.#bytes = 0
    const isSetAside =
      acceptance.generation === null ? (offset?.seq ?? from_seq) + 1 < from_seq : acceptance.generation !== generation
    if (offset !== null && isSetAside) await load.commit({ seq: from_seq - 1, run_id: base_run_id, position: '' })
    if (acceptance.generation !== generation) await acceptance.startGeneration(generation)
    if (offset === null || isSetAside) {
      this.#last = null
      this.#offset = from_seq
      return from_seq
    }
    acceptance.committed(offset.seq)
    this.#offset = offset.seq + 1
    this.#last = offset.seq < from_seq ? null : offset.seq
    return this.#offset
  }

  /** One answer of the centre, loaded; where the next begins. */
  async #fetch(open: Open, from: number): Promise<number> {
    const { link } = this.#place
    let next = from
    let last: Delivered | null = null
    try {
      for await (const one of deliveredFrom(link, open.wanted, { from, signal: open.signal })) {
        this.#assertFollows(one.header)
        await this.#load(open, one)
        last = one
        this.#last = one.header.seq
        next = one.header.seq + 1
        if (this.#isDue(one.header)) await this.#commit(open, one.header)
      }
    } catch (error) {
      // What arrived before the line broke is not fetched again.
      if (!isPassing(error) || (last !== null && !last.header.tx_end)) throw error
      if (last !== null) await this.#commit(open, last.header)
      throw error
    }
    if (last?.header.tx_end) await this.#commit(open, last.header)
    this.#standing.well()
    if (last === null) {
      await this.#sleep(IDLE_MS)
      open.signal.throwIfAborted()
    }
    return next
  }

  #assertFollows({ seq, after, kind }: ChunkHeader): void {
    if (this.#last === null || (kind === 'begin' && after === -1)) return
    if (after !== this.#last || seq <= this.#last)
      throw new Error(`收到第 ${seq} 块,它接在第 ${after} 块之后,而本机到第 ${this.#last} 块:重新取`)
  }

  #isDue({ tx_end }: ChunkHeader): boolean {
    if (!tx_end) return false
    if (this.#careful > 0) return true
    return this.#bytes >= COMMIT_BYTES || Date.now() - this.#since >= COMMIT_MS
  }

  async #load({ wanted, load }: Open, { header, body, digest }: Delivered): Promise<void> {
    if (this.#batch.length === 0) this.#since = Date.now()
    const isBase = header.run_id === wanted.base_run_id
    const refused = this.#refused.get(header.seq) ?? []
    const kept = refused.length === 0 ? body : without(body, refused)
    try {
      if (header.kind === 'begin' && isBase) await load.begin(header.run_id)
      else if (header.kind === 'rows') await load.rows(kept)
      else if (header.kind === 'changes') await load.changes(kept)
      else if (header.kind === 'end' && isBase) await load.end()
    } catch (error) {
      if (error instanceof TargetRefused && body.length > 0) this.#skip(header.seq, error, body)
      throw error
    }
    const rows = header.kind === 'rows' || header.kind === 'changes' ? header.rows - refused.length : 0
    const told = refused.map((one) => ({ row_key: this.#keyOf(one, header), reason: one.constraint.slice(0, 500) }))
    this.#batch.push({ seq: header.seq, digest: digest.toString('hex'), rows, refused: told })
    this.#bytes += header.bytes
    release(body)
  }

  #skip(seq: number, refusal: TargetRefused, body: Buffer): void {
    const known = this.#refused.get(seq) ?? []
    const count = [...this.#refused.values()].reduce((sum, one) => sum + one.length, 0)
    if (count >= MAX_REFUSED || without(body, [...known, refusal]).length === without(body, known).length) return
    this.#refused.set(seq, [...known, refusal])
    this.#careful = CAREFUL_CHUNKS
    throw new SkipLine()
  }

  #keyOf({ line }: TargetRefused, header: ChunkHeader): string {
    const places = this.#wanted.key.map((name) => header.items.indexOf(name))
    const fields = line.split('\t').length > header.items.length ? line.slice(2) : line
    const key = places.includes(-1) ? '' : keyLineOf(fields, places)
    return applyMask('certificate', key).slice(0, 200)
  }

  async #commit({ load, acceptance }: Open, { seq, run_id, position }: ChunkHeader): Promise<void> {
    if (this.#batch.length === 0) return
    const offset: Offset = { seq, run_id, position }
    await this.#files?.tell()
    await acceptance.prepare(this.#batch)
    await load.commit(offset)
    acceptance.committed(seq)
    for (const done of this.#refused.keys()) if (done <= seq) this.#refused.delete(done)
    this.#careful = Math.max(0, this.#careful - this.#batch.length)
    this.#batch = []
    this.#bytes = 0
    this.#offset = seq + 1
  }
}

/** A body without the lines its target refused. */
const without = (body: Buffer, refused: readonly TargetRefused[]): Buffer => {
  const lines = new Set(refused.map(({ line }) => line.replace(/\n$/, '')))
  const parts: Buffer[] = []
  for (let start = 0; start < body.length; ) {
    const end = body.indexOf(10, start) + 1
    const text = body.toString('utf8', start, end - 1)
    if (!lines.has(text) && !(/^[+-]\t/.test(text) && lines.has(text.slice(2)))) parts.push(body.subarray(start, end))
    start = end
  }
  return Buffer.concat(parts)
}
