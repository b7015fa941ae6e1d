import { cutAt, keyLineOf } from '@sanjiang/seal'
import { AdapterFault, type ChangeStream, type Lines, type ReadOptions, type ReadPlan } from './adapter.ts'
import { getRelation } from './postgres.catalog.ts'
import { type LinePlan, planLines } from './postgres.line.ts'
import { lsnSql } from './postgres.lsn.ts'
import { type Decoded, PgOutput } from './postgres.pgoutput.ts'
import { readRows } from './postgres.range.ts'
import { type Client, type PostgresConfig, withClient } from './postgres.session.ts'
import { checkSlotName, connectReplication, findSlot, isPublished } from './postgres.slot.ts'
import { WalStream } from './postgres.wal.ts'

/** Bodies made before the server is asked to wait. */
const STORE = 2
/** How often a quiet table's position is told, so that the server can forget what other tables wrote. */
const HEARTBEAT_MS = 10_000
const SLOT_TRIES = 30
const SLOT_PAUSE_MS = 500

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const lost = (what: string): AdapterFault => new AdapterFault('stream_lost', `${what},需要重新全量读取`)

/** The slot must still have what follows `after`; a server that has just lost our last connection needs a moment to see it. */
const checkSlot = async (client: Client, slot: string, after: string): Promise<void> => {
  for (let tries = 0; ; tries += 1) {
    const found = await findSlot(client, slot)
    if (found === null) throw lost(`复制槽“${slot}”不存在`)
    if (found.wal_status === 'lost' || found.position === null) throw lost(`复制槽“${slot}”的日志已被数据库清除`)
    if (found.position > after) throw lost(`复制槽“${slot}”已越过所要的位置`)
    if (!found.active) return
    if (tries >= SLOT_TRIES) throw new AdapterFault('unreachable', `复制槽“${slot}”正被另一个连接使用`)
    await pause(SLOT_PAUSE_MS)
  }
}

const prepare = (config: PostgresConfig, plan: ReadPlan, options: { slot: string; after: string }): Promise<LinePlan> =>
  withClient(config, async (client) => {
    const relation = await getRelation(client, plan.relation)
    await checkSlot(client, options.slot, options.after)
    if (!(await isPublished(client, relation, options.slot))) throw lost(`发布“${options.slot}”不存在或不含该表`)
    return planLines(plan, relation)
  })

type Options = ReadOptions & { readonly slot: string; readonly after: string }

class PostgresChanges implements ChangeStream {
  readonly #config: PostgresConfig
  readonly #plan: ReadPlan
  readonly #options: Options
  #stream: WalStream | null = null
  #wake: (() => void) | null = null
  #error: unknown = null

  constructor(config: PostgresConfig, plan: ReadPlan, options: Options) {
    this.#config = config
    this.#plan = plan
    this.#options = options
  }

  confirm(position: string): void {
    this.#stream?.confirm(position)
  }

