import type { Connection } from 'mysql2'
import type { ReadOptions } from './adapter.ts'
import type { WriteField } from './field-bytes.ts'
import type { LinePlan } from './mysql.line.ts'
import { asFault, type MysqlConfig, run, withConnection } from './mysql.session.ts'

export interface ReadBody {
  readonly body: Buffer
  readonly rows: number
}

/** A row as the driver receives it: each value a length and its bytes. */
interface Packet {
  readonly buffer: Buffer
  readonly offset: number
  readonly end: number
  isEOF(): boolean
}

type RowHandler = (packet: Packet, connection: unknown) => unknown

const NULL_MARK = 0xfb
const TAB = 0x09
const LF = 0x0a
const STORE = 2

/** Makes lines of row packets, without an object per row or value. */
class Lines {
  readonly ready: ReadBody[] = []
  readonly #plan: LinePlan
  readonly #options: ReadOptions
  readonly #writers: readonly WriteField[]
  #out: Buffer
  #at = 0
  #rows = 0

  constructor(plan: LinePlan, options: ReadOptions) {
    this.#plan = plan
    this.#options = options
    this.#writers = plan.fields.map(({ write }) => write)
    this.#out = Buffer.allocUnsafe(options.chunk_bytes)
  }

  cut(): void {
    if (this.#at === 0) return
    this.ready.push({ body: this.#out.subarray(0, this.#at), rows: this.#rows })
    this.#out = Buffer.allocUnsafe(this.#options.chunk_bytes)
    this.#at = 0
    this.#rows = 0
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return
    this.cut()
    if (bytes > this.#out.length) this.#out = Buffer.allocUnsafe(bytes)
  }

  add({ buffer, offset, end }: Packet): void {
    const count = this.#writers.length
    this.#reserve(2 * (end - offset) + 3 * count + 2)
    const out = this.#out
    let at = this.#at
    let from = offset
    for (let i = 0; i < count; i++) {
      if (i > 0) out[at++] = TAB
      const first = buffer[from++] as number
      if (first === NULL_MARK) {
        out[at++] = 0x5c
        out[at++] = 0x4e
        continue
      }
      let length = first
      if (first > NULL_MARK) {
        const width = first === 0xfc ? 2 : first === 0xfd ? 3 : 6
        length = buffer.readUIntLE(from, width)
        from += first === 0xfe ? 8 : width
      }
      at = (this.#writers[i] as WriteField)(buffer, from, from + length, out, at)
      if (at === -1) {
        this.#slow(valuesOf(buffer, offset, count))
        return
      }
      from += length
    }
    out[at++] = LF
    this.#at = at
    this.#rows += 1
  }

  #slow(values: readonly (string | null)[]): void {
    const written: string[] = []
    const { fields, key_places } = this.#plan
    let refused: { item: string; reason: string } | null = null
    for (const [i, field] of fields.entries()) {
      const value = values[i] ?? null
      const found = value === null ? '\\N' : field.slow(value)
      if (typeof found !== 'string') refused ??= { item: field.bound.item, reason: found.reason }
      written.push(typeof found === 'string' ? found : (value ?? '\\N'))
    }
    if (refused !== null) {
      this.#options.unreadable({ key: key_places.map((place) => written[place]).join('\t'), ...refused })
      return
    }
    const line = `${written.join('\t')}\n`
    this.#reserve(Buffer.byteLength(line))
    this.#at += this.#out.write(line, this.#at)
    this.#rows += 1
  }
}

const valuesOf = (buffer: Buffer, start: number, count: number): (string | null)[] => {
  const values: (string | null)[] = []
  let from = start
  for (let i = 0; i < count; i++) {
    const first = buffer[from++] as number
    if (first === NULL_MARK) {
      values.push(null)
      continue
    }
    const width = first < NULL_MARK ? 0 : first === 0xfc ? 2 : first === 0xfd ? 3 : 6
    const length = width === 0 ? first : buffer.readUIntLE(from, width)
    from += first === 0xfe ? 8 : width
    values.push(buffer.toString('utf8', from, from + length))
    from += length
  }
  return values
}

/** Ends the statement that runs on a connection, and leaves the connection and its transaction as they are. */
const killQuery = (config: MysqlConfig, connection: Connection): Promise<void> =>
  withConnection(config, (other) => run(other, `kill query ${connection.threadId}`))

/** Lines of a query whose columns are those of the plan, in bodies. */
export async function* readLines(
  config: MysqlConfig,
  connection: Connection,
  { plan, sql, options }: { readonly plan: LinePlan; readonly sql: string; readonly options: ReadOptions },
): AsyncGenerator<ReadBody> {
  options.signal.throwIfAborted()
  const lines = new Lines(plan, options)
  let wake: (() => void) | null = null
  let error: unknown = null
  let isDone = false
  let isStopped = false
  const stir = (): void => {
    wake?.()
    wake = null
  }
  const query = connection.query({ sql }, (failed) => {
    error = failed
    isDone = true
    lines.cut()
    stir()
  })
  // The driver calls `row` for each packet; its own makes an object of each.
  const hooked = query as unknown as { row: RowHandler }
  const driver = hooked.row
  const own: RowHandler = (packet, from) => {
    if (packet.isEOF()) return driver.call(query, packet, from)
    if (isStopped) return own
    lines.add(packet)
    if (lines.ready.length >= STORE) connection.pause()
    if (lines.ready.length > 0) stir()
    return own
  }
  hooked.row = own
  const abort = (): void => {
    error ??= options.signal.reason
    stir()
  }
  options.signal.addEventListener('abort', abort, { once: true })
  try {
    for (;;) {
      const body = lines.ready.shift()
      if (body !== undefined) {
        yield body
        if (lines.ready.length < STORE) connection.resume()
      } else if (error !== null) throw asFault(error)
      else if (isDone) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    options.signal.removeEventListener('abort', abort)
    if (!isDone) {
      isStopped = true
      await killQuery(config, connection).catch(() => connection.destroy())
      connection.resume()
    }
  }
}
