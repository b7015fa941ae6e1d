import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type pg from 'pg'
import { beginUse, endUse, findAccess, mayGoOn } from './access.store.ts'
import { type Site, SiteFault, textOf, whenOver } from './site.ts'

/** 160 random bits in lower-case base 32. */
const KEY = /^[a-z2-7]{32}$/

interface Use {
  readonly use_id: string
  readonly access_id: string
  bytes: number
}

/** Requests for what is not everybody's, with the use that was begun for them. */
const guarded = new WeakMap<FastifyRequest, Use | null>()
/** Requests for rows or a file, with whose they are. */
const reading = new WeakMap<FastifyRequest, string>()

/** What has begun is asked about again after so many bytes, and by a slow reader after so long. */
const LOOK_BYTES = 2 ** 20
const LOOK_MS = 1000

/** What a key is known by; the key itself is kept nowhere. */
export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex')

/** A program says it in a header, the form of the applicant's page in its body. */
const keyOf = ({ headers, body }: FastifyRequest): string => {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  return textOf(bearer ?? (body instanceof URLSearchParams ? body.get('key') : ''), 64).toLowerCase()
}

const refuse = (status: number, code: string, detail: string): SiteFault => new SiteFault(status, code, { detail })

export interface GuardedDataset {
  readonly dataset_id: string
  readonly slug: string
  readonly open_type: 'unconditional' | 'conditional'
}

/** An address is kept by browsers, proxies and logs, so that a key in one opens nothing, whether it is good or not. */
const missing = ({ query }: FastifyRequest, { slug }: GuardedDataset): SiteFault =>
  (query as Record<string, unknown>).key === undefined
    ? refuse(401, 'key_required', `这个数据集有条件开放，申请地址 /apply/${slug}`)
    : refuse(
        401,
        'key_in_address',
        '密钥不能写在地址里，地址会留在浏览记录和日志中：程序放在请求头 Authorization: Bearer 里，浏览器在申请进度页填写；这把密钥请更换',
      )

/**
 * Whether these rows or this file may be read by whoever asks: an unconditional dataset by everybody, a conditional one with a
 * key of it that has neither run out nor been revoked and has quota left today. Refuses with a typed fault; counts the use.
 */
export const mayRead = async ({ pool }: Pick<Site, 'pool'>, request: FastifyRequest, dataset: GuardedDataset) => {
  reading.set(request, dataset.dataset_id)
  if (dataset.open_type === 'unconditional') return
  guarded.set(request, null)
  const key = keyOf(request)
  if (key === '') throw missing(request, dataset)
  const key_hash = hashKey(key)
  const access = KEY.test(key) ? await findAccess(pool, { dataset_id: dataset.dataset_id, key_hash }) : undefined
  if (!access) throw refuse(401, 'key_unknown', '密钥不正确，或不是这个数据集的密钥')
  // Closed inside the day after, it has still run out: whoever comes then is told that and not of a revocation.
  if (access.is_ended) throw refuse(403, 'access_expired', '使用许可已到期，可以重新申请')
  if (access.is_revoked)
    throw refuse(403, 'access_revoked', '这把密钥已失效：使用许可已收回，或密钥已经换过；详情见申请进度')
  const use_id = await beginUse(pool, access.access_id, request.url.split('?')[0]!)
  if (use_id === null) throw refuse(429, 'quota_exceeded', '今天的用量已满，明天零时恢复')
  guarded.set(request, { use_id, access_id: access.access_id, bytes: 0 })
}

const isStream = (payload: unknown): payload is NodeJS.ReadableStream =>
  typeof (payload as { pipe?: unknown } | null)?.pipe === 'function'

interface Watched {
  readonly pool: pg.Pool
  readonly dataset_id: string
  readonly use: Use | null
}

/** Says, after each batch, whether the next may follow. */
const watchOf = ({ pool, dataset_id, use }: Watched) => {
  let [bytes, at] = [0, performance.now()]
  return async (count: number): Promise<boolean> => {
    bytes += count
    if (bytes < LOOK_BYTES && performance.now() - at < LOOK_MS) return true
    ;[bytes, at] = [0, performance.now()]
    return mayGoOn(pool, { dataset_id, access_id: use?.access_id ?? null })
  }
}

/** A download on its way ends where the key was revoked or the dataset withdrawn meanwhile; what left of it is counted. */
const watched = (payload: NodeJS.ReadableStream, of: Watched): Transform => {
  const look = watchOf(of)
  const pass = new Transform({
    transform(chunk: Buffer, _, done) {
      const goOn = (may: boolean): void => {
        if (may && of.use) of.use.bytes += chunk.length
        done(may ? null : new Error('no longer open to this reader'), may ? chunk : undefined)
      }
      look(chunk.length).then(goOn, done)
    },
  })
  payload.on('error', (error) => pass.destroy(error))
  pass.on('close', () => (payload as { destroy?: () => void }).destroy?.())
  return payload.pipe(pass)
}

/**
 * Whatever a group of routes says about caching: an answer to a key is stored by nobody, its address goes to nobody, and what
 * it weighed is counted. Registered after the headers of every page, so that it has the last word.
 */
export const keepPrivate = (app: FastifyInstance, { pool, log }: Pick<Site, 'pool' | 'log'>): void => {
  const count = (use: Use) =>
    endUse(pool, use.use_id, use.bytes).catch((error: unknown) => log.error({ err: error }, 'use not counted'))
  app.addHook('onSend', async (request, reply, payload) => {
    const use = guarded.get(request)
    if (use) whenOver(reply, () => void count(use))
    const dataset_id = reading.get(request)
    const sent = isStream(payload) && dataset_id ? watched(payload, { pool, dataset_id, use: use ?? null }) : payload
    if (use === undefined) return sent
    reply.headers({ 'cache-control': 'private, no-store', 'referrer-policy': 'no-referrer', vary: 'authorization' })
    reply.removeHeader('etag')
    if (reply.statusCode === 401) reply.header('www-authenticate', 'Bearer realm="sanjiang"')
    if (use && (typeof payload === 'string' || Buffer.isBuffer(payload))) use.bytes = Buffer.byteLength(payload)
    return sent
  })
}
