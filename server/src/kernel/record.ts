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
