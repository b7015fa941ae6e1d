import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { exchange, type Problem } from '@sanjiang/contract'
import { DOOR, type DoorSession, doorText, type Enrolled } from '@sanjiang/contract/exchange.door'
import { rawPublicKey } from '@sanjiang/seal/node'
import type { Static } from 'typebox'
import { type DoorServer, openDoor } from '#modules/exchange/index.ts'
import { MODULES } from '#roles/modules.ts'
import type { Voice, World } from './harness.ts'

/** A door process of this world, on a free port. */
export const openTestDoor = (world: World): Promise<DoorServer> =>
  openDoor({
    databaseUrl: world.url,
    dataDir: world.dataDir,
    demo: true,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
    modules: MODULES,
  })

interface Said {
  readonly method?: string
  readonly json?: unknown
  readonly bytes?: Uint8Array
}

export interface Heard<T> {
  readonly status: number
  readonly body: T & Problem
  readonly bytes: Buffer
}

/** An agent as the door hears it: a key, an epoch, a session, and requests by hand. */
export class TestAgent {
  readonly key: KeyObject
  readonly publicKey: string
  door: string
  agentId = ''
  /** The epoch it signs in from. */
  epoch = 0
  /** The one its session gave it, for chunk headers. */
  chunkEpoch = 0
  proposal = randomBytes(16).toString('hex')
  token = ''

  constructor(door: string) {
    const { privateKey } = generateKeyPairSync('ed25519')
    this.key = privateKey
    this.publicKey = Buffer.from(rawPublicKey(privateKey)).toString('base64')
    this.door = door
  }

  sign(text: string): string {
    return sign(null, Buffer.from(text), this.key).toString('base64')
  }

  async say<T = Record<string, unknown>>(path: string, { method = 'POST', json, bytes }: Said = {}): Promise<Heard<T>> {
    const answer = await fetch(this.door + path, {
      method,
      headers: { authorization: `Bearer ${this.token}` },
      body: bytes ? Buffer.from(bytes) : json === undefined ? undefined : JSON.stringify(json),
    })
    const heard = Buffer.from(await answer.arrayBuffer())
    const isJson = answer.headers.get('content-type')?.includes('json')
    return { status: answer.status, bytes: heard, body: isJson ? JSON.parse(heard.toString('utf8')) : {} }
  }

  enrol(token: string): Promise<Heard<Static<typeof Enrolled>>> {
    const signature = this.sign(doorText.enrol(token, this.publicKey))
    return this.say(DOOR.enrolments, { json: { token, public_key: this.publicKey, signature, version: '0.1.0' } })
  }

  knock(
    more: { epoch?: number; proposal?: string; created?: number } = {},
  ): Promise<Heard<Static<typeof DoorSession>>> {
    const said = {
      agent_id: this.agentId,
      epoch: this.epoch,
      proposal: this.proposal,
      created: Math.floor(Date.now() / 1000),
      ...more,
    }
    const json = { ...said, version: '0.1.0', signature: this.sign(doorText.signIn(said)) }
    return this.say(DOOR.sessions, { json })
  }

  async signIn(): Promise<void> {
    const { status, body } = await this.knock()
    assert.equal(status, 200, JSON.stringify(body))
    this.token = body.token
    this.chunkEpoch = body.epoch
  }
}

/** An agent of this person's organ that is enrolled and signed in. */
export const enlistAtDoor = async (door: string, voice: Voice, name = '前置节点'): Promise<TestAgent> => {
  const { token } = await voice.call(exchange.inviteAgent, { body: { name } })
  const agent = new TestAgent(door)
  const { status, body } = await agent.enrol(token)
  assert.equal(status, 200, JSON.stringify(body))
  agent.agentId = body.agent_id
  agent.epoch = body.epoch
  await agent.signIn()
  return agent
}
