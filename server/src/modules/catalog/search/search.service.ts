import { codes } from '@sanjiang/contract'
import type { Facet, SearchResult, Standard } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { formatCursor, parseCursor } from '#kernel/page.ts'
import { attemptsOf, highlightsOf, rankOf } from '../query.rules.ts'
import { reachOf } from '../resource.rules.ts'
import { currentChecker } from '../standard.service.ts'
import { type Chosen, FACET_KEYS, type FacetCount, type FacetKey } from './search.facet.ts'
import { searchFeed } from './search.feed.ts'
import { type Found, findEntries, nearestNames } from './search.find.ts'
import type { SearchIndex } from './search.index.ts'
import { listHitRows } from './search.store.ts'
import { type Suggestion, suggestionsFor } from './search.suggest.ts'

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

/** What the standard, the classification and the organs call a facet's values. */
interface Titles {
  readonly standard: Standard
  readonly index: SearchIndex
}

const titleOf = ({ standard, index }: Titles, facet: FacetKey, code: string): string => {
  if (facet === 'provider') return index.organs.get(code)?.face.name ?? code
  if (facet === 'class') return index.classes.get(code)?.title ?? code
  if (facet === 'region') return codes.divisionAt(code, '2017-12-31')?.name ?? code
  if (facet === 'attached') return ATTACHED[code] ?? code
  return standard.enumerations[STANDARD_LISTS[facet] ?? '']?.find((one) => one.code === code)?.title ?? code
}

const toFacets = (titles: Titles, { facets, total }: Found, chosen: Chosen): Facet[] =>
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

/** Search over what is published and meant for the reader (P2; architecture §7). */
export const search = async (ctx: Ctx, query: SearchQuery): Promise<SearchResult> => {
  const q = (query.q ?? '').trim()
  const { limit = 10 } = query
  const offset = offsetOf(query.after)
  const reach = reachOf(ctx.actor)
  const chosen = chosenOf(query)
  const [{ standard }, index] = await Promise.all([currentChecker(ctx.db), searchFeed(ctx.db, ctx.log).fresh()])
  const rank = rankOf(q)
  const found = findEntries(index, {
    reach,
    attempts: q === '' ? undefined : attemptsOf(q, index.synonyms),
    rank,
    chosen,
    order: query.order ?? 'relevance',
    offset,
    limit,
  })
  const terms = highlightsOf(q)
  const words = terms.filter((word) => word.length > 1)
  const isMore = offset + found.ids.length < found.total && offset + limit <= MAX_OFFSET
  return {
    rows: await listHitRows(ctx.db, reach, { ids: found.ids, words }),
    next: isMore ? formatCursor([offset + limit]) : null,
    total: found.total,
    match: found.match,
    terms,
    facets: toFacets({ standard, index }, found, chosen),
    nearest: q !== '' && found.total === 0 ? nearestNames(index, reach, rank) : [],
  }
}

/** What somebody typing `q` may mean, of what he may see. */
export const suggest = async (ctx: Ctx, q: string): Promise<Suggestion[]> =>
  suggestionsFor(await searchFeed(ctx.db, ctx.log).fresh(), reachOf(ctx.actor), q.trim())
