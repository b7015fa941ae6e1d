import { CATALOG_FEED } from '@sanjiang/contract/catalog'
import { EMPTY_CONTENT_DIGEST } from '@sanjiang/seal'
import { Fault, invalid } from '#kernel/fault.ts'
import { feedHead, listFeed } from '#modules/catalog/index.ts'
import { type DoorAnswer, type PullRequest, SENT } from './door.ts'

const limitOf = (given: string | null): number => {
  const limit = Number(given ?? CATALOG_FEED.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > CATALOG_FEED.limit)
    throw invalid('limit', 'range', `limit 应为 1 至 ${CATALOG_FEED.limit}`)
  return limit
}

/**
 * The published catalogue for other nodes (T8.2): a node registers with us as an application does, and signs as one that pulls. It
 * only reads what every department may, so a question heard twice within the signature's minutes does no harm.
 */
export const sendCatalogue = async ({ parts, puller, query, request, response }: PullRequest): Promise<DoorAnswer> => {
  if (puller.said.digest !== EMPTY_CONTENT_DIGEST)
    throw new Fault('signature_invalid', 'GET 的 Content-Digest 应为空体的')
  const { db } = parts.house
  const after = query.get('after')
  const limit = limitOf(query.get('limit'))
  const { head, total } = await feedHead(db)
  const etag = `"${head}.${total}.${limit}"`
  if (after === null && request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag, 'cache-control': 'no-cache' }).end()
    return SENT
  }
  const body = JSON.stringify(await listFeed(db, { after, limit }))
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) }
  response.writeHead(200, { ...headers, 'cache-control': 'no-cache', ...(after === null ? { etag } : {}) }).end(body)
  return SENT
}
