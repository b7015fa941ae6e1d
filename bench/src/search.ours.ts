import { findEntries } from '@sanjiang/finder/find'
import { readerOf } from '@sanjiang/finder/index.grams'
import { readQuery } from '@sanjiang/finder/reading.rules'
import type { Db } from '../../server/src/kernel/db.ts'
import { openSearchFeed, type SearchFeed } from '../../server/src/modules/catalog/search/search.feed.ts'
import { readableBits } from '../../server/src/modules/catalog/search/search.shape.ts'
import { type Answer, FACETS, type SearchPeer } from './search.corpus.ts'

/** Ours without HTTP, session and the page's rows: asking the database what has changed, then words, permission, order, facets. */
export const ours = (db: Db): SearchPeer => {
  let feed: SearchFeed
  return {
    name: 'sanjiang',
    // Read from the database as an api process does, not from what the others are given.
    build: async () => {
      feed = openSearchFeed(db)
      await feed.fresh()
    },
    search: async (q, { labels, chosen, limit }) => {
      const index = await feed.fresh()
      const readable = readableBits(index, { work: [], publish: [], read: [], labels })
      const found = findEntries(index, {
        readable,
        reading: q === '' ? undefined : readQuery(readerOf(index, readable), q),
        chosen,
        order: 'relevance',
        offset: 0,
        limit,
      })
      const counted = FACETS.map((facet) => {
        const mine = found.facets.filter((one) => one.facet === facet)
        return [facet, new Map(mine.map(({ code, count }) => [code, count]))] as const
      })
      return { ids: found.ids, total: found.total, facets: Object.fromEntries(counted) as unknown as Answer['facets'] }
    },
    close: async () => undefined,
  }
}
