import { LICENCE_FACTS, type LicenceId } from '@sanjiang/contract/site.about'
import type pg from 'pg'
import { MISSING } from '../fault.view.ts'
import { type SiteRoutes, textOf } from '../site.ts'

const countLicences = async (pool: pg.Pool): Promise<Partial<Record<LicenceId, number>>> => {
  const { rows } = await pool.query<{ licence: string; count: number }>(
    `select content->>'licence' as licence, count(*)::integer as count from site.dataset where state = 'open' group by 1 limit 50`,
  )
  return Object.fromEntries(rows.map(({ licence, count }) => [licence, count]))
}

/** The smallest dataset whose rows anybody may read: commands about it answer at once. */
const findExample = async (pool: pg.Pool) => {
  const { rows } = await pool.query<{ slug: string; title: string; has_csv: boolean }>(
    `select d.slug, d.title, exists (select from site.file f where f.dataset_id = d.dataset_id and f.edition_no = e.edition_no and f.format = 'csv') as has_csv
     from site.dataset d join site.edition e on e.dataset_id = d.dataset_id and e.is_current
     where d.state = 'open' and d.open_type = 'unconditional' and e.row_count > 0 order by 3 desc, e.row_count, d.slug limit 1`,
  )
  return rows[0] ?? null
}

const isLicence = (id: string): id is LicenceId => Object.hasOwn(LICENCE_FACTS, id)

/** Under what terms, and how by program. */
export const aboutRoutes: SiteRoutes = (app, { pool, send, origin, perMinute }) => {
  app.get('/licences', async (request, reply) =>
    send(request, reply, { status: 200, view: { page: 'licences', counts: await countLicences(pool) } }),
  )
  app.get('/licences/:id', async (request, reply) => {
    const id = textOf((request.params as { id: string }).id, 40)
    if (!isLicence(id)) return send(request, reply, MISSING)
    const datasets = (await countLicences(pool))[id] ?? 0
    return send(request, reply, { status: 200, view: { page: 'licence', id, origin, datasets } })
  })
  app.get('/developers', async (request, reply) =>
    send(request, reply, {
      status: 200,
      view: { page: 'developers', origin, example: await findExample(pool), per_minute: perMinute },
    }),
  )
}
