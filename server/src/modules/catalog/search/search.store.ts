import type { SearchHit } from '@sanjiang/contract/catalog'
import type { ClassFace, OrganFace } from '@sanjiang/finder/search.index'
import { type RawBuilder, sql } from 'kysely'
import { type Db, runPrepared, type Tx } from '#kernel/db.ts'
import type { Reach } from '../resource.rules.ts'
import { mayRead } from '../resource.store.ts'
import type { EntrySource } from './search.shape.ts'

type HitRow = Omit<SearchHit, 'holds_all' | 'timeliness'>

const MAX_MATCHED = 6
// Items whose names hold one of the words, or are held by one.
const matchedItems = (words: readonly string[]): RawBuilder<unknown> =>
  words.length === 0
    ? sql`'[]'::json`
    : sql`(select coalesce(json_agg(json_build_object('item_id', m.item_id, 'name', m.name, 'name_en', m.name_en,
        'share_type', m.share_type) order by m.seq), '[]') from (
        select i.* from catalog.item i
        where i.resource_id = e.resource_id and exists (
          select from unnest(${words}::text[]) as w (word)
          where position(w.word in lower(i.name)) > 0 or (length(i.name) > 1 and position(lower(i.name) in w.word) > 0)
            or position(w.word in replace(lower(i.name_en), '_', ' ')) > 0)
        order by i.seq limit ${MAX_MATCHED}) m)`

/** The page's entries, in the order given; gate 2 is asked a second time, of the database itself. */
export const listHitRows = async (
  db: Db,
  reach: Reach,
  { ids, words }: { readonly ids: readonly string[]; readonly words: readonly string[] },
): Promise<HitRow[]> => {
  if (ids.length === 0) return []
  const { rows } = await sql<HitRow>`
    select e.resource_id, e.code, e.name, e.summary, e.provider_organ_id, o.name as provider_name, e.division_code,
           e.class_code, n.title as class_title, e.share_type, e.open_type, e.format_category, e.format_type,
           e.update_cycle, e.attached_methods, e.item_count, e.version, e.published_on, ${matchedItems(words)} as matched_items,
           q.level as quality_level, f.updated_on, coalesce(f.grant_count, 0) as grant_count, f.used_on
    from unnest(${ids}::uuid[]) with ordinality as p (resource_id, place)
    join catalog.entry e using (resource_id)
    join identity.organ o on o.organ_id = e.provider_organ_id
    join catalog.class_node n on n.code = e.class_code
    left join catalog.quality q using (resource_id)
    cross join lateral (
      select max(since) filter (where kind = 'newest') as updated_on, max(value) filter (where kind = 'granted') as grant_count,
             max(since) filter (where kind in ('called', 'delivered')) as used_on
      from catalog.entry_fact where entry_fact.resource_id = e.resource_id) f
    where ${mayRead(reach)}
    order by p.place`.execute(db)
  return rows
}

const SOURCE = sql`
  select e.resource_id as id, e.code, e.name, e.name_en, e.summary, array_to_string(e.keywords || nullif(e.extension_words, ''), E'\\n') as keywords,
         coalesce((select string_agg(i.name || E'\\t' || i.name_en, E'\\n' order by i.seq)
           from catalog.item i where i.resource_id = e.resource_id), '') as items,
         e.provider_organ_id, e.division_code, e.class_code, e.share_type, e.open_type, e.format_category, e.update_cycle,
         array_to_string(e.attached_methods, ',') as attached_methods, coalesce(q.level, 'none') as quality_level,
         e.audience_path, e.published_on
  from catalog.entry e left join catalog.quality q using (resource_id)`

export const listSourcesAfter = async (db: Db, after: string, limit: number): Promise<EntrySource[]> => {
  const { rows } = await sql<EntrySource>`
    ${SOURCE} where e.resource_id > ${after}::uuid order by e.resource_id limit ${limit}`.execute(db)
  return rows
}

