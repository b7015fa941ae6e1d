import type { SearchView } from '@sanjiang/contract/site'
import type pg from 'pg'
import { listThemes, searchDatasets } from './dataset.store.ts'
import { type SiteRoutes, textOf, wholeOf } from './site.ts'

const PER_PAGE = 20
const MAX_FROM = 10_000

const wordsOf = (q: string): string[] => q.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 12)

const searchView = async (pool: pg.Pool, query: Readonly<Record<string, unknown>>): Promise<SearchView> => {
  const q = textOf(query.q, 200)
  const theme = textOf(query.theme, 100)
  const from = wholeOf(query.from, { fallback: 0, max: MAX_FROM })
  const [found, themes] = await Promise.all([
    searchDatasets(pool, { words: wordsOf(q), theme, from, limit: PER_PAGE }),
    listThemes(pool),
  ])
  return { page: 'search', q, theme, from, limit: PER_PAGE, themes, ...found }
}

export const searchRoutes: SiteRoutes = (app, { pool, send }) => {
  app.get('/search', async (request, reply) =>
    send(request, reply, { status: 200, view: await searchView(pool, request.query as Record<string, unknown>) }),
  )
}
