import type { FactKind, Party } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import type { ReportedFact } from '#modules/catalog/index.ts'
import { FAILURES, type Knock } from './probe.rules.ts'

/** Services not knocked at since `before`, longest waiting first. */
export const listUnprobed = async (db: Db, { before, limit }: { before: string; limit: number }) => {
  const { rows } = await sql<{ service_id: string; url: string }>`
    select s.service_id, s.url from gateway.service s left join gateway.probe p using (service_id)
    where s.state = 'attached' and (p.checked_at is null or p.checked_at < ${before}::timestamptz)
    order by p.checked_at nulls first, s.service_id limit ${limit}`.execute(db)
  return rows
}

interface Kept {
  readonly serviceId: string
  readonly knock: Knock
  readonly today: string
  readonly at: string
}

export const keepKnock = (tx: Tx, { serviceId, knock, today, at }: Kept) => {
  const { isReached, party, message } = knock
  return sql`
    insert into gateway.probe as p (service_id, failures, party, message, failing_on, checked_at)
    values (${serviceId}::uuid, ${isReached ? 0 : 1}::integer, ${party}, ${message}, ${isReached ? null : today}::date, ${at}::timestamptz)
    on conflict (service_id) do update set
      failures = case when ${isReached} then 0 else p.failures + 1 end, party = excluded.party, message = excluded.message,
      failing_on = case when ${isReached} then null else coalesce(p.failing_on, excluded.failing_on) end,
      checked_at = excluded.checked_at`.execute(tx)
}

export const FACTS = ['attached_api', 'unreachable_api', 'called'] as const satisfies readonly FactKind[]

/** What the catalogue is told of interfaces: which are attached, which cannot be reached, which were ever called with success. */
export const listFacts = async (db: Db, today: string): Promise<ReportedFact[]> => {
  const { rows } = await sql<ReportedFact & { readonly kind: FactKind; readonly party: Party }>`
    select s.resource_id, 'attached_api' as kind, 1 as value, least(s.attached_at::date, ${today}::date) as since,
      'provider' as party, s.sid as message
    from gateway.service s where s.state = 'attached'
    union all
    select s.resource_id, 'unreachable_api', p.failures, least(p.failing_on, ${today}::date), p.party, p.message
    from gateway.service s join gateway.probe p using (service_id)
    where s.state = 'attached' and p.failures >= ${sql.lit(FAILURES)}
    union all
    select r.resource_id, 'called', sum(c.calls)::integer, least(max(c.day), ${today}::date), 'consumer', ''
    from gateway.call_day c join catalog.published_resource r on r.code = c.resource_code
    where c.outcome = 'answered' group by r.resource_id`.execute(db)
  return rows
}
