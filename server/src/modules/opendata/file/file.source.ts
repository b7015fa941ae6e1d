import type { SiteColumn } from '@sanjiang/contract/site'
import { type ColumnKind, columnKind } from '@sanjiang/contract/site.column'
import type pg from 'pg'

/** An edition whose rows stand in the public database, with what files say of it. */
export interface FileEdition {
  readonly dataset_id: string
  readonly slug: string
  readonly title: string
  readonly organ_name: string
  readonly edition_no: number
  readonly table_name: string
  readonly columns: readonly SiteColumn[]
  readonly row_count: number
  readonly data_on: string
}

/** Columns in order, each as PostgreSQL spells it, instants with their zone; nothing passes through a double, so no digit is lost. */
export type TextRow = readonly (string | null)[]

/** One row with its number, 1…n. */
export interface NumberedRow {
  readonly id: string
  readonly values: TextRow
}

/** What a format has to know of a whole column before it writes the first row. */
export interface ColumnFacts {
  /** Digits before and behind the point, at most; numbers only. */
  readonly whole: number
  readonly scale: number
  /** Whether there are values no calendar or arithmetic holds: NaN, infinity. */
  readonly is_odd: boolean
}

export interface TableFacts {
  readonly columns: readonly ColumnFacts[]
  /** Text cells a spreadsheet would take for formulas. */
  readonly formula_cells: number
  /** Whether the key columns name every row once. */
  readonly is_keyed: boolean
}

export interface FileSource {
  readonly edition: FileEdition
  readonly facts: TableFacts
  /** What stable addresses begin with. */
  readonly origin: string
  batches(): AsyncIterable<readonly NumberedRow[]>
}

const BATCH = 2000
const BATCH_WITH_SHAPES = 50

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const tableOf = ({ table_name }: FileEdition): string => `data.${quoted(table_name)}`

const spelled = (column: SiteColumn): string =>
  columnKind(column) === 'time'
    ? `replace(${quoted(column.name)}::text, ' ', 'T') || '+08:00'`
    : `${quoted(column.name)}::text`

/** Rows in order of their number, a batch in memory at a time. */
export async function* readRows(client: pg.Client, edition: FileEdition): AsyncGenerator<readonly NumberedRow[]> {
  const count = edition.columns.some((column) => columnKind(column) === 'shape') ? BATCH_WITH_SHAPES : BATCH
  const list = ['_id::text', ...edition.columns.map(spelled)].join(', ')
  await client.query(`begin transaction isolation level repeatable read read only`)
  try {
    await client.query(`declare rows no scroll cursor for select ${list} from ${tableOf(edition)} t order by t._id`)
    for (;;) {
      const { rows } = await client.query<string[]>({ text: `fetch ${count} from rows`, rowMode: 'array' })
      if (rows.length === 0) return
      yield rows.map(([id, ...values]) => ({ id: id as string, values }))
    }
  } finally {
    await client.query('rollback')
  }
}

// Numbers, dates and instants that have no place in other formats.
const oddness = (name: string, kind: ColumnKind): string => {
  if (kind === 'number') return `coalesce(bool_or(${name} in ('NaN', 'infinity', '-infinity')), false)`
  if (kind === 'date' || kind === 'time')
    return `coalesce(bool_or(${name} not between '0001-01-01' and '9999-12-31'), false)`
  return 'false'
}

const columnFacts = (column: SiteColumn): string => {
  const name = quoted(column.name)
  const kind = columnKind(column)
  const odd = oddness(name, kind)
  if (kind !== 'number') return `json_build_object('whole', 0, 'scale', 0, 'is_odd', ${odd})`
  const finite = `case when ${name} not in ('NaN', 'infinity', '-infinity') then ${name} end`
  return `json_build_object('whole', coalesce(max(length(trunc(abs(${finite}))::text)), 1), 'scale', coalesce(max(scale(${finite})), 0), 'is_odd', ${odd})`
}

const formulaCells = (columns: readonly SiteColumn[]): string =>
  columns
    .filter((column) => columnKind(column) === 'text')
    .map(
      ({ name }) => `count(*) filter (where ${quoted(name)} ~ '^[-=+@\\t\\r]' and ${quoted(name)} !~ '^[-+][0-9.,]+$')`,
    )
    .concat('0')
    .join(' + ')

const isKeyed = (columns: readonly SiteColumn[]): string => {
  const keys = columns.filter(({ role }) => role === 'key').map(({ name }) => quoted(name))
  if (keys.length === 0) return 'false'
  return `count(*) = count(distinct (${keys.map((key) => `${key}::text`).join(', ')})) and ${keys.map((key) => `count(*) = count(${key})`).join(' and ')}`
}

/** Read off the whole table once, before its first file. */
export const readFacts = async (client: pg.Client, edition: FileEdition): Promise<TableFacts> => {
  const { columns } = edition
  const { rows } = await client.query<{ columns: ColumnFacts[]; formula_cells: string; is_keyed: boolean }>(
    `select json_build_array(${columns.map(columnFacts).join(', ')}) as columns,
       ${formulaCells(columns)} as formula_cells, ${isKeyed(columns)} as is_keyed
     from ${tableOf(edition)}`,
  )
  const [{ formula_cells, ...facts }] = rows as [(typeof rows)[number]]
  return { ...facts, formula_cells: Number(formula_cells) }
}
