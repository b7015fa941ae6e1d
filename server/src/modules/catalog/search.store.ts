import type { SearchHit } from '@sanjiang/contract/catalog'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db } from '#kernel/db.ts'
import type { Attempt } from './query.rules.ts'
import type { Reach } from './resource.rules.ts'
import { mayRead } from './resource.store.ts'

/** The facets in the order in which `facet_key` joins their values. */
export const FACET_KEYS = [
  'provider',
  'region',
  'class',
  'share_type',
  'open_type',
  'format',
  'update_cycle',
  'attached',
] as const
export type FacetKey = (typeof FACET_KEYS)[number]

/** Chosen values per facet; inside one facet any of them, between facets all. */
export type Chosen = Partial<Record<FacetKey, readonly string[]>>

const like = (prefixes: readonly string[]): string[] => prefixes.map((one) => `${one}%`)
// A division's prefix: a province its first two digits, a prefecture four.
const divisionPrefix = (code: string): string => code.replace(/0000$/, '').replace(/00$/, '')

const CONDITIONS: Record<FacetKey, (values: readonly string[]) => RawBuilder<SqlBool>> = {
  provider: (values) =>
    sql`e.provider_organ_id in (
      select o.organ_id from identity.organ o join identity.organ top on starts_with(o.path, top.path)
      where top.organ_id = any(${values}))`,
  region: (values) => sql`e.division_code like any(${like(values.map(divisionPrefix))})`,
  class: (values) => sql`e.class_code like any(${like(values)})`,
  share_type: (values) => sql`e.share_type = any(${values})`,
  open_type: (values) => sql`e.open_type = any(${values})`,
  format: (values) => sql`e.format_category = any(${values})`,
  update_cycle: (values) => sql`e.update_cycle = any(${values})`,
  attached: (values) =>
    sql`(e.attached_methods && ${values} or ('none' = any(${values}) and e.attached_methods = '{}'))`,
}

const meets = ({ either }: Attempt): RawBuilder<SqlBool> =>
  sql`(${sql.join(
    either.map(({ terms, sounds, code }) => {
      const parts = [
        ...(terms ? [sql`e.terms @@ ${terms}::tsquery`] : []),
        ...(sounds ? [sql`e.sounds @@ ${sounds}::tsquery`] : []),
        ...(code ? [sql`e.code like ${`${code}%`}`] : []),
      ]
      return sql`(${sql.join(parts, sql` and `)})`
    }),
    sql` or `,
  )})`

export interface SearchOptions {
  readonly reach: Reach
  /** `undefined`: everything. */
  readonly attempt?: Attempt
  readonly rank?: {
    readonly q: string
    readonly query: string
    /** Words, or pairs of characters, that count in a name. */
    readonly marks: readonly string[]
  }
  /** Words whose items are shown as the reason an entry was found. */
  readonly words: readonly string[]
  readonly chosen: Chosen
  readonly order: 'relevance' | 'newest' | 'name'
  readonly offset: number
  readonly limit: number
}

export interface FacetCount {
  readonly facet: FacetKey
  readonly code: string
  /** Name of the organ or class; the titles of codes are the standard's to give. */
  readonly title: string | null
  /** `null`: a chosen value, repeated in case the counts above do not name it. */
  readonly count: number | null
}

export interface SearchAnswer {
  readonly total: number
  readonly rows: SearchHit[]
  readonly facets: FacetCount[]
}

// Whole name, then its beginning, then anywhere in it, then how many of the words it holds; short names first. Read from the
// name alone: ts_rank has to fetch the terms of every hit and was five sixths of the time for 10,000 hits of 100,000.
const nameScore = (rank: SearchOptions['rank']): RawBuilder<unknown> =>
  rank
    ? sql`(case when e.name = ${rank.q} then 8 when starts_with(e.name, ${rank.q}) then 4
        when position(${rank.q} in e.name) > 0 then 3 else 0 end
        + (${sql.join(
          rank.marks.map((mark) => sql`(position(${mark} in lower(e.name)) > 0)::integer`),
          sql` + `,
        )})::real * 2 / ${sql.lit(rank.marks.length)} - length(e.name) * 0.002)`
    : sql`0`

/** So many of the best by name are ranked by where in them the words stand: A name, B items, C organ and keywords, D summary. */
const CANDIDATES = 200

const BY_NAME = sql`h.score desc, h.published_on desc, h.resource_id`
const ORDERS = {
  relevance: BY_NAME,
  newest: sql`h.published_on desc, h.resource_id`,
  name: sql`h.name, h.resource_id`,
}

type Slice = Pick<SearchOptions, 'order' | 'offset' | 'limit'>

/** One page of the hits. Ranked, it comes from the candidates, and only what lies below them from the rest in their order. */
const pageOf = (
  { order, offset, limit }: Slice,
  isRanked: boolean,
  condition: RawBuilder<unknown>,
): RawBuilder<unknown> => {
  const below = isRanked ? Math.max(offset, CANDIDATES) : offset
  const rest = sql`(select h.resource_id, row_number() over (order by ${ORDERS[order]}) + ${sql.lit(CANDIDATES)} as place from (
      select * from hit h where ${condition} order by ${ORDERS[order]} limit ${offset + limit - below} offset ${below}) h)`
  if (!isRanked) return rest
  const first = sql`(select h.resource_id, row_number() over (order by h.words desc, ${BY_NAME}) as place
      from candidate h order by place limit ${limit} offset ${offset})`
  return offset + limit > CANDIDATES ? sql`${first} union all ${rest}` : first
}

