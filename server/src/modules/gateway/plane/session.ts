import { createPublicKey, randomBytes, timingSafeEqual, verify } from 'node:crypto'
import { type GatewaySession, PLANE, type SignIn } from '@sanjiang/contract/gateway'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import type { ClientRow, Snapshot } from './snapshot.ts'

/** A signed-in client at this one process: its HMAC key and the counters it has used. */
export interface Session {
  readonly session_id: string
  readonly client_id: string
  readonly key_id: string
  readonly secret: Buffer
  readonly expiresAt: number
  readonly window: CounterWindow
}

const WINDOW = 1024

/**
 * Which counters a session has used: anything above the highest is new; below it, a window of 1024 tolerates calls that
 * overtook each other; older ones are refused. No store of nonces, no growth.
 */
export class CounterWindow {
  #highest = 0
  readonly #seen = new Uint32Array(WINDOW / 32)

  /** True the first time a counter is shown, false ever after. */
  accept(counter: number): boolean {
    if (!Number.isSafeInteger(counter) || counter < 1) return false
    if (counter > this.#highest) this.#slideTo(counter)
    else if (counter <= this.#highest - WINDOW) return false
    const slot = counter % WINDOW
    const bit = 1 << (slot & 31)
    if ((this.#seen[slot >> 5]! & bit) !== 0) return false
    this.#seen[slot >> 5]! |= bit
    return true
  }

  #slideTo(counter: number): void {
    if (counter - this.#highest >= WINDOW) this.#seen.fill(0)
    else
      for (let one = this.#highest + 1; one <= counter; one += 1) {
        const slot = one % WINDOW
        this.#seen[slot >> 5]! &= ~(1 << (slot & 31))
      }
    this.#highest = counter
  }
}

/** The sentence a client signs with its private key to sign in; the nonce binds it to this gateway process. */
export const signInText = (request: Omit<SignIn, 'signature'>): string =>
  ['sanjiang-sign-in/1', request.client_id, request.key_id, request.nonce, String(request.created)].join('\n')

export interface Sessions {
  challenge(): { gateway_id: string; nonce: string; expires_in: number }
  signIn(request: SignIn, snapshot: Snapshot): GatewaySession
  find(sessionId: string): Session | undefined
}

const MAX_SESSIONS = 20_000
const MAX_NONCES = 50_000
const NONCE_MS = 60_000

const isSignedBy = (client: ClientRow, request: SignIn): boolean => {
  const key = client.keys.find((one) => one.key_id === request.key_id)
  if (!key) return false
  try {
    const publicKey = createPublicKey({ key: Buffer.from(key.public_key, 'base64'), format: 'der', type: 'spki' })
    return verify(null, Buffer.from(signInText(request)), publicKey, Buffer.from(request.signature, 'base64'))
  } catch {
    return false
  }
}

// Oldest first, as Map keeps insertion order: bounded memory whoever knocks.
const prune = (map: Map<string, unknown>, limit: number): void => {
  while (map.size >= limit) map.delete(map.keys().next().value!)
}

/** Sessions of one gateway process. Another process answers `session_unknown`; the client then signs in there. */
export const openSessions = (): Sessions => {
  const gatewayId = randomBytes(6).toString('base64url')
  const nonces = new Map<string, number>()
  const sessions = new Map<string, Session>()
  return {
    challenge: () => {
      prune(nonces, MAX_NONCES)
      const nonce = `${gatewayId}.${randomBytes(18).toString('base64url')}`
      nonces.set(nonce, Date.now() + NONCE_MS)
      return { gateway_id: gatewayId, nonce, expires_in: NONCE_MS / 1000 }
    },
    signIn: (request, snapshot) => {
      const expiry = nonces.get(request.nonce)
      nonces.delete(request.nonce)
      if (!expiry || expiry < Date.now()) throw new Fault('session_unknown', '签到随机数不存在、已用过或已过期')
      if (Math.abs(Date.now() / 1000 - request.created) > PLANE.clock_skew_seconds) throw new Fault('clock_skew')
      const client = snapshot.clients.get(request.client_id)
      if (!client || !isSignedBy(client, request)) throw new Fault('signature_invalid', '签到签名不正确，或公钥未登记')
      if (client.status !== 'active') throw new Fault('forbidden', '应用系统已停用')
      prune(sessions, MAX_SESSIONS)
      const expiresAt = Date.now() + PLANE.session_seconds * 1000
      const session: Session = {
        session_id: newId(),
        client_id: client.client_id,
        key_id: request.key_id,
        secret: randomBytes(32),
        expiresAt,
        window: new CounterWindow(),
      }
      sessions.set(session.session_id, session)
      return {
        session_id: session.session_id,
        secret: session.secret.toString('base64'),
        alg: 'hmac-sha256',
        expires_at: new Date(expiresAt).toISOString(),
        gateway_id: gatewayId,
      }
    },
    find: (sessionId) => {
      const session = sessions.get(sessionId)
      if (session && session.expiresAt > Date.now()) return session
      if (session) sessions.delete(sessionId)
      return undefined
    },
  }
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)
