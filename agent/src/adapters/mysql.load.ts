import { createHash } from 'node:crypto'
import type { Connection } from 'mysql2'
import { AdapterFault, type Load, type Offset, TargetRefused, type TargetTable } from './adapter.ts'
import { parseRelation } from './allow.ts'
import { findRelation } from './mysql.catalog.ts'
import { lastOfKey, type Statements, statementsFor } from './mysql.insert.ts'
import { asFault, ask, connect, hangUp, id, literal, type MysqlConfig, run } from './mysql.session.ts'
import { createTable, isKey, misfits, uniqueKeys } from './mysql.table.ts'

type Mode = 'direct' | 'shadow' | null

const OFFSETS = `(subscription_id varchar(100) primary key, table_name varchar(300) not null, seq bigint not null,
  run_id varchar(100) not null, position varchar(500) not null, snapshot_mode varchar(10) null, at timestamp(6) not null default now(6))
  engine = InnoDB character set utf8mb4 collate utf8mb4_bin`

/** What a value or constraint is refused by; the connection's own faults have other numbers. */
const ROW_FAULTS = new Set([
  1048, 1062, 1136, 1138, 1169, 1216, 1217, 1263, 1264, 1265, 1292, 1366, 1367, 1406, 1411, 1416, 1441, 1451, 1452,
  1557, 1586, 1644, 1690, 1761, 1762, 3140, 3819, 4025,
])

interface RowFault extends Error {
  readonly errno: number
}

const isOfRow = (error: unknown): error is RowFault =>
  error instanceof Error && 'errno' in error && ROW_FAULTS.has(Number(error.errno))

const linesOf = (body: Buffer): string[] => body.toString('utf8', 0, body.length - 1).split('\n')

class MysqlLoad implements Load {
  readonly #connection: Connection
  readonly #database: string
  readonly #id: string
  readonly #table: TargetTable
  readonly #name: string
  readonly #offsets: string
  readonly #shadow: string
  #statements: Statements | null = null
  #mode: Mode = null
  #kept: { offset: Offset | null; mode: Mode } | null = null
  #isOpen = false

  constructor(connection: Connection, options: { database: string; subscriptionId: string; table: TargetTable }) {
    const { database, subscriptionId, table } = options
    const relation = parseRelation(table.table, database)
    const mark = createHash('sha256').update(`${subscriptionId}\n${table.table}`).digest('hex').slice(0, 16)
    const named = (name: string): string => `${id(relation.schema)}.${id(name)}`
    this.#connection = connection
    this.#database = database
    this.#id = subscriptionId
    this.#table = table
    this.#name = named(relation.table)
    this.#offsets = named('sanjiang_offset')
    this.#shadow = named(`sanjiang_shadow_${mark}`)
  }

