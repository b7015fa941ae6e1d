import { nameKey } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { newId } from '#kernel/id.ts'
import type { Publication } from './entry.rules.ts'
import { unnest } from './entry.store.ts'
import type { ImportRow } from './import.service.ts'

/** Which of these keys an earlier import has already taken over. */
export const listImportedKeys = async (db: Db, keys: readonly string[]): Promise<Set<string>> => {
  const { rows } = await sql<{ external_key: string }>`
    select external_key from catalog.resource where external_key = any(${keys})`.execute(db)
  return new Set(rows.map(({ external_key }) => external_key))
}

export const listProviderNames = async (db: Db, organIds: readonly string[]) => {
  const { rows } = await sql<{ provider_organ_id: string; name: string; resource_id: string }>`
    select provider_organ_id, name, resource_id from catalog.resource
    where provider_organ_id = any(${organIds}) and (state not in ('draft', 'withdrawn') or published_version is not null)`.execute(
    db,
  )
  return rows
}

export const listClassNodes = async (db: Db, codes: readonly string[]) => {
  const { rows } = await sql<{ code: string; is_leaf: boolean; is_active: boolean; organ_id: string | null }>`
    select code, is_leaf, is_active, organ_id from catalog.class_node where code = any(${codes})`.execute(db)
  return new Map(rows.map((row) => [row.code, row]))
}

interface Imported {
  readonly publications: readonly (Publication & { readonly row: ImportRow })[]
  readonly standard: { readonly id: string; readonly version: number }
}

const ROW = {
  resource_id: 'uuid',
  external_key: 'text',
  code: 'text',
  provider_organ_id: 'text',
  name: 'text',
  name_key: 'text',
  class_code: 'text',
  share_type: 'text',
  item_count: 'integer',
  compiled_by_name: 'text',
  published_on: 'date',
  event_id: 'uuid',
  content: 'jsonb',
}

/** Entries, their first versions and one fact each, in one statement. */
export const insertImported = async (tx: Tx, ctx: Ctx, { publications, standard }: Imported): Promise<void> => {
  const rows = publications.map(({ row, content, provider, resource_id, code, published_on }) => ({
    resource_id,
    code,
    published_on,
    external_key: row.key,
    provider_organ_id: provider.organ_id,
    name: content.name,
    name_key: nameKey(content.name),
    class_code: content.class_code,
    share_type: content.share_type,
    item_count: content.items.length,
    compiled_by_name: row.compiled_by_name ?? '历史数据',
    event_id: newId(),
    content: JSON.stringify(content),
  }))
  await sql`
    with r as (select * from unnest(${unnest(ROW, rows)}) as r (${sql.raw(Object.keys(ROW).join(', '))})),
    added as (
      insert into catalog.resource (resource_id, external_key, code, provider_organ_id, state, revision, name, name_key,
        class_code, share_type, item_count, standard_id, standard_version, last_version, published_version, editors,
        compiled_on, compiled_by_name, published_on, created_at, updated_at)
      select resource_id, external_key, code, provider_organ_id, 'published', 1, name, name_key, class_code, share_type,
        item_count, ${standard.id}, ${standard.version}::integer, 1, 1, '{}', published_on, compiled_by_name, published_on,
        ${ctx.instant}::timestamptz, ${ctx.instant}::timestamptz from r),
    versioned as (
      insert into catalog.resource_version (resource_id, version, content, name, item_count, standard_id, standard_version,
        compiled_by_name, published_by, published_by_name, published_on, published_at)
      select resource_id, 1, content, name, item_count, ${standard.id}, ${standard.version}::integer, compiled_by_name,
        ${ctx.actor.person_id}::uuid, ${ctx.actor.name}, published_on, ${ctx.instant}::timestamptz from r)
    insert into kernel.event (event_id, type, subject_kind, subject_id, organ_id, actor_person_id, actor_name, occurred_on,
      occurred_at, after, trace)
    select event_id, 'catalog.resource.imported', 'catalog.resource', resource_id::text, provider_organ_id,
      ${ctx.actor.person_id}::uuid, ${ctx.actor.name}, published_on, ${ctx.instant}::timestamptz,
      jsonb_build_object('title', name, 'code', code, 'provider_organ_id', provider_organ_id, 'version', 1), ${ctx.trace}
    from r`.execute(tx)
}