  readonly #stir = (): void => {
    this.#wake?.()
    this.#wake = null
  }

  readonly #fail = (error: unknown): void => {
    this.#error ??= error ?? new AdapterFault('unreachable', '变更日志的连接已断开')
    this.#stir()
  }

  async #open(output: PgOutput): Promise<WalStream> {
    const { slot, after } = this.#options
    const client = await connectReplication(this.#config)
    const text = `START_REPLICATION SLOT "${slot}" LOGICAL ${lsnSql(after)} (proto_version '1', publication_names '"${slot}"')`
    const reader = {
      message: (bytes: Buffer) => output.take(bytes),
      reached: (position: string) => output.rest(position),
      drained: () => {
        this.#stir()
        return output.ready.length >= STORE
      },
      failed: this.#fail,
    }
    const stream = new WalStream(client, text, { position: after, reader })
    stream.start()
    return stream
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Lines> {
    const { slot, after, signal } = this.#options
    signal.throwIfAborted()
    checkSlotName(slot)
    const lines = await prepare(this.#config, this.#plan, { slot, after })
    const { chunk_bytes, unreadable } = this.#options
    const output = new PgOutput(lines, { chunk_bytes, position: after, tell: unreadable })
    const stream = await this.#open(output)
    this.#stream = stream
    const abort = (): void => this.#fail(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    try {
      yield* this.#read(output, lines)
    } finally {
      signal.removeEventListener('abort', abort)
      stream.stop()
      this.#stream = null
    }
  }

  async *#read(output: PgOutput, lines: LinePlan): AsyncGenerator<Lines> {
    let told = this.#options.after
    let toldAt = Date.now()
    for (;;) {
      if (output.ready.length === 0 && output.isAtRest) output.cut()
      const decoded = output.ready.shift()
      if (decoded !== undefined) {
        yield* this.#whole(lines, decoded)
        this.#stream?.resume()
        told = decoded.position
        toldAt = Date.now()
      } else if (this.#error !== null) throw this.#error
      else if (output.isAtRest && output.position > told && Date.now() - toldAt >= HEARTBEAT_MS) {
        told = output.position
        toldAt = Date.now()
        yield { body: Buffer.alloc(0), rows: 0, position: told, tx_end: true }
      } else await this.#wait()
    }
  }

  async #wait(): Promise<void> {
    const timer = setTimeout(this.#stir, HEARTBEAT_MS)
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    clearTimeout(timer)
  }

  /** Lines by key as they are now, for rows whose large values the log left out. */
  async #readAgain(lines: LinePlan, keys: readonly string[]): Promise<Map<string, Buffer>> {
    const found = new Map<string, Buffer>()
    const options = { ...this.#options, lends: false }
    for await (const { body } of readRows(this.#config, this.#plan, { keys, options }))
      for (let at = 0; at < body.length; ) {
        const end = body.indexOf(0x0a, at) + 1
        const line = body.subarray(at, end)
        found.set(keyLineOf(line.toString('utf8', 0, line.length - 1), lines.key_places), line)
        at = end
      }
    return found
  }

  async *#whole(
    lines: LinePlan,
    { body, rows, holes, position, tx_end, committed_at }: Decoded,
  ): AsyncGenerator<Lines> {
    if (holes.length === 0) {
      yield { body, rows, position, tx_end, committed_at }
      return
    }
    const found = await this.#readAgain(lines, [...new Set(holes.map(({ key }) => key))])
    const parts: Buffer[] = []
    let at = 0
    let filled = 0
    for (const hole of holes) {
      const line = found.get(hole.key)
      parts.push(body.subarray(at, hole.at))
      at = hole.at
      if (line === undefined) continue
      parts.push(PLUS, line)
      filled += 1
    }
    parts.push(body.subarray(at))
    yield* cutWhole(
      Buffer.concat(parts),
      { rows: rows + filled, position, tx_end, committed_at },
      this.#options.chunk_bytes,
    )
  }
}

const PLUS = Buffer.from('+\t')

const countRows = (body: Buffer): number => {
  let rows = 0
  for (let at = body.indexOf(0x0a); at !== -1; at = body.indexOf(0x0a, at + 1)) rows += 1
  return rows
}

/** What grew beyond a chunk by lines put in, in several; only the last one ends what the first began. */
function* cutWhole(whole: Buffer, last: Omit<Lines, 'body'>, limit: number): Generator<Lines> {
  let rest = whole
  while (rest.length > limit) {
    const at = cutAt(rest, limit)
    if (at === rest.length) break
    const body = rest.subarray(0, at)
    yield {
      body,
      rows: countRows(body),
      position: last.position,
      tx_end: false,
      committed_at: last.committed_at as string,
    }
    rest = rest.subarray(at)
  }
  yield { ...last, body: rest, rows: rest === whole ? last.rows : countRows(rest) }
}

/** The change stream behind `after`, over logical decoding with pgoutput. */
export const readChanges = (config: PostgresConfig, plan: ReadPlan, options: Options): ChangeStream =>
  new PostgresChanges(config, plan, options)
