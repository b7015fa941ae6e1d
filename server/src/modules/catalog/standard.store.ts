import type { CatalogStandard, LegalBasis } from '@sanjiang/contract/catalog'
import { type SqlBool, sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'

// Standards, classes and legal bases are the same for everybody: no scope applies to them.

// The business date as the clock tells it, where a store has no ctx to ask: real days of Shanghai plus the demo's offset.
export const TODAY = sql`((now() at time zone 'Asia/Shanghai')::date
  + coalesce((select (value #>> '{}')::integer from kernel.setting where name = 'business_day_offset'), 0))`

/** The version in force: adopted, begun by its date, the latest to begin. Before any has begun, the first that will. */
export const findCurrentKey = async (db: Db) => {
  const { rows } = await sql<{ standard_id: string; version: number; installed_at: string }>`
    select standard_id, version, installed_at from catalog.standard where state = 'adopted'
    order by effective_from <= ${TODAY} desc, case when effective_from <= ${TODAY} then effective_from end desc,
      effective_from, version desc limit 1`.execute(db)
  return rows[0]
}

/** The next one: adopted, and begins on a later day. */
export const listScheduled = async (db: Db, standardId: string): Promise<number[]> => {
  const { rows } = await sql<{ version: number }>`
    select version from catalog.standard
    where standard_id = ${standardId} and state = 'adopted' and effective_from > ${TODAY} order by effective_from`.execute(
    db,
  )
  return rows.map(({ version }) => version)
}

export const findStandardKey = (db: Db, standardId: string, version: number) =>
  db
    .selectFrom('catalog.standard')
    .select(['standard_id', 'version', 'installed_at'])
    .where('standard_id', '=', standardId)
    .where('version', '=', version)
    .executeTakeFirst()

export const findStandard = (db: Db, standardId: string, version: number) =>
  db
    .selectFrom('catalog.standard')
    .select(['body', 'effective_from', 'effective_to'])
    .where('standard_id', '=', standardId)
    .where('version', '=', version)
    .executeTakeFirst()

/** A version with its tree, by the dates it has now; unknown is `not_found`. */
export const getBody = async (db: Db, standardId: string, version: number): Promise<CatalogStandard> => {
  const row = await findStandard(db, standardId, version)
  if (!row) throw new Fault('not_found')
  const { body, effective_from, effective_to } = row
  return { ...(body as CatalogStandard), effective_from, effective_to }
}

export const listStandardRows = (db: Db) =>
  db
    .selectFrom('catalog.standard')
    .select(['standard_id as id', 'version', 'title', 'document_no', 'dialect', 'effective_from', 'effective_to'])
    .select(['verified', 'is_current'])
    .where('state', '=', 'adopted')
    .orderBy('installed_at', 'desc')
    .execute()

export const upsertStandard = async (tx: Tx, standard: CatalogStandard, instant: string): Promise<void> => {
  await tx.updateTable('catalog.standard').set({ is_current: false }).where('is_current', '=', true).execute()
  await tx
    .insertInto('catalog.standard')
    .values({
      standard_id: standard.id,
      version: standard.version,
      title: standard.title,
      document_no: standard.document_no,
      dialect: standard.dialect,
      effective_from: standard.effective_from,
      effective_to: standard.effective_to,
      verified: standard.verified,
      body: JSON.stringify(standard),
      is_current: true,
      installed_at: instant,
      state: 'adopted',
      base_version: null,
      from_version: null,
      layer: '[]',
      note: '',
      revision: 1,
      editors: [],
      author_name: null,
      adopted_by: null,
      adopted_by_name: null,
      adopted_on: null,
      transition_until: null,
      withdraw_reason: null,
    })
    .onConflict((oc) =>
      oc
        .columns(['standard_id', 'version'])
        .doUpdateSet({ is_current: true, body: sql`excluded.body`, installed_at: instant }),
    )
    .execute()
}

/** The tree becomes that of the standard; nodes it no longer has stay, inactive, for entries published under them. */
export const replaceClasses = async (tx: Tx, standard: CatalogStandard): Promise<void> => {
  await tx.updateTable('catalog.class_node').set({ is_active: false }).execute()
  await sql`
    insert into catalog.class_node (code, title, parent_code, level, is_leaf, organ_id, is_active)
    select code, title, parent_code, level, is_leaf, organ_id, true
    from jsonb_to_recordset(${JSON.stringify(standard.classification)}::jsonb)
      as n (code text, title text, parent_code text, level text, is_leaf boolean, organ_id text)
    on conflict (code) do update set title = excluded.title, parent_code = excluded.parent_code, level = excluded.level,
      is_leaf = excluded.is_leaf, organ_id = excluded.organ_id, is_active = true`.execute(tx)
}

/** Code lists in a table of their own: the exchange asks them at every poll, and the whole standard is large. */
export const replaceElementCodes = async (tx: Tx, standard: CatalogStandard): Promise<void> => {
  await tx.deleteFrom('catalog.element_code').execute()
  await sql`
    insert into catalog.element_code (element, code, seq, title)
    select e.key, c.one->>'code', c.no::int, c.one->>'title'
    from jsonb_each(${JSON.stringify(standard.enumerations)}::jsonb) e, jsonb_array_elements(e.value) with ordinality c (one, no)
    on conflict do nothing`.execute(tx)
}

export const upsertBases = (tx: Tx, bases: readonly LegalBasis[]) =>
  sql`
    insert into catalog.legal_basis (basis_key, kind, title, clause, document_no, verified)
    select key, kind, title, clause, document_no, verified
    from jsonb_to_recordset(${JSON.stringify(bases)}::jsonb)
      as b (key text, kind text, title text, clause text, document_no text, verified boolean)
    on conflict (basis_key) do update set kind = excluded.kind, title = excluded.title, clause = excluded.clause,
      document_no = excluded.document_no, verified = excluded.verified`.execute(tx)

export const listBasisRows = (db: Db, { q, kind }: { q?: string; kind?: string }) =>
  db
    .selectFrom('catalog.legal_basis')
    .select(['basis_key as key', 'kind', 'title', 'clause', 'document_no', 'verified'])
    .where(sql<SqlBool>`not exists (select from catalog.norm n left join catalog.norm_clause c on c.norm_id = n.norm_id
      and c.clause = legal_basis.clause and c.removed_on <= ${TODAY}
      where n.title = legal_basis.title and (n.abolished_on <= ${TODAY} or c.clause is not null))`)
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind!))
    .$if(q !== undefined && q !== '', (query) =>
      query.where(sql<SqlBool>`position(${q} in title || clause || document_no) > 0`),
    )
    .orderBy(sql`array_position(array['law', 'administrative_regulation', 'central_policy'], kind)`)
    .orderBy('title')
    .execute()

