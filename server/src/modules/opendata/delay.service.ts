import type pg from 'pg'
import type { Ctx } from '#kernel/ctx.ts'
import { overPublic } from './connection.ts'
import { listDelays } from './delay.store.ts'

const REASON = '新数据已到平台，平台尚未送出'

// One statement, so that nobody reads a state between; written only where it differs, for whoever follows reads anew after a writing.
const PUT = `
with told as (select d.dataset_id, w.since::date as since from unnest($1::uuid[], $2::text[]) w (dataset_id, since)
    join site.dataset d on d.dataset_id = w.dataset_id and d.state = 'open'),
  gone as (delete from site.delay l where not exists (select from told t where t.dataset_id = l.dataset_id) returning 1),
  put as (insert into site.delay as l (dataset_id, since, reason) select dataset_id, since, $3 from told
    on conflict (dataset_id) do update set since = excluded.since where l.since <> excluded.since returning 1)
select (select count(*) from gone)::integer + (select count(*) from put)::integer as count`

/** Tells the public side of which datasets it is the platform that is late, so that no provider is charged with it. */
export const publishDelays = async (ctx: Ctx): Promise<number> => {
  const put = async (client: pg.Client): Promise<number> => {
    const delays = await listDelays(ctx.db)
    const values = [delays.map(({ resource_id }) => resource_id), delays.map(({ since }) => since), REASON]
    return (await client.query<{ count: number }>(PUT, values)).rows[0]!.count
  }
  return (await overPublic(ctx, put)) ?? 0
}
