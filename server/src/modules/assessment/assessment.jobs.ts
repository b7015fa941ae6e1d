import { inTx } from '#kernel/db.ts'
import type { Task } from '#kernel/jobs.ts'
import { addUp, listBehind } from './use.store.ts'

/** Every minute what was sealed since is added up by day; cut off anywhere, it goes on from its mark. */
const countUse: Task = {
  name: 'assessment.use.count',
  cron: '* * * * *',
  handle: async (ctx) => {
    for (const logId of await listBehind(ctx.db)) while (await inTx(ctx, (tx) => addUp(tx, logId)));
  },
}

export const tasks: readonly Task[] = [countUse]
