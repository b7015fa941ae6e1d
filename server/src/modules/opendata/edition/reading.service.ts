import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { EDITION_FAULTS, EDITION_ROWS, type EditionFault, type StageColumn } from '@sanjiang/contract/opendata'
import type pg from 'pg'
import type { Ctx } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { openSheets, type Sheets } from '#modules/catalog/index.ts'
import { type EditionRow, readPieces } from './edition.store.ts'
import { BadField, quoted, readField } from './field.rules.ts'
import { headingScore, NO_HEADINGS, type Placed, placeHeadings } from './heading.rules.ts'
import { atomically, copyIn, createStage, inBatches, stamp, tableOf, type Values } from './stage.ts'

const HEADING_ROWS = 20

type SheetRow = Sheets extends { rows(name: string): AsyncIterable<infer R> } ? R : never

export interface ReadOutcome {
  readonly columns: readonly StageColumn[]
  readonly ignored: readonly string[]
  readonly row_count: number
  readonly faults: readonly EditionFault[]
  readonly fault_count: number
}

/** Faults as they are found; the first are kept, all are counted. */
class Faults {
  readonly kept: EditionFault[] = []
  count = 0
  add(fault: EditionFault): void {
    this.count++
    if (this.kept.length < EDITION_FAULTS) this.kept.push(fault)
  }
}

