import type { TryRequest } from '@sanjiang/contract/gateway'
import type { Static } from 'typebox'
import type { Ctx } from '#kernel/ctx.ts'
import { Fault, invalid } from '#kernel/fault.ts'

const SENT = /^(sanjiang-|signature|content-digest|content-type|qhgxjhpt_|gjgxjhpt_)/i
const MAX_ANSWER = 262_144

// As the browser signed it: an address that changes when it is read, by `..` for one, is not the one that was signed.
const assertOwn = (origin: string, path: string): void => {
  const { origin: found, pathname, search } = new URL(origin + path)
  if (found !== origin || pathname + search !== path) throw invalid('path', 'path', '试调用只能到数据网关的资源地址')
}

/**
 * Carries a request that the browser signed to our own gateway and brings the answer back unchanged. Only the gateway's
 * own address can be reached: the path is below `/gateway/v1/` and no header but the signed ones goes along.
 */
export const tryCall = async (ctx: Ctx, request: Static<typeof TryRequest>) => {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => SENT.test(name)))
  assertOwn(ctx.site.gatewayOrigin, request.path)
  const begun = performance.now()
  const answer = await fetch(ctx.site.gatewayOrigin + request.path, {
    method: request.method,
    headers: { ...headers, 'x-trace-id': ctx.trace },
    body: request.method === 'POST' ? (request.body ?? '') : undefined,
    redirect: 'error',
    signal: AbortSignal.timeout(30_000),
  }).catch((cause: unknown) => {
    throw new Fault('unavailable', '数据网关没有响应', { cause })
  })
  const body = (await answer.text()).slice(0, MAX_ANSWER)
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body,
    milliseconds: Math.round(performance.now() - begun),
  }
}