interface ClassQuery {
  readonly parent?: string
  readonly organId?: string
  readonly q?: string
}

export interface ClassRow {
  readonly code: string
  readonly title: string
  readonly path_title: string
  readonly parent_code: string | null
  readonly level: 'class' | 'item' | 'sub_item' | 'detail'
  readonly is_leaf: boolean
  readonly organ_id: string | null
  readonly has_children: boolean
  readonly resource_count: number
}

/** Children of a node, the leaves an organ compiles under, or nodes whose title holds `q`; counts cover the whole branch. */
export const listClassRows = async (db: Db, { parent, organId, q }: ClassQuery): Promise<ClassRow[]> => {
  const where = organId
    ? sql`n.organ_id = ${organId} or (n.organ_id is null and n.is_leaf and left(n.code, 1) <> '3')`
    : q
      ? sql`position(${q} in n.title) > 0`
      : sql`n.parent_code is not distinct from ${parent ?? null}`
  const { rows } = await sql<ClassRow>`
    select n.code, n.title, n.parent_code, n.level, n.is_leaf, n.organ_id,
           concat_ws(' / ', a.title, b.title, c.title, n.title) as path_title,
           exists (select from catalog.class_node k where k.parent_code = n.code and k.is_active) as has_children,
           (select count(*)::integer from catalog.entry e where starts_with(e.class_code, n.code)) as resource_count
    from catalog.class_node n
    left join catalog.class_node c on c.code = n.parent_code
    left join catalog.class_node b on b.code = c.parent_code
    left join catalog.class_node a on a.code = b.parent_code
    where n.is_active and (${where})
    order by (n.organ_id is null), n.code limit 1000`.execute(db)
  return rows
}

/** A node with those above it, from the root down. */
export const listClassPath = async (db: Db, code: string): Promise<{ code: string; title: string }[]> => {
  const { rows } = await sql<{ code: string; title: string }>`
    with recursive up as (
      select code, title, parent_code, 1 as depth from catalog.class_node where code = ${code}
      union all
      select n.code, n.title, n.parent_code, up.depth + 1 from catalog.class_node n join up on n.code = up.parent_code)
    select code, title from up order by depth desc`.execute(db)
  return rows
}
