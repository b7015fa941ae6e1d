import { PLANE } from '@sanjiang/contract/gateway'
import {
  FOUR_HEADER_PREFIXES,
  parseFourHeaders,
  parseRequestSignature,
  type RequestRefusal,
  SealError,
  verifyFourHeaders,
  verifyRequest,
} from '@sanjiang/seal'
import { nodeTextMac } from '@sanjiang/seal/node'
import { isListed } from '#kernel/address.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { openSecret } from '#kernel/keys.ts'
import type { Caller, Head } from './caller.ts'
import type { Sessions } from './session.ts'
import type { ClientRow, Snapshot } from './snapshot.ts'

export interface Identified {
  readonly caller: Caller
  /** What the body must hash to; `null` under the four-header scheme, which signs no body. */
  readonly digest: string | null
}

const REFUSED: Record<RequestRefusal['code'], (refusal: RequestRefusal) => Fault> = {
  unsigned: ({ message }) => new Fault('signature_invalid', message),
  malformed: ({ field, message }) =>
    new Fault('malformed', message, { fields: [{ field, rule: 'rfc9421', message, clause: 'RFC 9421' }] }),
  digest: ({ message }) => new Fault('signature_invalid', message),
  stale: ({ message }) => new Fault('clock_skew', message),
  wrong: ({ message }) => new Fault('signature_invalid', message),
}

const decoded = (field: string, text: string): string => {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid(field, 'encoding', `请求头 ${field} 的百分号编码无效`)
  }
}

const MAX_TEXT = 200

const readText = (field: string, text: string): string | null => {
  if (text.length > MAX_TEXT * 9) throw invalid(field, 'maxLength', `请求头 ${field} 过长`)
  const value = decoded(field, text)
  if (value.length > MAX_TEXT) throw invalid(field, 'maxLength', `请求头 ${field} 过长`)
  return value.trim() === '' ? null : value
}

const PURPOSE = /^([a-z_]{1,40});(.+)$/

const readPurpose = (text: string): Caller['purpose'] => {
  const found = PURPOSE.exec(text)
  if (!found) throw invalid(PLANE.headers.purpose, 'purpose', '用途应写作“用途代码;事项或职责”（百分号编码）', 'C1')
  return { code: found[1]!, ref: readText(PLANE.headers.purpose, found[2]!) ?? '' }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const readGrantId = ({ headers }: Head): string | null => {
  const wanted = headers[PLANE.headers.grant]
  if (wanted === undefined) return null
  if (typeof wanted === 'string' && UUID.test(wanted)) return wanted
  throw invalid(PLANE.headers.grant, 'uuid', `请求头 ${PLANE.headers.grant} 应为授权标识`)
}

const assertAddress = ({ allowed_addresses }: ClientRow, ip: string): void => {
  if (!isListed(allowed_addresses, ip)) throw new Fault('address_not_allowed', `来源地址 ${ip} 不在白名单`)
}

/** HTTP Message Signatures (RFC 9421): everything a receipt says is signed, body included through its digest. */
const identifySigned = (head: Head, code: string, { sessions, snapshot }: Door): Identified => {
  const parsed = parseRequestSignature(head.headers)
  if (!parsed.ok) throw REFUSED[parsed.code](parsed)
  const session = sessions.find(parsed.keyid)
  if (!session) throw new Fault('session_unknown')
  if (parsed.alg !== session.alg) throw new Fault('signature_invalid', `此会话的算法为 ${session.alg}`)
  const digest = parsed.headers['content-digest']
  const { method, path, query } = head
  const facts = { method, path, query, digest, now: Date.now() / 1000 }
  const verdict = verifyRequest(parsed, facts, { mac: session.mac, skew: PLANE.clock_skew_seconds })
  if (!verdict.ok) throw REFUSED[verdict.code](verdict)
  // After the signature: nobody but the client can use up its counters.
  if (!session.window.accept(parsed.counter)) throw new Fault('replayed', `计数 ${parsed.counter} 已用过或过旧`)
  const client = snapshot.clients.get(session.client_id)
  if (client && client.allowed_addresses.length > 0) assertAddress(client, head.ip)
  const officer = readText(PLANE.headers.officer, parsed.headers['sanjiang-officer'])
  if (officer === null) throw invalid(PLANE.headers.officer, 'required', '须说明经办人', 'C2')
  return {
    digest,
    caller: {
      client_id: session.client_id,
      key_id: session.key_id,
      session_id: session.session_id,
      counter: parsed.counter,
      assurance: 'high',
      resource_code: code,
      purpose: readPurpose(parsed.headers['sanjiang-purpose']),
      case_no: readText(PLANE.headers.case, parsed.headers['sanjiang-case']),
      officer,
      grant_id: readGrantId(head),
    },
  }
}

type FourMac = ReturnType<typeof nodeTextMac>
// A client's row lives as long as its snapshot, so a changed secret is opened anew and an old one is forgotten.
const macs = new WeakMap<ClientRow, FourMac>()

const macOf = (client: ClientRow, dataDir: string): FourMac => {
  const known = macs.get(client)
  if (known) return known
  const made = nodeTextMac('sha256', Buffer.from(openSecret(dataDir, client.sealed_secret!), 'utf8'))
  macs.set(client, made)
  return made
}

const readFour = (head: Head) => {
  try {
    return parseFourHeaders(head.headers, FOUR_HEADER_PREFIXES.own)
  } catch (error) {
    if (error instanceof SealError) throw new Fault('malformed', error.message)
    throw error
  }
}

/** The national platform's scheme (domain §6.3): body, path and purpose are not signed, hence `assurance: low`. */
const identifyFour = (head: Head, code: string, { snapshot, dataDir }: Door): Identified | undefined => {
  const four = readFour(head)
  if (!four) return undefined
  const client = snapshot.clientsByRid.get(four.rid)
  if (!client?.sealed_secret) throw new Fault('signature_invalid', '请求者标识未登记')
  const window = PLANE.clock_skew_seconds * 1000
  const verdict = verifyFourHeaders(macOf(client, dataDir), four, { now: Date.now(), window })
  if (verdict === 'stale') throw new Fault('clock_skew', `rtime 与网关时间相差超过 ${PLANE.clock_skew_seconds} 秒`)
  if (verdict === 'wrong') throw new Fault('signature_invalid')
  assertAddress(client, head.ip)
  const service = snapshot.servicesBySid.get(four.sid)
  if (service?.resource_code !== code) throw new Fault('not_found', '服务编号与地址中的资源不符')
  return {
    digest: null,
    caller: {
      client_id: client.client_id,
      key_id: null,
      session_id: null,
      counter: null,
      assurance: 'low',
      resource_code: code,
      purpose: null,
      case_no: null,
      officer: null,
      grant_id: readGrantId(head),
    },
  }
}

export interface Door {
  readonly sessions: Sessions
  readonly snapshot: Snapshot
  readonly dataDir: string
}

/** Who is calling — from the head alone, so that nobody unknown can make the gateway read a body. */
export const identify = (head: Head, code: string, door: Door): Identified => {
  const isFour = head.headers['signature-input'] === undefined
  return (isFour ? identifyFour(head, code, door) : undefined) ?? identifySigned(head, code, door)
}
