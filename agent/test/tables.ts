import pg from 'pg'
import { cloneDatabase } from '../../server/test/cluster.ts'

/** Tables of a real database, for adapters whose sources know no SQL: what is written here is shown as files or answers. */
export interface Tables {
  exec(sql: string): Promise<void>
  names(): Promise<string[]>
  query<T extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<T[]>
  close(): Promise<void>
}

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

export const openTables = async (): Promise<Tables> => {
  const database = await cloneDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 2 })
  pool.on('error', () => undefined)
  const query = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
    (await pool.query<T>(sql, values)).rows
  return {
    query,
    exec: async (sql) => void (await pool.query(sql)),
    names: async () =>
      (await query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public'`)).map(
        ({ name }) => name,
      ),
    close: async () => {
      await pool.end()
      await database.drop()
    },
  }
}
