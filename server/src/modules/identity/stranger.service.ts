import { createHmac } from 'node:crypto'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { nodeKey } from '#kernel/keys.ts'
import { afterFailure, isLocked } from './password.rules.ts'
import { lockStranger, updateStranger } from './stranger.store.ts'

// Keyed, so that nobody can work out which made-up names share a counter; 16 bits, so that nobody can fill the table.
const bucketOf = (ctx: Ctx, username: string): number =>
  createHmac('sha256', nodeKey(ctx.site.dataDir, 'strangers')).update(username).digest().readUInt16BE(0)

/** A failed login of an account that does not exist or is suspended goes the way of a real one: five, then locked. */
export const noteStranger = async (tx: Tx, ctx: Ctx, username: string): Promise<'bad_credentials' | 'locked'> => {
  const bucket = bucketOf(ctx, username)
  const failures = await lockStranger(tx, bucket)
  if (isLocked(failures, ctx.instant)) return 'locked'
  await updateStranger(tx, bucket, afterFailure(failures, ctx.instant))
  return 'bad_credentials'
}
