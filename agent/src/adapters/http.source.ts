import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { fieldsOf } from '@sanjiang/seal'
import {
  AdapterFault,
  type AllowList,
  type BoundColumn,
  type ChangeStream,
  type KeyRange,
  type Lines,
  type ReadOptions,
  type ReadPlan,
  type Relation,
  type Snapshot,
  type Source,
} from './adapter.ts'
import { buildRun } from './file-build.ts'
import { bodiesOf } from './file-lines.ts'
import { RunReader } from './file-run.ts'
import { FileSource } from './file-source.ts'
import type { HttpClient } from './http.client.ts'
import type { HttpConfig } from './http.config.ts'
import { ascending, LinesDigest, readPosition, sinceText, windowStart, writePosition } from './http.cursor.ts'
import { HttpFolder, stateFile } from './http.folder.ts'
import { firstPage, flat } from './http.pages.ts'
import { columnsOf } from './http.shape.ts'

const SAMPLE_RECORDS = 500
/** Rows asked for by key are read from a pass no older than this. */
const FRESH_SECONDS = 10
const CURSOR_ITEM = '\0cursor'
const TAB = 9
const LF = 10

const TYPES: Readonly<Record<string, BoundColumn['data_type']>> = {
  integer: 'N',
  decimal: 'N',
  date: 'D',
  datetime: 'T',
}

/** A plan with the cursor as its last column, whether it is bound or not. */
interface CursorPlan {
  readonly plan: ReadPlan
  readonly type: BoundColumn['data_type']
}

/** Lines whose last field, the cursor's, is taken off again. */
const withoutLast = (line: Buffer): Buffer => {
  const cut = Buffer.from(line.subarray(0, line.lastIndexOf(TAB) + 1))
  cut[cut.length - 1] = LF
  return cut
}

const lastField = (line: Buffer): string | null =>
  fieldsOf(line.toString('utf8', line.lastIndexOf(TAB) + 1, line.length - 1))[0] ?? null

function* linesOf(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf(LF, at) + 1
    yield body.subarray(at, end)
    at = end
  }
}

/** A department's service as a source: each pass over its pages is kept on this machine and read like a folder's file. */
export class HttpSource implements Source {
  readonly #config: HttpConfig
  readonly #client: HttpClient
  readonly #allow: AllowList
  readonly #folder: HttpFolder
  readonly #files: FileSource

