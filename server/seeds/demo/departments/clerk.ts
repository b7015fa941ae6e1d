import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import type { DepartmentDatabase } from './databases.ts'

/** A connection as the department's own program has it, whatever the engine; values stand as `?`. */
export interface Clerk {
  say(sql: string, values?: readonly (string | number | null)[]): Promise<readonly Record<string, unknown>[]>
  end(): Promise<void>
}

const numbered = (sql: string): string => {
  let at = 0
  return sql.replace(/\?/g, () => `$${++at}`)
}

const onPostgres = async (url: string): Promise<Clerk> => {
  const client = new pg.Client({ connectionString: url, application_name: 'demo-registry' })
  client.on('error', () => undefined)
  await client.connect()
  return {
    say: async (sql, values = []) => (await client.query(numbered(sql), [...values])).rows,
    end: () => client.end(),
  }
}

const onMariadb = async ({ host, port, user, password }: DepartmentDatabase): Promise<Clerk> => {
  const connection = await createConnection({ host, port, user, password, charset: 'utf8mb4' })
  connection.on('error', () => undefined)
  return {
    say: async (sql, values = []) => {
      const [rows] = await connection.query(sql, [...values])
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
    },
    end: () => connection.end(),
  }
}

export const databaseUrl = ({ department, host, port, user, password }: DepartmentDatabase): string =>
  `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${department.database}`

export const openClerk = (database: DepartmentDatabase): Promise<Clerk> =>
  database.engine === 'mysql' ? onMariadb(database) : onPostgres(databaseUrl(database))
