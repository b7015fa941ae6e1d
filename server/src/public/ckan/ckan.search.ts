import { LICENCES } from '@sanjiang/contract/opendata'
import { findDatasets } from '../search.index.ts'
import { countColumn } from '../shelf/column.ts'
import type { Spine } from '../shelf/shelf.store.ts'
import { type FacetName, isFacet, type Snapshot, shelfOf } from '../shelf/shelf.ts'
import type { Site } from '../site.ts'
import { badQuery } from './ckan.fault.ts'
import { type Found, match } from './ckan.match.ts'
import { flag, list, natural, type Params, text, whole } from './ckan.params.ts'
import { parseQuery, parseTyped, type Query, textsOf } from './ckan.query.ts'
import { JsonText, packageTexts } from './ckan.shelf.ts'

export const MAX_ROWS = 1000
const MAX_TEXTS = 12
const MAX_TYPED = 200
const DEFAULT_SORT = 'score desc, metadata_modified desc'

const MOST_FOUND = 1_000_000

/** The portal's own search: its order is the weight. */
const findText = async (site: Site, typed: string): Promise<ReadonlyMap<string, number>> => {
  const q = typed.normalize('NFKC').replace(/[*?]/g, ' ').slice(0, MAX_TYPED)
  const { slugs } = await findDatasets(site, { q, limit: MOST_FOUND, counted: [] })
  return new Map(slugs.map((slug, at) => [slug, slugs.length - at]))
}

const findTexts = async (site: Site, queries: readonly Query[]): Promise<Found> => {
  const texts = [...new Set(queries.flatMap(textsOf))]
  if (texts.length > MAX_TEXTS) throw badQuery(`more than ${MAX_TEXTS} phrases`)
  const found = new Map<string, ReadonlyMap<string, number>>()
  for (const one of texts) found.set(one, await findText(site, one))
  return found
}

const byText = (read: (spine: Spine) => string) => (a: Spine, b: Spine) => {
  const [x, y] = [read(a), read(b)]
  return x < y ? -1 : x > y ? 1 : 0
}
const ORDERS: Readonly<Record<string, (a: Spine, b: Spine) => number>> = {
  id: byText(({ dataset_id }) => dataset_id),
  name: byText(({ slug }) => slug),
  title: byText(({ title }) => title),
  title_string: byText(({ title }) => title),
  organization: byText(({ organ_name }) => organ_name),
  metadata_modified: (a, b) => a.change_no - b.change_no,
  metadata_created: byText(({ released_on }) => released_on),
}
/** No figures of use are kept here, hence nothing to sort by. */
const EQUAL = ['views_recent', 'views_total']

interface SortKey {
  readonly field: string
  readonly isDown: boolean
}

const sortOf = (sort: string): SortKey[] =>
  sort.split(',').map((part) => {
    const [, field = '', direction = 'asc'] = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/i.exec(part) ?? []
    if (field !== 'score' && !ORDERS[field] && !EQUAL.includes(field))
      throw badQuery(`sort param field can't be found: ${part.trim()}`)
    return { field, isDown: direction.toLowerCase() === 'desc' }
  })

const compareBy =
  (keys: readonly SortKey[]) =>
  (a: Spine, b: Spine): number => {
    for (const { field, isDown } of keys) {
      const order = ORDERS[field]?.(a, b) ?? 0
      if (order !== 0) return isDown ? -order : order
    }
    return 0
  }

interface Hits {
  readonly snapshot: Snapshot
  readonly mask: Uint8Array
  readonly scores: ReadonlyMap<string, number> | undefined
}

/** Positions in order, those marked only. Sorting is done once per order and snapshot; weights are laid over it. */
const inOrder = ({ snapshot, mask, scores }: Hits, keys: readonly SortKey[]): number[] => {
  const plain = keys.filter(({ field }) => ORDERS[field])
  const key = plain.map(({ field, isDown }) => `${field} ${isDown}`).join()
  const hits = [...snapshot.order(key, compareBy(plain))].filter((at) => mask[at])
  const [first] = keys
  if (first?.field !== 'score' || !scores || scores.size === 0) return hits
  const weight = (at: number): number => scores.get(snapshot.open[at]!.slug) ?? 0
  return hits.sort((a, b) => (first.isDown ? weight(b) - weight(a) : weight(a) - weight(b)))
}

const facetTitle = ({ titles }: Snapshot, facet: FacetName, value: string): string => {
  if (facet === 'organization' || facet === 'groups') return titles.get(value) ?? value
  return facet === 'license_id' ? ((LICENCES.titles as Record<string, string>)[value] ?? value) : value
}

const facetsOf = ({ snapshot, mask }: Hits, params: Params) => {
  const fields = flag(params, 'facet', true) ? list(params, 'facet.field') : []
  const limit = whole(params, 'facet.limit', 50)
  const least = whole(params, 'facet.mincount', 1)
  const facets: Record<string, Record<string, number>> = {}
  const search_facets: Record<string, unknown> = {}
  for (const field of fields) {
    if (!isFacet(field)) throw badQuery(`undefined field: ${field}`)
    const counted = countColumn(snapshot.column(field), mask).filter(([, count]) => count >= least)
    const shown = limit < 0 ? counted : counted.slice(0, limit)
    facets[field] = Object.fromEntries(shown)
    const items = shown.map(([name, count]) => ({ name, display_name: facetTitle(snapshot, field, name), count }))
    search_facets[field] = { title: field, items }
  }
  return { facets, search_facets }
}

const scoresOf = (query: Query, found: Found): ReadonlyMap<string, number> | undefined => {
  const [first] = textsOf(query)
  return first === undefined ? undefined : found.get(first)
}

const filterOf = (fq: unknown): string[] =>
  (Array.isArray(fq) ? fq.slice(0, 20) : [fq]).map((one) => text({ fq: one }, 'fq'))

const hitsOf = async (site: Site, params: Params): Promise<Hits> => {
  const typed = parseTyped(text(params, 'q'))
  const filters = [...filterOf(params.fq), ...list(params, 'fq_list')].filter(Boolean).map(parseQuery)
  const [snapshot, found] = await Promise.all([shelfOf(site).look(), findTexts(site, [typed, ...filters])])
  const query: Query = { is: 'and', of: [typed, ...filters] }
  return { snapshot, mask: match(snapshot, query, found), scores: scoresOf(typed, found) }
}

export const packageSearch = async (site: Site, params: Params): Promise<JsonText> => {
  const rows = natural(params, 'rows', { fallback: 10, max: MAX_ROWS })
  const start = natural(params, 'start', { fallback: 0, max: Number.MAX_SAFE_INTEGER })
  const sort = text(params, 'sort', 200) || DEFAULT_SORT
  const keys = sortOf(sort)
  const hits = await hitsOf(site, params)
  const positions = inOrder(hits, keys)
  const { facets, search_facets } = facetsOf(hits, params)
  const page = positions.slice(start, start + rows).map((at) => hits.snapshot.open[at]!)
  const results = await packageTexts(site, page)
  const head = JSON.stringify({ count: positions.length, facets, sort, search_facets })
  return new JsonText(`${head.slice(0, -1)},"results":[${results.join()}]}`)
}
