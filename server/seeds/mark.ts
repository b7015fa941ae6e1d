import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'

/** How far a load has come: one setting per step, so that a load killed anywhere goes on where it was. */
export const readMark = async (db: Db, name: string): Promise<unknown> => {
  const row = await db.selectFrom('kernel.setting').select('value').where('name', '=', name).executeTakeFirst()
  return row?.value
}

export const writeMark = async (db: Db, name: string, value: unknown): Promise<void> => {
  const json = sql`${JSON.stringify(value)}::jsonb`
  await db
    .insertInto('kernel.setting')
    .values({ name, value: json })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: json }))
    .execute()
}
