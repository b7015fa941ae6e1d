// The load: a process of its own, so that its work counts on neither side. Plain sockets, one request at a time on each.
import { connect, type Socket } from 'node:net'
import { codeInUrl, PLANE, purposeHeader } from '@sanjiang/contract/gateway'
import { EMPTY_CONTENT_DIGEST, type SignedHeaders, signRequest, type TextMac } from '@sanjiang/seal'
import { nodeTextMac } from '@sanjiang/seal/node'

/** One grant to call under: the resource, the session it is called in, and that session's own counter. */
export interface Lane {
  readonly code: string
  readonly session: number
}

export interface Target {
  readonly port: number
  /** Absent: the same plain GET every time. */
  readonly signed?: {
    readonly sessions: readonly { readonly session_id: string; readonly secret: string }[]
    readonly lanes: readonly Lane[]
    readonly purpose: { readonly code: string; readonly ref: string }
  }
  readonly path: string
}

export type Order =
  | { readonly do: 'target'; readonly name: string; readonly target: Target }
  | { readonly do: 'closed'; readonly name: string; readonly connections: number; readonly ms: number }
  | { readonly do: 'touch'; readonly name: string; readonly connections: number }
  | {
      readonly do: 'rate'
      readonly name: string
      readonly connections: number
      readonly perSecond: number
      readonly ms: number
    }

export interface Outcome {
  readonly done: number
  readonly wrong: number
  readonly sample: string
  readonly seconds: number
  readonly p50: number
  readonly p99: number
}

type NextRequest = () => string

const plainRequests = ({ path }: Target): NextRequest => {
  const text = `GET ${path} HTTP/1.1\r\nhost: bench\r\naccept: application/json\r\n\r\n`
  return () => text
}

const signedRequests = ({ signed }: Target): NextRequest => {
  const { sessions, lanes, purpose } = signed!
  const macs: TextMac[] = sessions.map(({ secret }) => nodeTextMac('sha256', Buffer.from(secret, 'base64')))
  const counters = sessions.map(() => 0)
  const said = purposeHeader(purpose)
  const officer = encodeURIComponent('卓玛')
  let turn = 0
  return () => {
    const { code, session } = lanes[turn % lanes.length]!
    turn += 1
    counters[session]! += 1
    const headers: SignedHeaders = {
      'content-digest': EMPTY_CONTENT_DIGEST,
      'sanjiang-purpose': said,
      'sanjiang-case': `QH-${turn}`,
      'sanjiang-officer': officer,
      'sanjiang-counter': String(counters[session]),
    }
    const path = `${PLANE.prefix}/${codeInUrl(code)}`
    const params = {
      created: Math.floor(Date.now() / 1000),
      keyid: sessions[session]!.session_id,
      alg: 'hmac-sha256',
    } as const
    const query = '?id=63010319900101001X'
    const { signature, 'signature-input': input } = signRequest(
      { method: 'GET', path, query, headers },
      params,
      macs[session]!,
    )
    return (
      `GET ${path}${query} HTTP/1.1\r\nhost: bench\r\naccept: application/json\r\ncontent-digest: ${headers['content-digest']}\r\n` +
      `sanjiang-purpose: ${said}\r\nsanjiang-case: ${headers['sanjiang-case']}\r\nsanjiang-officer: ${officer}\r\n` +
      `sanjiang-counter: ${headers['sanjiang-counter']}\r\nsignature-input: ${input}\r\nsignature: ${signature}\r\n\r\n`
    )
  }
}

