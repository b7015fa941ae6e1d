import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { COMPANY, type Mapping, POLICE } from '../registry/dialects.ts'

/** A department's table in its own names: what it calls each item, and of which type its supplier made it. */
export interface SourceTable {
  readonly schema: string
  readonly table: string
  readonly comment: string
  /** Own column name, type, catalogue item. */
  readonly columns: readonly (readonly [column: string, type: string, item: string])[]
  readonly key: string
}

const TYPES: Readonly<Record<string, string>> = {
  birth_on: 'date',
  moved_in_on: 'date',
  established_on: 'date',
  term_from: 'date',
  term_to: 'date',
  checked_on: 'date',
  is_deceased: 'boolean',
  registered_capital: 'numeric(18,4)',
  citizen_id: 'char(18)',
  credit_code: 'char(18)',
  registered_address: 'varchar(200)',
  registered_office: 'varchar(200)',
  business_scope: 'text',
}

const columnsOf = (mapping: Mapping): SourceTable['columns'] =>
  mapping.map(([item, own]) => [own.toLowerCase(), TYPES[item] ?? 'varchar(100)', item] as const)

/** 治安管理 人口信息管理系统 */
export const PERSON_TABLE: SourceTable = {
  schema: 'czrk',
  table: 'ry_jbxx',
  comment: '常住人口基本信息',
  columns: columnsOf(POLICE),
  key: 'gmsfhm',
}

/** 企业登记管理信息系统 */
export const COMPANY_TABLE: SourceTable = {
  schema: 'djgl',
  table: 'e_baseinfo',
  comment: '企业基本信息',
  columns: columnsOf(COMPANY),
  key: 'uniscid',
}

/** When the row was last written; every supplier's table has one. */
export const TOUCHED = 'gxsj'

export const isEmpty = async (client: Client, { schema, table }: SourceTable): Promise<boolean> => {
  const { rows } = await client.query(`select to_regclass($1) is null as absent`, [`${schema}.${table}`])
  if (rows[0].absent) return true
  const found = await client.query(`select exists (select from ${schema}.${table}) as filled`)
  return !found.rows[0].filled
}

export const createTable = async (client: Client, { schema, table, comment, columns, key }: SourceTable) => {
  const list = columns.map(([column, type]) => `${column} ${type}`).join(', ')
  await client.query(`create schema if not exists ${schema}`)
  await client.query(
    `create table if not exists ${schema}.${table} (${list}, ${TOUCHED} timestamp(6) not null default clock_timestamp(),
      primary key (${key}))`,
  )
  await client.query(`comment on table ${schema}.${table} is '${comment}'`)
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const field = (value: unknown): string =>
  value === null || value === undefined ? '\\N' : String(value).replace(/[\\\t\n\r]/g, (char) => ESCAPES[char]!)

/** Copies rows in, given by item names, in one transaction. */
export const fillTable = async (
  client: Client,
  { schema, table, columns }: SourceTable,
  rows: Iterable<Readonly<Record<string, unknown>>>,
): Promise<void> => {
  const items = columns.map(([, , item]) => item)
  const lines = function* (): Generator<string> {
    let text = ''
    for (const row of rows) {
      text += `${items.map((item) => field(row[item])).join('\t')}\n`
      if (text.length < 65_536) continue
      yield text
      text = ''
    }
    yield text
  }
  const into = client.query(copyFrom(`copy ${schema}.${table} (${columns.map(([own]) => own).join(', ')}) from stdin`))
  await pipeline(Readable.from(lines()), into)
}
