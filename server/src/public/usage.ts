import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type pg from 'pg'
import type { Log } from '#kernel/log.ts'

export type UsageKind = 'view' | 'download' | 'call'

interface Count {
  readonly slug: string
  readonly kind: UsageKind
  readonly count: number
}

const FLUSH_MS = 5_000
/** Datasets and kinds waiting to be written; no crawler makes the memory grow. */
const MOST_WAITING = 4_000

const BOT = /bot|crawl|spider|slurp|preview|monitor|headlesschrome-lighthouse/i

/** What an answered address counts as; `undefined` for all that is no use of a dataset. */
export const usageKindOf = (route: string): UsageKind | undefined => {
  if (route === '/datasets/:slug') return 'view'
  if (/^\/datasets\/:slug\/(files\/|latest\.)/.test(route)) return 'download'
  return /^\/api\/v1\/datasets\/:slug\/(rows|aggregate)|^\/ogc\/.*\/items/.test(route) ? 'call' : undefined
}

/** Somebody's own request for the whole or the beginning: no crawler, no later part of a download, nothing found unchanged. */
const counts = (request: FastifyRequest, reply: FastifyReply): boolean =>
  request.method !== 'HEAD' &&
  (reply.statusCode === 200 || reply.statusCode === 206) &&
  !BOT.test(request.headers['user-agent'] ?? '') &&
  !/^bytes=(?!0-)/.test(request.headers.range ?? '')

export interface Usage {
  add(slug: string, kind: UsageKind): void
  /** Writes what has been counted; what could not be written is tried again as the same batch, hence never counted twice. */
  flush(): Promise<void>
}

export const makeUsage = (pool: pg.Pool): Usage => {
  const writer = randomUUID()
  let waiting = new Map<string, Count>()
  let batch: { no: number; counts: readonly Count[] } = { no: 0, counts: [] }
  let running: Promise<void> | undefined
  const write = async (): Promise<void> => {
    if (batch.counts.length === 0) {
      batch = { no: batch.no + 1, counts: [...waiting.values()] }
      waiting = new Map()
    }
    if (batch.counts.length === 0) return
    await pool.query('select site.add_usage($1, $2, $3)', [writer, batch.no, JSON.stringify(batch.counts)])
    batch = { no: batch.no, counts: [] }
  }
  return {
    add: (slug, kind) => {
      const name = `${kind} ${slug}`
      const known = waiting.get(name)
      if (known || waiting.size < MOST_WAITING) waiting.set(name, { slug, kind, count: (known?.count ?? 0) + 1 })
    },
    flush: () => (running ??= write().finally(() => (running = undefined))),
  }
}

/** Counts by what was answered, so that no group of routes has to think of it; a process that is killed loses seconds. */
export const countUsage = (app: FastifyInstance, { pool, log }: { pool: pg.Pool; log: Log }): Usage => {
  const usage = makeUsage(pool)
  const flush = () => usage.flush().catch((error: unknown) => log.warn({ err: error }, 'usage not written yet'))
  const timer = setInterval(flush, FLUSH_MS).unref()
  app.addHook('onResponse', async (request, reply) => {
    const kind = usageKindOf(request.routeOptions.url ?? '')
    const { slug, id } = request.params as { slug?: string; id?: string }
    const named = slug ?? id
    if (kind && named && named.length <= 64 && counts(request, reply)) usage.add(named, kind)
  })
  app.addHook('onClose', async () => {
    clearInterval(timer)
    await flush()
    await flush()
  })
  return usage
}
