import { bytesOf, putEntry, putOrgan, putSynonyms, removeEntry } from '@sanjiang/finder/search.index'
import type { House } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import type { Log } from '#kernel/log.ts'
import { type CatalogIndex, makeCatalogIndex, putLevel } from './search.shape.ts'
import {
  type Changes,
  currentHorizon,
  listChanges,
  listClassFaces,
  listLevels,
  listOrganFaces,
  listSources,
  listSourcesAfter,
  listSynonymRows,
} from './search.store.ts'

const readClasses = async (db: Db, index: CatalogIndex): Promise<void> => {
  index.classes = new Map((await listClassFaces(db)).map((one) => [one.code, one]))
}
const readSynonyms = async (db: Db, index: CatalogIndex): Promise<void> => {
  const groups = Map.groupBy(await listSynonymRows(db), ({ group_no }) => group_no)
  putSynonyms(
    index,
    Array.from(groups.values(), (rows) => rows.map(({ word }) => word)),
  )
}

/** What a process knows, and how far it has read what changes. */
interface Feed {
  readonly index: CatalogIndex
  horizon: string
  /** Changes already taken in of transactions that may have others yet to come. */
  taken: Set<string>
}

// Read while the last batch is taken in: so many keep either side busy and hold the thread for some ten milliseconds.
const BATCH = 250

/** Reads the whole catalogue, batch by batch. What changes meanwhile lies behind the horizon taken before. */
const load = async (db: Db): Promise<Feed> => {
  const horizon = await currentHorizon(db)
  const index = makeCatalogIndex()
  await Promise.all([readClasses(db, index), readSynonyms(db, index)])
  for (const face of await listOrganFaces(db)) putOrgan(index, face)
  let next = listSourcesAfter(db, '00000000-0000-0000-0000-000000000000', BATCH)
  for (;;) {
    const rows = await next
    const last = rows.at(-1)
    if (!last) return { index, horizon, taken: new Set() }
    next = listSourcesAfter(db, last.id, BATCH)
    // Awaited a round later; a failure before that is no stray one.
    next.catch(() => undefined)
    for (const row of rows) putEntry(index, row)
  }
}

const takeEntries = async (db: Db, index: CatalogIndex, ids: readonly string[]): Promise<void> => {
  for (let at = 0; at < ids.length; at += BATCH) {
    const some = ids.slice(at, at + BATCH)
    const rows = await listSources(db, some)
    const found = new Set(rows.map(({ id }) => id))
    for (const id of some) if (!found.has(id)) removeEntry(index, id)
    for (const row of rows) putEntry(index, row)
  }
}

const takeChanges = async (db: Db, feed: Feed): Promise<void> => {
  const { horizon, changes }: Changes = await listChanges(db, feed.horizon)
  const keyed = changes.map((one) => ({ ...one, key: `${one.kind === 'organ' ? 'o' : 'c'}${one.seq}` }))
  const fresh = keyed.filter(({ key }) => !feed.taken.has(key))
  const idsOf = (kind: string) => [...new Set(fresh.filter((one) => one.kind === kind).map(({ id }) => id))]
  const organs = idsOf('organ')
  if (organs.length > 0) for (const face of await listOrganFaces(db, organs)) putOrgan(feed.index, face)
  if (idsOf('class').length > 0) await readClasses(db, feed.index)
  if (idsOf('synonym').length > 0) await readSynonyms(db, feed.index)
  await takeEntries(db, feed.index, idsOf('entry'))
  const judged = idsOf('quality')
  if (judged.length > 0)
    for (const { resource_id, level } of await listLevels(db, judged)) putLevel(feed.index, resource_id, level)
  // Everything read this time and still behind the horizon next time; kept only once all of it is in.
  feed.taken = new Set(keyed.map(({ key }) => key))
  feed.horizon = horizon
}

/** Dead documents beyond this, and beyond the living, are cleared away by reading everything anew. */
const MAX_DEAD = 20_000
const isWorn = ({ dead, numbers }: CatalogIndex): boolean => dead > MAX_DEAD && dead > numbers.size

export interface SearchFeed {
  /** The index with everything in it that was committed before the call. */
  fresh(): Promise<CatalogIndex>
  isLoaded(): boolean
}

export const openSearchFeed = (db: Db, log?: Log): SearchFeed => {
  let feed: Feed | undefined
  let isRenewing = false
  let running: Promise<CatalogIndex> | undefined
  let queued: Promise<CatalogIndex> | undefined

  const loadTold = async (): Promise<Feed> => {
    const startedAt = performance.now()
    const loaded = await load(db)
    const { index } = loaded
    const figures = { entries: index.numbers.size, lexemes: index.lexicon.values.length, mb: bytesOf(index) >>> 20 }
    log?.info({ ...figures, ms: Math.round(performance.now() - startedAt) }, 'search index loaded')
    return loaded
  }
  const renew = async (): Promise<void> => {
    isRenewing = true
    try {
      feed = await loadTold()
    } catch (error) {
      log?.error({ err: error }, 'search index not renewed')
    }
    isRenewing = false
  }
  const run = async (): Promise<CatalogIndex> => {
    feed ??= await loadTold()
    const current = feed
    await takeChanges(db, current)
    if (isWorn(current.index) && !isRenewing) void renew()
    return current.index
  }
  const start = (): Promise<CatalogIndex> => {
    running = run().finally(() => {
      running = undefined
    })
    return running
  }
  // A reading under way began before the call and may miss what was committed since; all who wait share the next one.
  const fresh = (): Promise<CatalogIndex> => {
    if (!running && !queued) return start()
    queued ??= running!
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        queued = undefined
        return start()
      })
    return queued
  }
  return { fresh, isLoaded: () => feed !== undefined }
}

const feeds = new WeakMap<Db, SearchFeed>()

/** This process's index of a database; read on first use. */
export const searchFeed = (db: Db, log?: Log): SearchFeed => {
  const known = feeds.get(db)
  if (known) return known
  const feed = openSearchFeed(db, log)
  feeds.set(db, feed)
  return feed
}

const PACE_MS = 1_000

export interface Following {
  isReady(): boolean
  stop(): Promise<void>
}

/**
 * Reads the catalogue before anybody asks, and then keeps close to it, so that what thousands of publications changed is not
 * left to one reader's search.
 */
export const followCatalog = (house: House): Following => {
  const feed = searchFeed(house.db, house.log)
  const told = (error: Error): void => house.log.warn({ err: error }, 'search index not refreshed')
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  const follow = async (): Promise<void> => {
    await feed.fresh().catch(told)
    if (isStopped) return
    timer = setTimeout(() => {
      following = follow()
    }, PACE_MS)
  }
  let following = follow()
  return {
    isReady: () => feed.isLoaded(),
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await following
    },
  }
}
