import { AdapterFault, type Column, type Relation } from './adapter.ts'
import { type Gate, parseRelation, type RelationName } from './allow.ts'
import { type Client, id } from './postgres.session.ts'

/** A column as lines and loads need it: the base type below domains, and whether its order is that of bytes. */
export interface CatalogColumn extends Column {
  /** `numeric`, `timestamptz`, …; `enum` or `other` where there is no built-in name. */
  readonly type: string
  readonly is_bytewise: boolean
}

export interface CatalogRelation {
  readonly oid: number
  readonly name: string
  readonly schema: string
  readonly table: string
  readonly kind: 'table' | 'view'
  readonly comment: string
  readonly estimated_rows: number | null
  /** `d` default, `f` full, `i` by index, `n` nothing. */
  readonly identity: string
  readonly is_logged: boolean
  readonly is_partitioned: boolean
  /** Whether rows are kept in one heap that can be read in ranges of pages. */
  readonly has_heap: boolean
  readonly pages: number
  readonly columns: readonly CatalogColumn[]
}

// Byte order is what ranges are sorted by (ADR 0004): an index in that order can serve them. A database whose own order is
// C keeps its columns in the collation "default".
const COLUMNS = `
with recursive base(attnum, oid, kind, up) as (
  select a.attnum, t.oid, t.typtype, t.typbasetype from pg_attribute a join pg_type t on t.oid = a.atttypid
   where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
  union all
  select b.attnum, t.oid, t.typtype, t.typbasetype from base b join pg_type t on t.oid = b.up where b.kind = 'd')
select a.attname as name, format_type(a.atttypid, a.atttypmod) as source_type, not a.attnotnull as nullable,
       k.key_no, coalesce(col_description(a.attrelid, a.attnum), '') as comment,
       case when b.kind = 'e' then 'enum' when t.typnamespace = 'pg_catalog'::regnamespace then t.typname::text else 'other' end as type,
       coalesce(c.collname in ('C', 'POSIX', 'ucs_basic')
         or (c.oid = 'pg_catalog."default"'::regcollation and (d.datcollate in ('C', 'POSIX') and d.datlocprovider <> 'i')), false) as is_bytewise
  from pg_attribute a
  join base b on b.attnum = a.attnum and b.kind <> 'd'
  join pg_type t on t.oid = b.oid
  join pg_database d on d.datname = current_database()
  left join pg_collation c on c.oid = a.attcollation
  left join lateral (
    select array_position(i.indkey::int2[], a.attnum) + 1 as key_no from pg_index i
     where i.indrelid = a.attrelid and i.indisprimary) k on true
 where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
 order by a.attnum`

const RELATION = `
select c.oid::int8::text as oid, c.relkind, coalesce(obj_description(c.oid, 'pg_class'), '') as comment,
       case when c.reltuples < 0 then null else c.reltuples::float8 end as estimated_rows, c.relreplident as identity,
       c.relpersistence = 'p' as is_logged,
       (pg_relation_size(c.oid) / current_setting('block_size')::int)::int as pages,
       case when c.relkind = 'p' then (select sum(greatest(l.reltuples, 0))::float8 from pg_partition_tree(c.oid) t join pg_class l on l.oid = t.relid where t.isleaf) end as parts_rows
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')`

export const sqlName = ({ schema, table }: RelationName): string => `${id(schema)}.${id(table)}`

interface RelationRow {
  oid: string
  relkind: string
  comment: string
  estimated_rows: number | null
  parts_rows: number | null
  identity: string
  is_logged: boolean
  pages: number
}

/** The relation as the database has it, or null. */
export const findRelation = async (client: Client, name: string): Promise<CatalogRelation | null> => {
  const { schema, table } = parseRelation(name, 'public')
  const { rows } = await client.query<RelationRow>(RELATION, [schema, table])
  const row = rows[0]
  if (row === undefined) return null
  const columns = await client.query<CatalogColumn>(COLUMNS, [row.oid])
  return {
    oid: Number(row.oid),
    name: `${schema}.${table}`,
    schema,
    table,
    kind: row.relkind === 'r' || row.relkind === 'p' ? 'table' : 'view',
    comment: row.comment,
    estimated_rows: row.parts_rows ?? row.estimated_rows,
    identity: row.identity,
    is_logged: row.is_logged,
    is_partitioned: row.relkind === 'p',
    has_heap: row.relkind === 'r' || row.relkind === 'm',
    pages: row.pages,
    columns: columns.rows,
  }
}

export const getRelation = async (client: Client, name: string): Promise<CatalogRelation> => {
  const found = await findRelation(client, name)
  if (found === null) throw new AdapterFault('no_such_relation', `数据库中没有表或视图“${name}”`)
  return found
}

const walLevel = async (client: Client): Promise<string> => {
  const { rows } = await client.query<{ wal_level: string }>('show wal_level')
  return rows[0]?.wal_level ?? ''
}

const mayReplicate = async (client: Client): Promise<boolean> => {
  const { rows } = await client.query<{ able: boolean }>(
    'select rolreplication or rolsuper as able from pg_roles where rolname = current_user',
  )
  return rows[0]?.able ?? false
}

/** Why no change stream can be read here, or nothing. The sentence is for the department's own database administrator. */
export const streamObstacle = async (client: Client, relation: CatalogRelation): Promise<string> => {
  if (relation.kind !== 'table') return '视图没有变更日志,只能按游标字段增量读取'
  if (!relation.is_logged) return '该表不写日志(UNLOGGED 或临时表),没有变更日志'
  if ((await walLevel(client)) !== 'logical')
    return '数据库未开启逻辑日志:请数据库管理员执行 ALTER SYSTEM SET wal_level = logical; 并重启数据库'
  if (!(await mayReplicate(client))) {
    const { rows } = await client.query<{ name: string }>('select current_user as name')
    return `连接所用账号没有复制权限:请数据库管理员执行 ALTER ROLE ${id(rows[0]?.name ?? '')} REPLICATION;`
  }
  const hasKey = relation.columns.some(({ key_no }) => key_no !== null)
  if (relation.identity === 'n' || (relation.identity === 'd' && !hasKey))
    return `该表的修改和删除在日志中不带主键:请数据库管理员执行 ALTER TABLE ${sqlName(relation)} REPLICA IDENTITY FULL; 或为其建立主键`
  return ''
}

/** Columns outside the allow-list are not even named. */
export const describeRelation = async (client: Client, gate: Gate, name: string): Promise<Relation> => {
  const allowed = gate.columnsOf(name)
  const relation = await getRelation(client, name)
  const reason = await streamObstacle(client, relation)
  return {
    name: relation.name,
    kind: relation.kind,
    columns: relation.columns
      .filter(({ name: column }) => allowed === '*' || allowed.includes(column))
      .map(({ name: column, source_type, nullable, key_no, comment }) => ({
        name: column,
        source_type,
        nullable,
        key_no,
        comment,
      })),
    estimated_rows: relation.estimated_rows,
    comment: relation.comment,
    change_stream: { able: reason === '', reason },
  }
}
