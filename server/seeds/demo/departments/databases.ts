import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { makeFirms } from '../registry/firms.ts'
import { makePeople } from '../registry/people.ts'
import { DEPARTMENTS, type Department, RECEIVING } from './department.ts'
import { COMPANY_TABLE, createTable, fillTable, isEmpty, PERSON_TABLE, type SourceTable } from './tables.ts'

/** How a department's own programs reach its own database. */
export interface DepartmentDatabase {
  readonly department: Department
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
  return { department, host: hostname, port: Number(port || 5432), user: database, password }
}

export const databaseUrl = ({ department, host, port, user, password }: DepartmentDatabase): string =>
  `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${department.database}`

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

/** Every department's database, made and filled from where the last start stopped. Throws where the server does not allow it. */
export const openDatabases = async (adminUrl: string, dataDir: string): Promise<DepartmentDatabase[]> => {
  const databases: DepartmentDatabase[] = []
  for (const department of DEPARTMENTS) {
    const database = await createDatabase(adminUrl, dataDir, department)
    await fill(database)
    databases.push(database)
  }
  return databases
}
