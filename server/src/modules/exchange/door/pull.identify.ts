import { createPublicKey, verify } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { PULL } from '@sanjiang/contract/exchange.pull'
import { type ParsedPull, parsePull, pullBase, SealError } from '@sanjiang/seal'
import { isListed } from '#kernel/address.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import type { Puller } from '../delivery/pulled.ts'
import type { DoorRequest } from './door.ts'
import { type ClientKey, findClientKey } from './door-client.store.ts'

export interface KnownPuller extends Puller {
  readonly name: string
  readonly said: ParsedPull
}

const parse = ({ headers }: IncomingMessage): ParsedPull => {
  try {
    return parsePull(headers)
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    const { field, message } = error
    throw new Fault('malformed', message, { fields: [{ field, rule: 'rfc9421', message, clause: 'RFC 9421' }] })
  }
}

const isSignedBy = ({ public_key }: ClientKey, text: string, signature: string): boolean => {
  try {
    const key = createPublicKey({ key: Buffer.from(public_key, 'base64'), format: 'der', type: 'spki' })
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

const textOf = ({ method = '', url = '' }: IncomingMessage, said: ParsedPull): string => {
  const [path = '', ...rest] = url.split('?')
  const query = url.includes('?') ? `?${rest.join('?')}` : ''
  return pullBase({ method, path, query, digest: said.digest, counter: said.counter }, said)
}

const assertTime = ({ created, counter }: ParsedPull): void => {
  const now = Date.now()
  if (Math.abs(now / 1000 - created) > PULL.clock_skew_seconds)
    throw new Fault('clock_skew', `created 与平台时间相差超过 ${PULL.clock_skew_seconds} 秒`)
  // One slip to a far number would shut the application out for good.
  if (counter > now + PULL.clock_skew_seconds * 1000)
    throw invalid('sanjiang-counter', 'maximum', '计数不得超过此刻的毫秒数')
}

/** Which application signed this request — from the head alone, so that nobody unknown makes the door read a body. */
export const identifyPuller = async ({ parts, request, address }: DoorRequest): Promise<KnownPuller> => {
  const said = parse(request)
  assertTime(said)
  const { db } = parts.house
  const client = await findClientKey(db, said.key_id)
  if (!client || !isSignedBy(client, textOf(request, said), said.signature))
    throw new Fault('signature_invalid', '签名不成立，或公钥没有登记、已吊销')
  if (client.status !== 'active') throw new Fault('forbidden', '应用系统已停用')
  if (client.allowed_addresses.length > 0 && !isListed(client.allowed_addresses, address))
    throw new Fault('address_not_allowed', `来源地址 ${address} 不在白名单`)
  return {
    by: { client_id: client.client_id },
    organ_id: client.organ_id,
    name: client.name,
    key_id: said.key_id,
    policy: client.policy,
    said,
    verify: (text, signature) => isSignedBy(client, text, signature),
    stands: async () => (await findClientKey(db, said.key_id))?.status === 'active',
  }
}
