import { query } from './route.ground.ts'
import { GRANTED, ITEMS, KEY, targetDdl } from './snapshot.data.ts'

// PostgreSQL's own logical replication of the granted columns, as CREATE SUBSCRIPTION sets it up by itself.

const NAME = 'native'

/** Rows as the source has them, so that both begin with the same table. */
export const fillTarget = (url: string, table: string, rows: number): Promise<unknown> => {
  const granted = new Set(GRANTED.map(({ column }) => column))
  const values = ITEMS.filter(({ column }) => granted.has(column)).map(({ value }) => value)
  return query(
    url,
    targetDdl(table),
    `insert into ${table} select ${values.join(', ')} from generate_series(1, ${rows}::bigint) n`,
    `alter table ${table} add primary key (${KEY})`,
    `vacuum analyze ${table}`,
  )
}

export const openNative = async (source: string, target: string): Promise<() => Promise<void>> => {
  const columns = GRANTED.map(({ column }) => column).join(', ')
  await query(source, `create publication ${NAME} for table person (${columns})`)
  // In one cluster the subscription cannot make its slot itself: it would wait for its own transaction.
  await query(source, `select pg_create_logical_replication_slot('${NAME}', 'pgoutput')`)
  await query(
    target,
    `create subscription ${NAME} connection '${source}' publication ${NAME}
       with (create_slot = false, slot_name = '${NAME}', copy_data = false)`,
  )
  return async () => {
    await query(target, `alter subscription ${NAME} disable`)
    await query(target, `alter subscription ${NAME} set (slot_name = none)`, `drop subscription ${NAME}`)
    for (let tries = 0; ; tries += 1) {
      try {
        await query(source, `select pg_drop_replication_slot('${NAME}')`, `drop publication ${NAME}`)
        return
      } catch (error) {
        if (tries > 100) throw error
        await new Promise((done) => setTimeout(done, 100))
      }
    }
  }
}
