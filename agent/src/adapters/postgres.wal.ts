import { AdapterFault } from './adapter.ts'
import { lsnAt } from './postgres.lsn.ts'
import { abandon, asFault, type Client, type Socket, type Wire } from './postgres.session.ts'

const COPY_DATA = 0x64
const WAL_DATA = 0x77
const KEEPALIVE = 0x6b
const EPOCH_2000 = 946_684_800_000
const STATUS_MS = 10_000

export interface WalReader {
  /** One message of the output plugin. */
  message(bytes: Buffer): void
  /** Everything before that place has been sent. */
  reached(position: string): void
  /** What came in one piece has been read; true asks for a pause. */
  drained(): boolean
  failed(error: unknown): void
}

/** The stream was given up by the server: slot dropped, invalidated, or its log removed. */
const lostBy = (error: unknown): unknown => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const said = error instanceof Error ? error.message : ''
  if (code === '42704' || code === '58P01' || /can no longer|has been removed|invalidated/.test(said))
    return new AdapterFault('stream_lost', `变更日志的位置已不存在,需要重新全量读取:${said}`, { cause: error })
  if (code === '55006') return new AdapterFault('unreachable', `复制槽正被另一个连接使用:${said}`, { cause: error })
  return asFault(error)
}

/**
 * The replication stream below a client. pg-logical-replication parses each message into objects over the client's own
 * parser, about ten times the work; the protocol itself is the five messages handled here.
 */
export class WalStream {
  readonly #client: Client
  readonly #text: string
  readonly #reader: WalReader
  #socket: Socket | null = null
  #parser: ((...args: unknown[]) => void) | null = null
  #chunks: Buffer[] = []
  #have = 0
  #need = 5
  #confirmed: bigint
  #received = 0n
  #timer: NodeJS.Timeout | null = null
  #isEnded = false

  constructor(client: Client, text: string, options: { readonly position: string; readonly reader: WalReader }) {
    this.#client = client
    this.#text = text
    this.#reader = options.reader
    this.#confirmed = BigInt(`0x${options.position}`)
  }

  start(): void {
    this.#client.query(this as unknown as Parameters<Client['query']>[0])
  }

  /** What the server may forget; it may only grow. */
  confirm(position: string): void {
    const given = BigInt(`0x${position}`)
    if (given <= this.#confirmed) return
    this.#confirmed = given
    this.#sendStatus()
  }

  resume(): void {
    this.#socket?.resume()
  }

  stop(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    if (this.#timer) clearInterval(this.#timer)
    this.#sendStatus()
    abandon(this.#client)
  }

  submit(connection: Wire): void {
    this.#socket = connection.stream
    this.#parser = this.#socket.listeners('data')[0] ?? null
    if (this.#parser) this.#socket.removeListener('data', this.#parser)
    this.#socket.on('data', this.#onData)
    // Also while the reading rests: a server that hears nothing for wal_sender_timeout hangs up.
    this.#timer = setInterval(() => this.#sendStatus(), STATUS_MS)
    connection.query(this.#text)
  }

  handleError(error: unknown): void {
    if (this.#timer) clearInterval(this.#timer)
    if (!this.#isEnded) this.#reader.failed(lostBy(error))
  }

  handleCommandComplete(): void {}
  handleCopyData(): void {}
  handleEmptyQuery(): void {}
  handleRowDescription(): void {}
  handleReadyForQuery(): void {
    this.handleError(new AdapterFault('unreachable', '数据库结束了变更日志的发送'))
  }

  readonly #onData = (bytes: Buffer): void => {
    this.#chunks.push(bytes)
    this.#have += bytes.length
    if (this.#have < this.#need) return
    const all = this.#chunks.length === 1 ? bytes : Buffer.concat(this.#chunks)
    try {
      const used = this.#read(all)
      if (used === -1) return
      const rest = all.subarray(used)
      this.#chunks = rest.length === 0 ? [] : [rest]
      this.#have = rest.length
      this.#need = rest.length < 5 ? 5 : 1 + rest.readUInt32BE(1)
      if (this.#reader.drained()) this.#socket?.pause()
    } catch (error) {
      this.#reader.failed(error)
      this.stop()
    }
  }

  /** Reads the whole messages there are; returns how many bytes they took, or -1 when the client's parser took over. */
  #read(all: Buffer): number {
    let at = 0
    while (at + 5 <= all.length) {
      const kind = all[at]
      const end = at + 1 + all.readUInt32BE(at + 1)
      if (end > all.length) break
      if (kind === COPY_DATA) this.#data(all, at + 5, end)
      else if (kind === 0x45 || kind === 0x63) {
        this.#handBack(all.subarray(at))
        return -1
      }
      at = end
    }
    return at
  }

  #data(all: Buffer, at: number, end: number): void {
    if (all[at] === WAL_DATA) {
      this.#reader.message(all.subarray(at + 25, end))
    } else if (all[at] === KEEPALIVE) {
      const reached = all.readBigUInt64BE(at + 1)
      if (reached > this.#received) this.#received = reached
      this.#reader.reached(lsnAt(all, at + 1))
      if (all[at + 17] === 1) this.#sendStatus()
    }
  }

  #handBack(rest: Buffer): void {
    this.#socket?.removeListener('data', this.#onData)
    if (this.#parser) {
      this.#socket?.on('data', this.#parser)
      this.#parser(rest)
    }
  }

  #sendStatus(): void {
    if (this.#socket === null || this.#socket.destroyed) return
    const message = Buffer.alloc(39)
    message[0] = COPY_DATA
    message.writeUInt32BE(38, 1)
    message[5] = 0x72
    message.writeBigUInt64BE(this.#received > this.#confirmed ? this.#received : this.#confirmed, 6)
    message.writeBigUInt64BE(this.#confirmed, 14)
    message.writeBigUInt64BE(this.#confirmed, 22)
    message.writeBigInt64BE(BigInt(Date.now() - EPOCH_2000) * 1000n, 30)
    this.#socket.write(message)
  }
}
