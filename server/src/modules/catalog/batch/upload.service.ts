import { createHash } from 'node:crypto'
import {
  BATCH_FILE_BYTES,
  BATCH_PIECE_BYTES,
  type BatchDetail,
  type BatchEdit,
  type BatchMapping,
} from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { record } from '#kernel/record.ts'
import {
  type BatchRow,
  countPieces,
  insertBatch,
  putPiece,
  readPieces,
  removePieces,
  updateBatch,
} from './batch.store.ts'
import { lockFor, needBatch, scopeOfBatches, showBatch } from './batch.view.ts'
import { removeJudged } from './batch-entry.store.ts'

const tell = (
  tx: Tx,
  ctx: Ctx,
  { row, verb }: { row: Pick<BatchRow, 'batch_id' | 'organ_id' | 'title'>; verb: string },
) =>
  record(tx, ctx, {
    type: `catalog.batch.${verb}`,
    subject_kind: 'catalog.batch',
    subject_id: row.batch_id,
    organ_id: row.organ_id,
    after: { title: row.title },
  })

const ownOrgan = (ctx: Ctx): string => {
  if (!ctx.actor.organ) throw new Fault('forbidden')
  return ctx.actor.organ.organ_id
}

interface Announced {
  readonly file_name: string
  readonly file_bytes: number
  readonly file_sha256: string
}

/** A place for a file that is about to come; the same file once more is told, not refused. */
export const openBatch = (ctx: Ctx, { file_name, file_bytes, file_sha256 }: Announced): Promise<BatchDetail> =>
  inTx(ctx, async (tx, inner) => {
    if (file_bytes > BATCH_FILE_BYTES) throw new Fault('too_large')
    const row = {
      batch_id: newId(),
      source: 'workbook',
      state: 'uploading',
      title: file_name.trim(),
      organ_id: ownOrgan(inner),
      file_bytes,
      file_sha256,
      created_by: inner.actor.person_id,
      created_by_name: inner.actor.name,
      created_at: inner.instant,
    } as const
    await insertBatch(tx, row)
    await tell(tx, inner, { row, verb: 'opened' })
    return showBatch(inner, row.batch_id)
  })

const pieceCount = (bytes: number): number => Math.ceil(bytes / BATCH_PIECE_BYTES)

/** One piece; sent again it replaces itself, so an upload that was cut off just goes on. */
export const putBatchPiece = (ctx: Ctx, { id, seq }: { id: string; seq: number }, base64: string) =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'upload' })
    const bytes = Buffer.from(base64, 'base64')
    const last = pieceCount(row.file_bytes!) - 1
    const wanted = seq < last ? BATCH_PIECE_BYTES : row.file_bytes! - last * BATCH_PIECE_BYTES
    if (seq > last) throw invalid('seq', 'maximum', `文件只有 ${last + 1} 段`)
    if (bytes.length !== wanted)
      throw invalid('base64', 'length', `第 ${seq} 段应为 ${wanted} 字节，收到 ${bytes.length}`)
    await putPiece(tx, { batch_id: id, seq, bytes })
    await updateBatch(tx, id, { updated_at: inner.instant })
    return { piece_count: (await countPieces(tx, id)).count }
  })

const digestOf = async (ctx: Ctx, id: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const piece of readPieces(ctx.db, id)) hash.update(piece)
  return hash.digest('hex')
}

/** The file is whole: its sheets are read by a worker, which proposes what the columns mean. */
export const readBatch = async (ctx: Ctx, id: string): Promise<BatchDetail> => {
  const { file_sha256 } = await needBatch(ctx, id)
  const digest = await digestOf(ctx, id)
  return inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'read' })
    const { count, bytes } = await countPieces(tx, id)
    if (count < pieceCount(row.file_bytes!) || bytes !== row.file_bytes)
      throw new Fault('parts_missing', `文件共 ${pieceCount(row.file_bytes!)} 段，已收到 ${count} 段`)
    if (digest !== file_sha256) throw new Fault('digest_mismatch')
    await updateBatch(tx, id, { state: 'reading', turn_count: 0, updated_at: inner.instant })
    await tell(tx, inner, { row, verb: 'uploaded' })
    return showBatch(inner, id)
  })
}

