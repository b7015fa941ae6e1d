import { nameKey, type ResourceContent } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { unnest } from '../entry.store.ts'

/** An entry of the batch that is to be written. */
export interface Writing {
  readonly seq: number
  readonly kind: 'new' | 'changed'
  readonly resource_id: string
  readonly base_revision: number | null
  readonly name: string
  readonly content: ResourceContent
}

interface Written extends Omit<Writing, 'resource_id'> {
  readonly resource_id: string | null
}

export const listWritable = async (db: Db, batchId: string, { after, limit }: { after: number; limit: number }) =>
  (await db
    .selectFrom('catalog.batch_entry')
    .select(['seq', 'kind', 'resource_id', 'base_revision', 'name', 'content'])
    .where('batch_id', '=', batchId)
    .where('kind', 'in', ['new', 'changed'])
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute()) as unknown as Written[]

/** Locks the entries that would be changed, in one order so that two batches cannot wait for each other. */
export const lockPresent = async (tx: Tx, ids: readonly string[]) => {
  const { rows } = await sql<{
    resource_id: string
    revision: number
    state: string
    last_version: number
    provider_path: string
    provider_organ_id: string
  }>`
    select r.resource_id, r.revision, r.state, r.last_version, o.path as provider_path, r.provider_organ_id
    from catalog.resource r join identity.organ o on o.organ_id = r.provider_organ_id
    where r.resource_id = any(${[...ids]}::uuid[]) order by r.resource_id for update of r`.execute(tx)
  return new Map(rows.map((row) => [row.resource_id, row]))
}

const ROW = {
  seq: 'integer',
  resource_id: 'uuid',
  provider_organ_id: 'text',
  name: 'text',
  name_key: 'text',
  class_code: 'text',
  share_type: 'text',
  item_count: 'integer',
  draft: 'jsonb',
}

const rowOf = ({ seq, resource_id, content }: Writing) => ({
  seq,
  resource_id,
  provider_organ_id: content.provider_organ_id,
  name: content.name,
  name_key: nameKey(content.name),
  class_code: content.class_code,
  share_type: content.share_type,
  item_count: content.items.length,
  draft: JSON.stringify(content),
})

const incoming = (rows: readonly Writing[]) =>
  sql`select * from unnest(${unnest(ROW, rows.map(rowOf))}) as w (${sql.raw(Object.keys(ROW).join(', '))})`

interface Under {
  readonly batchId: string
  readonly standard: { readonly id: string; readonly version: number }
}

/** Drafts of entries that were not there, in one statement. */
export const insertDrafts = async (tx: Tx, ctx: Ctx, rows: readonly Writing[], { batchId, standard }: Under) => {
  const { person_id, name } = ctx.actor
  await sql`
    with w as (${incoming(rows)}),
    added as (
      insert into catalog.resource (resource_id, provider_organ_id, state, revision, name, name_key, class_code, share_type,
        item_count, draft, standard_id, standard_version, last_version, editors, compiled_on, compiled_by, compiled_by_name,
        created_at, updated_at)
      select resource_id, provider_organ_id, 'draft', 1, name, name_key, class_code, share_type, item_count, draft,
        ${standard.id}, ${standard.version}::integer, 0, array_remove(array[${person_id}::uuid], null), ${ctx.today}::date,
        ${person_id}::uuid, ${name}, ${ctx.instant}::timestamptz, ${ctx.instant}::timestamptz from w)
    update catalog.batch_entry e set resource_id = w.resource_id, written_revision = 1
    from w where e.batch_id = ${batchId}::uuid and e.seq = w.seq`.execute(tx)
}

/** What an entry is restored to when the batch is undone. */
const KEPT = sql.raw(`jsonb_build_object('provider_organ_id', r.provider_organ_id, 'state', r.state, 'name', r.name,
  'name_key', r.name_key, 'class_code', r.class_code, 'share_type', r.share_type, 'item_count', r.item_count, 'draft', r.draft,
  'editors', r.editors, 'compiled_on', r.compiled_on, 'compiled_by', r.compiled_by, 'compiled_by_name', r.compiled_by_name,
  'submitted_on', r.submitted_on, 'submitted_by', r.submitted_by, 'submitted_by_name', r.submitted_by_name)`)

