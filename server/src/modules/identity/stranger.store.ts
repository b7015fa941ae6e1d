import type { Tx } from '#kernel/db.ts'

export const lockStranger = async (tx: Tx, bucket: number) => {
  await tx
    .insertInto('identity.stranger')
    .values({ bucket, failed_count: 0, locked_until: null })
    .onConflict((oc) => oc.doNothing())
    .execute()
  return tx
    .selectFrom('identity.stranger')
    .select(['failed_count', 'locked_until'])
    .where('bucket', '=', bucket)
    .forUpdate()
    .executeTakeFirstOrThrow()
}

export const updateStranger = (tx: Tx, bucket: number, change: { failed_count: number; locked_until: string | null }) =>
  tx.updateTable('identity.stranger').set(change).where('bucket', '=', bucket).execute()
