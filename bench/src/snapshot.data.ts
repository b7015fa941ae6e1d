import type { BoundColumn, TargetTable } from '@sanjiang/agent/adapters/adapter'
import type { MaskRule } from '@sanjiang/seal'
import type pg from 'pg'

// A table of persons: ten items, about 180 bytes a line, of which a grant gives seven, two of them masked.

interface BenchItem {
  readonly column: string
  readonly type: string
  readonly data_type: BoundColumn['data_type']
  /** SQL of the value in row `n`. */
  readonly value: string
  readonly mask: MaskRule | null
}

const pick = (letters: string, by: string): string =>
  `substr('${letters}', 1 + ((${by}) % ${[...letters].length})::int, 1)`
const SURNAMES = '王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗韩才'
const GIVEN = '伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂卓玛多吉'

export const ITEMS: readonly BenchItem[] = [
  { column: 'person_no', type: 'bigint', data_type: 'I', value: '6300000000 + n', mask: 'none' },
  {
    column: 'citizen_id',
    type: 'varchar(18)',
    data_type: 'C',
    value: `'6301' || lpad((n % 23)::text, 2, '0') || to_char(date '1940-01-01' + (n % 25000)::int, 'YYYYMMDD') || lpad((n % 997)::text, 3, '0') || substr('10X98765432', 1 + (n % 11)::int, 1)`,
    mask: 'citizen_id',
  },
  {
    column: 'full_name',
    type: 'varchar(50)',
    data_type: 'C',
    value: `${pick(SURNAMES, 'n')} || ${pick(GIVEN, 'n * 7')} || case when n % 3 = 0 then '' else ${pick(GIVEN, 'n * 11')} end`,
    mask: 'name',
  },
  { column: 'sex', type: 'char(1)', data_type: 'C', value: `substr('男女', 1 + (n % 2)::int, 1)`, mask: 'none' },
  { column: 'born_on', type: 'date', data_type: 'D', value: `date '1940-01-01' + (n % 25000)::int`, mask: 'none' },
  {
    column: 'mobile',
    type: 'varchar(11)',
    data_type: 'C',
    value: `'138' || lpad((n % 99999989)::text, 8, '0')`,
    mask: null,
  },
  {
    column: 'division_code',
    type: 'varchar(12)',
    data_type: 'C',
    value: `'6301' || lpad((n % 23)::text, 2, '0') || '001002'`,
    mask: 'none',
  },
  {
    column: 'address',
    type: 'varchar(200)',
    data_type: 'C',
    value: `'青海省西宁市城中区南大街' || (n % 400) || '号' || (n % 60) || '室'`,
    mask: null,
  },
  {
    column: 'updated_at',
    type: 'timestamp',
    data_type: 'T',
    value: `timestamp '2024-01-01' + (n * 13 % 20000000) * interval '1 second'`,
    mask: 'none',
  },
  { column: 'remark', type: 'varchar(200)', data_type: 'C', value: `md5(n::text)`, mask: null },
]
export const KEY = 'person_no'
export const SOURCE_TABLE = 'public.person'
export const GRANTED = ITEMS.filter(({ mask }) => mask !== null)

/** Every column where it is, as a department's table is: with its key and analysed. */
export const fillSource = async (client: pg.Client, rows: number): Promise<number> => {
  await client.query(`create table person (${ITEMS.map(({ column, type }) => `${column} ${type}`).join(', ')})`)
  await client.query(
    `insert into person select ${ITEMS.map(({ value }) => value).join(', ')} from generate_series(1, ${rows}::bigint) n`,
  )
  await client.query(`alter table person add primary key (${KEY})`)
  await client.query('vacuum analyze person')
  const { rows: found } = await client.query<{ bytes: number }>(
    `select avg(octet_length(concat_ws(E'\\t', ${ITEMS.map(({ column }) => column).join(', ')})) + 1)::float8 as bytes
       from (select * from person limit 1000) p`,
  )
  return found[0]?.bytes ?? 0
}

export const targetTable = (table: string): TargetTable => ({
  table: `public.${table}`,
  columns: GRANTED.map(({ column, data_type, type }) => ({
    name: column,
    data_type,
    length: Number(/\((\d+)\)/.exec(type)?.[1] ?? 0) || null,
  })),
  key: [KEY],
})

/** Both sides begin with this table: no key yet, as each adds it behind the rows, which is cheaper for both. */
export const targetDdl = (table: string): string =>
  `create table ${table} (${GRANTED.map(({ column, type }) => `${column} ${type}${column === KEY ? ' not null' : ''}`).join(', ')})`
