import type { EntryFinding, FactKind, FindingKind, Party, Quality, QualityAction } from '@sanjiang/contract/catalog'
import { type SqlBool, sql } from 'kysely'
import type { Db } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'
import type { Reach } from '../resource.rules.ts'
import { mayRead } from '../resource.store.ts'

interface Wanted {
  readonly reach: Reach
  readonly organPath?: string
  readonly kind?: FindingKind
  readonly party?: Party
  readonly resourceId?: string
  readonly isCleared?: boolean
  readonly today: string
  readonly after?: string
  readonly limit: number
}

const findings = (db: Db, today: string) =>
  db
    .selectFrom('catalog.entry_finding as f')
    .innerJoin('catalog.entry as e', 'e.resource_id', 'f.resource_id')
    .innerJoin('identity.organ as o', 'o.organ_id', 'e.provider_organ_id')
    .select(['f.finding_id', 'f.resource_id', 'e.code as resource_code', 'e.name as resource_name'])
    .select(['e.provider_organ_id', 'o.name as provider_name', 'f.kind', 'f.party', 'f.message'])
    .select(['f.found_on', 'f.cleared_on'])
    .select(sql<number>`greatest(coalesce(f.cleared_on, ${today}::date) - f.found_on, 0)`.as('age_days'))

/** What stands longest comes first; only entries the reader may see. */
export const listFindingRows = async (db: Db, wanted: Wanted): Promise<EntryFinding[]> => {
  const { reach, organPath, kind, party, resourceId, isCleared = false, today, after, limit } = wanted
  const from = after === undefined ? undefined : parseCursor(after, 2)
  const found = await findings(db, today)
    .where(mayRead(reach))
    .where('f.cleared_on', isCleared ? 'is not' : 'is', null)
    .$if(organPath !== undefined, (query) => query.where(sql<SqlBool>`starts_with(o.path, ${organPath})`))
    .$if(kind !== undefined, (query) => query.where('f.kind', '=', kind!))
    .$if(party !== undefined, (query) => query.where('f.party', '=', party!))
    .$if(resourceId !== undefined, (query) => query.where('f.resource_id', '=', resourceId!))
    .$if(from !== undefined, (query) =>
      query.where(sql<SqlBool>`(f.found_on, f.finding_id) > (${from![0]}::date, ${from![1]}::uuid)`),
    )
    .orderBy('f.found_on')
    .orderBy('f.finding_id')
    .limit(limit + 1)
    .execute()
  return found as EntryFinding[]
}

/** One entry's quality as it was folded, with its origin and facts. */
export const findQuality = async (db: Db, reach: Reach, resourceId: string) => {
  const { rows } = await sql<Omit<Quality, 'channels' | 'findings'>>`
    select q.resource_id, q.version, q.score, q.level, e.origin, q.reasons, q.rules_from, q.folded_on, q.is_stale
    from catalog.entry e join catalog.quality q using (resource_id)
    where e.resource_id = ${resourceId} and ${mayRead(reach)}`.execute(db)
  return rows[0]
}

export const isReadable = async (db: Db, reach: Reach, resourceId: string): Promise<boolean> => {
  const { rows } = await sql`
    select from catalog.entry e where e.resource_id = ${resourceId} and ${mayRead(reach)}`.execute(db)
  return rows.length > 0
}

export const listFactRows = async (db: Db, resourceId: string) => {
  const found = await db.selectFrom('catalog.entry_fact').selectAll().where('resource_id', '=', resourceId).execute()
  return new Map(found.map((one) => [one.kind as FactKind, one]))
}

interface Under {
  readonly reach: Reach
  readonly path: string
}

const MAX_ACTIONS = 3

/** An organ's entries, with those of the organs below it, as its workbench shows them. */
export const sumQuality = async (db: Db, { reach, path }: Under) => {
  const { rows } = await sql<{
    entries: number
    average: number | null
    levels: { level: 'A' | 'B' | 'C' | 'D'; count: number }[]
    findings: { kind: FindingKind; count: number }[]
    actions: QualityAction[]
  }>`
    with mine as materialized (
      select q.resource_id, q.score, q.level, q.reasons, e.name
      from catalog.quality q join catalog.entry e using (resource_id) join identity.organ o on o.organ_id = e.provider_organ_id
      where starts_with(o.path, ${path}) and ${mayRead(reach)}),
    loss as (
      select m.resource_id, m.name, r.rule, r.title, r.fix, r.lost
      from mine m cross join lateral jsonb_to_recordset(m.reasons)
        as r (rule text, title text, fix text, lost numeric, is_charged boolean)
      where r.is_charged),
    action as (
      select rule, min(title) as title, min(fix) as fix, count(*)::integer as entries,
        round(sum(lost) / (select count(*) from mine), 1) as raises,
        (array_agg(resource_id order by lost desc, resource_id))[1] as resource_id,
        (array_agg(name order by lost desc, resource_id))[1] as resource_name
      from loss group by rule order by sum(lost) desc, rule limit ${MAX_ACTIONS})
    select (select count(*)::integer from mine) as entries, (select round(avg(score), 1) from mine) as average,
      (select coalesce(json_agg(json_build_object('level', level, 'count', n) order by level), '[]')
        from (select level, count(*)::integer as n from mine group by level) l) as levels,
      (select coalesce(json_agg(json_build_object('kind', kind, 'count', n) order by n desc, kind), '[]')
        from (select f.kind, count(*)::integer as n from catalog.entry_finding f join mine using (resource_id)
          where f.cleared_on is null group by f.kind) k) as findings,
      (select coalesce(json_agg(a order by a.raises desc, a.rule), '[]') from action a) as actions`.execute(db)
  return rows[0]!
}
