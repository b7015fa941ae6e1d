import { createHash } from 'node:crypto'
import { AdapterFault, type Load, type Offset, TargetRefused, type TargetTable } from './adapter.ts'
import { parseRelation } from './allow.ts'
import { findRelation, sqlName } from './postgres.catalog.ts'
import { Refusals, refusalOf } from './postgres.refusal.ts'
import { type Client, connect, id, type PostgresConfig } from './postgres.session.ts'
import { Stage } from './postgres.stage.ts'
import { addKey, createTable, hasKey, isEmpty, keyList, misfits } from './postgres.table.ts'

/** How the rows of the snapshot under way are kept: in the table itself, or in a shadow that `end` merges. */
type Mode = 'direct' | 'shadow' | null

interface Kept {
  readonly offset: Offset | null
  readonly mode: Mode
}

const OFFSETS = `(
  subscription_id text primary key, table_name text not null, seq bigint not null, run_id text not null,
  position text not null, snapshot_mode text, at timestamptz not null default now())`

class PostgresLoad implements Load {
  readonly #client: Client
  readonly #id: string
  readonly #table: TargetTable
  readonly #name: string
  readonly #offsets: string
  readonly #shadow: string
  readonly #stage: Stage
  readonly #refusals: Refusals
  #kept: Kept | null = null
  #mode: Mode = null
  #isOpen = false

  constructor(client: Client, subscriptionId: string, table: TargetTable) {
    const relation = parseRelation(table.table, 'public')
    const mark = createHash('sha256').update(`${subscriptionId}\n${table.table}`).digest('hex').slice(0, 16)
    this.#client = client
    this.#id = subscriptionId
    this.#table = table
    this.#name = sqlName(relation)
    this.#offsets = sqlName({ schema: relation.schema, table: 'sanjiang_offset' })
    this.#shadow = sqlName({ schema: relation.schema, table: `sanjiang_shadow_${mark}` })
    this.#stage = new Stage(client, table, this.#name)
    this.#refusals = new Refusals(client)
  }

