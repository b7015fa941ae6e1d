import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'

export interface OrganWords {
  readonly name: string
  readonly short_name: string
  readonly division_code: string
  readonly names: readonly string[]
}

/** What organs that have opened something are called, by the name that stands on their datasets; `identity.*` is open to every module. */
export const listOrganWords = async (db: Db): Promise<OrganWords[]> => {
  const { rows } = await sql<OrganWords>`
    select r.name, o.short_name, o.division_code, array(
        select n.name from identity.organ_name n where n.organ_id = o.organ_id
        union select a.alias from identity.organ_alias a where a.organ_id = o.organ_id
        union select o.name
        union select heir.name from identity.organ_succession s join identity.organ heir on heir.organ_id = s.successor_id
          where s.organ_id = o.organ_id
        order by 1) as names
    from (select distinct on (content->>'organ_name') content->>'organ_name' as name, organ_id from opendata.release
          where state = 'released' order by content->>'organ_name', organ_id) r
    join identity.organ o on o.organ_id = r.organ_id
    order by r.name`.execute(db)
  return rows
}
