import type { Fact, Found, Origin, QualityReason, QualityRule, ResourceContent } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { newId } from '#kernel/id.ts'
import { unnest } from '../entry.store.ts'

export const listRuleRows = async (db: Db): Promise<QualityRule[]> =>
  db.selectFrom('catalog.quality_rule').selectAll().orderBy('valid_from', 'desc').orderBy('code').execute()

/** One fold at a time: a second worker waits and then finds nothing left to do. */
export const lockFold = (tx: Tx) =>
  sql`select pg_advisory_xact_lock(hashtextextended('catalog.quality', 0))`.execute(tx)

interface Due {
  readonly today: string
  readonly rulesFrom: string
  readonly limit: number
}

/** A month after its first publication an entry without attachment is a finding, so that day it is looked at again. */
const ATTACH_DUE = 31

/** Entries whose quality is not known as it now is, in a fixed order: whoever was stopped goes on where he stopped. */
export const listDue = async (db: Db, { today, rulesFrom, limit }: Due): Promise<string[]> => {
  const { rows } = await sql<{ resource_id: string }>`
    select e.resource_id from catalog.entry e left join catalog.quality q using (resource_id)
    where q.resource_id is null or q.version <> e.version or q.is_stale or q.rules_from <> ${rulesFrom}::date
      or (q.folded_on <> ${today}::date and (
        exists (select from catalog.entry_fact f where f.resource_id = e.resource_id and f.kind = 'newest')
        or (e.first_published_on + ${sql.lit(ATTACH_DUE)} > least(q.folded_on, ${today}::date)
          and e.first_published_on + ${sql.lit(ATTACH_DUE)} <= greatest(q.folded_on, ${today}::date))))
    order by e.resource_id limit ${limit}`.execute(db)
  return rows.map(({ resource_id }) => resource_id)
}

export interface Studied {
  readonly resource_id: string
  readonly version: number
  readonly origin: Origin
  readonly content: ResourceContent
  readonly first_published_on: string
  readonly provider: { readonly organ_id: string; readonly name: string; readonly credit_code: string | null }
  readonly facts: readonly Fact[]
  readonly unreferenced: readonly string[]
}

export const listStudied = async (db: Db, ids: readonly string[]): Promise<Studied[]> => {
  const { rows } = await sql<Studied>`
    select e.resource_id, e.version, e.origin, v.content, e.first_published_on,
      json_build_object('organ_id', o.organ_id, 'name', o.name, 'credit_code', o.credit_code) as provider,
      coalesce((select json_agg(json_build_object('kind', f.kind, 'value', f.value, 'since', f.since, 'party', f.party,
        'message', f.message) order by f.kind) from catalog.entry_fact f where f.resource_id = e.resource_id), '[]') as facts,
      array(
        select i.name from catalog.item i join catalog.cluster_item c using (item_id)
        join catalog.lead l on l.key = c.key and l.state = 'agreed'
        join identity.organ lo on lo.organ_id = l.organ_id
        where i.resource_id = e.resource_id and not i.is_key and i.item_id <> l.item_id
          and lo.division_code = e.division_code
          and not exists (select from catalog.item_source s where s.item_id = i.item_id)
        order by i.seq) as unreferenced
    from catalog.entry e
    join catalog.resource_version v using (resource_id, version)
    join identity.organ o on o.organ_id = e.provider_organ_id
    where e.resource_id = any(${ids}::uuid[])`.execute(db)
  return rows
}

export interface Folded {
  readonly resource_id: string
  readonly version: number
  readonly provider_organ_id: string
  readonly score: number
  readonly level: string
  readonly reasons: readonly QualityReason[]
  readonly error_count: number
  readonly found: readonly Found[]
}

const QUALITY = {
  resource_id: 'uuid',
  version: 'integer',
  provider_organ_id: 'text',
  score: 'numeric',
  level: 'text',
  reasons: 'jsonb',
  error_count: 'integer',
}

interface Dated {
  readonly today: string
  readonly rulesFrom: string
}

export const writeQuality = async (tx: Tx, folded: readonly Folded[], { today, rulesFrom }: Dated): Promise<void> => {
  const rows = folded.map((one) => ({ ...one, reasons: JSON.stringify(one.reasons) }))
  await sql`
    insert into catalog.quality (${sql.raw(Object.keys(QUALITY).join(', '))}, rules_from, folded_on, is_stale)
    select n.*, ${rulesFrom}::date, ${today}::date, false from unnest(${unnest(QUALITY, rows)}) as n
    on conflict (resource_id) do update set version = excluded.version, provider_organ_id = excluded.provider_organ_id,
      score = excluded.score, level = excluded.level, reasons = excluded.reasons, error_count = excluded.error_count,
      rules_from = excluded.rules_from, folded_on = excluded.folded_on, is_stale = false`.execute(tx)
}

const FINDING = {
  finding_id: 'uuid',
  resource_id: 'uuid',
  kind: 'text',
  provider_organ_id: 'text',
  party: 'text',
  message: 'text',
  since: 'date',
}

/** Opens what is newly found, says anew what goes on, and clears what is mended. */
export const writeFindings = async (tx: Tx, folded: readonly Folded[], today: string): Promise<void> => {
  const rows = folded.flatMap(({ found, resource_id, provider_organ_id }) =>
    found.map((one) => ({ ...one, finding_id: newId(), resource_id, provider_organ_id })),
  )
  const ids = folded.map(({ resource_id }) => resource_id)
  await sql`
    update catalog.entry_finding f set cleared_on = greatest(f.found_on, ${today}::date)
    where f.cleared_on is null and f.resource_id = any(${ids}::uuid[])
      and not exists (select from unnest(${rows.map((one) => one.resource_id)}::uuid[], ${rows.map((one) => one.kind)}::text[])
        as n (resource_id, kind) where n.resource_id = f.resource_id and n.kind = f.kind)`.execute(tx)
  await sql`
    insert into catalog.entry_finding as f (finding_id, resource_id, kind, provider_organ_id, party, message, found_on)
    select finding_id, resource_id, kind, provider_organ_id, party, message, coalesce(since, ${today}::date)
    from unnest(${unnest(FINDING, rows)}) as n (${sql.raw(Object.keys(FINDING).join(', '))})
    on conflict (resource_id, kind) where cleared_on is null
      do update set party = excluded.party, message = excluded.message, provider_organ_id = excluded.provider_organ_id
      where (f.party, f.message) is distinct from (excluded.party, excluded.message)`.execute(tx)
}

/** What was withdrawn has neither quality nor findings. */
export const dropWithdrawn = async (tx: Tx, today: string): Promise<void> => {
  await sql`
    with gone as (delete from catalog.quality q
      where not exists (select from catalog.entry e where e.resource_id = q.resource_id) returning q.resource_id)
    update catalog.entry_finding f set cleared_on = greatest(f.found_on, ${today}::date)
    where f.cleared_on is null and f.resource_id in (select resource_id from gone)`.execute(tx)
}

export const markAllStale = (tx: Tx) =>
  tx.updateTable('catalog.quality').set({ is_stale: true }).where('is_stale', '=', false).execute()

export const markStale = (tx: Tx, resourceIds: readonly string[]) =>
  sql`update catalog.quality set is_stale = true where resource_id = any(${resourceIds}::uuid[])`.execute(tx)
