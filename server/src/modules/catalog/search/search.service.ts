import { codes } from '@sanjiang/contract'
import {
  type Explanation,
  type Facet,
  isOverdue,
  QUALITY_LEVELS,
  type SearchHit,
  type SearchReading,
  type SearchResult,
  type Standard,
} from '@sanjiang/contract/catalog'
import { hasBit } from '@sanjiang/finder/bits'
import { explainScore } from '@sanjiang/finder/explain.rules'
import type { FacetCount } from '@sanjiang/finder/facet'
import { type Found, findEntries, nearestNames, placeOf } from '@sanjiang/finder/find'
import { gramsOf, readerOf } from '@sanjiang/finder/index.grams'
import { type Reading, readQuery, termsIn } from '@sanjiang/finder/reading.rules'
import { type Suggestion, suggestionsFor } from '@sanjiang/finder/suggest'
import type { Ctx } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { formatCursor, parseCursor } from '#kernel/page.ts'
import { reachOf } from '../resource.rules.ts'
import { currentChecker } from '../standard.service.ts'
import { searchFeed } from './search.feed.ts'
import { type CatalogIndex, type Chosen, FACET_KEYS, type FacetKey, readableBits } from './search.shape.ts'
import { listHitRows } from './search.store.ts'

export interface SearchQuery extends Chosen {
  readonly q?: string
  readonly order?: 'relevance' | 'newest' | 'name'
  readonly after?: string
  readonly limit?: number
}

const chosenOf = (query: SearchQuery): Chosen => Object.fromEntries(FACET_KEYS.map((key) => [key, query[key] ?? []]))

// Results further down than this are asked for by nobody; a narrower search is.
const MAX_OFFSET = 5_000
const offsetOf = (after: string | undefined): number =>
  after === undefined ? 0 : Math.min(MAX_OFFSET, Math.max(0, Math.trunc(Number(parseCursor(after, 1)[0])) || 0))

const STANDARD_LISTS: Partial<Record<FacetKey, string>> = {
  share_type: 'share_type',
  open_type: 'open_type',
  format: 'format_category',
  update_cycle: 'update_cycle',
}
const ATTACHED: Readonly<Record<string, string>> = {
  api: '接口',
  table: '库表',
  file: '文件',
  push: '推送',
  none: '未挂接',
}
const LEVELS: Readonly<Record<string, string>> = { ...QUALITY_LEVELS.titles, none: '未评' }

/** What the standard, the classification and the organs call a facet's values. */
interface Titles {
  readonly standard: Standard
  readonly index: CatalogIndex
}

const titleOf = ({ standard, index }: Titles, facet: FacetKey, code: string): string => {
  if (facet === 'provider') return index.organs.get(code)?.face.name ?? code
  if (facet === 'class') return index.classes.get(code)?.title ?? code
  if (facet === 'region') return codes.divisionAt(code, '2017-12-31')?.name ?? code
  if (facet === 'attached') return ATTACHED[code] ?? code
  if (facet === 'quality') return LEVELS[code] ?? code
  return standard.enumerations[STANDARD_LISTS[facet] ?? '']?.find((one) => one.code === code)?.title ?? code
}

const toFacets = (titles: Titles, { facets, total }: Found<FacetKey>, chosen: Chosen): Facet[] =>
  FACET_KEYS.map((facet) => {
    const wanted = chosen[facet] ?? []
    const counted = facets.filter((one) => one.facet === facet)
    // Chosen values stay in sight. A county or a leaf class, where prefectures and branches are counted, is alone what was found.
    const uncounted: FacetCount[] = wanted
      .filter((code) => !counted.some((one) => one.code === code))
      .map((code) => ({ facet, code, count: wanted.length === 1 ? total : 0 }))
    return {
      facet,
      values: [...counted, ...uncounted].map(({ code, count }) => ({
        code,
        title: titleOf(titles, facet, code),
        count,
        is_chosen: wanted.includes(code),
      })),
    }
  })

