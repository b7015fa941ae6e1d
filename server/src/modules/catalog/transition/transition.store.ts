import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'

/** Versions with a transitional period: the one in force, then those to come. */
export const listTransitional = async (db: Db, standardId: string, inForce: number) => {
  const rows = await db
    .selectFrom('catalog.standard')
    .select(['standard_id', 'version', 'title', 'dialect', 'effective_from', 'transition_until'])
    .where('standard_id', '=', standardId)
    .where('state', '=', 'adopted')
    .where('transition_until', 'is not', null)
    .where('version', '>=', inForce)
    .orderBy('effective_from')
    .execute()
  return rows.map((row) => ({ ...row, transition_until: row.transition_until! }))
}
export type TransitionalRow = Awaited<ReturnType<typeof listTransitional>>[number]

interface OrganRow {
  readonly organ_id: string
  readonly name: string
  readonly open: number
  readonly mended: number
}

/** Entries that fail under the version: still published as they were, or published anew or taken down since. */
export const countTransition = async (db: Db, effectId: string, organId: string | null = null): Promise<OrganRow[]> => {
  const { rows } = await sql<OrganRow>`
    select c.provider_organ_id as organ_id, o.name,
           count(*) filter (where r.published_version is not distinct from c.version)::integer as open,
           count(*) filter (where r.published_version is distinct from c.version)::integer as mended
    from catalog.effect_copy c
    join catalog.resource r on r.resource_id = c.resource_id
    join identity.organ o on o.organ_id = c.provider_organ_id
    where c.effect_id = ${effectId}::uuid and c.copy = 'published' and c.outcome in ('fails', 'still_fails')
      and (${organId}::text is null or c.provider_organ_id = ${organId})
    group by 1, 2 order by open desc, organ_id`.execute(db)
  return rows
}

export const isInTransition = async (db: Db, effectId: string, resourceId: string): Promise<boolean> => {
  const row = await db
    .selectFrom('catalog.effect_copy')
    .select('provider_organ_id')
    .where('effect_id', '=', effectId)
    .where('resource_id', '=', resourceId)
    .where('copy', '=', 'published')
    .where('outcome', 'in', ['fails', 'still_fails'])
    .executeTakeFirst()
  return row !== undefined
}

/** What was last said to an organ about a version, and how often something was: the place of the next. */
export const findLastWord = async (db: Db, subjectId: string) => {
  const { rows } = await sql<{ type: string; open: number; said: number }>`
    select type, coalesce((after ->> 'open')::integer, 0) as open, (count(*) over ())::integer as said
    from kernel.event where subject_kind = 'catalog.transition' and subject_id = ${subjectId}
    order by event_id desc limit 1`.execute(db)
  return rows[0]
}
