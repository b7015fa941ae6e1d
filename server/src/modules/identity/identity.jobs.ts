import { inTx } from '#kernel/db.ts'
import type { Task } from '#kernel/jobs.ts'
import { refreshNames } from './organ.store.ts'
import { sweepSessions } from './session.service.ts'

/** A name announced for a day is borne from the first minutes of that day. */
const renameOrgans: Task = {
  name: 'identity.organ.rename',
  cron: '1 0 * * *',
  handle: (ctx) => inTx(ctx, (tx) => refreshNames(tx, ctx.today)),
}

/** Sessions that ended by themselves are removed; until then they open nothing. */
const sweep: Task = { name: 'identity.session.sweep', cron: '7 * * * *', handle: (ctx) => sweepSessions(ctx) }

export const tasks: readonly Task[] = [renameOrgans, sweep]
