import type { Paged } from '@sanjiang/contract'
import type {
  Batch,
  BatchDetail,
  BatchEntry,
  BatchKind,
  FieldChange,
  ResourceContent,
} from '@sanjiang/contract/catalog'
import { type Ctx, type Scope, scopeOf } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { toPage } from '#kernel/page.ts'
import { toContent } from '../content.rules.ts'
import { diffContents } from '../diff.rules.ts'
import { currentChecker } from '../standard.service.ts'
import { assertBatch, type BatchVerb, batchCan } from './batch.rules.ts'
import { type BatchRow, countPieces, findBatch, findSameFile, listBatchRows, lockBatch } from './batch.store.ts'
import { findJudged, listJudged } from './batch-entry.store.ts'

export const scopeOfBatches = (ctx: Ctx): Scope => scopeOf(ctx.actor, 'catalog.batch.edit')

const toBatch = (row: BatchRow): Batch => ({
  ...row,
  source: row.source as Batch['source'],
  state: row.state as Batch['state'],
  can: batchCan(row),
})

export const toBatchDetail = async (db: Db, row: BatchRow): Promise<BatchDetail> => ({
  ...toBatch(row),
  piece_count: row.source === 'workbook' ? (await countPieces(db, row.batch_id)).count : 0,
  sheets: (row.sheets as BatchDetail['sheets'] | null) ?? [],
  mapping: (row.mapping as BatchDetail['mapping'] | null) ?? [],
  edit: row.edit as BatchDetail['edit'],
  same_file: row.source === 'workbook' ? (((await findSameFile(db, row)) as BatchDetail['same_file']) ?? null) : null,
})

/** A batch in the actor's reach, locked, in a state that allows `verb`. */
export const lockFor = async (tx: Tx, ctx: Ctx, { id, verb }: { id: string; verb: BatchVerb }): Promise<BatchRow> => {
  const row = await lockBatch(tx, scopeOfBatches(ctx), id)
  if (!row) throw new Fault('not_found')
  assertBatch(verb, row)
  return row
}

export const needBatch = async (ctx: Ctx, id: string): Promise<BatchRow> => {
  const row = await findBatch(ctx.db, scopeOfBatches(ctx), id)
  if (!row) throw new Fault('not_found')
  return row
}

export const showBatch = async (ctx: Ctx, id: string): Promise<BatchDetail> =>
  toBatchDetail(ctx.db, await needBatch(ctx, id))

interface ListQuery {
  readonly source?: string
  readonly after?: string
  readonly limit?: number
}

export const listBatches = async (ctx: Ctx, { source, after, limit = 20 }: ListQuery): Promise<Paged<Batch>> => {
  const rows = await listBatchRows(ctx.db, { scope: scopeOfBatches(ctx), source, after, limit })
  const page = toPage(rows, limit, (row) => [row.batch_id])
  return { ...page, rows: page.rows.map(toBatch) }
}

interface EntryQuery extends ListQuery {
  readonly kind?: BatchKind
  readonly q?: string
}

export const listBatchEntries = async (
  ctx: Ctx,
  id: string,
  { kind, q, after, limit = 20 }: EntryQuery,
): Promise<Paged<BatchEntry>> => {
  await needBatch(ctx, id)
  const page = toPage(await listJudged(ctx.db, { batchId: id, kind, q, after, limit }), limit, ({ seq }) => [seq])
  return {
    ...page,
    rows: page.rows.map(({ written_revision, ...row }) => ({
      ...row,
      kind: row.kind as BatchKind,
      faults: row.faults as BatchEntry['faults'],
      is_written: written_revision !== null,
    })),
  }
}

/** Field by field what one entry of the batch changes; of a new one, everything it says. */
export const listBatchChanges = async (ctx: Ctx, id: string, seq: number): Promise<FieldChange[]> => {
  await needBatch(ctx, id)
  const row = await findJudged(ctx.db, id, seq)
  if (!row) throw new Fault('not_found')
  const changes = row.changes as FieldChange[]
  const content = row.content as ResourceContent | null
  if (changes.length > 0 || !content) return changes
  const { standard } = await currentChecker(ctx.db)
  return diffContents(toContent({}, content.provider_organ_id, []), content, standard)
}
