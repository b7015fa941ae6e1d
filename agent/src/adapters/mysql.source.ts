import { createHash } from 'node:crypto'
import { compareKeyLines, keyLineOf } from '@sanjiang/seal'
import type { Connection } from 'mysql2'
import {
  AdapterFault,
  type KeyRange,
  type Lines,
  type RangeHash,
  type ReadOptions,
  type ReadPlan,
  type Snapshot,
} from './adapter.ts'
import { getRelation, NO_STREAM } from './mysql.catalog.ts'
import { cursorPosition, incrementSql } from './mysql.cursor.ts'
import { keyOrder, keyValues, type LinePlan, planLines, rangeWhere } from './mysql.line.ts'
import { readLines } from './mysql.read.ts'
import { ask, connect, hangUp, type MysqlConfig, run, withConnection } from './mysql.session.ts'

const planAt = async (config: MysqlConfig, connection: Connection, plan: ReadPlan): Promise<LinePlan> =>
  planLines(plan, await getRelation(connection, config.database, plan.relation))

const BEGIN = [
  'set transaction isolation level repeatable read',
  'start transaction with consistent snapshot, read only',
]

const begin = async (connection: Connection): Promise<void> => {
  for (const sql of BEGIN) await run(connection, sql)
}

/** One instant, held by one connection: this engine cannot share it with another. */
export const takeSnapshot = async (config: MysqlConfig, plan: ReadPlan, slot: string | null): Promise<Snapshot> => {
  if (slot !== null) throw new AdapterFault('misconfigured', NO_STREAM)
  const connection = await connect(config)
  try {
    // The catalogue first: reading it may end a transaction's view.
    const lines = await planAt(config, connection, plan)
    await begin(connection)
    const position =
      lines.cursor === null
        ? ((await ask<{ at: string }>(connection, `select date_format(utc_timestamp(6), '%Y%m%d%H%i%s%f') as at`))[0]
            ?.at ?? '')
        : await cursorPosition(config, connection, lines)
    async function* batches(options: ReadOptions & { readonly after?: string | null }): AsyncGenerator<Lines> {
      const { after } = options
      const tail =
        after === undefined ? '' : `${rangeWhere(lines, { from: after, to: null })} order by ${keyOrder(lines)}`
      const sql = lines.select + tail
      for await (const body of readLines(config, connection, { plan: lines, sql, options }))
        yield { ...body, position, tx_end: true }
    }
    return { position, estimated_rows: lines.relation.estimated_rows, batches, close: () => hangUp(connection) }
  } catch (error) {
    connection.destroy()
    throw error
  }
}

/** Rows written since `after`; only the last batch moves the position, so a pass cut short is read again whole. */
export async function* readIncrement(
  config: MysqlConfig,
  plan: ReadPlan,
  { after, options }: { readonly after: string; readonly options: ReadOptions },
): AsyncGenerator<Lines> {
  const connection = await connect(config)
  try {
    const lines = await planAt(config, connection, plan)
    await begin(connection)
    const now = await cursorPosition(config, connection, lines)
    if (now === after) return
    let held: Lines | null = null
    const sql = incrementSql(config, lines, after)
    for await (const body of readLines(config, connection, { plan: lines, sql, options })) {
      if (held !== null) yield held
      held = { ...body, position: after, tx_end: true }
    }
    yield { ...(held ?? { body: Buffer.alloc(0), rows: 0, tx_end: true }), position: now > after ? now : after }
  } finally {
    await hangUp(connection)
  }
}

async function* readSql(
  config: MysqlConfig,
  plan: ReadPlan,
  { sql, options }: { readonly sql: (lines: LinePlan) => string; readonly options: ReadOptions },
): AsyncGenerator<Lines> {
  const connection = await connect(config)
  try {
    const lines = await planAt(config, connection, plan)
    for await (const body of readLines(config, connection, { plan: lines, sql: sql(lines), options }))
      yield { ...body, position: '', tx_end: true }
  } finally {
    await hangUp(connection)
  }
}

const rangeSql = (lines: LinePlan, range: KeyRange): string =>
  `${lines.select}${rangeWhere(lines, range)} order by ${keyOrder(lines)}`

