import { Index } from 'flexsearch'
import MiniSearch from 'minisearch'
import type pg from 'pg'
import {
  type Answer,
  bigramTokens,
  type CorpusEntry,
  type Counter,
  FACETS,
  makeCounter,
  type SearchPeer,
} from './search.corpus.ts'

const textOf = ({ name, items, words, summary }: CorpusEntry): string => [name, items, words, summary].join('\n')

/** FlexSearch: one index over all texts, the name first, because what stands early counts more; all words, then any of them. */
export const flexSearch = (): SearchPeer => {
  let index: Index
  let counter: Counter
  let size = 0
  return {
    name: 'flexsearch',
    build: async (corpus) => {
      index = new Index({ tokenize: 'strict', encode: bigramTokens, resolution: 9 })
      for (const [at, entry] of corpus.entries()) index.add(at, textOf(entry))
      counter = makeCounter(corpus)
      size = corpus.length
    },
    search: async (q, asked) => {
      const strict = index.search(q, { limit: size }) as number[]
      const hits = strict.length > 0 ? strict : (index.search(q, { limit: size, suggest: true }) as number[])
      return counter.answer(hits, asked)
    },
    close: async () => undefined,
  }
}

interface Small {
  readonly id: number
  readonly name: string
  readonly items: string
  readonly words: string
  readonly summary: string
}

/** MiniSearch: a field per text, weighted; words of other letters by their beginning; all words, then any of them. */
export const miniSearch = (): SearchPeer => {
  let index: MiniSearch<Small>
  let counter: Counter
  return {
    name: 'minisearch',
    build: async (corpus) => {
      index = new MiniSearch<Small>({
        fields: ['name', 'items', 'words', 'summary'],
        tokenize: bigramTokens,
        processTerm: (term) => term,
        searchOptions: {
          boost: { name: 8, items: 3, words: 2 },
          prefix: (term) => /^[a-z\d]/.test(term),
          combineWith: 'AND',
        },
      })
      index.addAll(corpus.map(({ name, items, words, summary }, id) => ({ id, name, items, words, summary })))
      counter = makeCounter(corpus)
    },
    search: async (q, asked) => {
      const strict = index.search(q)
      const found = strict.length > 0 ? strict : index.search(q, { combineWith: 'OR' })
      return counter.answer(
        found.map(({ id }) => id),
        asked,
      )
    },
    close: async () => undefined,
  }
}

/** PostgreSQL with trigrams: `ILIKE` over all texts of one plain table, ordered by likeness of the name. */
export const trigram = (client: pg.ClientBase): SearchPeer => {
  const narrowed = FACETS.map(
    (facet, at) => `($${at + 3}::text[] is null or ${facet} = any($${at + 3})) as in_${facet}`,
  ).join(', ')
  const allBut = (facet?: string) =>
    FACETS.filter((one) => one !== facet)
      .map((one) => `in_${one}`)
      .join(' and ')
  const text = `
    with hit as materialized (
      select *, ${narrowed} from public.peer_entry where body ilike all ($1::text[]) and label = any($2::text[]))
    select json_build_object('total', (select count(*) from hit where ${allBut()}),
      'ids', (select coalesce(json_agg(id), '[]') from (
        select id from hit where ${allBut()}
        order by name ilike all ($1::text[]) desc, similarity(name, $11) desc, length(name), id limit $12) r),
      'facets', (select coalesce(json_agg(f), '[]') from (${FACETS.map(
        (facet) =>
          `(select '${facet}' as facet, ${facet} as code, count(*)::integer as count from hit where ${allBut(facet)} group by 2 order by 3 desc limit 100)`,
      ).join(' union all ')}) f)) as answer`
  return {
    name: 'pg_trgm',
    build: async (corpus) => {
      await client.query(`
        create extension if not exists pg_trgm;
        drop table if exists public.peer_entry;
        create table public.peer_entry (id text primary key, name text, body text, label text, ${FACETS.map((one) => `${one} text`).join(', ')})`)
      for (let at = 0; at < corpus.length; at += 5_000) {
        const rows = corpus
          .slice(at, at + 5_000)
          .map((one) => ({ id: one.id, name: one.name, body: textOf(one), label: one.label, ...one.facets }))
        await client.query(
          `insert into public.peer_entry select * from jsonb_populate_recordset(null::public.peer_entry, $1)`,
          [JSON.stringify(rows)],
        )
      }
      await client.query('create index peer_entry_body on public.peer_entry using gin (body gin_trgm_ops)')
      await client.query('vacuum analyze public.peer_entry')
    },
    search: async (q, { labels, chosen, limit }) => {
      const words = q
        .split(/\s+/)
        .filter(Boolean)
        .map((word) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`)
      const { rows } = await client.query(text, [words, labels, ...FACETS.map((one) => chosen[one] ?? null), q, limit])
      const { total, ids, facets } = rows[0].answer as {
        total: number
        ids: string[]
        facets: { facet: string; code: string; count: number }[]
      }
      const counted = FACETS.map(
        (facet) =>
          [
            facet,
            new Map(facets.filter((one) => one.facet === facet).map(({ code, count }) => [code, count])),
          ] as const,
      )
      return { ids, total, facets: Object.fromEntries(counted) as unknown as Answer['facets'] }
    },
    close: async () => void (await client.query('drop table if exists public.peer_entry')),
  }
}
