import type { HomeView } from '@sanjiang/contract/site'
import type pg from 'pg'
import { countDatasets, listNewest, listThemes } from './dataset.store.ts'
import { homeHead } from './feed/describe.rules.ts'
import type { SiteRoutes } from './site.ts'

const homeView = async (pool: pg.Pool): Promise<HomeView> => {
  const [{ as_of, ...counts }, themes, newest] = await Promise.all([
    countDatasets(pool),
    listThemes(pool),
    listNewest(pool, 6),
  ])
  return { page: 'home', counts, themes, newest, as_of }
}

export const homeRoutes: SiteRoutes = (app, { pool, send, origin }) => {
  app.get('/', async (request, reply) =>
    send(request, reply, { status: 200, view: await homeView(pool), head: homeHead(origin) }),
  )
}
