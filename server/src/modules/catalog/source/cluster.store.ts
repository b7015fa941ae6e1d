import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { unnest } from '../entry.store.ts'
import { listSynonymRows } from '../search/search.store.ts'
import { type ItemKey, type Lexicon, makeLexicon } from './key.rules.ts'

/** Read anew each time: a key made with words of some seconds ago would stay. */
export const readLexicon = async (db: Db): Promise<Lexicon> => {
  const groups = Map.groupBy(await listSynonymRows(db), ({ group_no }) => group_no)
  const noise = await db.selectFrom('catalog.noise_word').select('word').execute()
  return makeLexicon(
    Array.from(groups.values(), (rows) => rows.map(({ word }) => word)),
    noise.map(({ word }) => word),
  )
}

/** Whoever keys entries or counts clusters does so alone. */
export const lockClusters = (tx: Tx) =>
  sql`select pg_advisory_xact_lock(hashtextextended('catalog.cluster', 0))`.execute(tx)

/** Entries published, changed or withdrawn since they were last keyed. */
export const listUnkeyed = async (db: Db, limit: number): Promise<string[]> => {
  const { rows } = await sql<{ resource_id: string }>`
    (select e.resource_id from catalog.entry e left join catalog.clustered c using (resource_id)
      where c.resource_id is null or c.version <> e.version order by e.resource_id limit ${limit})
    union all
    (select c.resource_id from catalog.clustered c
      where not exists (select from catalog.entry e where e.resource_id = c.resource_id) limit ${limit})`.execute(db)
  return rows.map(({ resource_id }) => resource_id)
}

export interface Pair {
  readonly name: string
  readonly data_element: string
}

export const listNewPairs = async (db: Db, resourceIds: readonly string[]): Promise<Pair[]> => {
  const { rows } = await sql<Pair>`
    select distinct i.name, i.data_element from catalog.item i
    where i.resource_id = any(${resourceIds}::uuid[]) and not exists (
      select from catalog.item_key k where k.name = i.name and k.data_element = i.data_element)`.execute(db)
  return rows
}

const PAIR = { name: 'text', data_element: 'text', key: 'text', match: 'text' }

/** Keys of name and data element; what they were before is due as well as what they are now. */
export const writeKeys = async (tx: Tx, keyed: readonly (Pair & ItemKey)[]): Promise<void> => {
  if (keyed.length === 0) return
  await sql`
    with now as (select * from unnest(${unnest(PAIR, keyed)}) as n (name, data_element, key, match)),
    was as (select k.key from catalog.item_key k join now n using (name, data_element) where k.key is distinct from n.key),
    put as (
      insert into catalog.item_key as k select * from now
      on conflict (name, data_element) do update set key = excluded.key, match = excluded.match
        where (k.key, k.match) is distinct from (excluded.key, excluded.match)
      returning k.key)
    insert into catalog.cluster_due select distinct key from (select key from was union all select key from put) d
    where key is not null on conflict do nothing`.execute(tx)
}

/** Notes what these entries are keyed by, and that all they touched or touch must be counted again. */
export const noteKeyed = async (tx: Tx, resourceIds: readonly string[]): Promise<void> => {
  await sql`
    with now as (
      select e.resource_id, e.version, coalesce(array_agg(distinct k.key) filter (where k.key is not null), '{}') as keys
      from catalog.entry e left join catalog.item i using (resource_id)
      left join catalog.item_key k on k.name = i.name and k.data_element = i.data_element
      where e.resource_id = any(${resourceIds}::uuid[]) group by e.resource_id),
    due as (
      insert into catalog.cluster_due
      select distinct key from (
        select unnest(keys) as key from now
        union all select unnest(keys) from catalog.clustered where resource_id = any(${resourceIds}::uuid[])
        -- Where the words have changed since, the keys noted then are not those it is counted under now.
        union all select key from catalog.cluster_item where resource_id = any(${resourceIds}::uuid[])) d
      on conflict do nothing),
    gone as (
      delete from catalog.clustered c where c.resource_id = any(${resourceIds}::uuid[])
        and not exists (select from now n where n.resource_id = c.resource_id))
    insert into catalog.clustered select * from now
    on conflict (resource_id) do update set version = excluded.version, keys = excluded.keys`.execute(tx)
}

