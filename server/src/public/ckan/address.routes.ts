import { type SiteRoutes, textOf } from '../site.ts'

const NAME = /^[\w-]{1,64}(?:\.(?:ttl|jsonld))?$/

/** Where CKAN has its pages and its catalogue: harvesters and links made by rote are led to ours for good. */
export const ckanAddressRoutes: SiteRoutes = (app) => {
  app.get('/dataset/:name', async (request, reply) => {
    const name = textOf((request.params as { name: string }).name, 80)
    return NAME.test(name) ? reply.redirect(`/datasets/${name}`, 301) : reply.callNotFound()
  })
  app.get('/dataset', async (_, reply) => reply.redirect('/search', 301))
  for (const name of ['catalog.ttl', 'catalog.jsonld'])
    app.get(`/${name}`, async (_, reply) => reply.redirect(`/dcat/${name}`, 301))
}
