import { codes } from '@sanjiang/contract'
import type { Facet, SearchHit, SearchResult, Standard } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import { formatCursor, parseCursor } from '#kernel/page.ts'
import { type Attempt, attemptsOf, highlightsOf, rankQuery, type Synonyms } from './query.rules.ts'
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
import {
  listClassTitles,
  listMatchedItems,
  listNearestNames,
  listOrganNames,
  listSynonymRows,
} from './suggest.store.ts'
import { runsOf } from './term.rules.ts'

export interface SearchQuery extends Chosen {
  readonly q?: string
  readonly order?: 'relevance' | 'newest' | 'name'
  readonly after?: string
  readonly limit?: number
}

const EVERYTHING: Synonyms = new Map()

/** Each word with those that mean the same. */
export const readSynonyms = async (db: Db): Promise<Synonyms> => {
  const rows = await listSynonymRows(db)
  if (rows.length === 0) return EVERYTHING
  const groups = Map.groupBy(rows, ({ group_no }) => group_no)
  return new Map(
    rows.map(({ group_no, word }) => [
      word,
      groups
        .get(group_no)!
        .map((one) => one.word)
        .filter((one) => one !== word),
    ]),
  )
}

const chosenOf = (query: SearchQuery): Chosen =>
  Object.fromEntries((Object.keys(FACET_KEYS) as FacetKey[]).map((key) => [key, query[key] ?? []]))

// Results further down than this are asked for by nobody; a narrower search is.
const MAX_OFFSET = 5_000
const offsetOf = (after: string | undefined): number =>
  after === undefined ? 0 : Math.min(MAX_OFFSET, Math.max(0, Math.trunc(Number(parseCursor(after, 1)[0])) || 0))

/** Tries the ways of reading the query one after the other until one finds something. */
const firstThatFinds = async (
  ctx: Ctx,
  options: Omit<SearchOptions, 'attempt'>,
  attempts: readonly Attempt[],
): Promise<{ answer: SearchAnswer; attempt?: Attempt }> => {
  let last: SearchAnswer = { total: 0, rows: [], facets: [] }
  for (const attempt of attempts) {
    const answer = await searchEntries(ctx.db, { ...options, attempt })
    // Filters may leave nothing of what the words found; then the words were understood all the same.
    if (answer.total > 0 || answer.facets.length > 0) return { answer, attempt }
    last = answer
  }
  return { answer: last }
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

const titlesOf = async (db: Db, standard: Standard, facets: SearchAnswer['facets']) => {
  const codesOf = (key: FacetKey) => facets.filter(({ facet }) => facet === key).map(({ code }) => code)
  const organs = await listOrganNames(db, codesOf('provider'))
  const classes = await listClassTitles(db, codesOf('class'))
  return (key: FacetKey, code: string): string => {
    if (key === 'provider') return organs.get(code) ?? code
    if (key === 'class') return classes.get(code) ?? code
    if (key === 'region') return codes.divisionAt(code, '2017-12-31')?.name ?? code
    if (key === 'attached') return ATTACHED[code] ?? code
    return standard.enumerations[STANDARD_LISTS[key] ?? '']?.find((one) => one.code === code)?.title ?? code
  }
}

const toFacets = async (ctx: Ctx, found: SearchAnswer['facets'], chosen: Chosen): Promise<Facet[]> => {
  const { standard } = await currentChecker(ctx.db)
  // A chosen value stays in sight, with nothing to it, also when the other filters left none of it.
  const kept = (Object.keys(FACET_KEYS) as FacetKey[]).flatMap((facet) =>
    (chosen[facet] ?? [])
      .filter((code) => !found.some((one) => one.facet === facet && one.code === code))
      .map((code) => ({ facet, code, count: 0 })),
  )
  const all = [...found, ...kept]
  const titleOf = await titlesOf(ctx.db, standard, all)
  return (Object.keys(FACET_KEYS) as FacetKey[]).map((facet) => ({
    facet,
    values: all
      .filter((one) => one.facet === facet)
      .map(({ code, count }) => ({
        code,
        title: titleOf(facet, code),
        count,
        is_chosen: (chosen[facet] ?? []).includes(code),
      })),
  }))
}

const MAX_MATCHED = 6
const withItems = async (ctx: Ctx, answer: SearchAnswer, q: string): Promise<SearchHit[]> => {
  const runs = runsOf(q)
    .map(({ text }) => text)
    .filter((text) => text.length > 1)
  if (runs.length === 0 || answer.rows.length === 0) return answer.rows.map((row) => ({ ...row, matched_items: [] }))
  const items = Map.groupBy(
    await listMatchedItems(
      ctx.db,
      answer.rows.map(({ resource_id }) => resource_id),
      runs,
    ),
    ({ resource_id }) => resource_id,
  )
  return answer.rows.map((row) => ({
    ...row,
    matched_items: (items.get(row.resource_id) ?? []).slice(0, MAX_MATCHED).map(({ resource_id: _, ...item }) => item),
  }))
}

/** Search over what is published and meant for the reader (P2; architecture §7). */
export const search = async (ctx: Ctx, query: SearchQuery): Promise<SearchResult> => {
  const q = (query.q ?? '').trim()
  const { limit = 10 } = query
  const chosen = chosenOf(query)
  const offset = offsetOf(query.after)
  const attempts = attemptsOf(q, q === '' ? EVERYTHING : await readSynonyms(ctx.db))
  const options = {
    reach: reachOf(ctx.actor),
    rank: attempts.length > 0 ? { q, query: rankQuery(q) } : undefined,
    chosen,
    order: query.order ?? (attempts.length > 0 ? 'relevance' : 'newest'),
    offset,
    limit,
  } as const
  const { answer, attempt } =
    q === '' ? { answer: await searchEntries(ctx.db, options) } : await firstThatFinds(ctx, options, attempts)
  const isMore = offset + answer.rows.length < answer.total && offset + limit <= MAX_OFFSET
  return {
    rows: await withItems(ctx, answer, q),
    next: isMore ? formatCursor([offset + limit]) : null,
    total: answer.total,
    match: q === '' ? 'every' : (attempt?.match ?? 'none'),
    terms: highlightsOf(q),
    facets: await toFacets(ctx, answer.facets, chosen),
    nearest: q !== '' && answer.total === 0 ? await listNearestNames(ctx.db, options.reach, q) : [],
  }
}