export const listPairsAfter = async (db: Db, after: Pair | null, limit: number): Promise<Pair[]> => {
  const { rows } = await sql<Pair>`
    select name, data_element from catalog.item_key
    where ${after === null} or (name, data_element) > (${after?.name ?? ''}, ${after?.data_element ?? ''})
    order by name, data_element limit ${limit}`.execute(db)
  return rows
}

export const takeDue = async (tx: Tx, limit: number): Promise<string[]> => {
  const { rows } = await sql<{ key: string }>`
    delete from catalog.cluster_due where key in (select key from catalog.cluster_due order by key limit ${limit})
    returning key`.execute(tx)
  return rows.map(({ key }) => key)
}

/** What one member adds to the certainty that all are the same: how it was matched, and whether others call and type it so. */
const POINTS = sql`least(100, case m.match when 'element' then 90 when 'name' then 65 else 50 end
  + case when m.en = c.en then 15 else 0 end + case when m.data_type = c.data_type then 15 else 0 end)`

/**
 * Counts these keys anew: held by two lines of government or more they are clusters. Only entries that everybody may read are
 * counted, since the number alone would tell of others.
 */
export const recount = async (tx: Tx, keys: readonly string[]): Promise<void> => {
  await sql`delete from catalog.cluster_item where key = any(${keys}::text[])`.execute(tx)
  await sql`
    with named as materialized (
      select key, match, name, data_element from catalog.item_key where key = any(${keys}::text[])),
    -- Looked up name by name and entry by entry: left to itself the planner walks every item of the catalogue for each batch.
    member as materialized (
      select k.key, i.item_id, i.resource_id, e.organ_id, e.line, k.match, i.name, lower(i.name_en) as en, i.data_type
      from named k
      cross join lateral (select * from catalog.item i
        where i.name = k.name and i.data_element = k.data_element offset 0) i
      cross join lateral (select e.provider_organ_id as organ_id, coalesce(o.seq_code, o.organ_id) as line
        from catalog.entry e join identity.organ o on o.organ_id = e.provider_organ_id
        where e.resource_id = i.resource_id and e.audience_path = '/' offset 0) e),
    held as (
      select key, mode() within group (order by name collate "C") as name, mode() within group (order by en collate "C") as en,
        mode() within group (order by data_type) as data_type, count(distinct line)::integer as departments,
        count(distinct resource_id)::integer as entries
      from member group by key having count(distinct line) > 1),
    -- Of one name is who bears the cluster's own, whichever word stands for its group of synonyms.
    titled as (
      select key, name, min(match) as match from member join held using (key, name) group by key, name),
    judged as (
      select m.key, m.item_id, m.resource_id, m.organ_id, m.en, m.data_type,
        case when m.match = 'element' then 'element' when m.name = t.name then 'name'
          when t.match = 'synonym' then 'synonym' else m.match end as match
      from member m join titled t using (key)),
    sure as (
      select m.key, floor(avg(${POINTS}))::integer as confidence,
        count(*) filter (where m.match = 'element')::integer as by_element,
        count(*) filter (where m.match = 'name')::integer as by_name,
        count(*) filter (where m.match = 'synonym')::integer as by_synonym
      from judged m join held c using (key) group by m.key),
    counted as (
      insert into catalog.cluster (cluster_id, key, name, departments, entries, confidence, by_element, by_name, by_synonym)
      select gen_random_uuid(), c.key, c.name, c.departments, c.entries, s.confidence, s.by_element, s.by_name, s.by_synonym
      from held c join sure s using (key)
      on conflict (key) do update set name = excluded.name, departments = excluded.departments, entries = excluded.entries,
        confidence = excluded.confidence, by_element = excluded.by_element, by_name = excluded.by_name,
        by_synonym = excluded.by_synonym)
    insert into catalog.cluster_item (item_id, key, resource_id, organ_id, match, has_same_english, has_same_type)
    select m.item_id, m.key, m.resource_id, m.organ_id, m.match, m.en = c.en, m.data_type = c.data_type
    from judged m join held c using (key)
    on conflict (item_id) do update set key = excluded.key, resource_id = excluded.resource_id, organ_id = excluded.organ_id,
      match = excluded.match, has_same_english = excluded.has_same_english, has_same_type = excluded.has_same_type`.execute(
    tx,
  )
  await sql`
    delete from catalog.cluster c where c.key = any(${keys}::text[])
      and not exists (select from catalog.cluster_item i where i.key = c.key)`.execute(tx)
}
