import type { HomeView } from '@sanjiang/contract/site'
import type pg from 'pg'
import { homeHead } from './feed/describe.rules.ts'
import { countDatasets, listNewest, listThemes, readAnswered, readApps, readTotals } from './home.store.ts'
import type { SiteRoutes } from './site.ts'
import { readMostUsed } from './statistics/statistics.store.ts'

const homeView = async (pool: pg.Pool): Promise<HomeView> => {
  const [counts, totals, themes, newest, popular, apps, answered] = await Promise.all([
    countDatasets(pool),
    readTotals(pool),
    listThemes(pool),
    listNewest(pool, 6),
    readMostUsed(pool, 6),
    readApps(pool, 3),
    readAnswered(pool, 5),
  ])
  const { datasets, organs, unconditional } = counts
  const { rows, downloads, as_of } = totals
  return {
    page: 'home',
    counts: { datasets, organs, unconditional, rows, downloads },
    ...{ themes, newest, popular, apps, answered, as_of },
  }
}

export const homeRoutes: SiteRoutes = (app, { pool, send, origin }) => {
  app.get('/', async (request, reply) =>
    send(request, reply, { status: 200, view: await homeView(pool), head: homeHead(origin) }),
  )
}
