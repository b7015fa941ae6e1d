import { MISSING } from '../fault.view.ts'
import { type SiteRoutes, textOf } from '../site.ts'
import { findOrgan, listOrgans } from './organ.store.ts'

export const organRoutes: SiteRoutes = (app, { pool, send, origin }) => {
  app.get('/organs', async (request, reply) =>
    send(request, reply, { status: 200, view: { page: 'organs', organs: await listOrgans(pool, null) } }),
  )
  app.get('/organs/:name', async (request, reply) => {
    const name = textOf((request.params as { name: string }).name, 100)
    const view = await findOrgan(pool, name)
    if (!view) return send(request, reply, MISSING)
    return send(request, reply, {
      status: 200,
      view,
      head: { canonical: `${origin}/organs/${encodeURIComponent(name)}` },
    })
  })
}
