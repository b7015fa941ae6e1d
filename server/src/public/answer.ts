import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Snapshot } from './shelf/shelf.ts'

/** What a reader may have already: told by a tag and by a date. */
export interface Stamp {
  readonly etag: string
  readonly modified: string
}

/** Tags tell meanings apart, not bytes: the same answer may be packed differently. */
export const stampOf = (mark: string, changedAt: string): Stamp => ({
  etag: `W/"${createHash('sha256').update(mark).digest('base64url').slice(0, 22)}"`,
  modified: new Date(changedAt).toUTCString(),
})

const [DAY_MS, BEIJING_MS] = [86_400_000, 28_800_000]
const dayBegan = (): string => {
  const wall = Date.now() + BEIJING_MS
  return new Date(wall - (wall % DAY_MS) - BEIJING_MS).toISOString()
}

/** Of an answer that says how good data are: what nobody has changed grows old with the day. */
export const dailyStamp = (mark: string, { changedAt, today }: Pick<Snapshot, 'changedAt' | 'today'>): Stamp => {
  const began = dayBegan()
  return stampOf(`${mark}\n${today}`, changedAt > began ? changedAt : began)
}

/** Of an answer that the state of the whole catalogue and the address decide: the state it is made from, looked at before. */
export const catalogueStamp = (snapshot: Snapshot, { url, headers }: FastifyRequest): Stamp =>
  dailyStamp(`${snapshot.mark}\n${url}\n${headers.accept ?? ''}`, snapshot)

const plain = (tag: string): string => tag.trim().replace(/^W\//, '')

/** Compared weakly, as 13.1.2 has it. */
export const namesTag = (list: string, etag: string): boolean =>
  list.split(',').some((tag) => plain(tag) === plain(etag) || tag.trim() === '*')

/** A date of HTTP in milliseconds; anything else is none, and no comparison with it holds. */
export const httpDate = (text: string): number =>
  /^\w{3,9},? .{10,24}( GMT|\d{4})$/.test(text) ? Date.parse(text) : Number.NaN

/** RFC 9110, 13.1: a tag goes before a date, and only reading is answered so. */
export const hasAlready = ({ headers, method }: FastifyRequest, { etag, modified }: Partial<Stamp>): boolean => {
  if (method !== 'GET' && method !== 'HEAD') return false
  const tags = headers['if-none-match']
  if (tags !== undefined) return etag !== undefined && namesTag(tags, etag)
  const since = httpDate(headers['if-modified-since'] ?? '')
  return modified !== undefined && Date.parse(modified) <= since
}

/** Told of a file or a page of rows beside what every browser shows of itself. */
const READABLE = [
  ...[
    'Accept-Ranges',
    'Content-Disposition',
    'Content-Encoding',
    'Content-Length',
    'Content-Location',
    'Content-Range',
  ],
  ...['ETag', 'Link', 'RateLimit', 'RateLimit-Policy', 'Repr-Digest', 'Retry-After', 'X-Total-Count'],
]

/** Pages of other sites may read these answers, refusals among them. */
export const OPEN_TO_ALL = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': READABLE.join(', '),
}

/** What a browser asks before it asks: good for an hour. */
export const PREFLIGHT = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
  'access-control-allow-headers':
    'Authorization, Content-Type, X-CKAN-API-KEY, If-Match, If-Modified-Since, If-None-Match, If-Range, Range',
  'access-control-max-age': '3600',
}

export interface Answer {
  readonly type: string
  readonly stamp: Stamp
  /** Made only for who does not have it. */
  body(): string | Promise<string>
  readonly headers?: Readonly<Record<string, string>>
  readonly status?: number
}

/** Data for machines: anybody's scripts may read it, nobody is sent what he has. */
export const sendAnswer = async (
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
): Promise<FastifyReply> => {
  const { type, stamp, headers = {}, status = 200 } = answer
  reply.headers({
    ...OPEN_TO_ALL,
    etag: stamp.etag,
    'last-modified': stamp.modified,
    'cache-control': 'public, max-age=60',
    ...headers,
  })
  if (status === 200 && hasAlready(request, stamp)) return reply.code(304).send()
  return reply
    .code(status)
    .type(type)
    .send(await answer.body())
}
