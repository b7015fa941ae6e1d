import type { Db, Tx } from '#kernel/db.ts'
import type { InboxNotice, InboxTodo } from '#kernel/tables.ts'
import type { Fact, Turn } from './delivery.rules.ts'

const object = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** A fact as its transaction wrote it. */
export const findFact = async (db: Db, eventId: string): Promise<Fact | undefined> => {
  const row = await db
    .selectFrom('kernel.event')
    .select(['event_id', 'type', 'subject_kind', 'subject_id', 'organ_id', 'occurred_on', 'occurred_at'])
    .select(['before', 'after'])
    .where('event_id', '=', eventId)
    .executeTakeFirst()
  return row && { ...row, before: object(row.before), after: object(row.after) }
}

/**
 * Moves a subject on to this fact's position and keeps its row locked until commit. `false` when a later fact, or this
 * very one, has been counted already.
 */
export const advanceSubject = async (tx: Tx, fact: Fact, { position }: Turn): Promise<boolean> => {
  const { subject_kind, subject_id, event_id } = fact
  const moved = await tx
    .insertInto('inbox.subject')
    .values({ subject_kind, subject_id, position, event_id })
    .onConflict((conflict) =>
      conflict
        .columns(['subject_kind', 'subject_id'])
        .doUpdateSet({ position, event_id })
        .whereRef('inbox.subject.position', '<', 'excluded.position'),
    )
    .returning('position')
    .executeTakeFirst()
  return moved !== undefined
}

export const closeTodos = (tx: Tx, { subject_kind, subject_id, occurred_on, event_id }: Fact) =>
  tx
    .updateTable('inbox.todo')
    .set({ closed_on: occurred_on, closed_event_id: event_id })
    .where('subject_kind', '=', subject_kind)
    .where('subject_id', '=', subject_id)
    .where('closed_on', 'is', null)
    .execute()

export const insertTodo = (tx: Tx, row: InboxTodo) =>
  tx
    .insertInto('inbox.todo')
    .values(row)
    .onConflict((conflict) => conflict.columns(['opened_event_id', 'kind', 'organ_id']).doNothing())
    .execute()

export const insertNotice = (tx: Tx, row: InboxNotice) =>
  tx
    .insertInto('inbox.notice')
    .values(row)
    .onConflict((conflict) => conflict.columns(['event_id', 'permission', 'organ_id']).doNothing())
    .execute()
