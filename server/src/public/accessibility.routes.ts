import type { SiteRoutes } from './site.ts'

export const accessibilityRoutes: SiteRoutes = (app, { send }) => {
  app.get('/accessibility', async (request, reply) =>
    send(request, reply, { status: 200, view: { page: 'accessibility' } }),
  )
}
