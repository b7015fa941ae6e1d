import type { ReadOptions, ReadPlan, Snapshot } from './adapter.ts'
import { type CatalogRelation, getRelation } from './postgres.catalog.ts'
import { type CopiedRows, copyOut } from './postgres.copy.ts'
import { cursorPosition } from './postgres.cursor.ts'
import { linesAt } from './postgres.filter.ts'
import { type LinePlan, planLines } from './postgres.line.ts'
import { lsnText } from './postgres.lsn.ts'
import { rangeText } from './postgres.range.ts'
import { type Client, connect, literal, type PostgresConfig } from './postgres.session.ts'
import { createSlot } from './postgres.slot.ts'

const BEGIN = 'begin isolation level repeatable read read only'

const importSnapshot = async (client: Client, name: string): Promise<void> => {
  await client.query(BEGIN)
  await client.query(`set transaction snapshot ${literal(name)}`)
}

interface Held {
  readonly holder: Client
  readonly name: string
}

/** The connection that keeps the instant: every reader looks through its snapshot. */
const hold = async (config: PostgresConfig, given: string | null): Promise<Held> => {
  const holder = await connect(config)
  try {
    if (given === null) await holder.query(BEGIN)
    else await importSnapshot(holder, given)
    const { rows } = await holder.query<{ name: string }>('select pg_export_snapshot() as name')
    return { holder, name: rows[0]?.name ?? '' }
  } catch (error) {
    await holder.end().catch(() => undefined)
    throw error
  }
}

/** Below so many pages (2 MiB) a second reader costs more than it brings. */
const FEW_PAGES = 256
const MOST_PAGES = 4096

/** The heap cut into ranges of pages, so that several readers share it; the last one is open, for rows added meanwhile. */
const partsOf = (relation: CatalogRelation, readers: number): readonly string[] => {
  if (readers === 1 || !relation.has_heap || relation.pages < FEW_PAGES) return ['']
  const size = Math.min(MOST_PAGES, Math.ceil(relation.pages / (4 * readers)))
  const count = Math.ceil(relation.pages / size)
  return Array.from({ length: count }, (_, part) => {
    const from = `ctid >= '(${part * size},0)'::tid`
    return part === count - 1 ? ` where ${from}` : ` where ${from} and ctid < '(${(part + 1) * size},0)'::tid`
  })
}

type Copying = AsyncGenerator<CopiedRows>

async function* readParts(open: () => Promise<Client>, texts: string[], options: ReadOptions): Copying {
  const client = await open()
  try {
    for (let text = texts.shift(); text !== undefined; text = texts.shift()) yield* copyOut(client, text, options)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Bodies of several readers as they come; a reader waits with one body in hand. */
async function* merge(readers: readonly Copying[]): Copying {
  const waiting = new Map(readers.map((reader) => [reader, reader.next().then((result) => ({ reader, result }))]))
  try {
    while (waiting.size > 0) {
      const { reader, result } = await Promise.race(waiting.values())
      if (result.done) waiting.delete(reader)
      else {
        waiting.set(
          reader,
          reader.next().then((next) => ({ reader, result: next })),
        )
        yield result.value
      }
    }
  } finally {
    for (const pending of waiting.values()) pending.catch(() => undefined)
    await Promise.all(readers.map((reader) => reader.return(undefined).catch(() => undefined)))
  }
}

const positionOf = async (holder: Client, plan: LinePlan, config: PostgresConfig): Promise<string> => {
  if (plan.cursor !== null) return cursorPosition(holder, plan, config)
  const { rows } = await holder.query<{ lsn: string }>(
    'select (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end)::text as lsn',
  )
  return lsnText(rows[0]?.lsn ?? '0/0')
}

/**
 * One instant of a relation. With a slot, the instant is the one the slot begins at, so that its changes go on exactly
 * behind the rows read here; a slot that is there already begins earlier, and its changes run over these rows once more.
 */
export const takeSnapshot = async (config: PostgresConfig, plan: ReadPlan, slot: string | null): Promise<Snapshot> => {
  const made = slot === null ? null : await createSlot(config, plan, slot)
  let held: Held
  try {
    held = await hold(config, made?.snapshot ?? null)
  } finally {
    await made?.release()
  }
  const { holder, name } = held
  try {
    const lines = planLines(plan, await getRelation(holder, plan.relation))
    const position = made?.position ?? (await positionOf(holder, lines, config))
    const open = async (): Promise<Client> => {
      const client = await connect(config)
      await importSnapshot(client, name)
      return client
    }
    const bodies = (options: ReadOptions, after: string | null | undefined): Copying => {
      if (after !== undefined) return readParts(open, [rangeText(lines, { from: after, to: null })], options)
      const texts = partsOf(lines.relation, config.readers).map(
        (where) => `copy (select ${lines.select} from ${lines.from}${where}) to stdout`,
      )
      if (texts.length === 1) return readParts(open, texts, options)
      // Each reader is a body ahead of what was handed on.
      const kept = { ...options, lends: false }
      return merge(Array.from({ length: config.readers }, () => readParts(open, texts, kept)))
    }
    return {
      position,
      estimated_rows: lines.relation.estimated_rows,
      batches: (options) => linesAt(lines, bodies(options, options.after), { position, tell: options.unreadable }),
      close: () => holder.end().catch(() => undefined),
    }
  } catch (error) {
    await holder.end().catch(() => undefined)
    throw error
  }
}
