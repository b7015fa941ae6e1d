import type { BatchFault, BatchKind, FieldChange, ResourceContent } from '@sanjiang/contract/catalog'
import { type SqlBool, sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'
import { unnest } from '../entry.store.ts'

/** What a batch would do to one entry, and why it would not. */
export interface Judged {
  readonly seq: number
  readonly kind: BatchKind
  readonly sheet: string | null
  readonly first_row: number | null
  readonly last_row: number | null
  readonly name: string
  readonly code: string | null
  readonly provider_organ_id: string | null
  readonly resource_id: string | null
  readonly base_revision: number | null
  /** As the file is marked: what the officer had before him. */
  readonly exported_as: string | null
  readonly content: ResourceContent | null
  readonly reason: string | null
  readonly faults: readonly BatchFault[]
  readonly changes: readonly FieldChange[]
}

const COLUMNS = {
  seq: 'integer',
  kind: 'text',
  sheet: 'text',
  first_row: 'integer',
  last_row: 'integer',
  name: 'text',
  code: 'text',
  provider_organ_id: 'text',
  resource_id: 'uuid',
  base_revision: 'integer',
  exported_as: 'text',
  content: 'jsonb',
  reason: 'text',
  faults: 'jsonb',
  changes: 'jsonb',
}

// A file may hold what PostgreSQL keeps in no text.
const clean = (text: string): string => text.replaceAll('\u0000', '')
const json = (value: unknown): string => JSON.stringify(value).replaceAll(/(?<!\\)((?:\\\\)*)\\u0000/g, '$1')

export const insertJudged = async (tx: Tx, batchId: string, judged: readonly Judged[]): Promise<void> => {
  if (judged.length === 0) return
  const rows = judged.map((one) => ({
    ...one,
    name: clean(one.name),
    code: one.code && clean(one.code),
    content: one.content && json(one.content),
    faults: json(one.faults),
    changes: json(one.changes),
  }))
  const names = sql.raw(Object.keys(COLUMNS).join(', '))
  await sql`
    insert into catalog.batch_entry (batch_id, ${names})
    select ${batchId}::uuid, ${names} from unnest(${unnest(COLUMNS, rows)}) as j (${names})`.execute(tx)
}

export const removeJudged = (tx: Tx, batchIds: readonly string[]) =>
  tx
    .deleteFrom('catalog.batch_entry')
    .where('batch_id', 'in', [...batchIds])
    .execute()

export const countKinds = async (db: Db, batchId: string): Promise<Record<BatchKind, number>> => {
  const found = await db
    .selectFrom('catalog.batch_entry')
    .select(['kind', sql<number>`count(*)::integer`.as('count')])
    .where('batch_id', '=', batchId)
    .groupBy('kind')
    .execute()
  const count = (kind: BatchKind): number => found.find((one) => one.kind === kind)?.count ?? 0
  return {
    new: count('new'),
    changed: count('changed'),
    same: count('same'),
    conflict: count('conflict'),
    error: count('error'),
  }
}

/** A conflict that the officer may settle himself: everything of it is judged, only somebody was there before him. */
const mayTake = (entry: 'e' | 'catalog.batch_entry') =>
  sql<boolean>`(${sql.ref(`${entry}.kind`)} = 'conflict' and ${sql.ref(`${entry}.content`)} is not null)`

/** Settles such conflicts for the file; all of them where none is named. */
export const takeJudged = async (tx: Tx, batchId: string, seqs?: readonly number[]): Promise<number> => {
  const { numUpdatedRows } = await tx
    .updateTable('catalog.batch_entry')
    .set({ kind: 'changed', reason: null })
    .where('batch_id', '=', batchId)
    .where(mayTake('catalog.batch_entry'))
    .$if(seqs !== undefined, (query) => query.where('seq', 'in', [...seqs!]))
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

interface ListOptions {
  readonly batchId: string
  readonly kind?: BatchKind
  readonly q?: string
  readonly after?: string
  readonly limit: number
}

export const listJudged = (db: Db, { batchId, kind, q, after, limit }: ListOptions) => {
  const from = after === undefined ? 0 : Number(parseCursor(after, 1)[0])
  const like = `%${(q ?? '').replaceAll(/[\\%_]/g, '\\$&')}%`
  return db
    .selectFrom('catalog.batch_entry as e')
    .leftJoin('identity.organ as o', 'o.organ_id', 'e.provider_organ_id')
    .select(['e.seq', 'e.kind', 'e.sheet', 'e.first_row', 'e.last_row', 'e.name', 'e.code', 'e.resource_id'])
    .select(['e.reason', 'e.faults', 'e.written_revision', 'o.name as provider_name'])
    .select(sql<number>`jsonb_array_length(e.changes)`.as('change_count'))
    .select(mayTake('e').as('may_take'))
    .where('e.batch_id', '=', batchId)
    .where(sql<SqlBool>`e.seq > ${Number.isFinite(from) ? from : 0}::bigint`)
    .$if(kind !== undefined, (query) => query.where('e.kind', '=', kind!))
    .$if(q !== undefined && q.trim() !== '', (query) =>
      query.where(sql<SqlBool>`(e.name ilike ${like} or e.code like ${like})`),
    )
    .orderBy('e.seq')
    .limit(limit + 1)
    .execute()
}

export const findJudged = (db: Db, batchId: string, seq: number) =>
  db
    .selectFrom('catalog.batch_entry')
    .select(['kind', 'content', 'changes'])
    .where('batch_id', '=', batchId)
    .where('seq', '=', seq)
    .executeTakeFirst()

/** Everything said about a file's cells, in the order of the rows, in pages. */
export async function* eachFault(db: Db, batchId: string) {
  for (let after = 0; ; ) {
    const page = await db
      .selectFrom('catalog.batch_entry')
      .select(['seq', 'kind', 'sheet', 'first_row', 'last_row', 'reason', 'faults'])
      .where('batch_id', '=', batchId)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(500)
      .execute()
    yield* page
    if (page.length < 500) return
    after = page.at(-1)!.seq
  }
}
