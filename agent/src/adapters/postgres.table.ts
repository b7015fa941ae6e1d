import type { DataType } from '@sanjiang/seal'
import type { TargetTable } from './adapter.ts'
import { parseRelation } from './allow.ts'
import { type CatalogRelation, findRelation, sqlName } from './postgres.catalog.ts'
import { type Client, id } from './postgres.session.ts'

// Making a consumer's table from the catalogue, and saying in sentences why one that is there does not fit.

const TYPES: Readonly<Record<DataType, string>> = {
  C: 'text',
  M: 'text',
  G: 'text',
  N: 'numeric',
  Y: 'numeric',
  D: 'date',
  T: 'timestamp',
  L: 'boolean',
  I: 'bigint',
  B: 'double precision',
  F: 'double precision',
}

const FITS: Readonly<Record<DataType, readonly string[]>> = {
  C: ['text', 'varchar', 'bpchar', 'uuid', 'enum'],
  M: ['text', 'varchar', 'json', 'jsonb', 'xml', 'bytea'],
  G: ['text', 'varchar', 'json', 'jsonb', 'xml', 'bytea'],
  N: ['numeric', 'float8', 'text', 'varchar'],
  Y: ['numeric', 'text', 'varchar'],
  D: ['date', 'timestamp', 'text', 'varchar'],
  T: ['timestamp', 'timestamptz', 'text', 'varchar'],
  L: ['bool', 'text', 'varchar', 'bpchar'],
  I: ['int8', 'int4', 'int2', 'numeric', 'text', 'varchar'],
  B: ['float8', 'numeric', 'text', 'varchar'],
  F: ['float8', 'float4', 'numeric', 'text', 'varchar'],
}

type TargetColumn = TargetTable['columns'][number]

// Byte order for text keys, so that the primary key's index serves reconciliation's ranges (ADR 0004).
const definition = (column: TargetColumn, isKey: boolean): string => {
  const { data_type: type, length, name } = column
  const sqlType = type === 'C' && length !== null && length > 0 ? `varchar(${length})` : TYPES[type]
  const isText = type === 'C' || type === 'M' || type === 'G'
  return `${id(name)} ${sqlType}${isKey && isText ? ' collate "C"' : ''}${isKey ? ' not null' : ''}`
}

export const keyList = (table: TargetTable): string => table.key.map(id).join(', ')

/** Without its primary key: that is built at the end of the first load, which costs less than row by row. */
export const createTable = async (client: Client, table: TargetTable): Promise<void> => {
  const columns = table.columns.map((column) => definition(column, table.key.includes(column.name)))
  await client.query(`create table ${sqlName(parseRelation(table.table, 'public'))} (${columns.join(', ')})`)
}

const HAS_KEY = `
select exists (
  select from pg_index i where i.indrelid = $1 and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null
     and (select array_agg(a.attname::text order by a.attname::text) from unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) k(no)
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.no) = $2::text[]) as found`

/** Whether rows can be told apart by the key, which upserts need. */
export const hasKey = async (client: Client, relation: CatalogRelation, table: TargetTable): Promise<boolean> => {
  const { rows } = await client.query<{ found: boolean }>(HAS_KEY, [relation.oid, [...table.key].sort()])
  return rows[0]?.found ?? false
}

export const addKey = async (client: Client, table: TargetTable): Promise<void> => {
  await client.query(`alter table ${sqlName(parseRelation(table.table, 'public'))} add primary key (${keyList(table)})`)
}

const misfit = (column: TargetColumn, relation: CatalogRelation): string | null => {
  const found = relation.columns.find(({ name }) => name === column.name)
  if (found === undefined) return `目标表“${relation.name}”缺少字段“${column.name}”`
  if (!FITS[column.data_type].includes(found.type))
    return `目标表字段“${column.name}”的类型 ${found.source_type} 放不下数据项类型 ${column.data_type}`
  const width = /^character(?: varying)?\((\d+)\)$/.exec(found.source_type)?.[1]
  if (width !== undefined && column.length !== null && Number(width) < column.length)
    return `目标表字段“${column.name}”长度 ${width} 小于数据项长度 ${column.length}`
  return null
}

/** Columns that nobody fills must be able to stay empty. */
const leftOut = async (client: Client, relation: CatalogRelation, table: TargetTable): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1 and attnum > 0 and not attisdropped
        and attnotnull and not atthasdef and attidentity = ''`,
    [relation.oid],
  )
  return rows
    .filter(({ name }) => !table.columns.some((column) => column.name === name))
    .map(({ name }) => `目标表字段“${name}”必填,但授权的数据项中没有它`)
}

export const misfits = async (
  client: Client,
  table: TargetTable,
  isFilling: () => Promise<boolean> = async () => false,
): Promise<readonly string[]> => {
  const relation = await findRelation(client, table.table)
  if (relation === null) return [`目标库中没有表“${table.table}”`]
  const found = table.columns.map((column) => misfit(column, relation)).filter((sentence) => sentence !== null)
  found.push(...(await leftOut(client, relation, table)))
  const isKeyless = found.length === 0 && !(await hasKey(client, relation, table)) && !(await isEmpty(client, table))
  // A first snapshot gets its key behind its rows: one that was cut off half way has rows and no key yet.
  if (isKeyless && !(await isFilling()))
    found.push(`目标表“${relation.name}”没有以 ${table.key.join('、')} 为准的主键或唯一约束`)
  return found
}

export const isEmpty = async (client: Client, table: TargetTable): Promise<boolean> => {
  const { rows } = await client.query<{ empty: boolean }>(
    `select not exists (select from ${sqlName(parseRelation(table.table, 'public'))}) as empty`,
  )
  return rows[0]?.empty ?? false
}
