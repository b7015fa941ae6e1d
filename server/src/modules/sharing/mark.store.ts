import type { Db, Tx } from '#kernel/db.ts'
import type { SharingMark } from '#kernel/tables.ts'

/** What has a clock: a request's answer, a correction, a duty's answer and its entry, a rung of the ladder. */
export type MarkedKind = 'request' | 'correction' | 'duty' | 'compile' | 'ladder'

/** Writes a mark once; `false` when it was there already. */
export const insertMark = async (tx: Tx, mark: SharingMark): Promise<boolean> => {
  const written = await tx
    .insertInto('sharing.mark')
    .values(mark)
    .onConflict((conflict) => conflict.columns(['subject_kind', 'subject_id', 'round', 'mark']).doNothing())
    .returning('mark')
    .executeTakeFirst()
  return written !== undefined
}

export const listMarks = (db: Db, kind: MarkedKind, subjectId: string): Promise<SharingMark[]> =>
  db
    .selectFrom('sharing.mark')
    .selectAll()
    .where('subject_kind', '=', kind)
    .where('subject_id', '=', subjectId)
    .orderBy('crossed_on')
    .orderBy('round')
    .execute()