export const listSources = async (db: Db, ids: readonly string[]): Promise<EntrySource[]> => {
  const { rows } = await sql<EntrySource>`${SOURCE} where e.resource_id = any(${ids}::uuid[])`.execute(db)
  return rows
}

export const listLevels = async (db: Db, ids: readonly string[]) =>
  (
    await sql<{ resource_id: string; level: string }>`
      select e.resource_id, coalesce(q.level, 'none') as level
      from catalog.entry e left join catalog.quality q using (resource_id)
      where e.resource_id = any(${ids}::uuid[])`.execute(db)
  ).rows

/** Organs by id, or all of them. An organ is read as it is: `identity.*` is open to every module. */
export const listOrganFaces = async (db: Db, ids?: readonly string[]): Promise<OrganFace[]> => {
  const { rows } = await sql<OrganFace>`
    select o.organ_id, o.path, o.name, o.short_name, o.dissolved_on is not null as is_dissolved,
           array(select n.name from identity.organ_name n where n.organ_id = o.organ_id and n.name <> o.name) as former_names,
           array(select a.alias from identity.organ_alias a where a.organ_id = o.organ_id) as aliases,
           array(
             select w.word from identity.organ_succession s
             join identity.organ heir on heir.organ_id = s.successor_id
             cross join lateral (
               select heir.name as word union select heir.short_name
               union select a.alias from identity.organ_alias a where a.organ_id = heir.organ_id and not exists (
                 select from identity.organ_alias b where b.alias = a.alias and b.organ_id <> a.organ_id)) w
             where s.organ_id = o.organ_id) as successor_names
    from identity.organ o
    where ${ids ? sql`o.organ_id = any(${ids}) or o.organ_id in (select s.organ_id from identity.organ_succession s where s.successor_id = any(${ids}))` : sql`true`}`.execute(
    db,
  )
  return rows
}

export const listClassFaces = async (db: Db): Promise<ClassFace[]> => {
  const { rows } = await sql<ClassFace>`
    select n.code, n.title, coalesce(p.title, '') as parent_title, n.is_active and n.organ_id is null as is_public
    from catalog.class_node n left join catalog.class_node p on p.code = n.parent_code`.execute(db)
  return rows
}

export const listSynonymRows = (db: Db) =>
  db.selectFrom('catalog.synonym').select(['group_no', 'word']).orderBy('group_no').orderBy('word').execute()

export const replaceSynonymRows = async (tx: Tx, groups: readonly (readonly string[])[]): Promise<void> => {
  await tx.deleteFrom('catalog.synonym').execute()
  const rows = groups.flatMap((words, index) => words.map((word) => ({ group_no: index + 1, word })))
  if (rows.length > 0) await tx.insertInto('catalog.synonym').values(rows).execute()
}

export interface Changes {
  /** Transactions before this one have ended: what they changed is among what was read so far. */
  readonly horizon: string
  readonly changes: readonly {
    readonly kind: 'entry' | 'organ' | 'class' | 'synonym' | 'quality'
    readonly seq: number
    readonly id: string
  }[]
}

const CHANGES = `
  select pg_snapshot_xmin(pg_current_snapshot())::text as horizon, coalesce((
    select json_agg(c) from (
      select kind, seq, id from catalog.search_change where xact >= $1::xid8
      union all select 'organ', seq, organ_id from identity.organ_change where xact >= $1::xid8) c), '[]') as changes`

/**
 * What transactions from the horizon on have changed. Numbers are given in another order than transactions commit in; the
 * horizon is the oldest transaction that was still under way, so nothing that commits later lies before it.
 */
export const listChanges = async (db: Db, horizon: string): Promise<Changes> =>
  (
    await runPrepared<Changes & Record<string, unknown>>(db, { name: 'catalog.search_change', text: CHANGES }, [
      horizon,
    ])
  )[0]!

export const currentHorizon = async (db: Db): Promise<string> => {
  const { rows } = await sql<{ horizon: string }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as horizon`.execute(db)
  return rows[0]!.horizon
}