const UNIQUE_EXCEPT = /^(keywords|related_codes)$/

const assertMapping = (mapping: readonly BatchMapping[], row: BatchRow): void => {
  const known = new Set(((row.sheets as BatchDetail['sheets'] | null) ?? []).map(({ sheet }) => sheet))
  const taken = new Set<string>()
  for (const [index, { sheet, columns }] of mapping.entries()) {
    if (!known.has(sheet)) throw invalid(`mapping.${index}.sheet`, 'unknown', `文件中没有工作表“${sheet}”`)
    if (taken.has(sheet)) throw invalid(`mapping.${index}.sheet`, 'twice', `工作表“${sheet}”列了两次`)
    taken.add(sheet)
    const fields = columns.flatMap(({ field }) => (field === null ? [] : [field]))
    const twice = fields.find((field, place) => fields.indexOf(field) !== place && !UNIQUE_EXCEPT.test(field))
    if (twice) throw invalid(`mapping.${index}.columns`, 'twice', `两列都对应同一字段：${twice}`)
    if (!fields.includes('name'))
      throw invalid(`mapping.${index}.columns`, 'C13', `工作表“${sheet}”没有哪一列是信息资源名称`, '项目约定')
  }
}

interface Wish {
  readonly mapping: readonly BatchMapping[]
  readonly may_have_errors?: boolean
}

const reachText = (ctx: Ctx): string[] | null => {
  const scope = scopeOfBatches(ctx)
  return scope === 'all' ? null : [...scope]
}

/** Starts the dry run, or starts it over with other columns. */
export const checkBatch = (ctx: Ctx, id: string, { mapping, may_have_errors = false }: Wish): Promise<BatchDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'check' })
    assertMapping(mapping, row)
    const rows = ((row.sheets as BatchDetail['sheets'] | null) ?? []).filter(({ sheet }) =>
      mapping.some((one) => one.sheet === sheet),
    )
    await updateBatch(tx, id, {
      state: 'checking',
      mapping,
      may_have_errors,
      reach: reachText(inner),
      turn: null,
      turn_count: 0,
      row_count: rows.reduce((sum, { row_count }) => sum + row_count, 0),
      read_count: 0,
      updated_at: inner.instant,
    })
    await tell(tx, inner, { row, verb: 'checking' })
    return showBatch(inner, id)
  })

interface Chosen {
  readonly resource_ids: readonly string[]
  readonly edit: BatchEdit
  readonly may_have_errors?: boolean
}

/** One change to many entries goes the same way as a sheet: dry run, commit, undo. */
export const editResources = (
  ctx: Ctx,
  { resource_ids, edit, may_have_errors = false }: Chosen,
): Promise<BatchDetail> =>
  inTx(ctx, async (tx, inner) => {
    if (Object.values(edit).every((value) => value === undefined)) throw invalid('edit', 'required', '请至少改一个字段')
    const row = {
      batch_id: newId(),
      source: 'edit',
      state: 'checking',
      title: `修改 ${resource_ids.length} 个条目`,
      organ_id: ownOrgan(inner),
      reach: reachText(inner),
      selection: [...resource_ids],
      edit,
      may_have_errors,
      row_count: resource_ids.length,
      created_by: inner.actor.person_id,
      created_by_name: inner.actor.name,
      created_at: inner.instant,
    }
    await insertBatch(tx, row)
    await tell(tx, inner, { row, verb: 'checking' })
    return showBatch(inner, row.batch_id)
  })

/** Gives up a batch that has written nothing; its file and findings go at once. */
export const cancelBatch = (ctx: Ctx, id: string): Promise<BatchDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'cancel' })
    await updateBatch(tx, id, { state: 'cancelled', turn: null, updated_at: inner.instant })
    await removeJudged(tx, [id])
    await removePieces(tx, [id])
    await tell(tx, inner, { row, verb: 'cancelled' })
    return showBatch(inner, id)
  })
