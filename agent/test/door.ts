import { createHash, createPublicKey, randomUUID, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Assignment, Report } from '@sanjiang/contract/exchange.door'
import { doorText } from '@sanjiang/contract/exchange.door'
import { type Frame, FrameDecoder, frameParts, headerBytes } from '@sanjiang/seal'
import { compressBody, nodeChunkDigest, openFrame } from '@sanjiang/seal/node'

interface Chunk {
  readonly frame: Frame
  readonly body: Buffer
}

class No extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/**
 * A centre small enough to read: it speaks the agents' door and keeps everything in memory, so that an agent can be
 * tried without one. Every subscription is delivered its feed's chunks as they are.
 */
export class TestDoor {
  /** Like an option, as a random word may look. */
  readonly token = `--${randomUUID()}`
  readonly agentId = randomUUID()
  readonly logs = new Map<string, Chunk[]>()
  readonly supplied = new Map<string, number>()
  readonly rejects: { feed_id: string; row_key: string; sealed_key: string; item: string; rule: string }[] = []
  readonly accepted: { subscription_id: string; from: number; to: number; rows: number; refused: unknown[] }[] = []
  readonly answers = new Map<string, { value: unknown; trouble: unknown }>()
  readonly reports: Report[] = []
  readonly feedOf = new Map<string, string>()
  assignment: Assignment = { version: '0', feeds: [], loads: [], questions: [] }
  epoch = 0
  /** Set to make every request fail as if the centre were restarting. */
  isAway = false
  #server: Server
  #publicKey: string | null = null
  #proposal: { from: number; text: string } | null = null
  #sessions = new Map<string, number>()

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  static async open(): Promise<TestDoor> {
    const door = new TestDoor()
    await new Promise<void>((done) => door.#server.listen(0, '127.0.0.1', done))
    return door
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Changes what is wanted, under a new version. */
  want(change: Partial<Assignment>): void {
    this.assignment = { ...this.assignment, ...change, version: randomUUID() }
  }

  /** Ends sessions, as a restart of the centre would. */
  forgetSessions(): void {
    this.#sessions.clear()
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((done) => this.#server.close(() => done()))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await bodyOf(request)
      if (this.isAway) throw new No(503, 'unavailable')
      const url = new URL(request.url as string, this.url)
      const answer = await this.#route(request, url, body)
      if (answer === null) response.writeHead(204).end()
      else if (Buffer.isBuffer(answer)) response.writeHead(200).end(answer)
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    } catch (error) {
      const [status, code] = error instanceof No ? [error.status, error.code] : [500, 'internal']
      response.writeHead(status).end(JSON.stringify({ code, status, title: (error as Error).message }))
    }
  }

  #verify(text: string, signature: string): void {
    const raw = Buffer.from(this.#publicKey ?? '', 'base64')
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw])
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
    if (!verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))) throw new No(401, 'signature_invalid')
  }

  #route(request: IncomingMessage, url: URL, body: Buffer): unknown {
    const path = url.pathname.replace('/agent/v1/', '').split('/')
    const json = (): never => JSON.parse(body.toString('utf8')) as never
    if (path[0] === 'enrolments') return this.#enrol(json())
    if (path[0] === 'sessions') return this.#signIn(json())
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const epoch = this.#sessions.get(token)
    if (epoch === undefined) throw new No(401, 'session_unknown')
    if (epoch !== this.epoch) throw new No(409, 'agent_fenced')
    if (path[0] === 'assignment') return this.#poll(json())
    if (path[0] === 'questions') return this.#answer(path[1] as string, json())
    if (path[0] === 'feeds') return this.#feed(path, body)
    if (path[0] === 'subscriptions') return this.#subscription(path, url, body)
    throw new No(404, 'not_found')
  }

  #enrol(said: { token: string; public_key: string; signature: string }): unknown {
    if (said.token !== this.token) throw new No(401, 'token_invalid')
    this.#publicKey = said.public_key
    this.#verify(doorText.enrol(said.token, said.public_key), said.signature)
    return { agent_id: this.agentId, organ_id: 'o1', organ_name: '公安厅', name: '公安前置', epoch: this.epoch }
  }

  #signIn(said: { agent_id: string; epoch: number; proposal: string; created: number; signature: string }): unknown {
    this.#verify(doorText.signIn(said), said.signature)
    const isAgain = this.#proposal?.from === said.epoch && this.#proposal.text === said.proposal
    if (!isAgain && said.epoch !== this.epoch) throw new No(409, 'agent_fenced')
    if (!isAgain) {
      this.#proposal = { from: said.epoch, text: said.proposal }
      this.epoch = said.epoch + 1
    }
    const token = randomUUID()
    this.#sessions.set(token, this.epoch)
    return { token, epoch: this.epoch, expires_at: new Date(Date.now() + 900_000).toISOString() }
  }

  async #poll(report: Report): Promise<Assignment> {
    this.reports.push(report)
    const until = Date.now() + Math.min(report.wait_seconds, 1) * 1000
    while (report.have === this.assignment.version && Date.now() < until)
      await new Promise((done) => setTimeout(done, 20))
    const feeds = this.assignment.feeds.map((feed) => ({ ...feed, head: this.#log(feed.feed_id).length }))
    const loads = this.assignment.loads.map((load) => ({ ...load, head: this.#log(load.feed_id).length }))
    return { ...this.assignment, feeds, loads }
  }

  #answer(id: string, answer: { value: unknown; trouble: unknown }): unknown {
    this.answers.set(id, answer)
    this.want({ questions: this.assignment.questions.filter(({ question_id }) => question_id !== id) })
    return {}
  }

  #log(feedId: string): Chunk[] {
    const log = this.logs.get(feedId) ?? []
    this.logs.set(feedId, log)
    return log
  }

  #headOf(feedId: string): unknown {
    const last = this.#log(feedId).at(-1)?.frame
    return {
      head: this.#log(feedId).length,
      supplied: this.supplied.get(feedId) ?? 0,
      digest: last ? Buffer.from(last.digest).toString('hex') : null,
      position: last?.header.position ?? null,
    }
  }

  async #feed([, feedId = '', what, seq]: string[], body: Buffer): Promise<unknown> {
    if (what === 'head') return this.#headOf(feedId)
    if (what === 'chunks') return this.#put(feedId, Number(seq), body)
    const said = JSON.parse(body.toString('utf8'))
    if (what === 'supplied') {
      this.#verify(doorText.supplied({ ...said, feed_id: feedId }), said.signature)
      this.supplied.set(feedId, Math.max(this.supplied.get(feedId) ?? 0, said.to + 1))
    } else for (const row of said.rows) this.rejects.push({ feed_id: feedId, ...row })
    return this.#headOf(feedId)
  }

  async #put(feedId: string, seq: number, body: Buffer): Promise<unknown> {
    const decoder = new FrameDecoder()
    const frames = decoder.push(body)
    decoder.end()
    const log = this.#log(feedId)
    if (seq > log.length) throw new No(409, 'out_of_order')
    for (const frame of frames) {
      const known = log[frame.header.seq]
      if (known && !Buffer.from(known.frame.digest).equals(frame.digest)) throw new No(409, 'out_of_order')
      if (!known) log[frame.header.seq] = { frame, body: await openFrame(frame) }
    }
    return this.#headOf(feedId)
  }

  async #subscription([, id = '', what]: string[], url: URL, body: Buffer): Promise<unknown> {
    if (what === 'accepted') {
      const said = JSON.parse(body.toString('utf8'))
      this.#verify(doorText.accepted({ ...said, subscription_id: id }), said.signature)
      this.accepted.push({ refused: [], ...said, subscription_id: id })
      return {}
    }
    const from = Number(url.searchParams.get('from'))
    const chunks = this.#log(this.feedOf.get(id) as string).slice(from, from + 8)
    if (chunks.length === 0) return null
    return Buffer.concat(await Promise.all(chunks.map((chunk) => deliver(id, chunk))))
  }

  /** Hash of everything a feed's log holds, to tell a doubled or lost chunk. */
  digestOf(feedId: string): string {
    const hash = createHash('sha256')
    for (const { body } of this.#log(feedId)) hash.update(body)
    return hash.digest('hex')
  }
}

const deliver = async (subscription_id: string, { frame, body }: Chunk): Promise<Buffer> => {
  const header = headerBytes({ ...frame.header, subscription_id, after: frame.header.seq - 1 })
  return Buffer.concat(frameParts(header, await compressBody(body), nodeChunkDigest(header, body)))
}
