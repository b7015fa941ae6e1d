import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { PLANE, SignIn } from '@sanjiang/contract/gateway'
import { EMPTY_CONTENT_DIGEST } from '@sanjiang/seal'
import type { toBlockList } from '#kernel/address.ts'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { bodyValidator } from '#kernel/validate.ts'
import { hasBody, readBody } from './body.ts'
import { governCall, type PlaneParts } from './call.ts'
import type { Head } from './caller.ts'
import { identify } from './identify.ts'
import type { Knocks } from './knocks.ts'
import { answerReply, jsonReply, type Reply } from './reply.ts'
import { addressOf, readCode, readTarget } from './request.ts'
import type { Sessions } from './session.ts'

export interface ServerParts extends PlaneParts {
  readonly sessions: Sessions
  readonly knocks: Knocks
  readonly dataDir: string
  readonly log: Log
  /** Proxies whose `X-Forwarded-For` is believed. */
  readonly proxies: ReturnType<typeof toBlockList>
  /** Throws when the database does not answer. */
  readonly ping: () => Promise<void>
}

const SIGN_IN_BYTES = 4096

const isSignIn = bodyValidator(SignIn)

const parseSignIn = (body: Buffer): SignIn => {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (isSignIn(value)) return value as SignIn
  } catch {
    // one refusal below for both kinds
  }
  throw new Fault('malformed', '签到应为 JSON：client_id、key_id、nonce、created、signature')
}

const assertMethod = ({ method }: IncomingMessage, allowed: readonly string[]): void => {
  if (!allowed.includes(method!)) throw new Fault('method_not_allowed', `只支持 ${allowed.join('、')}`)
}

const assertKnock = (parts: ServerParts, request: IncomingMessage): void => {
  if (!parts.knocks.allows(addressOf(request, parts.proxies))) throw new Fault('rate_limited', '签到过于频繁')
}

const challenge = async (parts: ServerParts, request: IncomingMessage): Promise<Reply> => {
  assertMethod(request, ['GET'])
  assertKnock(parts, request)
  return jsonReply(parts.sessions.challenge())
}

const signIn = async (parts: ServerParts, request: IncomingMessage): Promise<Reply> => {
  assertMethod(request, ['POST'])
  assertKnock(parts, request)
  const claim = parseSignIn(await readBody(request, SIGN_IN_BYTES))
  const snapshot = parts.snapshots.current()
  // A client or key registered a moment ago is unknown to this snapshot; the newest is asked before it is refused.
  const isKnown = snapshot.clients.get(claim.client_id)?.keys.some((key) => key.key_id === claim.key_id)
  return jsonReply(parts.sessions.signIn(claim, isKnown ? snapshot : await parts.snapshots.freshest()), 201)
}

const assertDigest = (digest: string | null, body: Buffer | null): void => {
  if (digest === null) return
  const real = body?.length ? `sha-256=:${hash('sha256', body, 'base64')}:` : EMPTY_CONTENT_DIGEST
  if (digest !== real) throw new Fault('signature_invalid', 'Content-Digest 与收到的请求体不符（RFC 9530）')
}

const METHODS = ['GET', 'POST'] as const

const call = async (parts: ServerParts, request: IncomingMessage, head: Head): Promise<Reply> => {
  const code = readCode(head.path)
  if (!code) throw new Fault('not_found', `地址应为 ${PLANE.prefix}/资源代码（代码中的 / 写作 -）`)
  assertMethod(request, METHODS)
  const { caller, digest } = identify(head, code, { ...parts, snapshot: parts.snapshots.current() })
  const body = hasBody(request) ? await readBody(request, PLANE.max_body_bytes) : null
  assertDigest(digest, body)
  return answerReply(await governCall(parts, caller, { ...head, body }))
}

/** One request to the data plane; whatever it throws becomes problem+json. */
export const answerRequest = (parts: ServerParts, request: IncomingMessage, trace: string): Promise<Reply> => {
  const { path, query } = readTarget(request.url!)
  if (path === PLANE.challenge) return challenge(parts, request)
  if (path === PLANE.sessions) return signIn(parts, request)
  const ip = addressOf(request, parts.proxies)
  return call(parts, request, { method: request.method!, path, query, headers: request.headers, ip, trace })
}
