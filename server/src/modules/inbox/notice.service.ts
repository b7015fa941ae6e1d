import type { Paged } from '@sanjiang/contract'
import type { Notice } from '@sanjiang/contract/inbox'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { parseCursor, toPage } from '#kernel/page.ts'
import { findNotice, insertReads, listNoticeRows } from './notice.store.ts'

interface ListQuery {
  readonly is_unread?: boolean
  readonly after?: string
  readonly limit?: number
}

/** Newest first by when it happened, not by when it was delivered. */
export const listNotices = async (ctx: Ctx, query: ListQuery): Promise<Paged<Notice>> => {
  const { after, limit = 20, is_unread: isUnread = false } = query
  const from = after === undefined ? undefined : (parseCursor(after, 3).map(String) as [string, string, string])
  const rows = await listNoticeRows(ctx.db, { actor: ctx.actor, isUnread, from, limit })
  return toPage(rows as Notice[], limit, (row) => [row.occurred_on, row.occurred_at, row.notice_id])
}

/** What one person has read is his alone and no fact of the organ, so nothing is recorded. */
export const markNoticeRead = (ctx: Ctx, id: string): Promise<{ done: true }> =>
  inTx(ctx, async (tx) => {
    if (!(await findNotice(tx, ctx.actor, id))) throw new Fault('not_found')
    await insertReads(tx, ctx.actor, { instant: ctx.instant, noticeId: id })
    return { done: true }
  })

export const markAllNoticesRead = (ctx: Ctx): Promise<{ done: true }> =>
  inTx(ctx, async (tx) => {
    await insertReads(tx, ctx.actor, { instant: ctx.instant })
    return { done: true }
  })
