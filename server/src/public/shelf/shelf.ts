import type pg from 'pg'
import { machineName } from '../names.ts'
import type { Site } from '../site.ts'
import { type Column, columnOf } from './column.ts'
import { listChangeNos, listSpines, readMark, type Spine } from './shelf.store.ts'

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

  constructor({ mark, today }: { mark: string; today: string }, spines: Iterable<Spine>) {
    const all = [...spines].sort((a, b) => (a.dataset_id < b.dataset_id ? -1 : 1))
    this.mark = mark
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

const AT_ONCE = 2000

/**
 * What the interfaces list and count: the spine of every dataset in memory, kept by following change numbers. However often it is
 * asked, it looks at the database no oftener than the site follows.
 */
export class Shelf {
  readonly #pool: pg.Pool
  readonly #followMs: number
  #spines = new Map<string, Spine>()
  #snapshot: Snapshot | undefined
  #lookedAt = 0
  #looking: Promise<Snapshot> | undefined

  constructor({ pool, followMs }: Pick<Site, 'pool' | 'followMs'>) {
    this.#pool = pool
    this.#followMs = followMs
  }

  async look(): Promise<Snapshot> {
    if (this.#snapshot && performance.now() - this.#lookedAt < this.#followMs) return this.#snapshot
    this.#looking ??= this.#follow().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #follow(): Promise<Snapshot> {
    const at = performance.now()
    const { mark, today } = await readMark(this.#pool)
    if (this.#snapshot?.mark !== mark) {
      const now = await listChangeNos(this.#pool)
      // How good data are is a matter of the day too: with it everything is read anew.
      const known = this.#snapshot?.today === today ? [...this.#spines] : []
      const kept = new Map(known.filter(([id, { change_no }]) => now.get(id) === change_no))
      const missing = [...now.keys()].filter((id) => !kept.has(id))
      for (let from = 0; from < missing.length; from += AT_ONCE)
        for (const spine of await listSpines(this.#pool, missing.slice(from, from + AT_ONCE)))
          kept.set(spine.dataset_id, spine)
      this.#spines = kept
      this.#snapshot = new Snapshot({ mark, today }, kept.values())
    }
    this.#lookedAt = at
    return this.#snapshot!
  }
}

const shelves = new WeakMap<pg.Pool, Shelf>()

/** One shelf per process, whichever group of addresses asks first. */
export const shelfOf = (site: Pick<Site, 'pool' | 'followMs'>): Shelf => {
  const shelf = shelves.get(site.pool) ?? new Shelf(site)
  shelves.set(site.pool, shelf)
  return shelf
}
