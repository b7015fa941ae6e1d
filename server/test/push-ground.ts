import assert from 'node:assert/strict'
import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exchange, type Problem } from '@sanjiang/contract'
import type { SubscriptionDetail } from '@sanjiang/contract/exchange'
import { doorText } from '@sanjiang/contract/exchange.door'
import { PULL } from '@sanjiang/contract/exchange.pull'
import type { RowCondition } from '@sanjiang/contract/sharing'
import { type ChunkHeader, contentDigest, type PullToSign, signPull } from '@sanjiang/seal'
import { nodeHasher } from '@sanjiang/seal/node'
import { announceNews } from '#modules/exchange/notice/announce.service.ts'
import type { TestAgent } from './exchange-door.ts'
import { attach } from './exchange-ground.ts'
import { makeChunks, poll, put } from './exchange-log.ts'
import type { OrganKey, Voice, World } from './harness.ts'
import { ask, type PublishedResource, publish, registerClient } from './sharing-ground.ts'

/** A department's web server that takes announcements; it really runs. */
export interface Receiver {
  readonly url: string
  readonly heard: readonly Message[]
  /** How it answers from now on; 204 until told otherwise. */
  answer: (request: IncomingMessage, response: ServerResponse) => void
  close(): Promise<void>
}

export interface Message {
  readonly id: string
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

export const openReceiver = async (): Promise<Receiver> => {
  const heard: Message[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    heard.push({ id: String(request.headers['webhook-id']), body, headers: request.headers })
    receiver.answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/news`,
    heard,
    answer: (_, response) => void response.writeHead(204).end(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return receiver
}

/** Whether an announcement carries this secret's signature, worked out as a stranger to our code would. */
export const isFrom = ({ headers, body }: Message, secret: string): boolean => {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const wanted = `v1,${createHmac('sha256', key).update(text).digest('base64')}`
  return String(headers['webhook-signature']).split(' ').includes(wanted)
}

export interface Pulled {
  readonly status: number
  readonly problem: Problem
  readonly header: ChunkHeader
  readonly rows: readonly Record<string, unknown>[]
  readonly digest: Buffer
  readonly headers: Headers
  readonly text: string
}

const SHA256 = nodeHasher('sha256')

/** A department's application with a registered key. */
export class Puller {
  readonly key: KeyObject
  readonly keyId: string
  readonly clientId: string
  door: string
  counter = Date.now()

  constructor(door: string, { key, keyId, clientId }: { key: KeyObject; keyId: string; clientId: string }) {
    this.door = door
    this.key = key
    this.keyId = keyId
    this.clientId = clientId
  }

  text(text: string): string {
    return sign(null, Buffer.from(text), this.key).toString('base64')
  }

  /** The headers of one request; tests spoil them on the way. */
  headers(
    path: string,
    { body, created, ...more }: { body?: string; created?: number } & Partial<PullToSign> = {},
  ): Record<string, string> {
    this.counter += 1
    const digest = contentDigest(SHA256, Buffer.from(body ?? ''))
    const method = body === undefined ? 'GET' : 'POST'
    const request = { method, path, query: '', digest, counter: this.counter, ...more }
    const params = { created: created ?? Math.floor(Date.now() / 1000), key_id: this.keyId }
    return signPull(request, params, (text) => this.text(text))
  }

  async send(path: string, headers: Record<string, string>, body?: string): Promise<Pulled> {
    const answer = await fetch(this.door + path, { method: body === undefined ? 'GET' : 'POST', headers, body })
    const text = await answer.text()
    const isRows = answer.headers.get('content-type') === PULL.type
    const lines = isRows
      ? text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line))
      : []
    const [header, ...rows] = lines
    const problem = !isRows && text ? JSON.parse(text) : {}
    const digest = createHash('sha256').update(text).digest()
    return { status: answer.status, problem, header, rows, digest, headers: answer.headers, text }
  }

  next(subscriptionId: string): Promise<Pulled> {
    const path = PULL.next(subscriptionId)
    return this.send(path, this.headers(path))
  }

  accept(subscriptionId: string, { header, rows, digest }: Pick<Pulled, 'header' | 'rows' | 'digest'>) {
    const { seq } = header
    const root = createHash('sha256').update('\0').update(digest).digest('hex')
    const signature = this.text(doorText.accepted({ subscription_id: subscriptionId, from: seq, to: seq, root }))
    const body = JSON.stringify({ seq, rows: rows.length, signature })
    const path = PULL.accepted(subscriptionId)
    return this.send(path, this.headers(path, { body }), body)
  }

  /** Everything there is, acknowledged. */
  async all(subscriptionId: string): Promise<Pulled[]> {
    const chunks: Pulled[] = []
    for (;;) {
      const chunk = await this.next(subscriptionId)
      if (chunk.status === 204) return chunks
      assert.equal(chunk.status, 200, JSON.stringify(chunk.problem))
      chunks.push(chunk)
      assert.equal((await this.accept(subscriptionId, chunk)).status, 200)
    }
  }
}

export const openPuller = async (world: World, door: string, organ: OrganKey = 'civil_affairs'): Promise<Puller> => {
  const clientId = await registerClient(world, organ, '推送应用')
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const keyId = createHash('sha256').update(spki).digest('hex').slice(0, 16)
  await world.sql(
    `insert into identity.client_key (key_id, client_id, alg, public_key, status, added_at) values ($1, $2, 'ed25519', $3, 'active', now())`,
    [keyId, clientId, spki.toString('base64')],
  )
  return new Puller(door, { key: privateKey, keyId, clientId })
}

export interface PushFeed {
  readonly people: PublishedResource
  /** Puts chunks at the head of the log, as the provider's agent does. */
  put(
    chunks: readonly {
      kind: 'begin' | 'rows' | 'changes' | 'end'
      run_id: string
      lines?: string[]
      position?: string
    }[],
  ): Promise<void>
  /** The run that is ordered and not finished. */
  run(kind: string): Promise<string>
}

/** A feed of the police with a masked name, its agent at this door. */
export const openPushFeed = async (world: World, source: TestAgent, police: Voice): Promise<PushFeed> => {
  const people = await publish(world, {
    items: [
      { name: '公民身份号码', name_en: 'citizen_id', share_type: 'unconditional', mask_rule: 'none' },
      { name: '姓名', name_en: 'name', share_type: 'unconditional', mask_rule: 'name' },
      { name: '性别', name_en: 'sex', share_type: 'unconditional' },
      { name: '户籍地址', name_en: 'address', share_type: 'unconditional' },
    ],
  })
  await attach(world, police, { resource: people, agent_id: source.agentId })
  const wanted = async () => {
    const [feed] = (await poll(source)).feeds
    assert.ok(feed)
    return feed
  }
  return {
    people,
    put: async (chunks) => {
      const feed = await wanted()
      const made = chunks.map((one) => ({ position: '0000000000000010', ...one }))
      const { status, body } = await put(
        source,
        await makeChunks(feed, source.chunkEpoch, { from: feed.head, chunks: made }),
      )
      assert.equal(status, 200, JSON.stringify(body))
    },
    run: async (kind) => {
      const run = (await wanted()).runs.findLast((one) => one.kind === kind)
      assert.ok(run, `no ${kind} is ordered`)
      return run.run_id
    },
  }
}

interface PushOrder {
  readonly names?: readonly string[]
  readonly client_id?: string
  readonly conditions?: readonly RowCondition[]
  readonly url: string
}

export type PushSubscription = SubscriptionDetail & { webhook_secret: string | null }

/** A granted push, bound to an application, subscribed to with this address. */
export const subscribePush = async (
  civil: Voice,
  people: PublishedResource,
  { names = ['citizen_id', 'name', 'sex'], client_id, conditions = [], url }: PushOrder,
): Promise<PushSubscription> => {
  const request = await ask(civil, people, {
    names,
    more: {
      access_mode: 'push',
      client_id: client_id ?? null,
      quota: { count: null, period: 'day' },
      row_conditions: [...conditions],
    },
  })
  const grant_id = request.grant_ids[0]
  assert.ok(grant_id, 'granted at once')
  return civil.call(exchange.subscribe, { body: { grant_id, target_kind: 'push', webhook_url: url } })
}

/** One look of the clerk: what is new is written down to be told. */
export const announce = async (world: World): Promise<void> => announceNews(await world.ctx())
