import type { FactKind, Party } from '@sanjiang/contract/catalog'
import type { Trouble } from '@sanjiang/contract/exchange'
import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import { type Db, inTx } from '#kernel/db.ts'
import { type ReportedFact, reportFacts } from '#modules/catalog/index.ts'

const KINDS = [
  'attached_table',
  'unreachable_table',
  'newest',
  'drift_open',
  'delivered',
] as const satisfies readonly FactKind[]

interface Standing {
  readonly resource_id: string
  readonly state: string
  readonly hold_reason: string | null
  readonly trouble: Trouble | null
  readonly newest_on: string | null
  readonly attached_on: string
  readonly agent_name: string
  readonly agent_state: string
  readonly last_seen_at: string | null
  readonly drifts: number
  readonly delivered_on: string | null
}

const listStanding = async (db: Db): Promise<Standing[]> => {
  const { rows } = await sql<Standing>`
    select distinct on (f.resource_id) f.resource_id, f.state, f.hold_reason, f.trouble, f.newest_on,
      f.attached_at::date as attached_on, a.name as agent_name, a.state as agent_state, a.last_seen_at,
      (select count(*)::integer from exchange.drift d where d.feed_id = f.feed_id and d.decision is null) as drifts,
      (select max(s.last_accepted_at)::date from exchange.subscription s where s.feed_id = f.feed_id) as delivered_on
    from exchange.feed f join exchange.agent a using (agent_id)
    where f.state <> 'detached' order by f.resource_id, f.attached_at desc`.execute(db)
  return rows
}

/** An agent asks at least once a minute; what is longer silent is away. */
const AWAY_MS = 600_000
const HELD: Readonly<Record<string, string>> = {
  quality: '问题数据超过阈值，已暂扣',
  drift: '源结构变化，已暂扣',
  stale: '超过更新周期，已暂扣',
  provider: '提供方已暂扣',
}

const TROUBLE_PARTIES: Readonly<Record<string, Party>> = { platform: 'platform', consumer: 'consumer' }

/** Why nobody can have the table now, and whose doing it is. */
export const downOf = (
  one: Omit<Standing, 'resource_id'>,
  instant: string,
): { party: Party; message: string } | null => {
  const seen = one.last_seen_at === null ? 0 : Date.parse(one.last_seen_at)
  if (one.state === 'held') return { party: 'provider', message: HELD[one.hold_reason ?? ''] ?? '已暂扣' }
  if (one.state === 'paused') return { party: 'provider', message: '提供方已暂停' }
  if (one.agent_state !== 'active') return { party: 'provider', message: `前置节点“${one.agent_name}”未启用` }
  if (Date.parse(instant) - seen > AWAY_MS) return { party: 'provider', message: `前置节点“${one.agent_name}”失联` }
  if (one.trouble) return { party: TROUBLE_PARTIES[one.trouble.party] ?? 'provider', message: one.trouble.message }
  return null
}

const toFacts = (one: Standing, { today, instant }: Pick<Ctx, 'today' | 'instant'>): ReportedFact[] => {
  const fact = { resource_id: one.resource_id, party: 'provider', value: 1, message: '' } as const
  // Feeds are attached by the real clock, findings are dated by the business date.
  const upTo = (day: string): string => (day < today ? day : today)
  const down = downOf(one, instant)
  return [
    { ...fact, kind: 'attached_table', since: upTo(one.attached_on) },
    ...(down ? [{ ...fact, ...down, kind: 'unreachable_table' as const, since: today }] : []),
    ...(one.newest_on ? [{ ...fact, kind: 'newest' as const, since: upTo(one.newest_on) }] : []),
    ...(one.drifts > 0 ? [{ ...fact, kind: 'drift_open' as const, value: one.drifts, since: today }] : []),
    ...(one.delivered_on ? [{ ...fact, kind: 'delivered' as const, since: upTo(one.delivered_on) }] : []),
  ]
}

/** Tells the catalogue how its entries can be had as tables: attached, moving, how new, changed at the source. */
export const reportFeeds = (ctx: Ctx): Promise<void> =>
  inTx(ctx, async (tx) => {
    const facts = (await listStanding(tx)).flatMap((one) => toFacts(one, ctx))
    await reportFacts(tx, { kinds: KINDS, facts })
  })
