import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import type { Task } from '#kernel/jobs.ts'
import { addCalls, listUnread, moveReader } from './call.store.ts'

/** Counts what the gateways' logs have received since the last time; each receipt exactly once. */
export const countNewCalls = async (ctx: Ctx): Promise<void> => {
  for (const unread of await listUnread(ctx.db))
    await inTx(ctx, async (tx) => {
      if (await moveReader(tx, unread)) await addCalls(tx, unread)
    })
}

export const countTask: Task = { name: 'gateway.call.count', cron: '* * * * *', handle: countNewCalls }
