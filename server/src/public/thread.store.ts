import { readClock } from '@sanjiang/contract/clock'
import type { RuleCode } from '@sanjiang/contract/codes'
import type { DatasetName, SiteThread, ThreadPart } from '@sanjiang/contract/site.intake'
import type pg from 'pg'

const COLUMNS = `number, kind, dataset_slug, title, text, state, organ_name, received_on::text as received_on, rule_code,
  clock_started_on::text as clock_started_on, answered_on::text as answered_on, outcome, answer, support_count, detail, timeline`

type Row = Omit<SiteThread, 'clock'> & { readonly rule_code: RuleCode | null; readonly clock_started_on: string | null }

/** Days left are folded when they are read: nothing about lateness is kept. */
const toThread = ({ rule_code, clock_started_on, ...row }: Row, today: string): SiteThread => ({
  ...row,
  clock:
    rule_code && clock_started_on
      ? readClock({ rule_code, started_on: clock_started_on, stopped_on: row.answered_on }, today)
      : null,
})

export interface ThreadQuery {
  readonly kinds: readonly SiteThread['kind'][]
  readonly slug?: string
  readonly from: number
  readonly limit: number
  readonly today: string
}

/** Newest first. */
export const listThreads = async (pool: pg.Pool, query: ThreadQuery): Promise<ThreadPart> => {
  const { kinds, slug = null, from, limit, today } = query
  const { rows } = await pool.query<Row & { total: number }>(
    `select ${COLUMNS}, count(*) over ()::integer as total from site.thread
     where kind = any($1) and ($2::text is null or dataset_slug = $2)
     order by received_on desc, number limit $3 offset $4`,
    [[...kinds], slug, limit, from],
  )
  return {
    rows: rows.map(({ total: _, ...row }) => toThread(row, today)),
    total: rows[0]?.total ?? 0,
    from,
    limit,
  }
}

export const countQuestions = async (pool: pg.Pool, slug: string) => {
  const { rows } = await pool.query<{ waiting: number; answered: number }>(
    `select count(*) filter (where state = 'waiting')::integer as waiting,
       count(*) filter (where state = 'answered')::integer as answered
     from site.thread where dataset_slug = $1 and kind in ('question', 'correction')`,
    [slug],
  )
  return rows[0]!
}

interface Wanted {
  readonly number: string
  readonly kind: SiteThread['kind']
  readonly today: string
}

export const findThread = async (pool: pg.Pool, { number, kind, today }: Wanted): Promise<SiteThread | undefined> => {
  const { rows } = await pool.query<Row>(`select ${COLUMNS} from site.thread where number = $1 and kind = $2`, [
    number,
    kind,
  ])
  return rows[0] && toThread(rows[0], today)
}

/** Names of datasets that are open, by their addresses. */
export const namesOf = async (pool: pg.Pool, slugs: readonly string[]): Promise<Record<string, string>> => {
  const { rows } = await pool.query<{ slug: string; title: string }>(
    `select slug, title from site.dataset where slug = any($1) and state = 'open'`,
    [[...slugs]],
  )
  return Object.fromEntries(rows.map(({ slug, title }) => [slug, title]))
}

export const findDatasetName = async (
  pool: pg.Pool,
  slug: string,
): Promise<(DatasetName & { readonly fields: readonly string[] }) | undefined> => {
  const { rows } = await pool.query<DatasetName & { fields: string[] }>(
    `select slug, title, organ_name, array(select i->>'name' from jsonb_array_elements(content->'items') i) as fields
     from site.dataset where slug = $1 and state = 'open'`,
    [slug],
  )
  return rows[0]
}

/** Datasets that are open and hold one of these words in their names. */
export const listNamesLike = async (pool: pg.Pool, words: readonly string[], limit: number): Promise<DatasetName[]> => {
  const { rows } = await pool.query<DatasetName>(
    `select d.slug, d.title, d.organ_name from site.dataset d,
       lateral (select count(*) as hits from unnest($1::text[]) w (word) where strpos(lower(d.title), w.word) > 0) h
     where d.state = 'open' and h.hits > 0 order by h.hits desc, d.released_on desc, d.slug limit $2`,
    [[...words], limit],
  )
  return rows
}
