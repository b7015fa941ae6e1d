import type pg from 'pg'
import { machineName } from '../names.ts'
import type { DatasetIndex } from '../search.shape.ts'
import type { Site } from '../site.ts'
import { type Column, columnOf } from './column.ts'
import { isWorn, type Known, loadKnown, takeChanges } from './known.ts'
import { type Mark, readMark, type Spine } from './shelf.store.ts'

/** What can be counted: how each is read from a dataset. Machines' names, so that a facet's item can be asked for again. */
const FACETS = {
  organization: ({ organ_name }: Spine) => [machineName(organ_name)],
  groups: ({ theme_title }: Spine) => [machineName(theme_title)],
  tags: ({ keywords }: Spine) => keywords,
  res_format: ({ formats, has_rows }: Spine) => [
    ...new Set([...formats.map(formatName), ...(has_rows ? ['API'] : [])]),
  ],
  license_id: ({ licence }: Spine) => [licence],
  open_type: ({ open_type }: Spine) => [open_type],
  quality: ({ quality }: Spine) => [quality],
  update_frequency: ({ update_cycle }: Spine) => (update_cycle === '' ? [] : [update_cycle]),
} as const
export type FacetName = keyof typeof FACETS
export const isFacet = (name: string): name is FacetName => Object.hasOwn(FACETS, name)

const FORMAT_NAMES: Readonly<Record<string, string>> = { geojson: 'GeoJSON', parquet: 'Parquet', ttl: 'TTL' }
/** A format as people write it. */
export const formatName = (format: string): string => FORMAT_NAMES[format] ?? format.toUpperCase()

/** All open datasets at one moment, laid out for counting; positions of `open` are what everything is told by. */
export class Snapshot {
  readonly mark: string
  readonly today: string
  readonly changedAt: string
  readonly open: readonly Spine[]
  readonly withdrawn: readonly Spine[]
  /** By address. */
  readonly positions: ReadonlyMap<string, number>
  readonly #ids: ReadonlyMap<string, number>
  readonly #columns = new Map<FacetName, Column>()
  readonly #orders = new Map<string, Int32Array>()
  readonly titles: ReadonlyMap<string, string>

  constructor({ datasets, today }: Pick<Mark, 'datasets' | 'today'>, spines: Iterable<Spine>) {
    const all = [...spines].sort((a, b) => (a.dataset_id < b.dataset_id ? -1 : 1))
    this.mark = `${datasets}.${today}`
    this.today = today
    this.open = all.filter(({ state }) => state === 'open')
    this.withdrawn = all.filter(({ state }) => state === 'withdrawn')
    this.changedAt = all.reduce(
      (latest, { changed_at }) => (changed_at > latest ? changed_at : latest),
      '2017-01-01T00:00:00.000Z',
    )
    this.positions = new Map(this.open.map(({ slug }, at) => [slug, at]))
    this.#ids = new Map(this.open.map(({ dataset_id }, at) => [dataset_id, at]))
    this.titles = new Map(
      this.open.flatMap(({ organ_name, theme_title }) => [
        [machineName(organ_name), organ_name],
        [machineName(theme_title), theme_title],
      ]),
    )
  }

  column(name: FacetName): Column {
    const column = this.#columns.get(name) ?? columnOf(this.open.map(FACETS[name]))
    this.#columns.set(name, column)
    return column
  }

  /** An open dataset by its id or name. */
  find(idOrSlug: string): Spine | undefined {
    const at = this.#ids.get(idOrSlug.toLowerCase()) ?? this.positions.get(idOrSlug)
    return at === undefined ? undefined : this.open[at]
  }

  /** Positions in an order, made once per snapshot; few orders are asked for. */
  order(key: string, compare: (a: Spine, b: Spine) => number): Int32Array {
    let order = this.#orders.get(key)
    if (order) return order
    if (this.#orders.size >= 16) this.#orders.clear()
    order = Int32Array.from(this.open.keys()).sort((a, b) => compare(this.open[a]!, this.open[b]!) || a - b)
    this.#orders.set(key, order)
    return order
  }
}

/**
 * What this process knows of the datasets, for search and for the interfaces alike: in memory, kept by following change numbers.
 * However often it is asked, it looks at the database no oftener than the site follows.
 */
export class Shelf {
  readonly #pool: pg.Pool
  readonly #followMs: number
  #known: Known | undefined
  #snapshot: Snapshot | undefined
  #looking: Promise<void> | undefined

  constructor({ pool, followMs }: Pick<Site, 'pool' | 'followMs'>) {
    this.#pool = pool
    this.#followMs = followMs
  }

  /** Looks for what has changed; when it fails, what was known stays known. */
  refresh(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  isKnown(): boolean {
    return this.#known !== undefined
  }

  async index(): Promise<DatasetIndex> {
    return (await this.#now()).index
  }

  async look(): Promise<Snapshot> {
    const { mark, spines } = await this.#now()
    this.#snapshot ??= new Snapshot(mark, spines.values())
    return this.#snapshot
  }

  async #now(): Promise<Known> {
    if (!this.#known || this.#followMs === 0) await this.refresh()
    return this.#known!
  }

  async #look(): Promise<void> {
    const mark = await readMark(this.#pool)
    const known = this.#known
    if (!known || known.mark.ground !== mark.ground || isWorn(known)) this.#known = await loadKnown(this.#pool, mark)
    else if (known.mark.datasets !== mark.datasets) await takeChanges(this.#pool, known, mark)
    else return
    this.#snapshot = undefined
  }
}

const shelves = new WeakMap<pg.Pool, Shelf>()

/** One shelf per process, whichever group of addresses asks first. */
export const shelfOf = (site: Pick<Site, 'pool' | 'followMs'>): Shelf => {
  const shelf = shelves.get(site.pool) ?? new Shelf(site)
  shelves.set(site.pool, shelf)
  return shelf
}

/** Whether this process can be asked. */
export const areDatasetsKnown = (site: Pick<Site, 'pool' | 'followMs'>): boolean =>
  site.followMs === 0 || shelfOf(site).isKnown()

/** Keeps close to what is open for as long as the process runs; how often is the site's to say. */
export const followDatasets = (site: Pick<Site, 'pool' | 'followMs' | 'log'>) => {
  let isStopped = false
  let isTold = false
  let timer: NodeJS.Timeout | undefined
  const follow = async (): Promise<void> => {
    try {
      await shelfOf(site).refresh()
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
