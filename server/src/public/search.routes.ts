import type { HeldValues } from '@sanjiang/contract/site'
import type { SearchView, SiteFacet, SiteHit, SiteUnderstood } from '@sanjiang/contract/site.search'
import type { How, Word } from '@sanjiang/finder/reading.rules'
import { type FoundDatasets, findDatasets } from './search.index.ts'
import { type ChosenDatasets, DATASET_FACETS } from './search.shape.ts'
import { type HitRow, listHits } from './search.store.ts'
import { followDatasets } from './shelf/shelf.ts'
import { type Site, type SiteRoutes, textOf, wholeOf } from './site.ts'

const PER_PAGE = 20
const MAX_FROM = 10_000
const MAX_CHOSEN = 20
/** So many values of a facet are offered; who wants others says so in words. */
const MAX_VALUES = 40
const SORTS = ['relevance', 'newest', 'name'] as const

type Query = Readonly<Record<string, unknown>>

const listOf = (value: unknown): string[] =>
  [...new Set([value].flat().map((one) => textOf(one, 100)))].filter((one) => one !== '').slice(0, MAX_CHOSEN)

const chosenOf = (query: Query): ChosenDatasets =>
  Object.fromEntries(
    DATASET_FACETS.map((facet) => [facet, listOf(query[facet])] as const).filter(([, values]) => values.length > 0),
  )

/** Chosen values stay in sight, whatever is found of them. */
const facetsOf = ({ facets }: FoundDatasets, chosen: ChosenDatasets): SiteFacet[] =>
  DATASET_FACETS.map((facet) => {
    const wanted = chosen[facet] ?? []
    const counted = facets.filter((one) => one.facet === facet)
    const shown = counted.filter(({ code }, at) => at < MAX_VALUES || wanted.includes(code))
    const lost = wanted.filter((code) => !shown.some((one) => one.code === code)).map((code) => ({ code, count: 0 }))
    const values = [...shown, ...lost].map(({ code, count }) => ({ code, count, is_chosen: wanted.includes(code) }))
    return { facet, values }
  })

const SAID: Readonly<Partial<Record<How, SiteUnderstood['how']>>> = {
  synonym: 'synonym',
  organ: 'organ',
  pinyin: 'pinyin',
  initials: 'initials',
  homophone: 'mended',
  typo: 'mended',
}
const MAX_SAID = 4

/** What a reader cannot know from what he typed: synonyms, whose name it is, how it was spelt, what was mended. */
const understoodAs = ({ text, ways }: Word, { organsCalled }: FoundDatasets): SiteUnderstood[] => {
  const said = ways.flatMap((way) => {
    const how = SAID[way.how]
    if (!how) return []
    return (way.how === 'organ' ? organsCalled(way.text) : [way.text]).map((name) => ({ how, name }))
  })
  const others = Map.groupBy(
    said.filter(({ name }) => name !== text),
    ({ how }) => how,
  )
  return Array.from(others, ([how, some]) => ({
    text,
    how,
    as: [...new Set(some.map(({ name }) => name))].slice(0, MAX_SAID),
  }))
}

const MAX_MATCHED = 6
const matchedItems = (names: readonly string[], terms: readonly string[]): string[] =>
  names
    .filter((name) =>
      terms.some((term) => term.length > 1 && (name.includes(term) || (name.length > 1 && term.includes(name)))),
    )
    .slice(0, MAX_MATCHED)

const MAX_VALUES_SAID = 4
/** Where in the rows it stands; a single character stands everywhere. */
const matchedValues = (held: readonly HeldValues[], terms: readonly string[]): HeldValues[] =>
  held.flatMap(({ title, values }) => {
    const met = values.filter((value) => terms.some((term) => term.length > 1 && value.includes(term)))
    return met.length > 0 ? [{ title, values: met.slice(0, MAX_VALUES_SAID) }] : []
  })

const toHit = ({ item_names, held_values, ...row }: HitRow, { whole, terms, qualityOf }: FoundDatasets): SiteHit => ({
  ...row,
  quality: qualityOf(row.slug),
  holds_all: whole.has(row.slug),
  matched_items: matchedItems(item_names, terms),
  matched_values: matchedValues(held_values, terms),
})

const searchView = async (site: Site, query: Query): Promise<SearchView> => {
  const q = textOf(query.q, 200)
  const chosen = chosenOf(query)
  const from = wholeOf(query.from, { fallback: 0, max: MAX_FROM })
  const wanted = textOf(query.sort, 20)
  const sort = SORTS.find((one) => one === wanted) ?? (q === '' ? 'newest' : 'relevance')
  const found = await findDatasets(site, { q, chosen, order: sort, from, limit: PER_PAGE })
  const rows = await listHits(site.pool, found.slugs)
  return {
    ...{ page: 'search', q, chosen, sort, from, limit: PER_PAGE },
    total: found.total,
    match: found.match,
    rows: rows.map((row) => toHit(row, found)),
    facets: facetsOf(found, chosen),
    terms: found.terms,
    understood: (found.reading?.words ?? []).flatMap((word) => understoodAs(word, found)),
    dropped: found.reading?.dropped ?? [],
    nearest: found.nearest(),
    without: found.without,
  }
}

export const searchRoutes: SiteRoutes = (app, site) => {
  const following = followDatasets(site)
  app.addHook('onReady', async () => following.start())
  app.addHook('onClose', async () => following.stop())
  app.get('/datasets', async (_, reply) => reply.redirect('/search', 301))
  app.get('/search', async (request, reply) =>
    site.send(request, reply, { status: 200, view: await searchView(site, request.query as Query) }),
  )
}
