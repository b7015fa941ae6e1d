import { type Bits, hasBit } from '@sanjiang/finder/bits'
import { allEntries, type Found, findEntries, type Matched, matchEntries, nearestNames } from '@sanjiang/finder/find'
import { readerOf } from '@sanjiang/finder/index.grams'
import { type Reading, readQuery, termsIn } from '@sanjiang/finder/reading.rules'
import { isAlive, putSynonyms, removeEntry, removeOrgan } from '@sanjiang/finder/search.index'
import type pg from 'pg'
import {
  type ChosenDatasets,
  type DatasetFacet,
  type DatasetIndex,
  makeDatasetIndex,
  type OrganNames,
  putDataset,
} from './search.shape.ts'
import { listChangeNumbers, listDatasetRows, type Mark, readMark, readVocabulary } from './search.store.ts'
import type { Site } from './site.ts'

/** What this process knows of what is open. */
interface Known {
  readonly index: DatasetIndex
  readonly organs: ReadonlyMap<string, OrganNames>
  /** Dataset → its address and the number of the change it was read at. */
  readonly seen: Map<string, { readonly slug: string; readonly change_no: string }>
  mark: Mark
}

const BATCH = 250
const MAX_DEAD = 1_000

const forget = ({ index, seen }: Known, id: string): void => {
  removeEntry(index, seen.get(id)!.slug)
  seen.delete(id)
}

/** Organs of which nothing is open any more are known no longer either. */
const forgetOrgans = ({ index }: Known): void => {
  for (const organ of [...index.organs.keys()]) {
    const provider = index.values.organ.find(organ)
    const isHere = provider !== undefined && index.provided.some(provider, (entry) => isAlive(index, entry))
    if (!isHere) removeOrgan(index, organ)
  }
}

/** Reads what has changed; what is no longer open goes first. */
const takeChanges = async (pool: pg.Pool, known: Known): Promise<void> => {
  const { index, organs, seen } = known
  const current = await listChangeNumbers(pool)
  for (const id of seen.keys()) if (!current.has(id)) forget(known, id)
  const changed = Array.from(current)
    .filter(([id, change_no]) => seen.get(id)?.change_no !== change_no)
    .map(([id]) => id)
  for (let at = 0; at < changed.length; at += BATCH) {
    const ids = changed.slice(at, at + BATCH)
    const rows = await listDatasetRows(pool, ids)
    const found = new Set(rows.map(({ dataset_id }) => dataset_id))
    for (const id of ids) if (seen.has(id) && !found.has(id)) forget(known, id)
    for (const row of rows) {
      const before = seen.get(row.dataset_id)
      if (before && before.slug !== row.slug) removeEntry(index, before.slug)
      putDataset(index, row, organs)
      seen.set(row.dataset_id, { slug: row.slug, change_no: row.change_no })
    }
  }
  forgetOrgans(known)
}

const load = async (pool: pg.Pool, mark: Mark): Promise<Known> => {
  const { synonyms, organs } = await readVocabulary(pool)
  const index = makeDatasetIndex()
  putSynonyms(
    index,
    synonyms.map((words) => [...words]),
  )
  const known: Known = { index, organs: new Map(organs.map((one) => [one.name, one])), seen: new Map(), mark }
  await takeChanges(pool, known)
  return known
}

const isWorn = ({ dead, numbers }: DatasetIndex): boolean => dead > MAX_DEAD && dead > numbers.size

class Follower {
  readonly #pool: pg.Pool
  readonly #followMs: number
  #known: Known | undefined
  #running: Promise<void> = Promise.resolve()
  constructor({ pool, followMs }: Pick<Site, 'pool' | 'followMs'>) {
    this.#pool = pool
    this.#followMs = followMs
  }

