import { codes } from '@sanjiang/contract'
import type { Facet, SearchResult, Standard } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { formatCursor, parseCursor } from '#kernel/page.ts'
import { type Attempt, attemptsOf, highlightsOf, marksOf, rankQuery } from './query.rules.ts'
import { reachOf } from './resource.rules.ts'
import {
  type Chosen,
  FACET_KEYS,
  type FacetKey,
  type SearchAnswer,
  type SearchOptions,
  searchEntries,
} from './search.store.ts'
import { currentChecker } from './standard.service.ts'
import { listNearestNames } from './suggest.store.ts'
import { NO_SYNONYMS, recentSynonyms } from './synonym.service.ts'

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

const NOTHING: SearchAnswer = { total: 0, rows: [], facets: [] }
// Filters may leave nothing of what the words found; then the words were understood all the same.
const hasFound = ({ facets }: SearchAnswer): boolean => facets.some(({ count }) => count !== null)

/** Tries the ways of reading the query one after the other until one finds something. */
const firstThatFinds = async (
  ctx: Ctx,
  options: Omit<SearchOptions, 'attempt'>,
  attempts: readonly Attempt[],
): Promise<{ answer: SearchAnswer; attempt?: Attempt }> => {
  let answer = NOTHING
  for (const attempt of attempts) {
    answer = await searchEntries(ctx.db, { ...options, attempt })
    if (hasFound(answer)) return { answer, attempt }
  }
  return { answer }
}

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

const titleOf = (standard: Standard, { facet, code, title }: SearchAnswer['facets'][number]): string => {
  if (title !== null) return title
  if (facet === 'region') return codes.divisionAt(code, '2017-12-31')?.name ?? code
  if (facet === 'attached') return ATTACHED[code] ?? code
  return standard.enumerations[STANDARD_LISTS[facet] ?? '']?.find((one) => one.code === code)?.title ?? code
}

const toFacets = (standard: Standard, answer: SearchAnswer, chosen: Chosen): Facet[] =>
  FACET_KEYS.map((facet) => {
    const mine = answer.facets.filter((one) => one.facet === facet)
    const counted = new Set(mine.filter(({ count }) => count !== null).map(({ code }) => code))
    const wanted = chosen[facet] ?? []
    // A county or a leaf class, where the facet counts prefectures and branches: alone it is what was found.
    const finer = wanted.length === 1 ? answer.total : 0
    return {
      facet,
      values: mine
        .filter(({ count, code }) => count !== null || !counted.has(code))
        .map((one) => ({
          code: one.code,
          title: titleOf(standard, one),
          count: one.count ?? finer,
          is_chosen: wanted.includes(one.code),
        })),
    }
  })

/** Search over what is published and meant for the reader (P2; architecture §7). */
export const search = async (ctx: Ctx, query: SearchQuery): Promise<SearchResult> => {
  const q = (query.q ?? '').trim()
  const { limit = 10 } = query
  const offset = offsetOf(query.after)
  const chosen = chosenOf(query)
  const [{ standard }, synonyms] = await Promise.all([
    currentChecker(ctx.db),
    q === '' ? NO_SYNONYMS : recentSynonyms(ctx.db),
  ])
  const attempts = attemptsOf(q, synonyms)
  const terms = highlightsOf(q)
  const options = {
    reach: reachOf(ctx.actor),
    rank: attempts.length > 0 ? { q, query: rankQuery(q), marks: marksOf(q) } : undefined,
    words: terms.filter((word) => word.length > 1),
    chosen,
    order: query.order ?? (attempts.length > 0 ? 'relevance' : 'newest'),
    offset,
    limit,
  } as const
  const { answer, attempt } =
    q === '' ? { answer: await searchEntries(ctx.db, options) } : await firstThatFinds(ctx, options, attempts)
  const isMore = offset + answer.rows.length < answer.total && offset + limit <= MAX_OFFSET
  return {
    rows: answer.rows,
    next: isMore ? formatCursor([offset + limit]) : null,
    total: answer.total,
    match: q === '' ? 'every' : (attempt?.match ?? 'none'),
    terms,
    facets: toFacets(standard, answer, chosen),
    nearest: q !== '' && answer.total === 0 ? await listNearestNames(ctx.db, options.reach, q) : [],
  }
}
