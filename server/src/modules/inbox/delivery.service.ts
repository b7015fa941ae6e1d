import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { newId } from '#kernel/id.ts'
import type { TaskData } from '#kernel/jobs.ts'
import { effectOf, type Fact, type NoticeDraft, type Turn } from './delivery.rules.ts'
import { advanceSubject, closeTodos, findFact, insertNotice, insertTodo } from './delivery.store.ts'

// The latest fact about a subject says everything that has to be done about it, so older to-dos are settled by it.
const takeTurn = async (tx: Tx, fact: Fact, turn: Turn): Promise<void> => {
  if (!(await advanceSubject(tx, fact, turn))) return
  await closeTodos(tx, fact)
  for (const { kind, permission, organ_id, title, clock } of turn.todos)
    await insertTodo(tx, {
      todo_id: newId(),
      kind,
      permission,
      organ_id,
      subject_kind: fact.subject_kind,
      subject_id: fact.subject_id,
      title,
      clock_rule: clock?.rule ?? null,
      clock_started_on: clock?.started_on ?? null,
      opened_on: fact.occurred_on,
      opened_event_id: fact.event_id,
      closed_on: null,
      closed_event_id: null,
    })
}

const tell = async (tx: Tx, fact: Fact, notices: readonly NoticeDraft[]): Promise<void> => {
  const { event_id, subject_kind, subject_id, occurred_on, occurred_at } = fact
  for (const draft of notices)
    await insertNotice(tx, {
      ...draft,
      notice_id: newId(),
      event_id,
      subject_kind,
      subject_id,
      occurred_on,
      occurred_at,
    })
}

/**
 * Turns one fact into to-dos and notices. Delivered twice, late or out of order, the result is the same: to-dos follow the
 * subject's highest position, notices are keyed by their event. Nothing is recorded: it all follows from recorded facts.
 */
export const deliverFact = async (ctx: Ctx, { event_id }: TaskData): Promise<void> => {
  const fact = event_id === undefined ? undefined : await findFact(ctx.db, event_id)
  if (!fact) return
  const { turn, notices = [] } = effectOf(fact)
  await inTx(ctx, async (tx) => {
    if (turn) await takeTurn(tx, fact, turn)
    await tell(tx, fact, notices)
  })
}
