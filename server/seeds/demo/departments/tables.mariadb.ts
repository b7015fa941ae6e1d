import type { Clerk } from './clerk.ts'
import { type SourceTable, TOUCHED } from './tables.ts'

const typeOf = (type: string): string => (type === 'boolean' ? 'tinyint(1)' : type.replace(/^numeric/, 'decimal'))

const createTable = (clerk: Clerk, { schema, table, comment, columns, key }: SourceTable) => {
  const list = columns.map(([column, type]) => `${column} ${typeOf(type)}`).join(', ')
  return clerk.say(`create table if not exists ${schema}.${table} (${list},
      ${TOUCHED} timestamp(6) not null default current_timestamp(6) on update current_timestamp(6), primary key (${key}))
    engine = InnoDB character set gbk comment = '${comment}'`)
}

const ROWS_PER_INSERT = 500

type Value = string | number | null

/** Fills the table in one transaction where it is empty, kept in GBK as systems of that age are. */
export const fillOnMariadb = async (
  clerk: Clerk,
  source: SourceTable,
  rows: Iterable<Readonly<Record<string, unknown>>>,
): Promise<void> => {
  const { schema, table, columns } = source
  await createTable(clerk, source)
  if ((await clerk.say(`select 1 from ${schema}.${table} limit 1`)).length > 0) return
  const one = `(${columns.map(() => '?').join(', ')})`
  const into = `insert into ${schema}.${table} (${columns.map(([column]) => column).join(', ')}) values `
  let values: Value[] = []
  let count = 0
  const flush = async (): Promise<void> => {
    if (count > 0) await clerk.say(into + Array.from({ length: count }, () => one).join(', '), values)
    values = []
    count = 0
  }
  await clerk.say('begin')
  for (const row of rows) {
    values.push(...columns.map(([, , item]) => (row[item] ?? null) as Value))
    count += 1
    if (count === ROWS_PER_INSERT) await flush()
  }
  await flush()
  await clerk.say('commit')
}
