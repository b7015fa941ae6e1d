import pg from 'pg'
import { AdapterFault } from './adapter.ts'
import { openSocket } from './postgres.socket.ts'
import { tlsOf, tlsTrouble } from './tls.ts'

/** How a connection is named in the agent's file: `url`, or its parts. */
export interface PostgresConfig {
  readonly client: pg.ClientConfig
  /** Parallel readers of one snapshot. */
  readonly readers: number
  /** How far back an increment reads again, for transactions that commit after a later one. */
  readonly lag_seconds: number
  readonly lag_numbers: number
  /** Connections at rest, kept for the next short piece of work. */
  readonly idle: pg.Client[]
}

const textOf = (config: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = config[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw new AdapterFault('misconfigured', `连接参数 ${name} 应为文本`)
}

const countOf = (config: Readonly<Record<string, unknown>>, name: string, fallback: number): number => {
  const value = config[name]
  if (value === undefined) return fallback
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  throw new AdapterFault('misconfigured', `连接参数 ${name} 应为不小于 0 的数`)
}

export const readConfig = (config: Readonly<Record<string, unknown>>): PostgresConfig => {
  const url = textOf(config, 'url')
  if (url === undefined && textOf(config, 'host') === undefined)
    throw new AdapterFault('misconfigured', '连接缺少 url 或 host')
  const address: pg.ClientConfig =
    url !== undefined
      ? { connectionString: url }
      : {
          host: textOf(config, 'host'),
          port: Number(textOf(config, 'port') ?? 5432),
          database: textOf(config, 'database'),
          user: textOf(config, 'user'),
          password: textOf(config, 'password'),
        }
  return {
    client: {
      ...address,
      ...(config.tls === undefined ? {} : { ssl: tlsOf(config) ?? false }),
      application_name: 'sanjiang-agent',
      connectionTimeoutMillis: 15_000,
      keepAlive: true,
    },
    readers: Math.max(1, Math.min(16, Math.floor(countOf(config, 'readers', 1)))),
    lag_seconds: countOf(config, 'lag_seconds', 5),
    lag_numbers: countOf(config, 'lag_numbers', 1000),
    idle: [],
  }
}

const DENIED = new Set(['28P01', '28000', '42501', '3D000'])

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

/** What the database said, as a fault of the connection where it is one. */
export const asFault = (error: unknown): unknown => {
  if (error instanceof AdapterFault) return error
  const code = codeOf(error)
  const said = error instanceof Error ? error.message : String(error)
  if (DENIED.has(code)) return new AdapterFault('denied', `数据库拒绝:${said}`, { cause: error })
  if (code === '42P01' || code === '3F000')
    return new AdapterFault('no_such_relation', `数据库中没有:${said}`, { cause: error })
  if (/^(E[A-Z]+|08...|57P0.|53300)$/.test(code) || /Connection terminated|timeout expired/.test(said))
    return new AdapterFault('unreachable', `数据库连接不上或已断开:${said}`, { cause: error })
  const trouble = tlsTrouble(error)
  return trouble === null ? error : new AdapterFault('unreachable', trouble, { cause: error })
}

// What makes the server write canonical text by itself (ADR 0004), sees only its own functions, and never gives a long
// read up half-way. Set after connecting, because pools in front of a database refuse startup options.
export const SESSION = `set timezone = 'Asia/Shanghai'; set datestyle = 'ISO, YMD'; set extra_float_digits = 1;
set bytea_output = 'hex'; set client_encoding = 'UTF8'; set search_path = pg_catalog; set jit = off;
set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set standard_conforming_strings = on`

export type Client = pg.Client

/** A client in the session that lines are written and read in. */
export const connect = async (config: PostgresConfig): Promise<Client> => {
  const client = new pg.Client({ ...config.client, stream: openSocket })
  // A connection that breaks between two statements is told by the next one.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(SESSION)
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw asFault(error)
  }
}

/** Ends the connection at once: what runs on it is cancelled by the server when it finds nobody there. */
export const abandon = (client: Client): void => {
  socketOf(client).destroy()
}

const IDLE = 2

/** A connection at rest, or a new one. */
export const borrow = async (config: PostgresConfig): Promise<Client> => {
  for (let client = config.idle.pop(); client !== undefined; client = config.idle.pop()) {
    if (!socketOf(client).destroyed) return client
  }
  return connect(config)
}

/** Only a connection outside any transaction is given back; one whose work was broken off is ended. */
export const giveBack = async (config: PostgresConfig, client: Client, isClean: boolean): Promise<void> => {
  if (isClean && config.idle.length < IDLE && !socketOf(client).destroyed) config.idle.push(client)
  else await client.end().catch(() => undefined)
}

export const closeIdle = async (config: PostgresConfig): Promise<void> => {
  await Promise.all(config.idle.splice(0).map((client) => client.end().catch(() => undefined)))
}

/** Lends a client for one piece of work. */
export const withClient = async <T>(config: PostgresConfig, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = await borrow(config)
  let isClean = false
  try {
    const result = await work(client)
    isClean = true
    return result
  } catch (error) {
    throw asFault(error)
  } finally {
    await giveBack(config, client, isClean)
  }
}

export interface Socket extends NodeJS.EventEmitter {
  /** Of a LendingSocket; no other socket minds. */
  lends?: boolean
  cork(): void
  uncork(): void
  readonly destroyed: boolean
  pause(): unknown
  resume(): unknown
  destroy(error?: Error): unknown
  write(bytes: Uint8Array): boolean
  listeners(name: string): ((...args: unknown[]) => void)[]
}

/** The connection below a client: COPY and replication are read there, because per-message objects cost more than the rows. */
export interface Wire {
  readonly stream: Socket
  query(text: string): void
}

export const socketOf = (client: Client): Socket => (client as unknown as { connection: Wire }).connection.stream

export const id = (name: string): string => pg.escapeIdentifier(name)
export const literal = (text: string): string => pg.escapeLiteral(text)
