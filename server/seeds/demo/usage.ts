import pg from 'pg'
import type { Ctx } from '#kernel/ctx.ts'
import { publishReleases } from '#modules/opendata/index.ts'
import { draw } from './usage.rules.ts'

interface Open {
  readonly dataset_id: string
  readonly slug: string
  readonly released_on: string
  readonly has_rows: boolean
}

/** Uses of the datasets since they were opened: what the public processes would have counted. Run again, it adds nothing. */
export const loadUsage = async (ctx: Ctx): Promise<void> => {
  const url = ctx.site.publishDatabaseUrl
  if (!url) return
  await publishReleases(ctx)
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<Open>(
      `select d.dataset_id, d.slug, d.released_on::text as released_on, e.dataset_id is not null as has_rows
       from site.dataset d left join site.edition e on e.dataset_id = d.dataset_id and e.is_current where d.state = 'open'`,
    )
    const uses = rows.flatMap((one) =>
      draw({ ...one, today: ctx.today }).map((use) => ({ dataset_id: one.dataset_id, ...use })),
    )
    await client.query(
      `insert into site.usage_day (day, dataset_id, kind, count)
       select day, dataset_id, kind, count from jsonb_to_recordset($1) as u (day date, dataset_id uuid, kind text, count bigint)
       on conflict do nothing`,
      [JSON.stringify(uses)],
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}
