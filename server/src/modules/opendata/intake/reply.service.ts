import type { IntakeThread } from '@sanjiang/contract/opendata.intake'
import type pg from 'pg'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { listUnsentReplies, markReplySent, type ReplyRow } from './reply.store.ts'

const PUT_STATE = `
insert into intake.state (number, code_hash, kind, standing, revision) values ($1, $2, $3, $4, $5)
on conflict (number) do update set code_hash = excluded.code_hash, standing = excluded.standing, revision = excluded.revision,
  changed_at = now()
where intake.state.revision <= excluded.revision`

const COLUMNS = [
  ...['kind', 'dataset_slug', 'title', 'text', 'state', 'organ_name', 'received_on', 'rule_code', 'clock_started_on'],
  ...['answered_on', 'outcome', 'answer', 'support_count', 'detail', 'timeline'],
] as const satisfies readonly (keyof IntakeThread)[]

const PUT_THREAD = `
insert into site.thread (number, revision, ${COLUMNS.join(', ')}) values ($1, $2, ${COLUMNS.map((_, at) => `$${at + 3}`).join(', ')})
on conflict (number) do update set changed_at = now(), revision = excluded.revision,
  ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}
where site.thread.revision <= excluded.revision`

const bound = (value: unknown): unknown => (value !== null && typeof value === 'object' ? JSON.stringify(value) : value)

const carry = async (client: pg.Client, { number, revision, kind, code_hash, standing, thread }: ReplyRow) => {
  await client.query(PUT_STATE, [number, code_hash, kind, JSON.stringify(standing), revision])
  if (thread) await client.query(PUT_THREAD, [number, revision, ...COLUMNS.map((name) => bound(thread[name]))])
  else await client.query('delete from site.thread where number = $1 and revision <= $2', [number, revision])
}

/** Carries out what is to be said; said twice, or late, it changes nothing. */
export const carryReplies = async (ctx: Ctx, client: pg.Client): Promise<number> => {
  const unsent = await listUnsentReplies(ctx.db)
  for (const row of unsent) {
    await carry(client, row)
    await inTx(ctx, (tx) => markReplySent(tx, row))
  }
  return unsent.length
}

const PUT_CLOCK = `
insert into site.clock (offset_days) values ($1::date - (now() at time zone 'Asia/Shanghai')::date)
on conflict (is_only) do update set offset_days = excluded.offset_days where site.clock.offset_days <> excluded.offset_days`

/** The public side counts days by the business date of the inside. */
export const carryClock = async (ctx: Ctx, client: pg.Client): Promise<void> =>
  void (await client.query(PUT_CLOCK, [ctx.today]))
