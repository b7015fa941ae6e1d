import type { Client, Socket, Wire } from './postgres.session.ts'
import { abandon, asFault } from './postgres.session.ts'

const COPY_DATA = 0x64
const COPY_DONE = 0x63
const ERROR = 0x45
const READY = 0x5a

export interface CopiedRows {
  readonly body: Buffer
  readonly rows: number
}

interface Piece extends CopiedRows {
  /** The last piece of one of several copies. */
  readonly is_end: boolean
}

/**
 * Gathers the rows of `COPY … TO STDOUT`. The server sends one message per row; here each costs one copy of its bytes and
 * no object, which is what pg-copy-streams and the client's own parser cost several of.
 */
class Gather {
  readonly ready: Piece[] = []
  readonly #limit: number
  readonly #free: Buffer[] = []
  #body: Buffer
  #size = 0
  #rows = 0
  /** Bytes of the row being read that are still to come. */
  #missing = 0
  #kind = 0
  readonly #head = Buffer.alloc(5)
  #headSize = 0

  constructor(limit: number) {
    this.#limit = limit
    this.#body = Buffer.allocUnsafeSlow(limit)
  }

  #cut(isEnd = false): void {
    if (this.#size === 0) {
      // Not a part of the body under way, which would be given back with it.
      if (isEnd) this.ready.push({ body: Buffer.alloc(0), rows: 0, is_end: true })
      return
    }
    this.ready.push({ body: this.#body.subarray(0, this.#size), rows: this.#rows, is_end: isEnd })
    this.#body = this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#limit)
    this.#size = 0
    this.#rows = 0
  }

  /** A body that nobody looks at any more: new ones cost the collector more than the reading. */
  recycle(body: Buffer): void {
    if (body.buffer.byteLength === this.#limit) this.#free.push(Buffer.from(body.buffer))
  }

  /** Room for a row: cuts before it, or makes a body of its own for one longer than a chunk. */
  #begin(length: number): void {
    if (this.#size + length > this.#limit) {
      this.#cut()
      if (length > this.#limit) this.#body = Buffer.allocUnsafe(length)
    }
    this.#rows += 1
  }

  /** Takes what the socket gave; returns where the end of it all or an error begins, or -1 while it goes on. */
  take(bytes: Buffer): number {
    let at = 0
    const end = bytes.length
    while (at < end) {
      if (this.#missing > 0) {
        at = this.#fill(bytes, at)
        continue
      }
      if (this.#headSize > 0 || end - at < 5) {
        if (this.#isEnd(this.#headSize > 0 ? this.#head[0] : bytes[at])) return at
        at = this.#readHead(bytes, at)
        continue
      }
      const kind = bytes[at] as number
      if (this.#isEnd(kind)) return at
      const length = bytes.readUInt32BE(at + 1) - 4
      if (kind === COPY_DATA && at + 5 + length <= end) {
        if (this.#size + length > this.#limit) this.#begin(length)
        else this.#rows += 1
        bytes.copy(this.#body, this.#size, at + 5, at + 5 + length)
        this.#size += length
        at += 5 + length
        continue
      }
      this.#open(kind, length)
      at += 5
    }
    return -1
  }

  #isEnd(kind: number | undefined): boolean {
    return kind === READY || kind === ERROR
  }

  #open(kind: number, length: number): void {
    this.#kind = kind
    this.#missing = length
    if (kind === COPY_DATA) this.#begin(length)
    else if (kind === COPY_DONE) this.#cut(true)
  }

  #readHead(bytes: Buffer, at: number): number {
    const taken = bytes.copy(this.#head, this.#headSize, at, Math.min(bytes.length, at + 5 - this.#headSize))
    this.#headSize += taken
    if (this.#headSize === 5) {
      this.#headSize = 0
      this.#open(this.#head[0] as number, this.#head.readUInt32BE(1) - 4)
    }
    return at + taken
  }

  #fill(bytes: Buffer, at: number): number {
    const taken = Math.min(this.#missing, bytes.length - at)
    if (this.#kind === COPY_DATA) {
      bytes.copy(this.#body, this.#size, at, at + taken)
      this.#size += taken
    }
    this.#missing -= taken
    return at + taken
  }
}

/** Bodies that wait for a consumer before the socket is paused: the one being made and one in store. */
const STORE = 2

/** A query object as pg's client drives it, which takes the socket over while rows flow. */
class CopyOut {
  readonly #text: string
  readonly #gather: Gather
  #socket: Socket | null = null
  #parser: ((...args: unknown[]) => void) | null = null
  #wake: (() => void) | null = null
  #error: unknown = null
  #isDone = false

  constructor(text: string, limit: number) {
    this.#text = text
    this.#gather = new Gather(limit)
  }

  submit(connection: Wire): void {
    this.#socket = connection.stream
    this.#parser = this.#socket.listeners('data')[0] ?? null
    if (this.#parser) this.#socket.removeListener('data', this.#parser)
    this.#socket.on('data', this.#onData)
    // Rows are copied out of what was read before the next read.
    this.#socket.lends = true
    connection.query(this.#text)
  }

  readonly #onData = (bytes: Buffer): void => {
    const end = this.#gather.take(bytes)
    if (end >= 0) this.#detach(bytes.subarray(end))
    else if (this.#gather.ready.length >= STORE) this.#socket?.pause()
    if (this.#gather.ready.length > 0) this.#stir()
  }

  /** Gives the socket back to the client's parser, which reads the end or the error itself. */
  #detach(rest: Buffer): void {
    if (this.#socket === null || this.#parser === null) return
    this.#socket.removeListener('data', this.#onData)
    this.#socket.lends = false
    this.#socket.on('data', this.#parser)
    // The parser keeps what is not whole yet.
    this.#parser(Buffer.from(rest))
  }

  #stir(): void {
    this.#wake?.()
    this.#wake = null
  }

  handleError(error: unknown): void {
    this.#error = error
    this.#stir()
  }

  handleCommandComplete(): void {}
  handleCopyData(): void {}
  handleEmptyQuery(): void {}
  handleRowDescription(): void {}

  handleReadyForQuery(): void {
    this.#isDone = true
    this.#stir()
  }

  recycle(body: Buffer): void {
    this.#gather.recycle(body)
  }

  async next(): Promise<Piece | null> {
    for (;;) {
      const found = this.#gather.ready.shift()
      if (found) {
        this.#socket?.resume()
        return found
      }
      if (this.#error) throw asFault(this.#error)
      if (this.#isDone) return null
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

export interface CopyOptions {
  readonly chunk_bytes: number
  readonly signal: AbortSignal
  /** Each body is done with when the next is asked for. */
  readonly lends?: boolean
}

/**
 * The pieces of several copies sent as one message, so that none waits for the one before. A consumer that stops early, or
 * the signal, ends the connection: there is no cheaper way to stop a copy.
 */
export async function* copyEach(client: Client, texts: readonly string[], options: CopyOptions): AsyncGenerator<Piece> {
  options.signal.throwIfAborted()
  const copy = new CopyOut(texts.join(';\n'), options.chunk_bytes)
  const stop = (): void => {
    abandon(client)
    copy.handleError(options.signal.reason)
  }
  options.signal.addEventListener('abort', stop, { once: true })
  let isWhole = false
  try {
    client.query(copy as unknown as Parameters<Client['query']>[0])
    for (let found = await copy.next(); found !== null; found = await copy.next()) {
      yield found
      if (options.lends) copy.recycle(found.body)
    }
    isWhole = true
  } finally {
    options.signal.removeEventListener('abort', stop)
    if (!isWhole) abandon(client)
  }
}

/** Bodies of whole rows of a `COPY (…) TO STDOUT`. */
export async function* copyOut(client: Client, text: string, options: CopyOptions): AsyncGenerator<CopiedRows> {
  for await (const piece of copyEach(client, [text], options)) if (piece.rows > 0) yield piece
}