const MAX_MATCHED = 6
// Items whose names hold one of the words, or are held by one.
const matchedItems = (words: readonly string[]): RawBuilder<unknown> =>
  words.length === 0
    ? sql`'[]'::json`
    : sql`(select coalesce(json_agg(json_build_object('item_id', m.item_id, 'name', m.name, 'name_en', m.name_en,
        'share_type', m.share_type) order by m.seq), '[]') from (
        select i.* from catalog.item i
        where i.resource_id = e.resource_id and exists (
          select from unnest(${words}::text[]) as w (word)
          where position(w.word in lower(i.name)) > 0 or (length(i.name) > 1 and position(lower(i.name) in w.word) > 0)
            or position(w.word in replace(lower(i.name_en), '_', ' ')) > 0)
        order by i.seq limit ${MAX_MATCHED}) m)`

const FACET_TITLES: Partial<Record<FacetKey, RawBuilder<unknown>>> = {
  provider: sql`(select o.name from identity.organ o where o.organ_id = f.code)`,
  class: sql`(select n.title from catalog.class_node n where n.code = f.code)`,
}

/** Chosen values stay in sight, named, also where nothing is left of them or the facet counts by something coarser. */
const stillChosen = (key: FacetKey, values: readonly string[]): RawBuilder<unknown> =>
  sql`union all select ${sql.lit(key)}, f.code, ${FACET_TITLES[key] ?? sql`null::text`}, null::integer
    from unnest(${values}::text[]) as f (code)`

export const searchEntries = async (db: Db, options: SearchOptions): Promise<SearchAnswer> => {
  const { reach, attempt, rank, words, chosen, order } = options
  const isRanked = order === 'relevance' && rank !== undefined
  const active = FACET_KEYS.filter((key) => (chosen[key] ?? []).length > 0)
  const marks = active.map((key) => sql`, ${sql.ref(`in_${key}`)}`)
  const flags = active.map((key) => sql`, ${CONDITIONS[key](chosen[key]!)} as ${sql.ref(`in_${key}`)}`)
  const allBut = (key?: FacetKey) => {
    const rest = active.filter((one) => one !== key).map((one) => sql.ref(`in_${one}`))
    return rest.length > 0 ? sql.join(rest, sql` and `) : sql`true`
  }
  const { rows } = await sql<{ answer: SearchAnswer }>`
    with hit as materialized (
      select e.resource_id, e.name, e.published_on, e.facet_key, ${order === 'relevance' ? nameScore(rank) : sql`0`} as score
        ${sql.join(flags, sql``)}
      from catalog.entry e
      where ${mayRead(reach)} ${attempt ? sql`and ${meets(attempt)}` : sql``}),
    candidate as materialized (
      select b.*, b.score + ts_rank('{0.05, 0.2, 0.4, 1.0}', e.terms, ${rank?.query ?? ''}::tsquery) as words
      from (select h.resource_id, h.score, h.published_on from hit h where ${allBut()} and ${isRanked}
            order by ${BY_NAME} limit ${CANDIDATES}) b
      join catalog.entry e using (resource_id)),
    page as (${pageOf(options, isRanked, allBut())}),
    combo as (
      select string_to_array(facet_key, '|') as k, count(*)::integer as n${sql.join(marks, sql``)} from hit
      group by facet_key${sql.join(marks, sql``)}),
    facet as (${sql.join(
      FACET_KEYS.map(
        (key, index) => sql`(
          select ${sql.lit(key)} as facet, f.code, ${FACET_TITLES[key] ?? sql`null::text`} as title, f.count from (
            select k[${sql.lit(index + 1)}] as code, sum(n)::integer as count from combo
            where ${allBut(key)} group by 1 order by 2 desc, 1 limit 100) f
          ${active.includes(key) ? stillChosen(key, chosen[key]!) : sql``})`,
      ),
      sql` union all `,
    )})
    select json_build_object(
      'total', (select coalesce(sum(n), 0)::integer from combo where ${allBut()}),
      'facets', (select coalesce(json_agg(json_build_object('facet', facet, 'code', code, 'title', title, 'count', count)), '[]') from facet),
      'rows', (select coalesce(json_agg(json_build_object('resource_id', e.resource_id, 'code', e.code, 'name', e.name,
          'summary', e.summary, 'provider_organ_id', e.provider_organ_id, 'provider_name', o.name,
          'division_code', e.division_code, 'class_code', e.class_code, 'class_title', n.title, 'share_type', e.share_type,
          'open_type', e.open_type, 'format_category', e.format_category, 'format_type', e.format_type,
          'update_cycle', e.update_cycle, 'attached_methods', e.attached_methods, 'item_count', e.item_count,
          'version', e.version, 'published_on', e.published_on, 'matched_items', ${matchedItems(words)}) order by p.place), '[]')
        from page p join catalog.entry e using (resource_id)
        join identity.organ o on o.organ_id = e.provider_organ_id
        join catalog.class_node n on n.code = e.class_code)) as answer`.execute(db)
  return rows[0]!.answer
}
