import type { Connection } from 'mysql2'
import { AdapterFault, type Column, type Relation } from './adapter.ts'
import { type Gate, parseRelation } from './allow.ts'
import { ask, id } from './mysql.session.ts'

export interface CatalogColumn extends Column {
  /** `int`, `varchar`, `datetime`, …, in lower case. */
  readonly type: string
  /** Compares as its UTF-8 bytes do, trailing spaces included. */
  readonly is_bytewise: boolean
  /** Somebody must fill it. */
  readonly is_required: boolean
}

export interface CatalogRelation {
  readonly schema: string
  readonly table: string
  readonly name: string
  readonly sql: string
  readonly kind: 'table' | 'view'
  readonly engine: string
  readonly comment: string
  readonly estimated_rows: number | null
  readonly columns: readonly CatalogColumn[]
}

interface TableRow {
  readonly kind: string
  readonly engine: string | null
  readonly comment: string
  readonly estimated: number | null
}

interface ColumnRow {
  readonly name: string
  readonly source_type: string
  readonly type: string
  readonly nullable: string
  readonly comment: string
  readonly collation: string | null
  readonly preset: string | null
  readonly extra: string
  readonly key_no: number | null
}

const TABLE = `select table_type as kind, engine as engine, table_comment as comment, table_rows as estimated
  from information_schema.tables where table_schema = ? and table_name = ?`

const COLUMNS = `select c.column_name as name, c.column_type as source_type, c.data_type as type, c.is_nullable as nullable,
    c.column_comment as comment, c.collation_name as collation, c.column_default as preset, c.extra as extra, k.seq_in_index as key_no
  from information_schema.columns c
  left join information_schema.statistics k on k.table_schema = c.table_schema and k.table_name = c.table_name
   and k.column_name = c.column_name and k.index_name = 'PRIMARY'
 where c.table_schema = ? and c.table_name = ? order by c.ordinal_position`

/** No padding with spaces, order of code points: that of UTF-8 bytes. */
const BYTEWISE = /^(utf8mb[34]|utf8)_nopad_bin$|^utf8mb4_0900_bin$/

export const findRelation = async (
  connection: Connection,
  database: string,
  name: string,
): Promise<CatalogRelation | null> => {
  const { schema, table } = parseRelation(name, database)
  const [found] = await ask<TableRow>(connection, TABLE, [schema, table])
  if (found === undefined) return null
  const columns = await ask<ColumnRow>(connection, COLUMNS, [schema, table])
  return {
    schema,
    table,
    name: `${schema}.${table}`,
    sql: `${id(schema)}.${id(table)}`,
    kind: found.kind === 'BASE TABLE' ? 'table' : 'view',
    engine: found.engine ?? '',
    comment: found.kind === 'VIEW' ? '' : found.comment,
    estimated_rows: found.estimated === null ? null : Number(found.estimated),
    columns: columns.map(({ nullable, collation, preset, extra, key_no, type, ...rest }) => ({
      ...rest,
      type: type.toLowerCase(),
      nullable: nullable === 'YES',
      key_no: key_no === null ? null : Number(key_no),
      is_bytewise: collation !== null && BYTEWISE.test(collation),
      is_required: nullable !== 'YES' && preset === null && !/auto_increment|GENERATED/i.test(extra),
    })),
  }
}

export const getRelation = async (connection: Connection, database: string, name: string): Promise<CatalogRelation> => {
  const found = await findRelation(connection, database, name)
  if (found === null) throw new AdapterFault('no_such_relation', `数据库中没有表或视图“${name}”`)
  return found
}

export const NO_STREAM = '暂不读取 MariaDB/MySQL 的变更日志:请设定游标字段增量读取,删除由对账发现并补齐'

export const describeRelation = async (
  connection: Connection,
  gate: Gate,
  { database, name }: { readonly database: string; readonly name: string },
): Promise<Relation> => {
  const allowed = gate.columnsOf(name)
  const relation = await getRelation(connection, database, name)
  return {
    name: relation.name,
    kind: relation.kind,
    columns: relation.columns
      .filter((column) => allowed === '*' || allowed.includes(column.name))
      .map(({ name: column, source_type, nullable, key_no, comment }) => ({
        name: column,
        source_type,
        nullable,
        key_no,
        comment,
      })),
    estimated_rows: relation.estimated_rows,
    comment: relation.comment,
    change_stream: { able: false, reason: NO_STREAM },
  }
}
