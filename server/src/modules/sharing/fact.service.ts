import { readClock } from '@sanjiang/contract'
import type { FactKind } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import { type Db, inTx } from '#kernel/db.ts'
import { type ReportedFact, reportFacts } from '#modules/catalog/index.ts'

const KINDS = ['granted', 'correction_open', 'correction_late'] as const satisfies readonly FactKind[]

const listGranted = async (db: Db, today: string): Promise<ReportedFact[]> => {
  const { rows } = await sql<ReportedFact>`
    select g.resource_id, 'granted' as kind, count(*)::integer as value, least(min(g.starts_on), ${today}::date) as since,
      'consumer' as party, '' as message
    from sharing.published_grant g
    where g.status = 'active' and g.starts_on <= ${today}::date and g.ends_on >= ${today}::date
    group by g.resource_id`.execute(db)
  return rows
}

const listOpen = async (db: Db) => {
  const { rows } = await sql<{ resource_id: string; raised_on: string }>`
    select resource_id, raised_on from sharing.correction where state = 'raised' order by raised_on`.execute(db)
  return rows
}

const isLate = (raised_on: string, today: string): boolean =>
  readClock({ rule_code: 'correction_verify', started_on: raised_on, stopped_on: null }, today).overdue_days > 0

/** Doubts not yet answered, by resource, and among them those beyond their clock. */
const correctionFacts = (open: Awaited<ReturnType<typeof listOpen>>, today: string): ReportedFact[] =>
  [...Map.groupBy(open, ({ resource_id }) => resource_id)].flatMap(([resource_id, rows]) => {
    const late = rows.filter(({ raised_on }) => isLate(raised_on, today))
    const fact = { resource_id, party: 'provider', message: '' } as const
    return [
      { ...fact, kind: 'correction_open' as const, value: rows.length, since: rows[0]!.raised_on },
      ...(late.length > 0
        ? [{ ...fact, kind: 'correction_late' as const, value: late.length, since: late[0]!.raised_on }]
        : []),
    ]
  })

/** Tells the catalogue which entries are granted and where doubts are open. */
export const reportSharing = (ctx: Ctx): Promise<void> =>
  inTx(ctx, async (tx) => {
    const facts = [...(await listGranted(tx, ctx.today)), ...correctionFacts(await listOpen(tx), ctx.today)]
    await reportFacts(tx, { kinds: KINDS, facts })
  })
