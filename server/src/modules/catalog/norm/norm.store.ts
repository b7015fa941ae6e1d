import type { Norm } from '@sanjiang/contract/catalog'
import { type RawBuilder, sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import type { Reach } from '../resource.rules.ts'
import { mayRead, mayWork } from '../resource.store.ts'

// The library is the same for everybody; only the entries that rely on it have a scope.

onConstraint({
  norm_replaces_fkey: { code: 'invalid', detail: '没有所替代的文件', field: 'replaces' },
  norm_itself_check: { code: 'invalid', detail: '文件不能替代自己', field: 'replaces' },
  norm_abolished_check: { code: 'invalid', detail: '废止日期不能早于施行日期', field: 'abolished_on' },
  norm_clause_pkey: { code: 'invalid', detail: '条号重复', field: 'clauses' },
  norm_link_pkey: { code: 'invalid', detail: '同一条款的对应重复', field: 'clauses' },
})

export interface NormRow {
  readonly norm_id: string
  readonly title: string
  readonly document_no: string
  readonly kind: Norm['kind']
  readonly field: Norm['field']
  readonly issuer: string
  readonly issued_on: string | null
  readonly effective_on: string | null
  readonly abolished_on: string | null
  readonly replaces: string | null
  readonly url: string
  readonly summary: string
  readonly verified: boolean
  readonly revision: number
  readonly updated_at: string
  readonly updated_by_name: string
  readonly link_count: number
}

export interface NormQuery {
  readonly q?: string
  readonly kind?: string
  readonly field?: string
  readonly target?: string
}

const STATED: RawBuilder<unknown> = sql`array['central_policy', 'administrative_regulation', 'law', 'ministry_policy',
  'national_standard', 'provincial_policy', 'local_regulation', 'local_standard', 'platform_rule']`

export const listNormRows = async (db: Db, { q, kind, field, target }: NormQuery) => {
  const { rows } = await sql<NormRow & { clauses: string[] }>`
    select n.*, (select count(*)::integer from catalog.norm_link l where l.norm_id = n.norm_id) as link_count,
           coalesce(array(select l.clause from catalog.norm_link l join catalog.norm_clause c using (norm_id, clause)
             where l.norm_id = n.norm_id and l.target = ${target ?? null} order by c.seq), '{}') as clauses
    from catalog.norm n
    where (${q ?? null}::text is null or position(lower(${q ?? ''}) in lower(n.title || ' ' || n.document_no || ' ' || n.issuer)) > 0)
      and (${kind ?? null}::text is null or n.kind = ${kind ?? null})
      and (${field ?? null}::text is null or n.field = ${field ?? null})
      and (${target ?? null}::text is null or exists (
        select from catalog.norm_link l where l.norm_id = n.norm_id and l.target = ${target ?? null}))
    order by array_position(${STATED}, n.kind), n.issued_on nulls last, n.document_no, n.norm_id`.execute(db)
  return rows
}

export const findNorm = async (db: Db, id: string): Promise<NormRow | undefined> => {
  const { rows } = await sql<NormRow>`
    select n.*, (select count(*)::integer from catalog.norm_link l where l.norm_id = n.norm_id) as link_count
    from catalog.norm n where n.norm_id = ${id}`.execute(db)
  return rows[0]
}

export const lockNorm = (tx: Tx, id: string) =>
  tx
    .selectFrom('catalog.norm')
    .select(['revision', 'abolished_on'])
    .where('norm_id', '=', id)
    .forUpdate()
    .executeTakeFirst()

export const listShort = (db: Db, ids: readonly string[]) =>
  ids.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('catalog.norm')
        .select(['norm_id', 'title', 'document_no'])
        .where('norm_id', 'in', [...ids])
        .execute()

export const listReplacing = (db: Db, id: string) =>
  db.selectFrom('catalog.norm').select(['norm_id', 'title', 'document_no']).where('replaces', '=', id).execute()

export const listClauseRows = async (db: Db, id: string) => {
  const { rows } = await sql<{
    clause: string
    text: string
    removed_on: string | null
    links: { kind: string; target: string }[]
  }>`
    select c.clause, c.text, c.removed_on::text as removed_on,
           coalesce((select jsonb_agg(jsonb_build_object('kind', l.kind, 'target', l.target) order by l.kind, l.target)
             from catalog.norm_link l where l.norm_id = c.norm_id and l.clause = c.clause), '[]') as links
    from catalog.norm_clause c where c.norm_id = ${id} order by c.seq`.execute(db)
  return rows
}

export interface NormDraft extends Omit<NormRow, 'link_count'> {
  readonly clauses: readonly {
    readonly clause: string
    readonly text: string
    readonly removed_on: string | null
    readonly links: readonly { readonly kind: string; readonly target: string }[]
  }[]
}

/** A document with its clauses and links, as a whole. */
export const writeNorm = async (tx: Tx, { clauses, ...norm }: NormDraft): Promise<void> => {
  const { norm_id } = norm
  await tx
    .insertInto('catalog.norm')
    .values(norm)
    .onConflict((oc) => oc.column('norm_id').doUpdateSet(norm))
    .execute()
  await tx.deleteFrom('catalog.norm_clause').where('norm_id', '=', norm_id).execute()
  if (clauses.length === 0) return
  await tx
    .insertInto('catalog.norm_clause')
    .values(clauses.map(({ links: _, ...clause }, seq) => ({ ...clause, norm_id, seq })))
    .execute()
  const links = clauses.flatMap(({ clause, links: of }) => of.map((link) => ({ norm_id, clause, ...link })))
  if (links.length > 0) await tx.insertInto('catalog.norm_link').values(links).execute()
}

export const listBasisTitles = async (db: Db): Promise<Map<string, string>> => {
  const rows = await db.selectFrom('catalog.legal_basis').select(['basis_key', 'title', 'clause']).execute()
  return new Map(rows.map(({ basis_key, title, clause }) => [basis_key, `${title} ${clause}`]))
}

interface RelianceQuery {
  readonly title: string
  readonly reach: Reach
  readonly today: string
  readonly clause?: string
  readonly organId?: string
  readonly after?: string
  readonly limit: number
}

/** One row per entry and clause relied on, by itself or by its items. */
const relied = (title: string): RawBuilder<unknown> => sql`
  select e.resource_id, e.share_basis ->> 'clause' as clause, 0 as item_count
  from catalog.entry e where e.share_basis ->> 'title' = ${title}
  union all
  select i.resource_id, i.withheld_basis ->> 'clause', count(*)::integer
  from catalog.item i join catalog.entry e on e.resource_id = i.resource_id
  where i.withheld_basis ->> 'title' = ${title} and e.share_basis is distinct from i.withheld_basis
  group by 1, 2`

export const countReliance = async (db: Db, title: string, reach: Reach): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(distinct b.resource_id)::integer as count from (${relied(title)}) b
    join catalog.entry e on e.resource_id = b.resource_id
    join catalog.resource r on r.resource_id = b.resource_id
    join identity.organ o on o.organ_id = e.provider_organ_id
    where ${mayRead(reach)} or ${mayWork(reach)}`.execute(db)
  return rows[0]!.count
}

export const listRelianceRows = async (db: Db, normId: string, query: RelianceQuery) => {
  const { title, reach, today, clause, organId, after, limit } = query
  const { rows } = await sql<{
    resource_id: string
    name: string
    code: string
    provider_name: string
    clause: string
    item_count: number
    is_lapsed: boolean
  }>`
    select b.resource_id, e.name, e.code, o.name as provider_name, coalesce(b.clause, '') as clause, b.item_count,
           exists (select from catalog.norm n left join catalog.norm_clause c on c.norm_id = n.norm_id and c.clause = b.clause
             where n.norm_id = ${normId} and (n.abolished_on <= ${today}::date or c.removed_on <= ${today}::date)) as is_lapsed
    from (${relied(title)}) b
    join catalog.entry e on e.resource_id = b.resource_id
    join catalog.resource r on r.resource_id = b.resource_id
    join identity.organ o on o.organ_id = e.provider_organ_id
    where (${mayRead(reach)} or ${mayWork(reach)})
      and (${clause ?? null}::text is null or b.clause = ${clause ?? null})
      and (${organId ?? null}::text is null or e.provider_organ_id = ${organId ?? null})
      and (${after ?? null}::text is null or e.code || ' ' || coalesce(b.clause, '') > ${after ?? null})
    order by e.code || ' ' || coalesce(b.clause, '') limit ${limit + 1}`.execute(db)
  return rows
}

export interface Lapsed {
  readonly title: string
  /** `null`: the whole document. */
  readonly clause: string | null
  readonly lapsed_on: string
}

/** Documents and clauses that no longer hold on a day, by the names entries cite. */
export const listLapsed = async (db: Db, titles: readonly string[], today: RawBuilder<unknown>): Promise<Lapsed[]> => {
  if (titles.length === 0) return []
  const { rows } = await sql<Lapsed>`
    select title, null as clause, abolished_on::text as lapsed_on from catalog.norm
    where title = any(${titles}) and abolished_on <= ${today}
    union all
    select n.title, c.clause, c.removed_on::text from catalog.norm n join catalog.norm_clause c on c.norm_id = n.norm_id
    where n.title = any(${titles}) and c.removed_on <= ${today}`.execute(db)
  return rows
}
