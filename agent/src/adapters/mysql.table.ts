import type { DataType } from '@sanjiang/seal'
import type { Connection } from 'mysql2'
import type { TargetTable } from './adapter.ts'
import { type CatalogRelation, findRelation } from './mysql.catalog.ts'
import { ask, id, run } from './mysql.session.ts'

const TYPES: Readonly<Record<DataType, string>> = {
  C: 'longtext',
  M: 'longtext',
  G: 'longtext',
  N: 'decimal(65,30)',
  Y: 'decimal(65,30)',
  D: 'date',
  T: 'datetime(6)',
  L: 'tinyint(1)',
  I: 'bigint',
  B: 'double',
  F: 'double',
}

const TEXTS = ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext']
const INTEGERS = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint']
const FITS: Readonly<Record<DataType, readonly string[]>> = {
  C: [...TEXTS, 'enum'],
  M: TEXTS,
  G: TEXTS,
  N: ['decimal', 'double', ...TEXTS],
  Y: ['decimal', ...TEXTS],
  D: ['date', 'datetime', ...TEXTS],
  T: ['datetime', 'timestamp', ...TEXTS],
  L: ['tinyint', 'bit', ...TEXTS],
  I: [...INTEGERS, 'decimal', ...TEXTS],
  B: ['double', 'decimal', ...TEXTS],
  F: ['double', 'float', 'decimal', ...TEXTS],
}

type TargetColumn = TargetTable['columns'][number]

/** Longest text that a key of this engine takes whole. */
const KEY_LENGTH = 700

const definition = (column: TargetColumn, isKey: boolean): string => {
  const { data_type: type, length, name } = column
  const isText = type === 'C' || type === 'M' || type === 'G'
  const sql =
    isText && isKey
      ? `varchar(${Math.min(length ?? 255, KEY_LENGTH)})`
      : type === 'C' && length !== null && length > 0 && length <= 4000
        ? `varchar(${length})`
        : TYPES[type]
  return `${id(name)} ${sql} ${isKey ? 'not null' : 'null'}`
}

/** Text sorts and compares by its bytes, as keys do everywhere in the exchange; the two families name that differently. */
const collationOf = async (connection: Connection): Promise<string> => {
  const rows = await ask<{ name: string }>(
    connection,
    `select collation_name as name from information_schema.collations where collation_name in ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin')`,
  )
  return rows[0]?.name ?? 'utf8mb4_bin'
}

export const createTable = async (
  connection: Connection,
  { table, sql }: { readonly table: TargetTable; readonly sql: string },
): Promise<void> => {
  const columns = table.columns.map((column) => definition(column, table.key.includes(column.name)))
  await run(
    connection,
    `create table ${sql} (${columns.join(', ')}, primary key (${table.key.map(id).join(', ')}))
     engine = InnoDB character set utf8mb4 collate ${await collationOf(connection)}`,
  )
}

/** Columns of each unique index. */
export const uniqueKeys = async (connection: Connection, relation: CatalogRelation): Promise<string[][]> => {
  const rows = await ask<{ name: string; column: string }>(
    connection,
    `select index_name as name, column_name as \`column\` from information_schema.statistics
      where table_schema = ? and table_name = ? and non_unique = 0 order by index_name, seq_in_index`,
    [relation.schema, relation.table],
  )
  const found = new Map<string, string[]>()
  for (const { name, column } of rows) found.set(name, [...(found.get(name) ?? []), column])
  return [...found.values()]
}

export const isKey = (columns: readonly string[], table: TargetTable): boolean =>
  columns.length === table.key.length && columns.every((column) => table.key.includes(column))

const misfit = (column: TargetColumn, relation: CatalogRelation): string | null => {
  const found = relation.columns.find(({ name }) => name === column.name)
  if (found === undefined) return `目标表“${relation.name}”缺少字段“${column.name}”`
  if (!FITS[column.data_type].includes(found.type))
    return `目标表字段“${column.name}”的类型 ${found.source_type} 放不下数据项类型 ${column.data_type}`
  const width = /^(?:var)?char\((\d+)\)$/.exec(found.source_type)?.[1]
  if (width !== undefined && column.length !== null && Number(width) < column.length)
    return `目标表字段“${column.name}”长度 ${width} 小于数据项长度 ${column.length}`
  return null
}

export const misfits = async (connection: Connection, database: string, table: TargetTable): Promise<string[]> => {
  const relation = await findRelation(connection, database, table.table)
  if (relation === null) return [`目标库中没有表“${table.table}”`]
  const found = table.columns.map((column) => misfit(column, relation)).filter((sentence) => sentence !== null)
  if (relation.engine !== 'InnoDB')
    found.push(`目标表“${relation.name}”的引擎 ${relation.engine} 没有事务,请改为 InnoDB`)
  for (const { name, is_required } of relation.columns)
    if (is_required && !table.columns.some((column) => column.name === name))
      found.push(`目标表字段“${name}”必填,但授权的数据项中没有它`)
  const keys = await uniqueKeys(connection, relation)
  if (!keys.some((columns) => isKey(columns, table)))
    found.push(`目标表“${relation.name}”没有以 ${table.key.join('、')} 为准的主键或唯一约束`)
  return found
}
