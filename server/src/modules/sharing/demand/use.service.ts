import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'

// Receipts carry the writer's own time and become visible with their batch: what is read again changes nothing.
const OVERLAP = '30 minutes'

/**
 * Notes, on business dates, since when each grant is connected and on which days it was used: bound systems and subscriptions,
 * answered calls in the ledger, rows signed for at the exchange. Idempotent; nothing is counted here. Returns rows that moved.
 */
export const observeUse = (ctx: Ctx): Promise<number> =>
  inTx(
    ctx,
    async (tx) =>
      (await observeConnections(tx, ctx.today)) +
      (await observeCalls(tx, ctx.today)) +
      (await observeDeliveries(tx, ctx.today)),
  )

const moved = ({ numAffectedRows }: { numAffectedRows?: bigint }): number => Number(numAffectedRows ?? 0n)

// A system named in the request is bound with the grant itself, on the grant's own day.
const observeConnections = async (tx: Tx, today: string): Promise<number> =>
  moved(
    await sql`
      insert into sharing.grant_use (grant_id, connected_on, source)
      select g.grant_id, case when min(b.bound_at) <= g.issued_at then g.issued_on else ${today}::date end, 'observed'
      from sharing.grant g left join sharing.grant_client b on b.grant_id = g.grant_id
      left join exchange.published_subscription s on s.grant_id = g.grant_id
      where g.version = 1 and (b.grant_id is not null or s.grant_id is not null)
        and not exists (select from sharing.grant_use u where u.grant_id = g.grant_id and u.connected_on is not null)
      group by g.grant_id, g.issued_at, g.issued_on
      on conflict on constraint grant_use_pkey do update set connected_on = excluded.connected_on`.execute(tx),
  )

const observeCalls = async (tx: Tx, today: string): Promise<number> =>
  moved(
    await sql`
      insert into sharing.grant_use (grant_id, first_used_on, last_used_on, source)
      select c.grant_id, ${today}::date, ${today}::date, 'observed' from ledger.published_call c
      where c.at > now() - ${OVERLAP}::interval and c.outcome = 'answered' and c.grant_id is not null
      group by c.grant_id
      on conflict on constraint grant_use_pkey do update set
        first_used_on = coalesce(grant_use.first_used_on, excluded.first_used_on), last_used_on = excluded.last_used_on
        where grant_use.last_used_on is distinct from excluded.last_used_on
          and coalesce(grant_use.last_used_on, excluded.last_used_on) <= excluded.last_used_on`.execute(tx),
  )

const observeDeliveries = async (tx: Tx, today: string): Promise<number> =>
  moved(
    await sql`
      insert into sharing.grant_use (grant_id, first_used_on, last_used_on, source)
      select s.grant_id, ${today}::date, ${today}::date, 'observed' from exchange.published_subscription s
      where s.rows_total > 0 and s.grant_id is not null and (s.last_accepted_at > now() - ${OVERLAP}::interval
        or not exists (select from sharing.grant_use u where u.grant_id = s.grant_id and u.first_used_on is not null))
      group by s.grant_id
      on conflict on constraint grant_use_pkey do update set
        first_used_on = coalesce(grant_use.first_used_on, excluded.first_used_on), last_used_on = excluded.last_used_on
        where grant_use.last_used_on is distinct from excluded.last_used_on
          and coalesce(grant_use.last_used_on, excluded.last_used_on) <= excluded.last_used_on`.execute(tx),
  )

interface PastUse {
  readonly grant_id: string
  readonly connected_on: string
  readonly first_used_on: string
  readonly last_used_on: string
}

/** Use that lies before the platform's own receipts; what the platform itself observed is left alone. */
export const importUse = (ctx: Ctx, past: PastUse): Promise<void> =>
  inTx(ctx, async (tx) => {
    const row = { ...past, source: 'imported' }
    await tx
      .insertInto('sharing.grant_use')
      .values(row)
      .onConflict((conflict) =>
        conflict.column('grant_id').doUpdateSet(row).where('sharing.grant_use.first_used_on', 'is', null),
      )
      .execute()
  })
