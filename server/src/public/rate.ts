import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Buckets, clientOf, costOf, type RatePolicy, type Spent, weightOf } from './rate.rules.ts'
import { SiteFault, whenOver } from './site.ts'

const say = (reply: FastifyReply, { perMinute }: RatePolicy, { remaining, reset }: Spent): void => {
  // draft-ietf-httpapi-ratelimit-headers-10, and what came before it.
  reply.headers({
    'ratelimit-policy': `"client";q=${perMinute};w=60`,
    ratelimit: `"client";r=${remaining};t=${reset}`,
    'x-ratelimit-limit': String(perMinute),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(reset),
  })
}

const bytesOf = ({ socket }: FastifyRequest): number =>
  (socket as { bytesWritten?: number } | undefined)?.bytesWritten ?? 0

/** Whoever asks for everything at once is slowed; others are served as ever. */
export const limitRate = (app: FastifyInstance, policy: RatePolicy | null): void => {
  if (!policy || policy.perMinute === 0) return
  const buckets = new Buckets(policy)
  app.addHook('onRequest', async (request, reply) => {
    // A browser's question before the question: refused, it would hide from the page why.
    if (request.method === 'OPTIONS') return
    const cost = costOf(request.url.split('?')[0]!, request.headers['user-agent'] ?? '')
    if (cost === 0) return
    const before = bytesOf(request)
    whenOver(reply, () => buckets.charge(clientOf(request.ip), weightOf(bytesOf(request) - before), performance.now()))
    const spent = buckets.spend(clientOf(request.ip), cost, performance.now())
    say(reply, policy, spent)
    if (!spent.isRefused) return
    reply.header('retry-after', String(spent.wait))
    throw new SiteFault(429, 'rate_limited', {
      detail: `访问过于频繁，请 ${spent.wait} 秒后再试；需要大量数据时请下载整份文件`,
      wait: spent.wait,
    })
  })
}