  async offset(): Promise<Offset | null> {
    return (await this.#read()).offset
  }

  async #read(): Promise<{ offset: Offset | null; mode: Mode }> {
    if (this.#kept !== null) return this.#kept
    await this.#run(`create table if not exists ${this.#offsets} ${OFFSETS}`)
    const [row] = await ask<Offset & { mode: Mode }>(
      this.#connection,
      `select seq, run_id, position, snapshot_mode as mode from ${this.#offsets} where subscription_id = ?`,
      [this.#id],
    )
    const offset = row === undefined ? null : { seq: Number(row.seq), run_id: row.run_id, position: row.position }
    this.#kept = { offset, mode: row?.mode ?? null }
    this.#mode = this.#kept.mode
    return this.#kept
  }

  async #run(sql: string): Promise<void> {
    try {
      await run(this.#connection, sql)
    } catch (error) {
      throw isOfRow(error) ? error : asFault(error)
    }
  }

  async prepare(mayCreate: boolean): Promise<readonly string[]> {
    const relation = await findRelation(this.#connection, this.#database, this.#table.table)
    if (relation === null && mayCreate) await createTable(this.#connection, { table: this.#table, sql: this.#name })
    return misfits(this.#connection, this.#database, this.#table)
  }

  /** Whatever defines tables comes before the transaction: in this engine it would end it. */
  async #open(): Promise<Statements> {
    if (this.#isOpen && this.#statements) return this.#statements
    await this.#read()
    if (this.#statements === null) {
      const relation = await findRelation(this.#connection, this.#database, this.#table.table)
      if (relation === null) throw new AdapterFault('no_such_relation', `目标库中没有表“${this.#table.table}”`)
      const keys = await uniqueKeys(this.#connection, relation)
      this.#statements = statementsFor(
        this.#table,
        this.#name,
        keys.some((columns) => !isKey(columns, this.#table)),
      )
      if (this.#mode !== 'shadow') await this.#run(`drop table if exists ${this.#shadow}`)
      await this.#run(`create table if not exists ${this.#shadow} like ${this.#name}`)
    }
    await this.#run('start transaction')
    this.#isOpen = true
    return this.#statements
  }

  async begin(_runId: string): Promise<void> {
    await this.#open()
    await this.#run(`delete from ${this.#shadow}`)
    const found = await ask(this.#connection, `select 1 from ${this.#name} limit 1`)
    this.#mode = found.length === 0 ? 'direct' : 'shadow'
  }

  async rows(body: Buffer): Promise<void> {
    if (body.length === 0) return
    const make = await this.#open()
    const into = this.#mode === 'direct' ? this.#name : this.#shadow
    await this.#guard(linesOf(body), (lines) =>
      this.#mode === null ? make.upserts(lastOfKey(lines, make.keyOf)) : make.inserts(lines, into),
    )
  }

  async changes(body: Buffer): Promise<void> {
    if (body.length === 0) return
    const make = await this.#open()
    await this.#guard(linesOf(body), (lines) => this.#changing(make, lines))
  }

  #changing(make: Statements, given: readonly string[]): string[] {
    const truncation = given.findLastIndex((line) => line.startsWith('!'))
    const lines = lastOfKey(given.slice(truncation + 1), (line) => make.keyOf(line.slice(2)))
    const of = (operation: string): string[] =>
      lines.filter((line) => line.startsWith(operation)).map((line) => line.slice(2))
    return [
      ...(truncation === -1 ? [] : [`delete from ${this.#name}`]),
      ...make.deletes(of('-')),
      ...make.upserts(of('+')),
    ]
  }

  async #attempt(statements: readonly string[]): Promise<RowFault | null> {
    await this.#run('savepoint sanjiang_part')
    try {
      for (const sql of statements) await this.#run(sql)
      return null
    } catch (error) {
      if (!isOfRow(error)) throw error
      await this.#run('rollback to savepoint sanjiang_part')
      return error
    }
  }

  /** Applies the lines whole, or finds the one line refused and leaves the transaction as it was. */
  async #guard(lines: readonly string[], make: (lines: readonly string[]) => string[]): Promise<void> {
    const refusal = await this.#attempt(make(lines))
    if (refusal === null) return
    await this.#run('savepoint sanjiang_search')
    let rest = lines
    while (rest.length > 1) {
      const half = rest.slice(0, rest.length >> 1)
      rest = (await this.#attempt(make(half))) === null ? rest.slice(half.length) : half
    }
    const found = await this.#attempt(make(rest))
    await this.#run('rollback to savepoint sanjiang_search')
    throw found === null ? refusal : new TargetRefused(rest[0] ?? '', found.message, found)
  }

  async end(): Promise<void> {
    await this.#open()
    if (this.#mode === 'shadow') await this.#merge()
    this.#mode = null
  }

  async #merge(): Promise<void> {
    const columns = this.#table.columns.map(({ name }) => id(name))
    const key = this.#table.key.map(id)
    const rest = columns.filter((column) => !key.includes(column))
    const same = key.map((column) => `t.${column} = s.${column}`).join(' and ')
    const differs = rest.map((column) => `not (t.${column} <=> s.${column})`).join(' or ')
    const set = rest.map((column) => `t.${column} = s.${column}`).join(', ')
    try {
      await this.#run(`delete t from ${this.#name} t left join ${this.#shadow} s on ${same} where s.${key[0]} is null`)
      if (rest.length > 0)
        await this.#run(`update ${this.#name} t join ${this.#shadow} s on ${same} set ${set} where ${differs}`)
      await this.#run(
        `insert into ${this.#name} (${columns.join(', ')}) select ${columns.map((column) => `s.${column}`).join(', ')}
           from ${this.#shadow} s left join ${this.#name} t on ${same} where t.${key[0]} is null`,
      )
      await this.#run(`delete from ${this.#shadow}`)
    } catch (error) {
      throw isOfRow(error) ? new TargetRefused('', error.message, error) : error
    }
  }

  async commit(offset: Offset): Promise<void> {
    await this.#open()
    const mode = this.#mode === null ? 'null' : literal(this.#mode)
    const values = [this.#id, this.#table.table, String(offset.seq), offset.run_id, offset.position].map(literal)
    await this.#run(
      `insert into ${this.#offsets} (subscription_id, table_name, seq, run_id, position, snapshot_mode) values (${values.join(', ')}, ${mode})
       on duplicate key update table_name = values(table_name), seq = values(seq), run_id = values(run_id),
         position = values(position), snapshot_mode = values(snapshot_mode), at = now(6)`,
    )
    await this.#run('commit')
    this.#isOpen = false
    this.#kept = { offset, mode: this.#mode }
  }

  async rollback(): Promise<void> {
    if (this.#isOpen) await this.#run('rollback')
    this.#isOpen = false
    this.#mode = this.#kept?.mode ?? null
  }

  async close(): Promise<void> {
    if (this.#isOpen) this.#connection.destroy()
    else await hangUp(this.#connection)
  }
}

/** Wall time of Beijing where a column keeps instants; without the zone's history, by its offset since 1992. */
const setZone = (connection: Connection): Promise<void> =>
  run(connection, `set time_zone = 'Asia/Shanghai'`).catch(() => run(connection, `set time_zone = '+08:00'`))

export const openLoad = async (config: MysqlConfig, subscriptionId: string, table: TargetTable): Promise<Load> => {
  const connection = await connect(config)
  await setZone(connection)
  return new MysqlLoad(connection, { database: config.database, subscriptionId, table })
}
