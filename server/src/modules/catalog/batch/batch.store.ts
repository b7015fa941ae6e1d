import type { BatchState } from '@sanjiang/contract/catalog'
import { type SqlBool, sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import type { CatalogBatch } from '#kernel/tables.ts'

const rows = (db: Db) =>
  db
    .selectFrom('catalog.batch as b')
    .innerJoin('identity.organ as o', 'o.organ_id', 'b.organ_id')
    .selectAll('b')
    .select(['o.name as organ_name', 'o.path as organ_path'])

export type BatchRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

export const findBatch = (db: Db, scope: Scope, id: string) =>
  rows(db)
    .where('b.batch_id', '=', id)
    .where(within(scope, sql.ref('o.path')))
    .executeTakeFirst()

export const lockBatch = (tx: Tx, scope: Scope, id: string) =>
  rows(tx)
    .where('b.batch_id', '=', id)
    .where(within(scope, sql.ref('o.path')))
    .forUpdate('b')
    .executeTakeFirst()

interface ListOptions {
  readonly scope: Scope
  readonly source?: string
  readonly after?: string
  readonly limit: number
}

export const listBatchRows = (db: Db, { scope, source, after, limit }: ListOptions): Promise<BatchRow[]> => {
  const from = after === undefined ? undefined : parseCursor(after, 1)
  return rows(db)
    .where(within(scope, sql.ref('o.path')))
    .$if(source !== undefined, (query) => query.where('b.source', '=', source!))
    .$if(from !== undefined, (query) => query.where(sql<SqlBool>`b.batch_id < ${from![0]}::uuid`))
    .orderBy('b.batch_id', 'desc')
    .limit(limit + 1)
    .execute()
}

type Json = 'sheets' | 'mapping' | 'edit'
type Change = Partial<Omit<CatalogBatch, Json>> & { readonly [key in Json]?: unknown }

const withJson = ({ sheets, mapping, edit, ...plain }: Change) => ({
  ...plain,
  ...(sheets === undefined ? {} : { sheets: JSON.stringify(sheets) }),
  ...(mapping === undefined ? {} : { mapping: JSON.stringify(mapping) }),
  ...(edit === undefined ? {} : { edit: edit === null ? null : JSON.stringify(edit) }),
})

const EMPTY = {
  reach: null,
  file_bytes: null,
  file_sha256: null,
  file_format: null,
  selection: null,
  may_have_errors: false,
  fault: null,
  turn: null,
  turn_count: 0,
  row_count: 0,
  read_count: 0,
  new_count: 0,
  changed_count: 0,
  same_count: 0,
  conflict_count: 0,
  error_count: 0,
  checked_at: null,
  committed_by_name: null,
  committed_at: null,
  written_count: null,
  undone_by_name: null,
  undone_at: null,
}

type Insert = Change &
  Pick<CatalogBatch, 'batch_id' | 'source' | 'state' | 'title' | 'organ_id' | 'created_by_name' | 'created_at'>

export const insertBatch = (tx: Tx, row: Insert) =>
  tx
    .insertInto('catalog.batch')
    .values({ ...EMPTY, created_by: null, updated_at: row.created_at, ...withJson(row) } as never)
    .execute()

export const updateBatch = (tx: Tx, id: string, change: Change) =>
  tx
    .updateTable('catalog.batch')
    .set(withJson(change) as never)
    .where('batch_id', '=', id)
    .execute()

/** The last batch of the same bytes in the same organ that was not given up. */
export const findSameFile = (db: Db, row: Pick<BatchRow, 'batch_id' | 'organ_id' | 'file_sha256'>) =>
  db
    .selectFrom('catalog.batch')
    .select(['batch_id', 'state', 'created_by_name', 'created_at'])
    .where('file_sha256', '=', row.file_sha256 ?? '')
    .where('organ_id', '=', row.organ_id)
    .where('batch_id', '<', row.batch_id)
    .where('state', 'not in', ['cancelled', 'expired', 'failed', 'uploading'] satisfies BatchState[])
    .orderBy('batch_id', 'desc')
    .limit(1)
    .executeTakeFirst()

export const putPiece = (tx: Tx, piece: { batch_id: string; seq: number; bytes: Buffer }) =>
  tx
    .insertInto('catalog.batch_piece')
    .values(piece)
    .onConflict((oc) => oc.columns(['batch_id', 'seq']).doUpdateSet({ bytes: piece.bytes }))
    .execute()

export const countPieces = async (db: Db, id: string): Promise<{ count: number; bytes: number }> => {
  const { rows: found } = await sql<{ count: number; bytes: number }>`
    select count(*)::integer as count, coalesce(sum(octet_length(bytes)), 0)::integer as bytes
    from catalog.batch_piece where batch_id = ${id}`.execute(db)
  return found[0]!
}

/** The file again, piece by piece: never the whole of it in memory. */
export async function* readPieces(db: Db, id: string): AsyncIterable<Buffer> {
  for (let seq = 0; ; seq += 1) {
    const piece = await db
      .selectFrom('catalog.batch_piece')
      .select('bytes')
      .where('batch_id', '=', id)
      .where('seq', '=', seq)
      .executeTakeFirst()
    if (!piece) return
    yield piece.bytes
  }
}

export const removePieces = (tx: Tx, ids: readonly string[]) =>
  tx
    .deleteFrom('catalog.batch_piece')
    .where('batch_id', 'in', [...ids])
    .execute()

/** Batches whose process has been silent since then: killed, or its machine gone. */
export const listSilent = (db: Db, before: { readonly turn: string; readonly wait: string }) =>
  db
    .selectFrom('catalog.batch')
    .select(['batch_id', 'state'])
    .where('state', 'in', ['reading', 'checking'])
    .where(
      sql<SqlBool>`updated_at < case when turn is null then ${before.wait}::timestamptz else ${before.turn}::timestamptz end`,
    )
    .limit(100)
    .execute()

export const listForgotten = (db: Db, before: string) =>
  db
    .selectFrom('catalog.batch')
    .select('batch_id')
    .where('state', 'in', ['uploading', 'mapping', 'checked', 'failed'])
    .where('updated_at', '<', before)
    .limit(100)
    .execute()

/** Files of batches that came to an end long ago. */
export const removeOldPieces = (tx: Tx, before: string) =>
  sql`delete from catalog.batch_piece p using catalog.batch b where b.batch_id = p.batch_id
    and b.state in ('committed', 'undone', 'cancelled', 'expired') and b.updated_at < ${before}::timestamptz`.execute(
    tx,
  )
