import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { codingWeight } from './accept.ts'

const LEAST_BYTES = 1024
const TEXT = /^(text\/|image\/svg|application\/(json|xml|[\w.+-]*\+(json|xml)|jsonl|n-triples|openmetrics))/
/** Quality 4: a page of 40 KB in a millisecond, within a tenth of the best there is. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

const packers = {
  br: (bytes: Buffer) => promisify(brotliCompress)(bytes, BROTLI),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes, { level: 6 }),
} as const
type Coding = keyof typeof packers

/** What is wanted most; Brotli where both are wanted alike. */
export const codingOf = (accepted: string): Coding | null => {
  const [best] = (['br', 'gzip'] as const)
    .map((coding) => ({ coding, weight: codingWeight(accepted, coding) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
  return best?.coding ?? null
}

const addVary = (reply: FastifyReply): void => {
  const vary = String(reply.getHeader('vary') ?? '')
  if (!/accept-encoding/i.test(vary)) reply.header('vary', vary === '' ? 'Accept-Encoding' : `${vary}, Accept-Encoding`)
}

/** A page that holds what somebody typed beside a token of its form tells by its packed length what both share. */
const isForm = (reply: FastifyReply): boolean =>
  /no-store/.test(String(reply.getHeader('cache-control') ?? '')) &&
  /^text\/html/.test(String(reply.getHeader('content-type') ?? ''))

/** HEAD as well: its length is the one GET would have had. */
const isPackable = (reply: FastifyReply): boolean =>
  reply.statusCode !== 206 &&
  !isForm(reply) &&
  reply.getHeader('content-encoding') === undefined &&
  TEXT.test(String(reply.getHeader('content-type') ?? ''))

/** A strong tag is of these bytes only; packed, the meaning stays and the bytes do not. */
const weaken = (reply: FastifyReply): void => {
  const tag = reply.getHeader('etag')
  if (typeof tag === 'string' && tag.startsWith('"')) reply.header('etag', `W/${tag}`)
}

/** Whole texts leave packed for whoever can unpack; streams and files see to themselves. */
export const compressTexts = (app: FastifyInstance): void => {
  // What left packed comes back as a weak tag; it is the same answer.
  app.addHook('onRequest', async ({ headers }) => {
    const tags = headers['if-none-match']
    if (tags?.includes('W/')) headers['if-none-match'] = tags.replaceAll('W/"', '"')
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode === 304 && !reply.hasHeader('accept-ranges')) addVary(reply)
    if ((typeof payload !== 'string' && !Buffer.isBuffer(payload)) || !isPackable(reply)) return payload
    addVary(reply)
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
    const coding = bytes.length < LEAST_BYTES ? null : codingOf(request.headers['accept-encoding'] ?? '')
    if (!coding) return payload
    weaken(reply)
    reply.header('content-encoding', coding).removeHeader('content-length')
    return packers[coding](bytes)
  })
}
