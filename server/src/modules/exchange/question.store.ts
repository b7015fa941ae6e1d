import type { Trouble } from '@sanjiang/contract/exchange'
import type { Db, Tx } from '#kernel/db.ts'

export interface NewQuestion {
  readonly question_id: string
  readonly agent_id: string
  readonly kind: 'browse' | 'describe' | 'dry_run' | 'ranges' | 'rows'
  readonly connection: string
  readonly body: unknown
  readonly asked_at: string
  readonly expires_at: string
}

export const insertQuestion = async (tx: Tx, question: NewQuestion): Promise<void> => {
  await tx
    .insertInto('exchange.question')
    .values({ ...question, body: JSON.stringify(question.body) })
    .execute()
}

export const findAnswer = async (
  db: Db,
  questionId: string,
): Promise<{ value: unknown; trouble: Trouble | null } | null> => {
  const row = await db
    .selectFrom('exchange.question')
    .select(['answer', 'trouble', 'answered_at'])
    .where('question_id', '=', questionId)
    .executeTakeFirst()
  return row?.answered_at ? { value: row.answer, trouble: row.trouble as Trouble | null } : null
}

export const deleteQuestion = async (db: Db, questionId: string): Promise<void> => {
  await db.deleteFrom('exchange.question').where('question_id', '=', questionId).execute()
}

/** Still open and in time. */
export const isAsked = async (db: Db, questionId: string, at: string): Promise<boolean> => {
  const row = await db
    .selectFrom('exchange.question')
    .select('question_id')
    .where('question_id', '=', questionId)
    .where('expires_at', '>', at)
    .executeTakeFirst()
  return row !== undefined
}
