import { createPublicKey, randomBytes, verify } from 'node:crypto'
import { type GatewaySession, PLANE, type SignIn } from '@sanjiang/contract/gateway'
import { type RequestAlg, SealError, signInText, type TextMac } from '@sanjiang/seal'
import { nodeTextMac } from '@sanjiang/seal/node'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { CounterWindow } from './counter-window.ts'
import type { ClientRow, Snapshot } from './snapshot.ts'

/** A signed-in client at this one process: its HMAC key and the counters it has used. */
export interface Session {
  readonly session_id: string
  readonly client_id: string
  readonly key_id: string
  readonly alg: RequestAlg
  readonly mac: TextMac
  readonly expiresAt: number
  readonly window: CounterWindow
}

export interface Sessions {
  challenge(): { gateway_id: string; nonce: string; expires_in: number }
  signIn(request: SignIn, snapshot: Snapshot): GatewaySession
  find(sessionId: string): Session | undefined
}

// Memory is bounded whoever knocks; a client that signs in without end only pushes out its own sessions.
const MAX_SESSIONS = 20_000
const MAX_PER_CLIENT = 64
const MAX_NONCES = 50_000
const NONCE_MS = 60_000

const textOf = (request: SignIn): string => {
  try {
    return signInText(request)
  } catch (error) {
    if (error instanceof SealError) throw new Fault('malformed', error.message)
    throw error
  }
}

const isSignedBy = (client: ClientRow, request: SignIn): boolean => {
  const key = client.keys.find((one) => one.key_id === request.key_id)
  if (!key) return false
  const text = textOf(request)
  try {
    const publicKey = createPublicKey({ key: Buffer.from(key.public_key, 'base64'), format: 'der', type: 'spki' })
    return verify(null, Buffer.from(text), publicKey, Buffer.from(request.signature, 'base64'))
  } catch {
    return false
  }
}

// Oldest first, as Map keeps insertion order.
const prune = (map: Map<string, unknown>, limit: number): void => {
  while (map.size >= limit) map.delete(map.keys().next().value!)
}

const assertSignIn = (request: SignIn, snapshot: Snapshot): ClientRow => {
  if (Math.abs(Date.now() / 1000 - request.created) > PLANE.clock_skew_seconds) throw new Fault('clock_skew')
  const client = snapshot.clients.get(request.client_id)
  if (!client || !isSignedBy(client, request)) throw new Fault('signature_invalid', '签到签名不正确，或公钥未登记')
  if (client.status !== 'active') throw new Fault('forbidden', '应用系统已停用')
  return client
}

/** Sessions of one gateway process. Another process answers `session_unknown`; the client then signs in there. */
class ProcessSessions implements Sessions {
  readonly #gatewayId = randomBytes(6).toString('base64url')
  readonly #nonces = new Map<string, number>()
  readonly #sessions = new Map<string, Session>()
  readonly #byClient = new Map<string, string[]>()

  challenge() {
    prune(this.#nonces, MAX_NONCES)
    const nonce = `${this.#gatewayId}.${randomBytes(18).toString('base64url')}`
    this.#nonces.set(nonce, Date.now() + NONCE_MS)
    return { gateway_id: this.#gatewayId, nonce, expires_in: NONCE_MS / 1000 }
  }

  signIn(request: SignIn, snapshot: Snapshot): GatewaySession {
    const expiry = this.#nonces.get(request.nonce)
    this.#nonces.delete(request.nonce)
    if (!expiry || expiry < Date.now()) throw new Fault('session_unknown', '签到随机数不存在、已用过或已过期')
    const { client_id } = assertSignIn(request, snapshot)
    const secret = randomBytes(32)
    const session: Session = {
      session_id: newId(),
      client_id,
      key_id: request.key_id,
      alg: 'hmac-sha256',
      mac: nodeTextMac('sha256', secret),
      expiresAt: Date.now() + PLANE.session_seconds * 1000,
      window: new CounterWindow(),
    }
    this.#keep(session)
    return {
      session_id: session.session_id,
      secret: secret.toString('base64'),
      alg: 'hmac-sha256',
      expires_at: new Date(session.expiresAt).toISOString(),
      gateway_id: this.#gatewayId,
    }
  }

  find(sessionId: string): Session | undefined {
    const session = this.#sessions.get(sessionId)
    if (!session || session.expiresAt > Date.now()) return session
    this.#sessions.delete(sessionId)
    return undefined
  }

  #keep(session: Session): void {
    const own = (this.#byClient.get(session.client_id) ?? []).filter((id) => this.#sessions.has(id))
    while (own.length >= MAX_PER_CLIENT) this.#sessions.delete(own.shift()!)
    own.push(session.session_id)
    this.#byClient.set(session.client_id, own)
    prune(this.#sessions, MAX_SESSIONS)
    this.#sessions.set(session.session_id, session)
  }
}

export const openSessions = (): Sessions => new ProcessSessions()
