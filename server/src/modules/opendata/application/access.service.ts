import type pg from 'pg'
import { businessDateOf } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import type { OpendataAccessUse } from '#kernel/tables.ts'
import { findLiveAccess, insertUses, listOwners, listUnsentAccess, markAccessSent } from './access.store.ts'
import { lockApplication } from './application.store.ts'
import { tellApplicant } from './application.view.ts'

// What was closed stays closed, whatever arrives late; the end may only be what was agreed.
const PUT = `
insert into site.access (access_id, dataset_id, key_hash, ends_on, revoked_at, daily_requests, daily_bytes)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (access_id) do update set revoked_at = coalesce(site.access.revoked_at, excluded.revoked_at)`

/** Opens and closes keys on the public side; carried twice or cut off in between, the next turn ends at the same. */
export const carryAccess = async (ctx: Ctx, client: pg.Client): Promise<number> => {
  const unsent = await listUnsentAccess(ctx.db)
  for (const row of unsent) {
    const { access_id, resource_id, key_hash, ends_on, closed_at, daily_requests, daily_bytes } = row
    await client.query(PUT, [access_id, resource_id, key_hash, ends_on, closed_at, daily_requests, daily_bytes])
    await inTx(ctx, (tx) => markAccessSent(tx, row, ctx.instant))
  }
  return unsent.length
}

// One that never said how it ended was cut off: after an hour it is fetched as it is.
const ENDED = `
select use_id, access_id, what, used_at, bytes from intake.use
where bytes is not null or used_at < now() - interval '1 hour' order by used_at limit 500`

interface EndedUse {
  readonly use_id: string
  readonly access_id: string
  readonly what: string
  readonly used_at: Date
  readonly bytes: string | null
}

/** Fetches the receipts of uses, each kept inside before it is deleted outside, and tells the applicants what they have used. */
export const pullUses = async (ctx: Ctx, client: pg.Client): Promise<number> => {
  const { rows } = await client.query<EndedUse>(ENDED)
  if (rows.length === 0) return 0
  const uses = rows.map(({ used_at, bytes, ...use }) => ({
    ...use,
    used_at: used_at.toISOString(),
    used_on: businessDateOf(ctx, used_at.toISOString()),
    bytes: bytes === null ? null : Number(bytes),
  }))
  await inTx(ctx, async (tx) => {
    const owners = await listOwners(tx, [...new Set(uses.map(({ access_id }) => access_id))])
    // A key nobody inside knows, as after a restore, holds no other's receipts up.
    const known = uses.filter(({ access_id }) => owners.has(access_id))
    if (known.length < uses.length) ctx.log.warn({ count: uses.length - known.length }, 'uses of unknown keys dropped')
    if (known.length > 0) await insertUses(tx, known)
    for (const id of new Set(owners.values())) {
      const row = await lockApplication(tx, 'all', id)
      if (row) await tellApplicant(tx, row)
    }
  })
  await client.query('delete from intake.use where use_id = any($1)', [rows.map(({ use_id }) => use_id)])
  return rows.length
}

type ToldUse = Omit<OpendataAccessUse, 'access_id'>

/** Uses told otherwise than by the public side, of the key an application has now. Told twice they are there once. */
export const importUses = async (tx: Tx, applicationId: string, uses: readonly ToldUse[]): Promise<void> => {
  const access_id = await findLiveAccess(tx, applicationId)
  if (access_id === undefined) return
  await insertUses(
    tx,
    uses.map((use) => ({ ...use, access_id })),
  )
  const row = await lockApplication(tx, 'all', applicationId)
  if (row) await tellApplicant(tx, row)
}
