import type { FeedPage, FeedRow } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'
import { formatCursor, parseCursor } from '#kernel/page.ts'

interface Asked {
  readonly after: string | null
  readonly limit: number
}

/** Where the feed stands: changes when, and only when, something in it does. */
export const feedHead = async (db: Db): Promise<{ head: number; total: number }> => {
  const { rows } = await sql<{ head: number; total: number }>`
    select coalesce(max(seq), 0)::bigint as head, (count(*) filter (where not is_gone))::int as total from catalog.published_feed`.execute(
    db,
  )
  return rows[0]!
}

/** The published catalogue in the order of its changes; an entry that changes meanwhile comes again, later. */
export const listFeed = async (db: Db, { after, limit }: Asked): Promise<FeedPage> => {
  const [seq, id] = after === null ? [0, '00000000-0000-0000-0000-000000000000'] : parseCursor(after, 2)
  const { rows } = await sql<FeedRow>`
    select seq, resource_id, is_gone, code, version, published_on::text as published_on, provider_name, provider_code, content
    from catalog.published_feed where (seq, resource_id) > (${seq}::bigint, ${id}::uuid)
    order by seq, resource_id limit ${limit + 1}`.execute(db)
  const page = rows
    .slice(0, limit)
    .map((row) => (row.is_gone ? { ...row, code: null, provider_name: null, provider_code: null } : row))
  const last = page.at(-1)
  const { total } = await feedHead(db)
  return { total, rows: page, next: rows.length > limit && last ? formatCursor([last.seq, last.resource_id]) : null }
}
