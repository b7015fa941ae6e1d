import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { record } from '#kernel/record.ts'
import { keptSince } from '../keeping.ts'
import { listKeptContacts, lockInquiry, removeContacts } from './inquiry.store.ts'

/** Some months after a matter is closed nobody needs to reach who brought it: how to is forgotten, what was said stays (T16.3, P22). */
export const forgetContacts = async (ctx: Ctx): Promise<number> => {
  const before = keptSince(ctx)
  let count = 0
  for (const id of await listKeptContacts(ctx.db, before))
    await inTx(ctx, async (tx, inner) => {
      const row = await lockInquiry(tx, 'all', id)
      // Opened again meanwhile.
      if (!row?.closed_on || row.closed_on >= before) return
      await removeContacts(tx, row.number)
      await record(tx, inner, {
        type: 'opendata.inquiry.contact_removed',
        subject_kind: 'opendata.inquiry',
        subject_id: id,
      })
      count += 1
    })
  return count
}
