import { type Connection, type ConnectionOptions, createConnection, type RowDataPacket } from 'mysql2'
import { AdapterFault } from './adapter.ts'
import { tlsOf, tlsTrouble } from './tls.ts'

export interface MysqlConfig {
  readonly client: ConnectionOptions
  readonly database: string
  readonly lag_seconds: number
  readonly lag_numbers: number
}

type Given = Readonly<Record<string, unknown>>

const textOf = (config: Given, name: string): string | undefined => {
  const value = config[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw new AdapterFault('misconfigured', `连接参数 ${name} 应为文本`)
}

const countOf = (config: Given, name: string, fallback: number): number => {
  const value = Number(textOf(config, name) ?? fallback)
  if (Number.isFinite(value) && value >= 0) return value
  throw new AdapterFault('misconfigured', `连接参数 ${name} 应为不小于 0 的数`)
}

/** `url`, or `host`/`socket` with `user`, `password` and `database`. */
export const readConfig = (config: Given): MysqlConfig => {
  const url = textOf(config, 'url')
  const parts = url === undefined ? null : new URL(url)
  const database = parts ? decodeURIComponent(parts.pathname.slice(1)) : textOf(config, 'database')
  if (!database) throw new AdapterFault('misconfigured', '连接缺少 database')
  const socketPath = textOf(config, 'socket')
  const address: ConnectionOptions = parts
    ? {
        host: parts.hostname,
        port: Number(parts.port || 3306),
        user: decodeURIComponent(parts.username),
        password: decodeURIComponent(parts.password),
      }
    : {
        ...(socketPath ? { socketPath } : { host: textOf(config, 'host'), port: countOf(config, 'port', 3306) }),
        user: textOf(config, 'user'),
        password: textOf(config, 'password'),
      }
  return {
    client: {
      ...address,
      database,
      ssl: tlsOf(config),
      charset: 'utf8mb4',
      connectTimeout: 15_000,
      multipleStatements: false,
    },
    database,
    lag_seconds: countOf(config, 'lag_seconds', 5),
    lag_numbers: countOf(config, 'lag_numbers', 1000),
  }
}

const DENIED = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
])

export const asFault = (error: unknown): unknown => {
  if (error instanceof AdapterFault || !(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  if (DENIED.has(code)) return new AdapterFault('denied', `数据库拒绝:${error.message}`, { cause: error })
  if (code === 'ER_NO_SUCH_TABLE')
    return new AdapterFault('no_such_relation', `数据库中没有:${error.message}`, { cause: error })
  if (
    /^(E[A-Z]+|PROTOCOL_CONNECTION_LOST|ER_SERVER_SHUTDOWN|ER_CON_COUNT_ERROR)$/.test(code) ||
    error.message.includes('closed state')
  )
    return new AdapterFault('unreachable', `数据库连接不上或已断开:${error.message}`, { cause: error })
  const trouble = tlsTrouble(error)
  return trouble === null ? error : new AdapterFault('unreachable', trouble, { cause: error })
}

/** Rows as objects; numbers beyond 2^53 as text. */
export const ask = <T>(connection: Connection, sql: string, values: readonly unknown[] = []): Promise<T[]> =>
  new Promise((resolve, reject) => {
    connection.query<RowDataPacket[]>({ sql, values: [...values], supportBigNumbers: true }, (error, rows) =>
      error ? reject(asFault(error)) : resolve(rows as unknown as T[]),
    )
  })

export const run = (connection: Connection, sql: string): Promise<void> =>
  new Promise((resolve, reject) => {
    connection.query({ sql }, (error) => (error ? reject(error) : resolve()))
  })

// Literals are read with backslash escapes, numbers and dates are refused rather than bent to fit, and an instant is written
// as UTC: servers seldom have the history of Asia/Shanghai loaded, so that conversion is made here.
const SESSION = `set session sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
  time_zone = '+00:00', net_write_timeout = 3600`

export const connect = async (config: MysqlConfig): Promise<Connection> => {
  const connection = createConnection(config.client)
  // A connection that breaks between two statements is told by the next one.
  connection.on('error', () => undefined)
  try {
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error ? reject(error) : resolve()))
    })
    await run(connection, SESSION)
    return connection
  } catch (error) {
    connection.destroy()
    throw asFault(error)
  }
}

export const hangUp = (connection: Connection): Promise<void> =>
  new Promise((resolve) => {
    connection.end(() => resolve())
  })

export const withConnection = async <T>(
  config: MysqlConfig,
  work: (connection: Connection) => Promise<T>,
): Promise<T> => {
  const connection = await connect(config)
  try {
    return await work(connection)
  } catch (error) {
    throw asFault(error)
  } finally {
    await hangUp(connection)
  }
}

export const id = (name: string): string => `\`${name.replaceAll('`', '``')}\``

const SPECIAL: Readonly<Record<string, string>> = { "'": "''", '\\': '\\\\', '\0': '\\0' }

export const literal = (text: string): string => `'${text.replace(/['\\\0]/g, (one) => SPECIAL[one] as string)}'`