/** One kept-alive connection. Answers are only measured: status, length, arrival. */
class Line {
  readonly #socket: Socket
  #head = ''
  #missing = 0
  #status = 0
  #done: ((status: number, body: string) => void) | undefined

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', (chunk: string) => this.#take(chunk))
    this.#socket.on('error', () => this.#done?.(0, 'socket error'))
    this.#socket.on('close', () => this.#done?.(0, 'socket closed'))
  }

  send(text: string, done: (status: number, body: string) => void): void {
    this.#done = done
    this.#socket.write(text, 'latin1')
  }

  close(): void {
    this.#done = undefined
    this.#socket.destroy()
  }

  #take(chunk: string): void {
    if (this.#missing > 0) {
      this.#missing -= chunk.length
      if (this.#missing <= 0) this.#finish()
      return
    }
    this.#head += chunk
    const end = this.#head.indexOf('\r\n\r\n')
    if (end < 0) return
    this.#status = Number(this.#head.slice(9, 12))
    const length = /content-length: (\d+)/i.exec(this.#head)
    if (!length) {
      this.#done?.(0, this.#head)
      return
    }
    this.#missing = Number(length[1]) - (this.#head.length - end - 4)
    if (this.#missing <= 0) this.#finish()
  }

  #finish(): void {
    const done = this.#done
    const head = this.#head
    this.#head = ''
    this.#missing = 0
    this.#done = undefined
    done?.(this.#status, head)
  }
}

class Tally {
  readonly #latencies: number[] = []
  wrong = 0
  sample = ''

  add(status: number, text: string, ms: number): void {
    this.#latencies.push(ms)
    if (status === 200) return
    this.wrong += 1
    this.sample ||= text.slice(0, 600)
  }

  outcome(seconds: number): Outcome {
    const sorted = this.#latencies.sort((a, b) => a - b)
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
    return { done: sorted.length, wrong: this.wrong, sample: this.sample, seconds, p50: at(0.5), p99: at(0.99) }
  }
}

interface Source {
  readonly port: number
  readonly next: NextRequest
  readonly lanes: number
}

const sources = new Map<string, Source>()

/** As fast as it goes, `connections` at once, until `isOver`. */
const runClosed = async (source: Source, connections: number, isOver: () => boolean): Promise<Outcome> => {
  const tally = new Tally()
  const begun = performance.now()
  const lines = Array.from({ length: connections }, () => new Line(source.port))
  await Promise.all(
    lines.map(
      (line) =>
        new Promise<void>((resolve) => {
          const again = (): void => {
            if (isOver()) {
              resolve()
              return
            }
            const sent = performance.now()
            line.send(source.next(), (status, text) => {
              tally.add(status, text, performance.now() - sent)
              if (status === 0) resolve()
              else again()
            })
          }
          again()
        }),
    ),
  )
  for (const line of lines) line.close()
  return tally.outcome((performance.now() - begun) / 1000)
}

/** Constant arrivals: a request is due at its time whether or not earlier ones were answered, and waits count. */
const runRate = (source: Source, order: Extract<Order, { do: 'rate' }>): Promise<Outcome> =>
  new Promise((resolve) => {
    const { connections, perSecond, ms } = order
    const tally = new Tally()
    const idle = Array.from({ length: connections }, () => new Line(source.port))
    const all = [...idle]
    const due: number[] = []
    const total = Math.floor((perSecond * ms) / 1000)
    const begun = performance.now()
    let scheduled = 0
    let done = 0
    const finish = (): void => {
      clearInterval(timer)
      for (const line of all) line.close()
      resolve(tally.outcome((performance.now() - begun) / 1000))
    }
    const pump = (): void => {
      while (due.length > 0 && idle.length > 0) {
        const line = idle.pop()!
        const at = due.shift()!
        line.send(source.next(), (status, text) => {
          tally.add(status, text, performance.now() - at)
          idle.push(line)
          done += 1
          if (done === total) finish()
          else pump()
        })
      }
    }
    const timer = setInterval(() => {
      const now = performance.now()
      while (scheduled < total && begun + (scheduled * 1000) / perSecond <= now) {
        due.push(begun + (scheduled * 1000) / perSecond)
        scheduled += 1
      }
      pump()
    }, 1)
  })

const run = async (order: Order): Promise<Outcome | null> => {
  if (order.do === 'target') {
    const { target } = order
    const next = target.signed ? signedRequests(target) : plainRequests(target)
    sources.set(order.name, { port: target.port, next, lanes: target.signed?.lanes.length ?? 1 })
    return null
  }
  const source = sources.get(order.name)!
  if (order.do === 'rate') return runRate(source, order)
  if (order.do === 'closed') {
    const until = performance.now() + order.ms
    return runClosed(source, order.connections, () => performance.now() >= until)
  }
  let left = source.lanes
  return runClosed(source, order.connections, () => left-- <= 0)
}

process.on('message', (order: Order) => {
  void run(order).then((outcome) => process.send!(outcome))
})
process.on('disconnect', () => process.exit(0))
process.send!('ready')
