import { PULL, PullAccepted } from '@sanjiang/contract/exchange.pull'
import { contentDigest, EMPTY_CONTENT_DIGEST, PULL_HEADERS } from '@sanjiang/seal'
import { Fault } from '#kernel/fault.ts'
import { findReader, type Reader } from '../delivery/delivery.store.ts'
import { HASHER } from '../delivery/hasher.ts'
import { acceptPulled, assertMayPull, pullChunk } from '../delivery/pulled.ts'
import { parseJson, readBytes } from './body.ts'
import { type DoorAnswer, type PullRequest, SENT } from './door.ts'
import { takeCounter } from './door-client.store.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const MAX_ACCEPTED_BYTES = 4096

/** The subscription, once it is clear that the application may ask about it and has not asked this before. */
const admit = async ({ parts, params, puller }: PullRequest): Promise<Reader> => {
  const id = params.id ?? ''
  const { db } = parts.house
  if (!UUID.test(id)) throw new Fault('not_found')
  const reader = await assertMayPull(parts.delivery.parts, await findReader(db, id), puller)
  const { counter } = puller.said
  // After the signature and the right: nobody else can use up an application's counters.
  if (!(await takeCounter(db, id, counter))) throw new Fault('replayed', `计数 ${counter} 已用过或过旧`)
  return reader
}

const digestOf = (digest: Buffer): string => `sha-256=:${digest.toString('base64')}:`

export const sendNext = async (said: PullRequest): Promise<DoorAnswer> => {
  const { parts, puller, response } = said
  if (puller.said.digest !== EMPTY_CONTENT_DIGEST)
    throw new Fault('signature_invalid', 'GET 的 Content-Digest 应为空体的')
  const chunk = await pullChunk(parts.delivery.parts, await admit(said), puller)
  if (!chunk) return null
  const { header, body, digest, receipt } = chunk
  response.writeHead(200, {
    'content-type': PULL.type,
    'content-length': header.length + 1 + body.length,
    'cache-control': 'no-store',
    [PULL_HEADERS.digest]: digestOf(digest),
    'sanjiang-receipt': `${receipt.log_id}/${receipt.seq}`,
    'sanjiang-leaf': receipt.leaf,
  })
  response.write(Buffer.concat([header, Buffer.from('\n')]))
  response.end(body)
  return SENT
}

export const takePulled = async (said: PullRequest): Promise<DoorAnswer> => {
  const { parts, puller, request } = said
  const bytes = await readBytes(request, MAX_ACCEPTED_BYTES)
  if (puller.said.digest !== contentDigest(HASHER, bytes))
    throw new Fault('signature_invalid', 'Content-Digest 与收到的请求体不符（RFC 9530）')
  const body = parseJson(bytes, PullAccepted)
  return acceptPulled(parts.delivery.parts, puller, { reader: await admit(said), body })
}
