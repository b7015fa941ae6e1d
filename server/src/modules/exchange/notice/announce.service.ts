import type { Ctx } from '#kernel/ctx.ts'
import { newId } from '#kernel/id.ts'
import { findReader, listChunks, passOver } from '../delivery/delivery.store.ts'
import { concerns } from '../delivery/passage.rules.ts'
import * as store from './notice.store.ts'

const LOOK = 256

const announce = async ({ db, instant }: Ctx, untold: store.Untold): Promise<void> => {
  const { subscription_id, feed_id, generation, next_seq, head, from } = untold
  const reader = await findReader(db, subscription_id)
  if (!reader || reader.generation !== generation) return
  const chunks = await listChunks(db, { feedId: feed_id, from, limit: LOOK })
  const last = chunks.at(-1)
  if (chunks.some((chunk) => concerns(reader, chunk)))
    await store.insertNotice(db, { notice_id: newId(), subscription_id, generation, head, created_at: instant })
  // What concerns nobody here is done with, as when an agent reads past it; else it would be looked at for ever.
  else if (last && from === next_seq) await passOver(db, reader, { from, to: last.seq + 1 })
}

/** Writes down for every push subscription that there is news, one announcement at a time. Doing it again is harmless. */
export const announceNews = async (ctx: Ctx): Promise<void> => {
  for (const untold of await store.listUntold(ctx.db)) await announce(ctx, untold)
  await store.voidNotices(ctx.db)
}
