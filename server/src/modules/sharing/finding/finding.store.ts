import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import { within } from '#kernel/scope.ts'

/** Something that would be out of order, had it lasted long enough: how long is said by dated rules, not here. */
export interface Suspect {
  readonly kind: string
  readonly subject_kind: 'sharing.grant' | 'sharing.demand' | 'sharing.request' | 'sharing.correction'
  readonly subject_id: string
  readonly title: string
  readonly mover_organ_id: string | null
  readonly mover_name: string | null
  readonly other_name: string
  readonly since: string
}

// One side's reader sees it, whoever has to move.
const visible = (scope: Scope, ...paths: string[]): RawBuilder<SqlBool> =>
  sql<SqlBool>`(${sql.join(
    paths.map((path) => within(scope, sql.ref(path))),
    sql` or `,
  )})`

/** Grants in force, by what was last seen of their use. */
export const listIdleGrants = async (db: Db, scope: Scope, today: string): Promise<Suspect[]> => {
  const { rows } = await sql<Suspect>`
    select case when u.last_used_on is not null then 'used_stopped' when u.connected_on is not null then 'connected_unused'
                else 'granted_unconnected' end as kind,
           'sharing.grant' as subject_kind, g.grant_id::text as subject_id, s.resource_name as title,
           g.consumer_organ_id as mover_organ_id, c.name as mover_name, p.name as other_name,
           coalesce(u.last_used_on, greatest(coalesce(u.connected_on, s.issued_on), g.starts_on)) as since
    from sharing.published_grant g join sharing.grant s on s.grant_id = g.grant_id and s.version = 1
    join identity.organ c on c.organ_id = g.consumer_organ_id join identity.organ p on p.organ_id = g.provider_organ_id
    left join sharing.grant_use u on u.grant_id = g.grant_id
    where g.status = 'active' and ${today}::date between g.starts_on and g.ends_on and ${visible(scope, 'c.path', 'p.path')}`.execute(
    db,
  )
  return rows
}

/** Demands that wait for the authority, for a word on their effect, or that were refused more than once. */
export const listStuckDemands = async (db: Db, scope: Scope): Promise<Suspect[]> => {
  const { rows } = await sql<Suspect>`
    select f.kind, 'sharing.demand' as subject_kind, d.demand_id::text as subject_id, d.name as title,
           case f.kind when 'effect_unstated' then d.organ_id end as mover_organ_id,
           case f.kind when 'effect_unstated' then o.name end as mover_name, o.name as other_name, f.since
    from sharing.demand d join sharing.demand_progress p using (demand_id) join identity.organ o on o.organ_id = d.organ_id
    left join identity.organ s on s.organ_id = d.supplier_organ_id
    cross join lateral (
      select 'demand_unanswered' as kind, d.filed_on as since where p.stage = 'filed'
      union all select 'effect_unstated', p.used_on where p.stage = 'used'
      union all select 'refused_twice', coalesce(p.requested_on, p.assigned_on, d.filed_on)
        where p.refusals >= 2 and p.stage in ('filed', 'assigned', 'matched', 'picked', 'requested')) f
    where ${visible(scope, 'o.path', 's.path')}`.execute(db)
  return rows
}

/** Requests without a demand behind them that were refused in two rounds. */
export const listRefusedRequests = async (db: Db, scope: Scope): Promise<Suspect[]> => {
  const { rows } = await sql<Suspect>`
    select 'refused_twice' as kind, 'sharing.request' as subject_kind, r.request_id::text as subject_id, r.resource_name as title,
           null as mover_organ_id, null as mover_name, c.name as other_name, r.decided_on as since
    from sharing.request r join identity.organ c on c.organ_id = r.consumer_organ_id
    join identity.organ p on p.organ_id = r.provider_organ_id
    where r.state in ('refused', 'negotiating', 'coordinating') and not r.is_settled
      and (select count(*) from sharing.decision k where k.request_id = r.request_id and k.outcome = 'refused') >= 2
      and not exists (select from sharing.demand_request l where l.request_id = r.request_id)
      and ${visible(scope, 'c.path', 'p.path')}`.execute(db)
  return rows
}

/** Values in doubt: not verified in time, or somebody's business held up meanwhile (国发〔2016〕51号 第十五条; domain R12). */
export const listOpenCorrections = async (db: Db, scope: Scope): Promise<Suspect[]> => {
  const { rows } = await sql<Suspect>`
    select f.kind, 'sharing.correction' as subject_kind, r.correction_id::text as subject_id,
           r.resource_name || ' · ' || r.item_name as title,
           case f.kind when 'business_stopped' then r.consumer_organ_id else r.provider_organ_id end as mover_organ_id,
           case f.kind when 'business_stopped' then c.name else p.name end as mover_name,
           case f.kind when 'business_stopped' then p.name else c.name end as other_name, r.raised_on as since
    from sharing.correction r join identity.organ c on c.organ_id = r.consumer_organ_id
    join identity.organ p on p.organ_id = r.provider_organ_id
    cross join lateral (select 'correction_overdue' as kind
      union all select 'business_stopped' where not r.business_continued) f
    where r.state = 'raised' and ${visible(scope, 'c.path', 'p.path')}`.execute(db)
  return rows
}
