import pg from 'pg'

/** A value from outside: travels apart from the statement, as a parameter or as a quoted literal. */
interface Bound {
  readonly bound: string
}

/** A piece of SQL: words of ours, names of stored columns, values apart. */
export type Sql = readonly (string | Bound)[]

export const bind = (value: string, type: string): Sql => [{ bound: value }, `::${type}`]

export const quoteName = (name: string): string => `"${name.replaceAll('\0', '').replaceAll('"', '""')}"`

export const join = (parts: readonly Sql[], by: string): Sql =>
  parts.flatMap((part, index) => (index === 0 ? part : [by, ...part]))

/** With parameters: what every query but COPY is sent as. */
export const toStatement = (sql: Sql): { text: string; values: string[] } => {
  const values: string[] = []
  const text = sql.map((part) => (typeof part === 'string' ? part : `$${values.push(part.bound)}`)).join('')
  return { text, values }
}

/** With quoted literals: COPY takes no parameters. Values are parsed by their column's type before they get here. */
export const toLiteralText = (sql: Sql): string =>
  sql.map((part) => (typeof part === 'string' ? part : pg.escapeLiteral(part.bound))).join('')