  constructor(config: HttpConfig, client: HttpClient, allow: AllowList) {
    this.#config = config
    this.#client = client
    this.#allow = allow
    this.#folder = new HttpFolder(config, client, (relation) => this.#allowed(relation))
    this.#files = new FileSource({
      folder: this.#folder,
      allowed: (relation) => (Object.hasOwn(allow.read, relation) ? allow.read[relation] : undefined),
      relations: Object.keys(allow.read),
      patternFor: (relation) => `${this.#folder.relation(relation).name}.jsonl`,
      settling: { settle_seconds: 0, done_marker: false },
      poll_seconds: config.poll_seconds,
      state_dir: config.state_dir,
      is_delivered: false,
    })
  }

  #allowed(relation: string): readonly string[] | '*' {
    const columns = Object.hasOwn(this.#allow.read, relation) ? this.#allow.read[relation] : undefined
    if (columns === undefined) throw new AdapterFault('not_allowed', `本地允许清单中没有“${relation}”`)
    return columns
  }

  async browse(): Promise<readonly Relation[]> {
    const found: Relation[] = []
    for (const name of Object.keys(this.#allow.read)) {
      try {
        found.push(await this.describe(name))
      } catch (error) {
        if (!(error instanceof AdapterFault) || error.code !== 'no_such_relation') throw error
      }
    }
    return found
  }

  async describe(name: string): Promise<Relation> {
    const allowed = this.#allowed(name)
    const relation = this.#folder.relation(name)
    const signal = AbortSignal.timeout(this.#config.timeout_ms * 4)
    const page = await firstPage(this.#client, this.#config, { relation, since: null, signal })
    const isWanted = (column: string): boolean => allowed === '*' || allowed.includes(column)
    const records = page
      .slice(0, SAMPLE_RECORDS)
      .map((record) => flat(record, isWanted))
      .filter((row) => row !== null)
    const shape = stateFile(this.#config, 'shape', `${name}\n${relation.path}`)
    return {
      name,
      kind: 'service',
      columns: columnsOf(shape, records, allowed === '*' ? [] : allowed).filter((column) => isWanted(column.name)),
      estimated_rows: null,
      comment: relation.path,
      change_stream: { able: true, reason: `每 ${this.#config.poll_seconds} 秒读完全部页,与上一遍比较得出增、改、删` },
    }
  }

  async #withCursor(plan: ReadPlan): Promise<CursorPlan> {
    const name = plan.cursor_column as string
    const { columns } = await this.describe(plan.relation)
    const column = columns.find((one) => one.name === name)
    const isBound = plan.columns.some((one) => one.column === name)
    if (column === undefined && !isBound && columns.length > 0) throw this.#missing(plan.relation, [name])
    const type = TYPES[column?.source_type ?? ''] ?? 'C'
    const cursor: BoundColumn = { column: name, item: CURSOR_ITEM, data_type: type, is_key: false }
    return { plan: { ...plan, columns: [...plan.columns, cursor] }, type }
  }

  #missing(relation: string, columns: readonly string[]): AdapterFault {
    return new AdapterFault('no_such_relation', `接口“${relation}”的记录里没有字段 ${columns.join('、')}`)
  }

  /** A column that no record of a whole pass has would be silently emptied. */
  #checkColumns({ relation, columns }: ReadPlan): void {
    const seen = this.#folder.seen(relation)
    const missing = columns.map(({ column }) => column).filter((column) => !seen.columns.has(column))
    if (seen.rows > 0 && missing.length > 0) throw this.#missing(relation, [...new Set(missing)])
  }

  async snapshot(
    plan: ReadPlan,
    options: { readonly signal: AbortSignal; readonly slot: string | null },
  ): Promise<Snapshot> {
    await this.#files.hashes(plan) // the allow-list first, before the service hears of anything
    this.#folder.expire(plan.relation)
    if (plan.cursor_column === null) {
      const inner = await this.#files.snapshot(plan, options)
      this.#checkColumns(plan)
      return inner
    }
    const cursor = await this.#withCursor(plan)
    const inner = await this.#files.snapshot(cursor.plan, options)
    this.#checkColumns(cursor.plan)
    const position = await this.#positionOf(inner, cursor.type, options.signal)
    return {
      ...inner,
      position,
      async *batches(given) {
        const unreadable: typeof given.unreadable = (row) =>
          given.unreadable(row.item === CURSOR_ITEM ? { ...row, item: plan.cursor_column as string } : row)
        for await (const lines of inner.batches({ ...given, unreadable })) {
          const body = Buffer.concat([...linesOf(lines.body)].map(withoutLast))
          yield { ...lines, body, position }
        }
      },
    }
  }

  async #positionOf(snapshot: Snapshot, type: BoundColumn['data_type'], signal: AbortSignal): Promise<string> {
    const options = { chunk_bytes: 1 << 18, signal, unreadable: () => undefined }
    const all = async (each: (line: Buffer) => void): Promise<void> => {
      for await (const { body } of snapshot.batches(options)) for (const line of linesOf(body)) each(line)
    }
    let top = ''
    await all((line) => {
      top = higher(type, line, top)
    })
    const start = windowStart(type, top, this.#config)
    const digest = new LinesDigest()
    await all((line) => {
      if (isWithin(type, line, start)) digest.add(line)
    })
    return writePosition({ top, digest: digest.end() }, null)
  }

  /** Rows written since; whatever the service gives beyond what it was asked for is left out. */
  async *increment(plan: ReadPlan, after: string, options: ReadOptions): AsyncIterable<Lines> {
    await this.#files.hashes(plan)
    const before = readPosition(after)
    const relation = this.#folder.relation(plan.relation)
    const { plan: wide, type } = await this.#withCursor(plan)
    const start = windowStart(type, before.top, this.#config)
    const spooled = await this.#folder.spool(relation, sinceText(type, start, relation), options.signal)
    const run = stateFile(this.#config, 'increment', randomBytes(8).toString('hex'))
    try {
      const file = { path: spooled.path, title: plan.relation, format: 'jsonl', encoding: null, sheet: null } as const
      const to = { path: run, signal: options.signal }
      const built = await buildRun(file, { columns: wide.columns, is_delivered: false }, to)
      const walk = (): Generator<Buffer> => linesOfRun(run, built, (line) => isWithin(type, line, start))
      let top = before.top
      for (const line of walk()) top = higher(type, line, top)
      const from = windowStart(type, top, this.#config)
      const window = new LinesDigest()
      for (const line of linesOfRun(run, built, (one) => isWithin(type, one, from))) window.add(line)
      const digest = window.end()
      if (after !== '' && top === before.top && digest === before.digest) return
      for (const row of built.unreadable)
        options.unreadable(row.item === CURSOR_ITEM ? { ...row, item: plan.cursor_column as string } : row)
      const position = writePosition({ top, digest }, after === '' ? null : before)
      if (position === '') return
      // What was kept of a pass is older than what goes out now.
      this.#folder.expire(plan.relation)
      yield* this.#positioned(mapped(walk(), withoutLast), { after, position, options })
    } finally {
      for (const path of [spooled.path, run]) rmSync(path, { force: true })
    }
  }

  /** Only the last batch moves the position: a pass cut short is read again whole. */
  *#positioned(
    lines: Iterable<Buffer>,
    { after, position, options }: { readonly after: string; readonly position: string; readonly options: ReadOptions },
  ): Generator<Lines> {
    let held: Lines | null = null
    for (const { body, rows } of bodiesOf(lines, options.chunk_bytes)) {
      options.signal.throwIfAborted()
      if (held !== null) yield held
      held = { body, rows, position: after, tx_end: true }
    }
    yield { ...(held ?? { body: Buffer.alloc(0), rows: 0, tx_end: true }), position }
  }

  changes(plan: ReadPlan, after: string, options: ReadOptions & { readonly slot: string }): ChangeStream {
    return this.#files.changes(plan, after, options)
  }

  async forget(slot: string): Promise<void> {
    await this.#files.forget(slot)
  }

  bounds(plan: ReadPlan, rows: number): Promise<readonly string[]> {
    return this.#files.bounds(plan, rows)
  }

  range(plan: ReadPlan, range: KeyRange, options: ReadOptions): AsyncIterable<Lines> {
    return this.#files.range(plan, range, options)
  }

  hashes(plan: ReadPlan): Promise<null> {
    return this.#files.hashes(plan)
  }

  async *rows(plan: ReadPlan, keys: readonly string[], options: ReadOptions): AsyncIterable<Lines> {
    this.#folder.expire(plan.relation, FRESH_SECONDS)
    yield* this.#files.rows(plan, keys, options)
  }

  async close(): Promise<void> {
    await this.#files.close()
  }
}

const higher = (type: BoundColumn['data_type'], line: Buffer, top: string): string => {
  const value = ascending(type, lastField(line))
  return value !== null && value > top ? value : top
}

/** Rows whose cursor is absurd are within; those without one are not, once there is a start. */
const isWithin = (type: BoundColumn['data_type'], line: Buffer, start: string): boolean => {
  if (start === '') return true
  const field = lastField(line)
  return field !== null && (ascending(type, field) ?? start) >= start
}

function* linesOfRun(
  path: string,
  index: ConstructorParameters<typeof RunReader>[1],
  isWanted: (line: Buffer) => boolean,
): Generator<Buffer> {
  const reader = new RunReader(path, index, 0)
  try {
    for (reader.seek(null); reader.key !== null; reader.next()) if (isWanted(reader.line)) yield reader.line
  } finally {
    reader.close()
  }
}

function* mapped<A, B>(all: Iterable<A>, change: (one: A) => B): Generator<B> {
  for (const one of all) yield change(one)
}
