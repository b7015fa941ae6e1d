import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'

export interface Delay {
  readonly resource_id: string
  readonly since: string
}

/** Open resources of which newer rows came a day ago or longer and wait for nobody but the platform; what is held waits for its provider. */
export const listDelays = async (db: Db): Promise<Delay[]> => {
  const { rows } = await sql<Delay>`
    select e.resource_id, min((e.created_at at time zone 'Asia/Shanghai')::date)::text as since
    from opendata.edition e
    where e.state in ('reading', 'checking', 'clean') and e.created_at < now() - interval '1 day'
      and exists (select from opendata.release r where r.resource_id = e.resource_id and r.state = 'released'
        and (e.release_id is null or e.release_id = r.release_id))
    group by e.resource_id order by e.resource_id`.execute(db)
  return rows
}
