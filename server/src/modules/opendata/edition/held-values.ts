import type { HeldValues, SiteColumn } from '@sanjiang/contract/site'
import { columnKind } from '@sanjiang/contract/site.column'
import type pg from 'pg'
import { quoted } from './field.rules.ts'

/** A longer list names things one by one. */
const MOST_VALUES = 200
const MOST_CHARACTERS = 40
const MOST_COLUMNS = 12

interface Carried {
  readonly table: string
  readonly columns: readonly SiteColumn[]
  readonly row_count: number
}

/** How many values the database expects in each column; it has just looked at them. */
const expectedOf = async (site: Pick<pg.Client, 'query'>, { table, row_count }: Carried) => {
  const { rows } = await site.query<{ name: string; distinct: number }>(
    `select attname as name, n_distinct::float8 as distinct from pg_stats where schemaname = 'data' and tablename = $1`,
    [table],
  )
  return new Map(rows.map(({ name, distinct }) => [name, distinct < 0 ? -distinct * row_count : distinct]))
}

/** Words that rows share: where each has its own, the column is a name. */
const isShared = ({ role }: SiteColumn, count: number, rows: number): boolean =>
  count <= MOST_VALUES && (role === 'category' || count * 2 <= rows)

const readValues = async (site: Pick<pg.Client, 'query'>, table: string, { name }: SiteColumn): Promise<string[]> => {
  const { rows } = await site.query<{ value: string }>(
    `select distinct left(${quoted(name)}, ${MOST_CHARACTERS}) as value from data.${quoted(table)}
     where ${quoted(name)} !~ '^[0-9[:space:][:punct:]]*$' and strpos(${quoted(name)}, '*') = 0 order by value limit ${MOST_VALUES + 1}`,
  )
  return rows.map(({ value }) => value)
}

/** What the rows of an edition are told apart by, in words: goods, places, kinds. What is masked is no word. */
export const readHeldValues = async (site: Pick<pg.Client, 'query'>, carried: Carried): Promise<HeldValues[]> => {
  const { table, columns, row_count } = carried
  const expected = await expectedOf(site, carried)
  const held: HeldValues[] = []
  for (const column of columns) {
    const isText = columnKind(column) === 'text' && column.status_of === undefined
    if (!isText || held.length >= MOST_COLUMNS || !isShared(column, expected.get(column.name) ?? 0, row_count)) continue
    const values = await readValues(site, table, column)
    if (values.length > 0 && isShared(column, values.length, row_count)) held.push({ title: column.title, values })
  }
  return held
}
