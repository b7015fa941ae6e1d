import type { FastifyRequest } from 'fastify'
import { addressHash } from './intake.send.ts'
import { returnAttempt, takeAttempt } from './intake.store.ts'
import { type Site, SiteFault } from './site.ts'

/**
 * Looks something up by number and code. Wrong codes are counted by address in the database, for all processes together: who
 * guesses is told to wait, others are not. A code has fifty bits; this keeps the database quiet.
 */
export const attempt = async <T>(
  site: Site,
  request: FastifyRequest,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> => {
  const address = await addressHash(site, request)
  const wait = await takeAttempt(site.pool, address)
  if (wait > 0) {
    const minutes = Math.ceil(wait / 60)
    throw new SiteFault(429, 'too_many_wrong_codes', {
      detail: `编号或查询码错误次数过多，请 ${minutes} 分钟后再试`,
      wait,
    })
  }
  const found = await look()
  if (found !== undefined) await returnAttempt(site.pool, address)
  return found
}