export const readRange = (
  config: MysqlConfig,
  plan: ReadPlan,
  { range, options }: { readonly range: KeyRange; readonly options: ReadOptions },
): AsyncGenerator<Lines> => readSql(config, plan, { sql: (lines) => rangeSql(lines, range), options })

const KEYS_PER_QUERY = 2000

export async function* readRows(
  config: MysqlConfig,
  plan: ReadPlan,
  { keys, options }: { readonly keys: readonly string[]; readonly options: ReadOptions },
): AsyncGenerator<Lines> {
  for (let at = 0; at < keys.length; at += KEYS_PER_QUERY) {
    const some = keys.slice(at, at + KEYS_PER_QUERY)
    const sql = (lines: LinePlan): string => {
      const names = lines.key.map(({ order }) => order).join(', ')
      return `${lines.select} where (${names}) in (${some.map((key) => `(${keyValues(lines, key).join(', ')})`).join(', ')})`
    }
    yield* readSql(config, plan, { sql, options })
  }
}

const quiet: ReadOptions = { chunk_bytes: 1 << 18, signal: new AbortController().signal, unreadable: () => undefined }
const LF = 0x0a

/** Each line of a query in key order, with its key line. */
async function* keyedLines(
  config: MysqlConfig,
  connection: Connection,
  { plan, range }: { readonly plan: LinePlan; readonly range: KeyRange },
): AsyncGenerator<{ line: Buffer; key: string }> {
  for await (const { body } of readLines(config, connection, { plan, sql: rangeSql(plan, range), options: quiet }))
    for (let at = 0; at < body.length; ) {
      const end = body.indexOf(LF, at) + 1
      const line = body.subarray(at, end)
      yield { line, key: keyLineOf(line.toString('utf8', 0, line.length - 1), plan.key_places) }
      at = end
    }
}

/** Read through like any range: what cannot be written canonically is in none of them. */
export const findBounds = (config: MysqlConfig, plan: ReadPlan, rows: number): Promise<string[]> =>
  withConnection(config, async (connection) => {
    const lines = await planAt(config, connection, plan)
    const found: string[] = []
    let seen = 0
    for await (const { key } of keyedLines(config, connection, { plan: lines, range: { from: null, to: null } })) {
      seen += 1
      if (seen % Math.max(1, Math.floor(rows)) === 0) found.push(key)
    }
    return found
  })

class RangeHasher {
  readonly #hash = createHash('sha256')
  #rows = 0

  add(line: Buffer): void {
    this.#hash.update(line)
    this.#rows += 1
  }

  end(range: KeyRange): RangeHash {
    return { ...range, rows: this.#rows, hash: this.#hash.digest('hex') }
  }
}

/**
 * One pass in key order over all ranges, cut by comparing keys here. Hashing in SQL is not offered: group_concat is bounded,
 * and the engine does not write canonical text by itself.
 */
export const hashRanges = (config: MysqlConfig, plan: ReadPlan, ranges: readonly KeyRange[]): Promise<RangeHash[]> =>
  withConnection(config, async (connection) => {
    const lines = await planAt(config, connection, plan)
    const compare = compareKeyLines(
      lines.fields.filter(({ bound }) => bound.is_key).map(({ bound }) => bound.data_type),
    )
    const isBefore = (a: KeyRange, b: KeyRange): boolean =>
      b.from !== null && (a.from === null || compare(a.from, b.from) < 0)
    const sorted = [...ranges].sort((a, b) => (isBefore(a, b) ? -1 : 1))
    const whole = { from: sorted[0]?.from ?? null, to: sorted.at(-1)?.to ?? null }
    const hashers = new Map(sorted.map((range) => [range, new RangeHasher()]))
    let place = 0
    for await (const { line, key } of keyedLines(config, connection, { plan: lines, range: whole })) {
      for (let to = sorted[place]?.to; to != null && compare(key, to) > 0; to = sorted[place]?.to) place += 1
      const range = sorted[place]
      if (range === undefined) break
      if (range.from === null || compare(key, range.from) > 0) hashers.get(range)?.add(line)
    }
    return ranges.map((range) => (hashers.get(range) as RangeHasher).end(range))
  })