const toReading = (reading: Reading | undefined): SearchReading => ({
  words: (reading?.words ?? []).map(({ text, ways, weight }) => ({
    text,
    is_general: weight < 1,
    ways: ways.map((way) => ({ how: way.how, text: way.text })),
  })),
  dropped: [...(reading?.dropped ?? [])],
})

/** Updated against promised; silent about data that nobody can see. */
const timelinessOf = (cycle: string, updatedOn: string | null, today: string): SearchHit['timeliness'] => {
  if (updatedOn === null) return 'unseen'
  return isOverdue(cycle, updatedOn, today) ? 'overdue' : 'on_time'
}

const MAX_WORDS = 24
/** Search over what is published and meant for the reader (P2; architecture §7). */
export const search = async (ctx: Ctx, query: SearchQuery): Promise<SearchResult> => {
  const q = (query.q ?? '').trim()
  const { limit = 10 } = query
  const offset = offsetOf(query.after)
  const reach = reachOf(ctx.actor)
  const chosen = chosenOf(query)
  const [{ standard }, index] = await Promise.all([currentChecker(ctx.db), searchFeed(ctx.db, ctx.log).fresh()])
  const readable = readableBits(index, reach)
  const reading = q === '' ? undefined : readQuery(readerOf(index, readable), q)
  const found = findEntries(index, { readable, reading, chosen, order: query.order ?? 'relevance', offset, limit })
  const terms = termsIn(q, reading)
  const words = terms.filter((word) => word.length > 1).slice(0, MAX_WORDS)
  const isMore = offset + found.ids.length < found.total && offset + limit <= MAX_OFFSET
  const rows = await listHitRows(ctx.db, reach, { ids: found.ids, words })
  return {
    rows: rows.map((row) => ({
      ...row,
      holds_all: found.whole.has(row.resource_id),
      timeliness: timelinessOf(row.update_cycle, row.updated_on, ctx.today),
    })),
    next: isMore ? formatCursor([offset + limit]) : null,
    total: found.total,
    match: found.match,
    terms,
    reading: toReading(reading),
    facets: toFacets({ standard, index }, found, chosen),
    nearest: reading && found.match === 'none' ? nearestNames(index, readable, reading) : [],
    without: [...found.without],
  }
}

/** What somebody typing `q` may mean, of what he may see. */
export const suggest = async (ctx: Ctx, typed: string): Promise<Suggestion[]> => {
  const index = await searchFeed(ctx.db, ctx.log).fresh()
  const readable = readableBits(index, reachOf(ctx.actor))
  const q = typed.trim()
  return suggestionsFor(index, { q, reading: readQuery(readerOf(index, readable), q), readable })
}

/** Why an entry stands where it does for a query (T2.2): among what the asker may see, so that hidden ones leave no gap. */
export const explain = async (ctx: Ctx, resource_id: string, q: string): Promise<Explanation> => {
  const index = await searchFeed(ctx.db, ctx.log).fresh()
  const readable = readableBits(index, reachOf(ctx.actor))
  const entry = index.numbers.get(resource_id)
  if (entry === undefined || !hasBit(readable, entry)) throw new Fault('not_found')
  const reading = readQuery(readerOf(index, readable), q)
  const { words, parts } = explainScore(gramsOf(index, readable), reading, entry)
  const { place, total, score } = placeOf(index, { readable, reading }, entry)
  const left = score - parts.reduce((sum, part) => sum + part.score, 0)
  const alike = place !== null && Math.abs(left) > 0.001 ? [{ title: '前面已有同类条目，略往后让', score: left }] : []
  return {
    reading: toReading(reading),
    place,
    total,
    score: place === null ? 0 : score,
    words: words.map(({ text, rarity, ways }) => ({ text, rarity, ways })),
    parts: [...parts, ...alike],
  }
}
