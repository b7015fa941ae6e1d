import type { SiteRoutes } from '../site.ts'

/** Pages that say the same to everybody: what they stand for is checked by tests, not read from a database. */
export const standingRoutes: SiteRoutes = (app, { send }) => {
  for (const page of ['accessibility', 'privacy', 'legal'] as const)
    app.get(`/${page}`, async (request, reply) => send(request, reply, { status: 200, view: { page } }))
}
