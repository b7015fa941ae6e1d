import { gateway } from '@sanjiang/contract'
import type { GatewaySession } from '@sanjiang/contract/gateway'
import { PLANE } from '@sanjiang/contract/gateway'
import { call } from '../../api.ts'
import type { ClientKeyPair } from '../../client-key.ts'
import {
  type CallOrder,
  curlOf,
  type GatewayRequest,
  nowSeconds,
  requestText,
  signCall,
  signIn,
} from './signed-call.ts'

/** One thing that was made, sent or received, in order. */
export interface Act {
  readonly title: string
  readonly says: string
  readonly text: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly milliseconds: number
}

export interface OpenSession {
  readonly session: GatewaySession
  readonly acts: readonly Act[]
}

export const send = (request: GatewayRequest): Promise<Answer> =>
  call(gateway.tryCall, {
    body: { method: request.method, path: request.path, headers: { ...request.headers }, body: request.body },
  })

const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** The gateway's own words where it refuses. */
export const refusalOf = ({ status, body }: Answer): string | undefined => {
  if (status < 400) return undefined
  try {
    const { title, detail, code } = JSON.parse(body)
    return [title, detail === title ? undefined : detail, code && `（${code}）`].filter(Boolean).join(' ')
  } catch {
    return `HTTP ${status}`
  }
}

export class TrialRefused extends Error {
  readonly acts: readonly Act[]
  constructor(message: string, acts: readonly Act[]) {
    super(message)
    this.name = 'TrialRefused'
    this.acts = acts
  }
}

/** Challenge, signature with the private key, session: what an application does once every quarter of an hour. */
export const openSession = async (key: ClientKeyPair, client_id: string): Promise<OpenSession> => {
  const challenge = await send({ method: 'GET', path: PLANE.challenge, headers: {} })
  const asked: Act = {
    title: '取随机数',
    says: '网关给出一次有效的随机数，签到绑定在这一个网关进程上，不能重放。',
    text: `GET ${PLANE.challenge}\n\n${pretty(challenge.body)}`,
  }
  const refused = refusalOf(challenge)
  if (refused) throw new TrialRefused(refused, [asked])
  const { nonce } = JSON.parse(challenge.body) as { nonce: string }
  const { text, request } = signIn(key, { client_id, nonce, created: nowSeconds() })
  const answer = await send(request)
  const acts: Act[] = [
    asked,
    { title: '签到文本', says: '逐行为：用途标记、应用系统、公钥标识、随机数、时刻。用私钥（Ed25519）签名。', text },
    { title: '签到请求', says: '私钥只在本页里用，发出去的是签名。', text: requestText(request) },
  ]
  const denied = refusalOf(answer)
  if (denied) throw new TrialRefused(denied, acts)
  const session = JSON.parse(answer.body) as GatewaySession
  const received: Act = {
    title: '会话',
    says: '此后 15 分钟内，每次调用用这个会话密钥作 HMAC，不必再用私钥。',
    text: pretty(JSON.stringify({ ...session, secret: `${session.secret.slice(0, 6)}…（只在本页内存中）` })),
  }
  return { session, acts: [...acts, received] }
}

export interface Called {
  readonly acts: readonly Act[]
  readonly request: GatewayRequest
  readonly curl: string
  readonly answer: Answer
}

export const makeCall = async (session: GatewaySession, order: CallOrder): Promise<Called> => {
  const { base, request } = signCall(session, order)
  const answer = await send(request)
  return {
    request,
    curl: curlOf(request),
    answer,
    acts: [
      {
        title: '签名基串',
        says: 'RFC 9421：方法、路径、查询、请求体摘要、用途、办件、经办人、计数，逐行写出；改动其中任何一个字，签名即不成立。',
        text: base,
      },
      {
        title: '签好的请求',
        says: '签名写在 Signature 头，覆盖哪些内容写在 Signature-Input 头。',
        text: requestText(request),
      },
    ],
  }
}
