import type pg from 'pg'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { withClient } from './connection.ts'
import { removeEditions } from './edition/carry.service.ts'
import { atomically } from './edition/stage.ts'
import { listUnsent, markSent, type ReleaseRow } from './release.store.ts'

/**
 * A release carried out twice, after a newer one or after its own withdrawal, changes nothing: two tasks publish, and one may have read
 * it before it was withdrawn. Of what was withdrawn only its name and the reason stay.
 */
const PUT = `
insert into site.dataset (dataset_id, slug, release_no, state, title, open_type, organ_name, theme_title, content, released_on,
                          withdrawn_on, withdrawn_reason)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (dataset_id) do update set
  slug = excluded.slug, release_no = excluded.release_no, state = excluded.state, title = excluded.title, open_type = excluded.open_type,
  organ_name = excluded.organ_name, theme_title = excluded.theme_title, content = excluded.content,
  released_on = excluded.released_on, withdrawn_on = excluded.withdrawn_on, withdrawn_reason = excluded.withdrawn_reason
where site.dataset.release_no < excluded.release_no
  or (site.dataset.release_no = excluded.release_no and (site.dataset.state = 'open' or excluded.state = 'withdrawn'))`

const valuesOf = (row: ReleaseRow): unknown[] => {
  const { content } = row
  const isOpen = row.state === 'released'
  return [
    ...[row.resource_id, content.slug, row.release_no, isOpen ? 'open' : 'withdrawn', content.title],
    ...[content.open_type, content.organ_name, content.theme_title],
    ...[JSON.stringify(isOpen ? content : {}), row.reviewed_on],
    ...[row.withdrawn_on, row.withdraw_reason],
  ]
}

export const putRelease = (site: pg.Client, row: ReleaseRow): Promise<void> =>
  atomically(site, async () => {
    // Two at once would both insert, and one be refused for the name instead of giving way.
    await site.query(`select pg_advisory_xact_lock(hashtext('site.publish'))`)
    const { rowCount } = await site.query(PUT, valuesOf(row))
    if (row.state === 'withdrawn' && rowCount === 1)
      await removeEditions(site, { dataset_id: row.resource_id, slug: row.content.slug })
  })

/**
 * Carries what was decided to the public side, oldest first: from the inside out, over a connection the public side cannot
 * make. A public database that is away is tried again every minute; nothing inside waits for it.
 */
export const publishReleases = async (ctx: Ctx): Promise<number> => {
  const url = ctx.site.publishDatabaseUrl
  const unsent = url ? await listUnsent(ctx.db) : []
  if (!url || unsent.length === 0) return 0
  return withClient(url, async (site) => {
    for (const row of unsent) {
      await putRelease(site, row)
      await inTx(ctx, (tx) => markSent(tx, row, ctx.instant))
    }
    return unsent.length
  })
}
