import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Moment } from '../drill/door.ts'

export type Direction = 'up' | 'down'

const CHUNKS = /^PUT \/agent\/v1\/feeds\/[^/]+\/chunks\//
const FRAMES = /^GET \/agent\/v1\/subscriptions\/[^/]+\/frames/
const WRITES = /^(PUT|POST) \/agent\/v1\/(feeds|subscriptions)\//
const HEAD_END = '\r\n\r\n'
/** Whole requests kept to be said again. */
const KEPT = 40
const KEPT_BYTES = 1 << 20
const TICK_MS = 50

/** A request waited for, by its first line, and what happens at that moment of it. */
export interface Snare {
  readonly pattern: RegExp
  readonly moment: Moment
  spring(): void
}

interface Pair {
  readonly near: Socket
  readonly far: Socket
  /** First line of the request under way. */
  request: string
  recording: Buffer[]
  caught: Snare | null
}

/** Breaks a line as a forgetful router does. One whose writing has ended cannot be reset: its handle would never close. */
const reset = (socket: Socket): void => {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}

/**
 * The line between an agent and the centre, at a fixed address, which can be cut after so many bytes, in one direction only, throttled,
 * made to flap, made to damage what chunks travel in, and to say again what was said.
 */
export class Wire {
  readonly #server: Server
  readonly #far: number
  readonly #pairs = new Set<Pair>()
  readonly #said: Buffer[] = []
  #cut: { after: number; met: () => void } | null = null
  #damage: { direction: Direction; at: number; met: () => void } | null = null
  #snare: Snare | null = null
  #swallow: Direction | null = null
  #bytesPerTick = Number.POSITIVE_INFINITY
  #isDown = false
  port = 0
  /** Bytes through, both ways. */
  passed = 0

  private constructor(far: number) {
    this.#far = far
    this.#server = createServer((near) => this.#join(near))
  }

