import type { SiteColumn } from '@sanjiang/contract/site'
import type pg from 'pg'

export interface ConditionalRow {
  readonly dataset_id: string
  readonly slug: string
  readonly title: string
  readonly organ_name: string
  readonly open_condition: string | null
  readonly shows_sample: boolean
  readonly days: number | null
  readonly source: string | null
  readonly table_name: string | null
  readonly columns: readonly SiteColumn[] | null
  readonly row_count: number | null
  readonly kept_months: number | null
  readonly today: string
}

/** A conditional dataset that is open, with what is promised to those who apply. */
export const findConditional = async (pool: pg.Pool, slug: string): Promise<ConditionalRow | undefined> => {
  const { rows } = await pool.query<ConditionalRow>(
    `select d.dataset_id, d.slug, d.title, d.organ_name, d.content->>'open_condition' as open_condition,
       coalesce((d.content->>'shows_sample')::boolean, false) as shows_sample,
       p.days, p.source, e.table_name, e.columns, e.row_count, site.today()::text as today,
       (select months from site.keeping) as kept_months
     from site.dataset d left join site.promise p using (dataset_id)
     left join site.edition e on e.dataset_id = d.dataset_id and e.is_current
     where d.slug = $1 and d.state = 'open' and d.open_type = 'conditional'`,
    [slug],
  )
  return rows[0]
}

export type DraftResult = 'accepted' | 'limited' | 'full' | 'unknown'

export interface DraftRow {
  readonly number: string
  readonly code_hash: string
  readonly slug: string
  readonly body: Buffer
  readonly address_hash: string
}

export const saveDraft = async (pool: pg.Pool, draft: DraftRow): Promise<DraftResult> => {
  const { rows } = await pool.query<{ result: DraftResult }>('select intake.save_draft($1, $2, $3, $4, $5) as result', [
    ...[draft.number, draft.code_hash, draft.slug, draft.body, draft.address_hash],
  ])
  return rows[0]!.result
}

export const draftOf = async (pool: pg.Pool, number: string, codeHash: string) => {
  const { rows } = await pool.query<{ dataset_slug: string; body: Buffer }>(
    'select dataset_slug, body from intake.draft_of($1, $2)',
    [number, codeHash],
  )
  return rows[0]
}

export const dropDraft = (pool: pg.Pool, number: string, codeHash: string) =>
  pool.query('select intake.drop_draft($1, $2)', [number, codeHash])

export type ActResult = 'accepted' | 'known' | 'limited' | 'unknown'

export interface Act {
  readonly number: string
  readonly kind: 'mend' | 'agreement' | 'rekey' | 'appeal'
  readonly about: string
  readonly body: Readonly<Record<string, unknown>>
  readonly code_hash: string
  readonly address_hash: string
}

/** A further word about an application, by whoever holds its code. */
export const sendAct = async (pool: pg.Pool, act: Act): Promise<ActResult> => {
  const { rows } = await pool.query<{ result: ActResult }>('select intake.act($1, $2, $3, $4, $5, $6) as result', [
    ...[act.number, act.kind, act.about, JSON.stringify(act.body), act.code_hash, act.address_hash],
  ])
  return rows[0]!.result
}
