import { LICENCES } from '@sanjiang/contract/opendata'
import { firstOf } from '@sanjiang/finder/first'
import { matchDatasets } from '../search.index.ts'
import type { DatasetIndex } from '../search.shape.ts'
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

const places = new WeakMap<Snapshot, { readonly version: number; readonly at: Int32Array }>()

/** Where the search's entries stand among the open datasets; worked out once for as long as neither changes. */
const placesOf = (snapshot: Snapshot, { version, count, ids }: DatasetIndex): Int32Array => {
  const known = places.get(snapshot)
  if (known?.version === version) return known.at
  const at = Int32Array.from({ length: count }, (_, entry) => snapshot.positions.get(ids[entry]!) ?? -1)
  places.set(snapshot, { version, at })
  return at
}

/** The portal's own search; those a page would show first weigh more than all others, in their order. */
const weighText = async (site: Site, snapshot: Snapshot, typed: string): Promise<Float32Array> => {
  const q = typed.normalize('NFKC').replace(/[*?]/g, ' ').trim().slice(0, MAX_TYPED)
  const weights = new Float32Array(snapshot.open.length)
  if (q === '') return weights.fill(1)
  const { index, entries, scores, best } = await matchDatasets(site, q)
  const at = placesOf(snapshot, index)
  let most = 1
  for (const [no, entry] of entries.entries()) {
    const weight = 1 + (scores?.[no] ?? 0)
    most = Math.max(most, weight)
    if (at[entry]! >= 0) weights[at[entry]!] = weight
  }
  for (const [no, entry] of best.entries()) if (at[entry]! >= 0) weights[at[entry]!] = most + best.length - no
  return weights
}

const weighTexts = async (site: Site, snapshot: Snapshot, queries: readonly Query[]): Promise<Found> => {
  const texts = [...new Set(queries.flatMap(textsOf))]
  if (texts.length > MAX_TEXTS) throw badQuery(`more than ${MAX_TEXTS} phrases`)
  const found = new Map<string, Float32Array>()
  for (const one of texts) found.set(one, await weighText(site, snapshot, one))
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
  /** Of what was typed, by position. */
  readonly weights: Float32Array | undefined
}

/** The first positions in order, of those marked. Sorting is done once per order and snapshot; weights are laid over it. */
const inOrder = ({ snapshot, mask, weights }: Hits, keys: readonly SortKey[], count: number): number[] => {
  const plain = keys.filter(({ field }) => ORDERS[field])
  const key = plain.map(({ field, isDown }) => `${field} ${isDown}`).join()
  const hits = snapshot.order(key, compareBy(plain)).filter((at) => mask[at] === 1)
  const [first] = keys
  if (first?.field !== 'score' || !weights) return [...hits.subarray(0, count)]
  const sign = first.isDown ? 1 : -1
  const isBefore = (one: number, other: number): boolean => {
    const more = sign * (weights[hits[one]!]! - weights[hits[other]!]!)
    return more !== 0 ? more > 0 : one < other
  }
  return firstOf(hits.length, Math.min(count, hits.length), isBefore).map((at) => hits[at]!)
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

const weightsOf = (query: Query, found: Found): Float32Array | undefined => {
  const [first] = textsOf(query)
  return first === undefined ? undefined : found.get(first)
}

const filterOf = (fq: unknown): string[] =>
  (Array.isArray(fq) ? fq.slice(0, 20) : [fq]).map((one) => text({ fq: one }, 'fq'))

const hitsOf = async (site: Site, params: Params): Promise<Hits> => {
  const typed = parseTyped(text(params, 'q'))
  const filters = [...filterOf(params.fq), ...list(params, 'fq_list')].filter(Boolean).map(parseQuery)
  const snapshot = await shelfOf(site).look()
  const found = await weighTexts(site, snapshot, [typed, ...filters])
  const query: Query = { is: 'and', of: [typed, ...filters] }
  return { snapshot, mask: match(snapshot, query, found), weights: weightsOf(typed, found) }
}

export const packageSearch = async (site: Site, params: Params): Promise<JsonText> => {
  const rows = natural(params, 'rows', { fallback: 10, max: MAX_ROWS })
  const start = natural(params, 'start', { fallback: 0, max: Number.MAX_SAFE_INTEGER })
  const sort = text(params, 'sort', 200) || DEFAULT_SORT
  const keys = sortOf(sort)
  const hits = await hitsOf(site, params)
  const count = hits.mask.reduce((sum, one) => sum + one, 0)
  const positions = start < count ? inOrder(hits, keys, start + rows) : []
  const { facets, search_facets } = facetsOf(hits, params)
  const page = positions.slice(start, start + rows).map((at) => hits.snapshot.open[at]!)
  const results = await packageTexts(site, page)
  const head = JSON.stringify({ count, facets, sort, search_facets })
  return new JsonText(`${head.slice(0, -1)},"results":[${results.join()}]}`)
}