/** Working copies replaced, or opened beside what is published; how each was before is kept with the batch. */
export const replaceDrafts = async (tx: Tx, ctx: Ctx, rows: readonly Writing[], { batchId }: Under): Promise<void> => {
  const me = sql`${ctx.actor.person_id}::uuid`
  await sql`
    with w as (${incoming(rows)}),
    kept as (
      update catalog.batch_entry e set before = ${KEPT}, written_revision = r.revision + 1
      from w join catalog.resource r using (resource_id) where e.batch_id = ${batchId}::uuid and e.seq = w.seq)
    update catalog.resource r set state = 'draft', revision = r.revision + 1, name = w.name, name_key = w.name_key,
      class_code = w.class_code, share_type = w.share_type, item_count = w.item_count, draft = w.draft,
      editors = case when r.state <> 'draft' then array_remove(array[${me}], null)
                     when ${me} is null or ${me} = any(r.editors) then r.editors else array_append(r.editors, ${me}) end,
      compiled_on = case when r.state = 'draft' then r.compiled_on else ${ctx.today}::date end,
      compiled_by = ${me}, compiled_by_name = ${ctx.actor.name},
      submitted_on = case when r.state = 'draft' then r.submitted_on end,
      submitted_by = case when r.state = 'draft' then r.submitted_by end,
      submitted_by_name = case when r.state = 'draft' then r.submitted_by_name end,
      updated_at = ${ctx.instant}::timestamptz
    from w where r.resource_id = w.resource_id`.execute(tx)
}

/** Entries of these providers and names that came to be after the batch was checked. */
export const listNewcomers = async (db: Db, rows: readonly Writing[]): Promise<string[]> => {
  const { rows: found } = await sql<{ name: string }>`
    select r.name from catalog.resource r join unnest(${rows.map((one) => one.content.provider_organ_id)}::text[],
      ${rows.map((one) => nameKey(one.content.name))}::text[]) as w (organ, key)
      on r.provider_organ_id = w.organ and r.name_key = w.key
    where r.state <> 'withdrawn' and w.key <> '' limit 20`.execute(db)
  return found.map(({ name }) => name)
}

export interface WrittenRow {
  readonly seq: number
  readonly kind: 'new' | 'changed'
  readonly name: string
  readonly resource_id: string
  readonly written_revision: number
  readonly revision: number | null
  readonly state: string | null
  readonly compiled_by_name: string | null
  readonly provider_organ_id: string
  readonly provider_path: string | null
}

/** What the batch wrote and how it stands now, locked. */
export const lockWritten = async (tx: Tx, batchId: string): Promise<WrittenRow[]> => {
  const { rows } = await sql<WrittenRow>`
    with locked as (
      select resource_id from catalog.resource
      where resource_id in (select resource_id from catalog.batch_entry where batch_id = ${batchId}::uuid and written_revision is not null)
      order by resource_id for update)
    select e.seq, e.kind, e.name, e.resource_id, e.written_revision, r.revision, r.state, r.compiled_by_name,
      e.provider_organ_id, o.path as provider_path
    from catalog.batch_entry e
    left join (catalog.resource r join locked using (resource_id)) on r.resource_id = e.resource_id
    left join identity.organ o on o.organ_id = r.provider_organ_id
    where e.batch_id = ${batchId}::uuid and e.written_revision is not null order by e.seq`.execute(tx)
  return rows
}

/** Removes what the batch created and gives everything else back its earlier copy. */
export const takeBack = async (tx: Tx, ctx: Ctx, batchId: string): Promise<void> => {
  await sql`
    delete from catalog.resource r using catalog.batch_entry e
    where e.batch_id = ${batchId}::uuid and e.kind = 'new' and e.written_revision is not null
      and r.resource_id = e.resource_id`.execute(tx)
  await sql`
    update catalog.resource r set provider_organ_id = b.provider_organ_id, state = b.state, name = b.name, name_key = b.name_key,
      class_code = b.class_code, share_type = b.share_type, item_count = b.item_count,
      draft = case when jsonb_typeof(b.draft) = 'null' then null else b.draft end, editors = b.editors,
      compiled_on = b.compiled_on, compiled_by = b.compiled_by, compiled_by_name = b.compiled_by_name,
      submitted_on = b.submitted_on, submitted_by = b.submitted_by, submitted_by_name = b.submitted_by_name,
      revision = r.revision + 1, updated_at = ${ctx.instant}::timestamptz
    from catalog.batch_entry e, lateral jsonb_to_record(e.before) as b (provider_organ_id text, state text, name text,
      name_key text, class_code text, share_type text, item_count integer, draft jsonb, editors uuid[], compiled_on date,
      compiled_by uuid, compiled_by_name text, submitted_on date, submitted_by uuid, submitted_by_name text)
    where e.batch_id = ${batchId}::uuid and e.kind = 'changed' and e.written_revision is not null
      and r.resource_id = e.resource_id`.execute(tx)
}
