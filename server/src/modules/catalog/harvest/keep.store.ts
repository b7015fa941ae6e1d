import { nameKey } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import type { Publication } from '../entry.rules.ts'
import { unnest } from '../entry.store.ts'

const REVISED = {
  resource_id: 'uuid',
  version: 'integer',
  content: 'jsonb',
  name: 'text',
  name_key: 'text',
  provider_organ_id: 'text',
  share_type: 'text',
  item_count: 'integer',
}

interface Revised {
  readonly publications: readonly Publication[]
  readonly standard: { readonly id: string; readonly version: number }
}

/** New versions of entries that were published before, whatever state they are in, in one statement. */
export const insertRevised = async (tx: Tx, ctx: Ctx, { publications, standard }: Revised): Promise<void> => {
  const rows = publications.map(({ resource_id, version, content }) => ({
    resource_id,
    version,
    content: JSON.stringify(content),
    name: content.name,
    name_key: nameKey(content.name),
    provider_organ_id: content.provider_organ_id,
    share_type: content.share_type,
    item_count: content.items.length,
  }))
  const { actor, today, instant } = ctx
  await sql`
    with r as (select * from unnest(${unnest(REVISED, rows)}) as r (${sql.raw(Object.keys(REVISED).join(', '))})),
    versioned as (
      insert into catalog.resource_version (resource_id, version, content, name, item_count, standard_id, standard_version,
        compiled_by_name, published_by, published_by_name, published_on, published_at)
      select resource_id, version, content, name, item_count, ${standard.id}, ${standard.version}::integer, ${actor.name},
        ${actor.person_id}::uuid, ${actor.name}, ${today}::date, ${instant}::timestamptz from r)
    update catalog.resource t set name = r.name, name_key = r.name_key, provider_organ_id = r.provider_organ_id,
      share_type = r.share_type, item_count = r.item_count, state = 'published', last_version = r.version,
      published_version = r.version, published_on = ${today}::date, withdrawn_on = null, withdraw_reason = null,
      standard_id = ${standard.id}, standard_version = ${standard.version}::integer, revision = t.revision + 1,
      updated_at = ${instant}::timestamptz
    from r where t.resource_id = r.resource_id`.execute(tx)
}

export interface HarvestedRow {
  readonly source_id: string
  readonly record_key: string
  readonly resource_id: string
  readonly state: 'present' | 'linked'
  readonly content_hash: string
  readonly record_url: string | null
  readonly run_id: string
  readonly changed_at: string
}

const HARVESTED = {
  source_id: 'uuid',
  record_key: 'text',
  resource_id: 'uuid',
  state: 'text',
  content_hash: 'text',
  record_url: 'text',
  run_id: 'uuid',
  changed_at: 'timestamptz',
}

export const upsertHarvested = async (tx: Tx, rows: readonly HarvestedRow[]): Promise<void> => {
  if (rows.length === 0) return
  const columns = sql.raw(Object.keys(HARVESTED).join(', '))
  await sql`insert into catalog.harvested_entry (${columns}) select * from unnest(${unnest(HARVESTED, rows)})
    on conflict (source_id, record_key) do update set resource_id = excluded.resource_id, state = excluded.state,
      content_hash = excluded.content_hash, record_url = excluded.record_url, run_id = excluded.run_id,
      changed_at = excluded.changed_at`.execute(tx)
}

export const archiveHarvested = (
  tx: Tx,
  sourceId: string,
  {
    keys,
    run_id,
    changed_at,
  }: { readonly keys: readonly string[]; readonly run_id: string; readonly changed_at: string },
) =>
  tx
    .updateTable('catalog.harvested_entry')
    .set({ state: 'archived', run_id, changed_at })
    .where('source_id', '=', sourceId)
    .where('record_key', 'in', [...keys])
    .execute()

export interface Present {
  readonly record_key: string
  readonly resource_id: string
}

export const listPresent = (tx: Tx, sourceId: string, keys: readonly string[]): Promise<Present[]> =>
  keys.length === 0
    ? Promise.resolve([])
    : tx
        .selectFrom('catalog.harvested_entry')
        .select(['record_key', 'resource_id'])
        .where('source_id', '=', sourceId)
        .where('state', '=', 'present')
        .where('record_key', 'in', [...keys])
        .execute()
