import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { Config } from '#config'
import { makeFirms } from '../registry/firms.ts'
import { makePeople } from '../registry/people.ts'
import { databaseUrl, openClerk } from './clerk.ts'
import { COMMERCE, DEPARTMENTS, type Department, isDemoStage, PORTAL, RECEIVING } from './department.ts'
import { hasMariadb, keepMariadb, type Mariadb } from './mariadb.ts'
import { fillOnMariadb } from './tables.mariadb.ts'
import { COMPANY_TABLE, createTable, fillTable, isEmpty, PERSON_TABLE, type SourceTable } from './tables.ts'

/** How a department's own programs reach its own database. */
export interface DepartmentDatabase {
  readonly department: Department
  readonly engine: 'postgres' | 'mysql'
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

export const departmentFolder = (dataDir: string, { word }: Department): string =>
  join(dataDir, 'demo', 'departments', word)

const passwordOf = async (dataDir: string, department: Department): Promise<string> => {
  const folder = departmentFolder(dataDir, department)
  const file = join(folder, 'database.password')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const found = await readFile(file, 'utf8').catch(() => null)
  if (found) return found.trim()
  const password = randomBytes(18).toString('base64url')
  await writeFile(file, password, { mode: 0o600 })
  return password
}

const connect = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url, application_name: 'demo-departments' })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** Makes database and owner where they are missing. The owner may replicate: its agent reads a change stream. */
const createDatabase = async (adminUrl: string, dataDir: string, department: Department) => {
  const { database } = department
  const password = await passwordOf(dataDir, department)
  const admin = await connect(adminUrl)
  try {
    const role = await admin.query('select from pg_roles where rolname = $1', [database])
    if (role.rowCount === 0) await admin.query(`create role ${database} login replication`)
    await admin.query(`alter role ${database} password '${password}'`)
    const found = await admin.query('select from pg_database where datname = $1', [database])
    if (found.rowCount === 0) await admin.query(`create database ${database} owner ${database}`)
    await admin.query(`revoke connect on database ${database} from public`)
  } finally {
    await admin.end()
  }
  const { hostname, port } = new URL(adminUrl)
  const engine = 'postgres' as const
  return { department, engine, host: hostname, port: Number(port || 5432), user: database, password }
}

const LOADER = 'sanjiang_loader'

/** The stage is there already; the portal's agent is given a login that has one schema of it and nothing else. */
const openStage = async (stageUrl: string, dataDir: string): Promise<DepartmentDatabase> => {
  const password = await passwordOf(dataDir, PORTAL)
  const admin = await connect(stageUrl)
  try {
    const role = await admin.query('select from pg_roles where rolname = $1', [LOADER])
    if (role.rowCount === 0) await admin.query(`create role ${LOADER} login`)
    await admin.query(`alter role ${LOADER} password '${password}'`)
    await admin.query(`grant connect on database ${PORTAL.database} to ${LOADER}`)
    await admin.query(`create schema if not exists ${PORTAL.receives} authorization ${LOADER}`)
  } finally {
    await admin.end()
  }
  const { hostname, port } = new URL(stageUrl)
  const engine = 'postgres' as const
  return { department: PORTAL, engine, host: hostname, port: Number(port || 5432), user: LOADER, password }
}

const SOURCES: Readonly<Record<string, { table: SourceTable; rows(): Iterable<object> }>> = {
  gongan: { table: PERSON_TABLE, rows: () => each(makePeople()) },
  gongshang: { table: COMPANY_TABLE, rows: () => each(makeFirms(makePeople())) },
}

function* each<T>({ count, at }: { count: number; at(index: number): T }): Generator<T> {
  for (let index = 0; index < count; index += 1) yield at(index)
}

const fill = async (database: DepartmentDatabase): Promise<void> => {
  const source = SOURCES[database.department.database]
  const client = await connect(databaseUrl(database))
  try {
    await client.query(`create schema if not exists ${RECEIVING}`)
    if (!source || !(await isEmpty(client, source.table))) return
    await client.query('begin')
    await createTable(client, source.table)
    await fillTable(client, source.table, source.rows() as Iterable<Record<string, unknown>>)
    await client.query('commit')
    await client.query(`analyze ${source.table.schema}.${source.table.table}`)
  } finally {
    await client.end()
  }
}

/**
 * On which engine a department is: chosen at its first start and kept, because its table is attached as that engine reads it.
 * A department of an earlier version, known by its agent's file, stays on PostgreSQL.
 */
const engineOf = async (dataDir: string, department: Department): Promise<DepartmentDatabase['engine']> => {
  const folder = departmentFolder(dataDir, department)
  const file = join(folder, 'engine')
  const known = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (known === 'mysql' || known === 'postgres') return known
  const isNew = !existsSync(join(folder, 'agent.conf'))
  const engine = department === COMMERCE && isNew && hasMariadb() ? 'mysql' : 'postgres'
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(file, engine)
  return engine
}

const openMariadb = async (
  dataDir: string,
  department: Department,
): Promise<{ database: DepartmentDatabase; server: Mariadb }> => {
  if (!hasMariadb())
    throw new Error(`${department.agent_name}的库在 MariaDB 上,而本机已没有 mariadbd(apt-get install mariadb-server)`)
  const { database: user } = department
  const password = await passwordOf(dataDir, department)
  const dir = join(departmentFolder(dataDir, department), 'mariadb')
  const server = await keepMariadb({ dir, user, password, schemas: [COMPANY_TABLE.schema, RECEIVING] })
  const database = { department, engine: 'mysql' as const, host: '127.0.0.1', port: server.port, user, password }
  const source = SOURCES[department.database]
  const clerk = await openClerk(database)
  try {
    if (source) await fillOnMariadb(clerk, source.table, source.rows() as Iterable<Record<string, unknown>>)
  } finally {
    await clerk.end()
  }
  return { database, server }
}

export interface OpenDatabases {
  readonly databases: readonly DepartmentDatabase[]
  /** Stops what was started here. */
  close(): Promise<void>
}

/** Every department's database, made and filled from where the last start stopped. Throws where the server does not allow it. */
export const openDatabases = async (
  { databaseUrl: adminUrl, stageDatabaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'stageDatabaseUrl' | 'dataDir'>,
  say: (line: string) => void,
): Promise<OpenDatabases> => {
  const databases: DepartmentDatabase[] = []
  const servers: Mariadb[] = []
  for (const department of DEPARTMENTS) {
    if ((await engineOf(dataDir, department)) === 'mysql') {
      const opened = await openMariadb(dataDir, department)
      databases.push(opened.database)
      servers.push(opened.server)
      say(
        `示例部门:${department.agent_name}的库在 MariaDB 上(127.0.0.1:${opened.server.port}),按增量字段读取,删除由对账发现`,
      )
      continue
    }
    const database = await createDatabase(adminUrl, dataDir, department)
    await fill(database)
    databases.push(database)
    if (department === COMMERCE)
      say(`示例部门:${department.agent_name}的库在 PostgreSQL 上(装有 mariadb-server 时新建的示例用 MariaDB)`)
  }
  if (isDemoStage(stageDatabaseUrl)) databases.push(await openStage(stageDatabaseUrl, dataDir))
  return { databases, close: async () => void (await Promise.all(servers.map((server) => server.stop()))) }
}