  async offset(): Promise<Offset | null> {
    return (await this.#read()).offset
  }

  async #read(): Promise<Kept> {
    if (this.#kept !== null) return this.#kept
    await this.#client.query(`create table if not exists ${this.#offsets} ${OFFSETS}`)
    const { rows } = await this.#client.query<Offset & { seq: string; mode: Mode }>(
      `select seq, run_id, position, snapshot_mode as mode from ${this.#offsets} where subscription_id = $1`,
      [this.#id],
    )
    const row = rows[0]
    const offset = row === undefined ? null : { seq: Number(row.seq), run_id: row.run_id, position: row.position }
    this.#kept = { offset, mode: row?.mode ?? null }
    this.#mode = this.#kept.mode
    return this.#kept
  }

  async prepare(mayCreate: boolean): Promise<readonly string[]> {
    if (mayCreate && (await findRelation(this.#client, this.#table.table)) === null)
      await createTable(this.#client, this.#table)
    return misfits(this.#client, this.#table, async () => (await this.#read()).mode === 'direct')
  }

  async #open(): Promise<void> {
    if (this.#isOpen) return
    await this.#read()
    await this.#stage.prepare()
    // Deferred constraints would only speak at commit, when no row can be named any more.
    await this.#client.query('begin; set constraints all immediate')
    this.#isOpen = true
  }

  async begin(_runId: string): Promise<void> {
    await this.#open()
    await this.#client.query(`drop table if exists ${this.#shadow}`)
    this.#mode = (await isEmpty(this.#client, this.#table)) ? 'direct' : 'shadow'
    if (this.#mode === 'shadow') await this.#makeShadow()
  }

  /** With the target's own checks, so that a row it would refuse is named while its line is at hand. */
  async #makeShadow(): Promise<void> {
    const relation = await findRelation(this.#client, this.#table.table)
    const ours = new Set(this.#table.columns.map(({ name }) => name))
    const others = (relation?.columns ?? []).filter(({ name }) => !ours.has(name))
    await this.#client.query(`create table ${this.#shadow} (like ${this.#name} including constraints)`)
    if (others.length > 0)
      await this.#client.query(
        `alter table ${this.#shadow} ${others.map(({ name }) => `drop column ${id(name)} cascade`).join(', ')}`,
      )
  }

  async rows(body: Buffer): Promise<void> {
    if (body.length === 0) return
    await this.#open()
    if (this.#mode === null) {
      await this.#ensureKey()
      return this.#refusals.guard(body, (part) => this.#stage.upsert(part))
    }
    const into = this.#mode === 'direct' ? this.#name : this.#shadow
    await this.#refusals.guard(body, `copy ${into} (${this.#stage.columns}) from stdin`)
  }

  async changes(body: Buffer): Promise<void> {
    if (body.length === 0) return
    await this.#open()
    await this.#ensureKey()
    await this.#refusals.guard(body, (part) => this.#stage.change(part))
  }

  async #ensureKey(): Promise<void> {
    if (this.#stage.isKeyed) return
    const relation = await findRelation(this.#client, this.#table.table)
    if (relation === null) throw new AdapterFault('no_such_relation', `目标库中没有表“${this.#table.table}”`)
    if (!(await hasKey(this.#client, relation, this.#table))) await this.#addKey()
    this.#stage.isKeyed = true
  }

  async #addKey(): Promise<void> {
    await this.#client.query('savepoint sanjiang_key')
    try {
      await addKey(this.#client, this.#table)
    } catch (error) {
      await this.#client.query('rollback to savepoint sanjiang_key')
      throw await this.#doubled(this.#name, error)
    }
  }

  /** The line of a row whose key came twice in a snapshot. */
  async #doubled(from: string, cause: unknown): Promise<unknown> {
    const { rows } = await this.#client.query<{ line: string }>(
      `select concat_ws(E'\\t', ${keyList(this.#table)}) as line from ${from} group by ${keyList(this.#table)} having count(*) > 1 limit 1`,
    )
    const line = rows[0]?.line
    return line === undefined ? cause : new TargetRefused(line, '主键重复', cause)
  }

  async end(): Promise<void> {
    await this.#open()
    await this.#ensureKey()
    if (this.#mode === 'shadow') {
      await this.#client.query(`analyze ${this.#shadow}`)
      await this.#merge()
      await this.#client.query(`drop table ${this.#shadow}`)
    }
    this.#mode = null
  }

  async #merge(): Promise<void> {
    await this.#client.query('savepoint sanjiang_merge')
    try {
      await this.#stage.merge(this.#shadow)
    } catch (error) {
      await this.#client.query('rollback to savepoint sanjiang_merge')
      throw await this.#doubled(this.#shadow, refusalOf(error))
    }
  }

  async commit(offset: Offset): Promise<void> {
    await this.#open()
    await this.#client.query(
      `insert into ${this.#offsets} (subscription_id, table_name, seq, run_id, position, snapshot_mode) values ($1, $2, $3, $4, $5, $6)
       on conflict (subscription_id) do update set table_name = excluded.table_name, seq = excluded.seq, run_id = excluded.run_id,
         position = excluded.position, snapshot_mode = excluded.snapshot_mode, at = now()`,
      [this.#id, this.#table.table, offset.seq, offset.run_id, offset.position, this.#mode],
    )
    await this.#client.query('commit')
    this.#isOpen = false
    this.#kept = { offset, mode: this.#mode }
  }

  async rollback(): Promise<void> {
    if (this.#isOpen) await this.#client.query('rollback')
    this.#isOpen = false
    this.#mode = this.#kept?.mode ?? null
    // The key may have been part of what was rolled back.
    this.#stage.isKeyed = false
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined)
  }
}

export const openLoad = async (config: PostgresConfig, subscriptionId: string, table: TargetTable): Promise<Load> =>
  new PostgresLoad(await connect(config), subscriptionId, table)