  async #look(): Promise<void> {
    const mark = await readMark(this.#pool)
    const known = this.#known
    if (!known || known.mark.ground !== mark.ground || isWorn(known.index)) this.#known = await load(this.#pool, mark)
    else if (known.mark.datasets !== mark.datasets) {
      await takeChanges(this.#pool, known)
      known.mark = mark
    }
  }

  /** Looks for what has changed; when it fails, what was known stays known. */
  refresh(): Promise<void> {
    const looked = this.#running.catch(() => undefined).then(() => this.#look())
    this.#running = looked
    return looked
  }

  isLoaded(): boolean {
    return this.#known !== undefined
  }

  async index(): Promise<DatasetIndex> {
    if (!this.#known || this.#followMs === 0) await this.refresh()
    return this.#known!.index
  }
}

const followers = new WeakMap<pg.Pool, Follower>()
const followerOf = (site: Pick<Site, 'pool' | 'followMs'>): Follower => {
  const before = followers.get(site.pool)
  if (before) return before
  const follower = new Follower(site)
  followers.set(site.pool, follower)
  return follower
}

/** Keeps close to what is open for as long as the process runs; how often is the site's to say. */
export const followDatasets = (site: Pick<Site, 'pool' | 'followMs' | 'log'>) => {
  const follower = followerOf(site)
  let isStopped = false
  let isTold = false
  let timer: NodeJS.Timeout | undefined
  const follow = async (): Promise<void> => {
    try {
      await follower.refresh()
      isTold = false
    } catch (error) {
      if (!isTold) site.log.warn({ err: error }, 'datasets not followed')
      isTold = true
    }
    if (!isStopped) timer = setTimeout(follow, site.followMs)
  }
  return {
    start: (): void => {
      if (site.followMs > 0) void follow()
    },
    stop: (): void => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

/** Whether this process can be asked. */
export const areDatasetsKnown = (site: Pick<Site, 'pool' | 'followMs'>): boolean =>
  site.followMs === 0 || followerOf(site).isLoaded()

export interface DatasetQuery {
  /** As somebody typed it; empty means everything. */
  readonly q?: string
  /** Per facet any of the values, between facets all. */
  readonly chosen?: ChosenDatasets
  readonly order?: 'relevance' | 'newest' | 'name'
  readonly from?: number
  readonly limit: number
  /** Facets that are to be counted; all where nothing is said. */
  readonly counted?: readonly DatasetFacet[]
}

export interface FoundDatasets {
  readonly total: number
  /** The page's datasets by address, in order. */
  readonly slugs: readonly string[]
  /** Those of them that hold everything that was asked for. */
  readonly whole: ReadonlySet<string>
  readonly match: Found['match']
  readonly facets: readonly { readonly facet: DatasetFacet; readonly code: string; readonly count: number }[]
  readonly reading: Reading | undefined
  /** What to highlight. */
  readonly terms: readonly string[]
  /** Titles that come nearest, where nothing was found. */
  nearest(): readonly string[]
  /** How good a dataset is, A to D. */
  qualityOf(slug: string): string
  /** The names on datasets of organs that are called so. */
  organsCalled(name: string): readonly string[]
  /** Where choices leave nothing: how many there would be without each. */
  readonly without: Found<DatasetFacet>['without']
}

const organsWith = (index: DatasetIndex, readable: Bits, name: string): string[] =>
  Array.from(index.organsByName.get(name) ?? []).filter((organ) => {
    const provider = index.values.organ.find(organ)
    return provider !== undefined && index.provided.some(provider, (entry) => hasBit(readable, entry))
  })

/** All that words find, unordered but weighed, with the index their numbers belong to. */
export const matchDatasets = async (
  site: Pick<Site, 'pool' | 'followMs'>,
  q: string,
): Promise<Matched & { readonly index: DatasetIndex }> => {
  const index = await followerOf(site).index()
  const readable = allEntries(index)
  return { ...matchEntries(index, { readable, reading: readQuery(readerOf(index, readable), q) }), index }
}

/** Nothing where it was withdrawn meanwhile. */
const levelOf = ({ numbers, values, columns }: DatasetIndex, slug: string): string => {
  const entry = numbers.get(slug)
  return entry === undefined ? '' : values.quality.values[columns.quality[entry]!]!
}

/** Finds among what is open, in memory: no statement is sent. What is withdrawn is in no answer, total or count. */
export const findDatasets = async (
  site: Pick<Site, 'pool' | 'followMs'>,
  { q = '', chosen = {}, order = 'relevance', from = 0, limit, counted }: DatasetQuery,
): Promise<FoundDatasets> => {
  const index = await followerOf(site).index()
  const readable = allEntries(index)
  const typed = q.trim()
  const reading = typed === '' ? undefined : readQuery(readerOf(index, readable), typed)
  const { ids, ...found } = findEntries(index, {
    ...{ readable, reading, chosen, order, offset: from, limit },
    ...(counted ? { counted } : {}),
  })
  return {
    ...found,
    slugs: ids,
    reading,
    terms: termsIn(typed, reading),
    qualityOf: (slug) => levelOf(index, slug),
    organsCalled: (name) => organsWith(index, readable, name),
    nearest: () => (reading && found.match === 'none' ? nearestNames(index, readable, reading) : []),
  }
}
