import assert from 'node:assert/strict'
import {
  type Adapter,
  AdapterFault,
  type AllowList,
  type BoundColumn,
  type Lines,
  type Offset,
  type ReadOptions,
  type ReadPlan,
  type Source,
  type Target,
  type TargetTable,
  type Unreadable,
} from './adapter.ts'

// What every adapter must do, with the database of its own test. An engine differs only in the fixture below.

/** Rows of an engine's own types, and the lines they must become. */
export interface NastyRows {
  readonly create: readonly string[]
  readonly columns: readonly BoundColumn[]
  readonly lines: readonly string[]
  /** Keys, items of rows that have no canonical line. */
  readonly unreadable: readonly (readonly [key: string, item: string])[]
}

export interface Fixture {
  readonly adapter: Adapter
  /** Fresh and empty. */
  open(): Promise<{
    readonly config: Readonly<Record<string, unknown>>
    exec(sql: string): Promise<void>
    close(): Promise<void>
  }>
  /** As the adapter addresses it, and as SQL writes it. */
  relation(table: string): string
  quote(name: string): string
  /** A type of instants with microseconds. */
  readonly instant: string
  readonly nasty: NastyRows
  readonly hostile: string
}

export interface World {
  readonly config: Readonly<Record<string, unknown>>
  exec(sql: string): Promise<void>
  source(tables: readonly string[]): Promise<Source>
  target(): Promise<Target>
  close(): Promise<void>
}

export const openWorld = async (fixture: Fixture): Promise<World> => {
  const { config, exec, close } = await fixture.open()
  const all = (tables: readonly string[]): AllowList => ({
    read: Object.fromEntries(tables.map((table) => [fixture.relation(table), '*' as const])),
    write: ['loaded', 'merged', 'changed', 'refusing', 'large'].map(fixture.relation),
  })
  return {
    config,
    exec,
    source: (tables) => fixture.adapter.openSource(config, all(tables)),
    target: () => fixture.adapter.openTarget(config, all([])),
    close,
  }
}

export const never = new AbortController().signal

export const reading = (told: Unreadable[] = [], chunk_bytes = 1 << 20): ReadOptions => ({
  chunk_bytes,
  signal: never,
  unreadable: (row) => told.push(row),
})

export const gather = async (batches: AsyncIterable<Lines>): Promise<{ lines: string[]; batches: Lines[] }> => {
  const found: Lines[] = []
  for await (const batch of batches) found.push(batch)
  const text = Buffer.concat(found.map(({ body }) => body)).toString()
  assert.equal(
    found.reduce((sum, { rows }) => sum + rows, 0),
    text.split('\n').length - 1,
  )
  return { lines: text.split('\n').slice(0, -1), batches: found }
}

export const column = (name: string, data_type: BoundColumn['data_type'], is_key = false): BoundColumn => ({
  column: name,
  item: name,
  data_type,
  is_key,
})

export const PERSON = [column('id', 'I', true), column('name', 'C')]

export const planOf = (relation: string, columns = PERSON, cursor_column: string | null = null): ReadPlan => ({
  relation,
  columns,
  cursor_column,
})

export const tableOf = (table: string): TargetTable => ({
  table,
  columns: [
    { name: 'id', data_type: 'I', length: null },
    { name: 'name', data_type: 'C', length: 40 },
  ],
  key: ['id'],
})

export const bodyOf = (...lines: string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''))
export const offsetAt = (seq: number, run_id = 'run-1'): Offset => ({ seq, run_id, position: String(seq) })

export const isFault = (code: string) => (error: unknown) => error instanceof AdapterFault && error.code === code
