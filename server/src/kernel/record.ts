import { sql } from 'kysely'
import type { Ctx } from './ctx.ts'
import type { Tx } from './db.ts'
import { newId } from './id.ts'

/** A fact of the past: `module.noun.verbed`, about one subject, with what changed. */
export interface Event {
  readonly type: string
  /** `catalog.resource`, and its id. */
  readonly subject_kind: string
  readonly subject_id: string
  /** Organ the fact belongs to; the actor's own when left out. */
  readonly organ_id?: string | null
  readonly before?: unknown
  readonly after?: unknown
}

/**
 * Writes the fact and one job per subscriber in the caller's transaction: both happen or neither (style law 12, 13).
 * Returns the event's id.
 */
export const record = async (tx: Tx, ctx: Ctx, event: Event): Promise<string> => {
  const event_id = newId()
  const row = {
    event_id,
    type: event.type,
    subject_kind: event.subject_kind,
    subject_id: event.subject_id,
    organ_id: event.organ_id === undefined ? (ctx.actor.organ?.organ_id ?? null) : event.organ_id,
    actor_person_id: ctx.actor.person_id,
    actor_name: ctx.actor.name,
    occurred_on: ctx.today,
    occurred_at: ctx.instant,
    before: event.before === undefined ? null : JSON.stringify(event.before),
    after: event.after === undefined ? null : JSON.stringify(event.after),
    trace: ctx.trace,
  }
  await tx.insertInto('kernel.event').values(row).execute()
  for (const task of ctx.jobs.subscribersOf(event.type)) await ctx.jobs.enqueue(tx, task, { event_id, ...event })
  return event_id
}

/** Many facts at once with one statement, each with its own jobs: what a bulk act writes is told like what one hand writes. */
export const recordAll = async (tx: Tx, ctx: Ctx, events: readonly Event[]): Promise<void> => {
  if (events.length === 0) return
  const rows = events.map((event) => ({ event_id: newId(), ...event }))
  const organ = ctx.actor.organ?.organ_id ?? null
  const texts = (part: 'before' | 'after') =>
    rows.map((row) => (row[part] === undefined ? null : JSON.stringify(row[part])))
  await sql`
    insert into kernel.event (event_id, type, subject_kind, subject_id, organ_id, actor_person_id, actor_name, occurred_on,
      occurred_at, before, after, trace)
    select e.event_id, e.type, e.subject_kind, e.subject_id, e.organ_id, ${ctx.actor.person_id}::uuid, ${ctx.actor.name},
      ${ctx.today}::date, ${ctx.instant}::timestamptz, e.before, e.after, ${ctx.trace}
    from unnest(${rows.map((row) => row.event_id)}::uuid[], ${rows.map((row) => row.type)}::text[],
      ${rows.map((row) => row.subject_kind)}::text[], ${rows.map((row) => row.subject_id)}::text[],
      ${rows.map((row) => (row.organ_id === undefined ? organ : row.organ_id))}::text[],
      ${texts('before')}::jsonb[], ${texts('after')}::jsonb[])
      as e (event_id, type, subject_kind, subject_id, organ_id, before, after)`.execute(tx)
  for (const row of rows) for (const task of ctx.jobs.subscribersOf(row.type)) await ctx.jobs.enqueue(tx, task, row)
}