/** The file on this machine's disk for as long as it is read. */
const withFile = async <T>(ctx: Ctx, id: string, work: (path: string) => Promise<T>): Promise<T> => {
  const parent = join(ctx.site.dataDir, 'tmp')
  await mkdir(parent, { recursive: true, mode: 0o700 })
  // Named like the catalogue's, so that its sweep takes away what a killed process leaves.
  const folder = await mkdtemp(join(parent, 'batch-'))
  try {
    const path = join(folder, 'file')
    await pipeline(Readable.from(readPieces(ctx.db, id)), createWriteStream(path, { mode: 0o600 }))
    return await work(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The rows of a sheet from its heading on; what stands above it is a title. */
async function* fromHeading(rows: AsyncIterable<SheetRow>, columns: readonly StageColumn[]): AsyncGenerator<SheetRow> {
  const head: SheetRow[] = []
  let isFound = false
  const best = (): SheetRow[] => {
    const scores = head.map(({ values }) => headingScore(values, columns))
    const top = Math.max(0, ...scores)
    return top === 0 ? [] : head.slice(scores.indexOf(top))
  }
  for await (const row of rows) {
    if (isFound) {
      yield row
      continue
    }
    head.push(row)
    if (head.length < HEADING_ROWS) continue
    const found = best()
    if (found.length === 0) return
    isFound = true
    yield* found
  }
  if (!isFound) yield* best()
}

const rowOf = (row: SheetRow, { places }: Placed, faults: Faults): Values => {
  if (row.trouble) faults.add({ row: row.row, column: '', rule: 'row', message: row.trouble })
  return [
    String(row.row),
    ...places.map(({ index, column }) => {
      const field = readField(column, row.values[index])
      if (!(field instanceof BadField)) return field
      faults.add({ row: row.row, column: column.title, rule: field.rule, message: `${column.title}：${field.message}` })
      return null
    }),
  ]
}

interface Taking {
  readonly rows: AsyncIterator<SheetRow>
  readonly placed: Placed
  readonly faults: Faults
}

class Taken {
  count = 0
  async *rows({ rows, placed, faults }: Taking): AsyncGenerator<Values> {
    for (let next = await rows.next(); !next.done; next = await rows.next()) {
      if (++this.count > EDITION_ROWS) {
        faults.add({
          row: 0,
          column: '',
          rule: 'too_many',
          message: `一次至多 ${EDITION_ROWS} 行；更大的表请由前置节点装载`,
        })
        return
      }
      yield rowOf(next.value, placed, faults)
    }
  }
}

/** Keys that stand twice or are empty, by the lines they stand in. */
const checkKeys = async (client: pg.Client, row: EditionRow, columns: readonly StageColumn[], faults: Faults) => {
  const keys = columns.filter(({ is_key }) => is_key)
  if (keys.length === 0) return
  const [names, title] = [keys.map(({ name }) => quoted(name)), keys.map((key) => key.title).join('、')]
  const { rows: twice } = await client.query<{ line: string; first: string }>(
    `select line, first from (select _line as line, min(_line) over (partition by ${names.join(', ')}) as first from ${tableOf(row.edition_id)}
       where ${names.map((name) => `${name} is not null`).join(' and ')}) k where line > first order by line limit ${EDITION_FAULTS}`,
  )
  for (const { line, first } of twice)
    faults.add({ row: Number(line), column: title, rule: 'key_twice', message: `主键与第 ${first} 行相同` })
  const { rows: empty } = await client.query<{ line: string }>(
    `select _line as line from ${tableOf(row.edition_id)} where ${names.map((name) => `${name} is null`).join(' or ')} order by 1 limit ${EDITION_FAULTS}`,
  )
  for (const { line } of empty) faults.add({ row: Number(line), column: title, rule: 'key_empty', message: '主键为空' })
}

interface Reading {
  readonly client: pg.Client
  readonly row: EditionRow
  readonly items: readonly StageColumn[]
}

const readSheet = async ({ client, row, items }: Reading, source: Sheets): Promise<ReadOutcome> => {
  const faults = new Faults()
  const sheet = source.sheets.find(({ is_hidden }) => !is_hidden)
  const rows = sheet ? fromHeading(source.rows(sheet.name), items)[Symbol.asyncIterator]() : undefined
  const head = await rows?.next()
  if (!rows || !head || head.done)
    return { columns: [], ignored: [], row_count: 0, faults: [NO_HEADINGS], fault_count: 1 }
  const placed = placeHeadings(head.value.row, head.value.values, items)
  for (const fault of placed.faults) faults.add(fault)
  const columns = placed.places.map(({ column }) => column)
  const taken = new Taken()
  await atomically(client, async () => {
    const names = columns.map(({ name }) => name)
    await createStage(client, row.edition_id, names)
    const into = { table: tableOf(row.edition_id), columns: ['_line', ...names] }
    await copyIn(client, { ...into, rows: inBatches(taken.rows({ rows, placed, faults })) })
    if (placed.faults.length === 0) await checkKeys(client, row, columns, faults)
  })
  if (taken.count === 0) faults.add({ row: 0, column: '', rule: 'empty', message: '列名之下没有一行数据' })
  const { ignored } = placed
  return { columns, ignored, row_count: taken.count, faults: faults.kept, fault_count: faults.count }
}

const refusal = (fault: Fault): ReadOutcome => ({
  columns: [],
  ignored: [],
  row_count: 0,
  faults: (fault.fields ?? []).map(({ rule, message }) => ({ row: 0, column: '', rule, message })),
  fault_count: 1,
})

/** Every cell of an uploaded file, typed by its item, into the stage; nothing of a file with faults stays there. */
export const readFileEdition = (ctx: Ctx, reading: Reading): Promise<ReadOutcome> =>
  withFile(ctx, reading.row.edition_id, async (path) => {
    try {
      const source = await openSheets(path, reading.row.file_name!)
      try {
        return await readSheet(reading, source)
      } finally {
        await source.close()
      }
    } catch (error) {
      if (error instanceof Fault && error.code === 'invalid') return refusal(error)
      throw error
    }
  })

/** Agents load into these schemas of the stage alone; where the stage is a schema of the inside's database nothing else is reached. */
const LOADED = /^(?:(public|load)\.)?([a-z][a-z0-9_]{0,62})$/

export const isLoadedTable = (name: string): boolean => LOADED.test(name)

const loadedTable = (name: string): string => {
  const [, schema = 'public', table = ''] = LOADED.exec(name) ?? []
  return `${schema}.${quoted(table)}`
}

/** A snapshot of the table an agent loaded: what is checked is what goes out, whatever is loaded meanwhile. */
export const readTableEdition = async ({ client, row, items }: Reading): Promise<ReadOutcome> => {
  const table = loadedTable(row.stage_table!)
  const { rows: found } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum`,
    [table],
  )
  const known = new Map(items.map((item) => [item.name.toLowerCase(), item]))
  const columns = found.flatMap(({ name }) => {
    const item = known.get(name.toLowerCase())
    return item ? [{ own: name, item }] : []
  })
  if (columns.length === 0) {
    const message = found.length === 0 ? `暂存库中没有表 ${row.stage_table}` : '表中没有一列是信息项'
    return {
      columns: [],
      ignored: [],
      row_count: 0,
      faults: [{ row: 0, column: '', rule: 'table', message }],
      fault_count: 1,
    }
  }
  const list = columns.map(({ own, item }) => `${quoted(own)}::text as ${quoted(item.name)}`)
  const row_count = await atomically(client, async () => {
    await client.query(`drop table if exists ${tableOf(row.edition_id)}`)
    const made = await client.query(
      `create table ${tableOf(row.edition_id)} as select row_number() over ()::bigint as _line, ${list.join(', ')} from ${table}`,
    )
    await stamp(client, row.edition_id)
    return made.rowCount ?? 0
  })
  const ignored = found.map(({ name }) => name).filter((name) => !known.has(name.toLowerCase()))
  return { columns: columns.map(({ item }) => item), ignored, row_count, faults: [], fault_count: 0 }
}