  static async open(far: number): Promise<Wire> {
    const wire = new Wire(far)
    await new Promise<void>((done) => wire.#server.listen(0, '127.0.0.1', done))
    wire.port = (wire.#server.address() as { port: number }).port
    return wire
  }

  /** Cuts everything once so many more bytes have passed; resolves when that was. */
  cutAfter(bytes: number): Promise<void> {
    return new Promise((met) => {
      this.#cut = { after: this.passed + bytes, met }
    })
  }

  /** Flips a byte of the next chunks that travel this way. */
  damageNext(direction: Direction, at: number): Promise<void> {
    return new Promise((met) => {
      this.#damage = { direction, at, met }
    })
  }

  /** Loses whatever goes one way, for a while; then the lines break, as a forgetful firewall's do. */
  async swallow(direction: Direction, ms: number): Promise<void> {
    this.#swallow = direction
    await pause(ms)
    this.#swallow = null
    this.cut()
  }

  async throttle(bytesPerSecond: number, ms: number): Promise<void> {
    this.#bytesPerTick = Math.ceil((bytesPerSecond * TICK_MS) / 1000)
    await pause(ms)
    this.#bytesPerTick = Number.POSITIVE_INFINITY
  }

  async flap(times: number, ms: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      this.#isDown = !this.#isDown
      this.cut()
      await pause(ms)
    }
    this.#isDown = false
  }

  async away(ms: number): Promise<void> {
    this.#isDown = true
    this.cut()
    await pause(ms)
    this.#isDown = false
  }

  cut(): void {
    for (const { near, far } of this.#pairs) {
      reset(near)
      far.destroy()
    }
  }

  /** Says again, in this order, requests that have been said; how many were. */
  async sayAgain(order: (said: readonly Buffer[]) => readonly Buffer[]): Promise<number> {
    const again = order(this.#said)
    for (const request of again)
      await new Promise<void>((done) => {
        const socket = connect(this.#far, '127.0.0.1', () => socket.write(request))
        socket.setTimeout(5_000, () => socket.destroy())
        socket.on('error', () => undefined)
        socket.on('data', () => socket.destroy())
        socket.once('close', () => done())
      })
    return again.length
  }

  arm(snare: Snare): void {
    this.#snare = snare
  }

  disarm(): void {
    this.#snare = null
    this.#cut = null
    this.#damage = null
  }

  close(): void {
    this.#server.close()
    this.cut()
  }

  #join(near: Socket): void {
    if (this.#isDown) {
      reset(near)
      return
    }
    const pair: Pair = { near, far: connect(this.#far, '127.0.0.1'), request: '', recording: [], caught: null }
    this.#pairs.add(pair)
    for (const socket of [pair.near, pair.far]) {
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#pairs.delete(pair)
        near.destroy()
        pair.far.destroy()
      })
    }
    near.on('data', (piece: Buffer) => {
      const noted = this.#noted(pair, piece)
      if (!this.#isSnared(pair)) void this.#pass(pair, 'up', noted)
    })
    pair.far.on('data', (piece: Buffer) => {
      const snare = pair.caught
      pair.caught = null
      if (snare?.moment !== 'after') void this.#pass(pair, 'down', piece)
      snare?.spring()
    })
  }

  /** Whether the request waited for has come and goes no further. */
  #isSnared(pair: Pair): boolean {
    const snare = this.#snare
    if (snare === null || !snare.pattern.test(pair.request)) return false
    this.#snare = null
    if (snare.moment !== 'before') pair.caught = snare
    else snare.spring()
    return snare.moment === 'before'
  }

  /** Keeps requests that write, so that they can be said again. */
  #noted(pair: Pair, piece: Buffer): Buffer {
    const first = /^(GET|PUT|POST|HEAD) /.test(piece.toString('latin1', 0, 5))
    if (first) {
      pair.request = piece.toString('latin1', 0, 200).split('\r\n')[0] as string
      pair.recording = []
    }
    if (!WRITES.test(pair.request)) return piece
    pair.recording.push(Buffer.from(piece))
    const whole = Buffer.concat(pair.recording)
    const end = whole.indexOf(HEAD_END)
    const length = Number(/content-length: *(\d+)/i.exec(whole.toString('latin1', 0, Math.max(end, 0)))?.[1] ?? -1)
    if (end < 0 || length < 0 || whole.length < end + HEAD_END.length + length) return piece
    pair.recording = []
    if (whole.length <= KEPT_BYTES) this.#said.push(whole)
    if (this.#said.length > KEPT) this.#said.shift()
    return piece
  }

  async #pass(pair: Pair, direction: Direction, piece: Buffer): Promise<void> {
    if (this.#swallow === direction) return
    const [from, to] = direction === 'up' ? [pair.near, pair.far] : [pair.far, pair.near]
    const bytes = this.#damaged(pair, direction, piece)
    const cut = this.#cut
    if (cut !== null && this.passed + bytes.length >= cut.after) {
      this.#cut = null
      to.write(bytes.subarray(0, Math.max(0, cut.after - this.passed)), () => this.cut())
      return cut.met()
    }
    this.passed += bytes.length
    if (bytes.length <= this.#bytesPerTick) return void to.write(bytes)
    from.pause()
    for (let at = 0; at < bytes.length; ) {
      const step = Math.min(this.#bytesPerTick, bytes.length - at)
      to.write(bytes.subarray(at, at + step))
      at += step
      if (at < bytes.length) await pause(TICK_MS)
    }
    from.resume()
  }

  #damaged(pair: Pair, direction: Direction, piece: Buffer): Buffer {
    const damage = this.#damage
    if (damage === null || damage.direction !== direction) return piece
    if (!(direction === 'up' ? CHUNKS : FRAMES).test(pair.request)) return piece
    const isHead = /^(PUT |GET |HTTP)/.test(piece.toString('latin1', 0, 4))
    const start = isHead ? piece.indexOf(HEAD_END) + HEAD_END.length : 0
    if (start < HEAD_END.length - 1 && isHead) return piece
    if (direction === 'down' && isHead && !piece.toString('latin1', 0, 12).includes(' 200')) return piece
    if (piece.length <= start) return piece
    const place = start + (damage.at % (piece.length - start))
    const bytes = Buffer.from(piece)
    bytes[place] = (bytes[place] as number) ^ 0x20
    this.#damage = null
    damage.met()
    return bytes
  }
}
