import { createHash } from 'node:crypto'
import type { Paged } from '@sanjiang/contract'
import { EDITION_PIECE_BYTES, type Edition, type EditionDetail, type EditionState } from '@sanjiang/contract/opendata'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { findOpening } from '../release.store.ts'
import {
  countPieces,
  type EditionRow,
  findProposedWith,
  insertEdition,
  listEditionRows,
  lockEdition,
  type NewEdition,
  putPiece,
  readPieces,
  removePieces,
} from './edition.store.ts'
import { showEdition, toEdition } from './edition.view.ts'
import { settle } from './settle.ts'

export const getEdition = showEdition

interface ListQuery {
  readonly resource_id?: string
  readonly release_id?: string
  readonly state?: EditionState
  readonly after?: string
  readonly limit?: number
}

export const listEditions = async (ctx: Ctx, { limit = 20, ...query }: ListQuery): Promise<Paged<Edition>> => {
  const rows = await listEditionRows(ctx.db, scopeOf(ctx.actor, 'opendata.release.read'), { ...query, limit })
  return toPage(
    rows.map((row) => toEdition(ctx, row)),
    limit,
    ({ edition_id }) => [edition_id],
  )
}

type Delivery = Pick<NewEdition, 'source' | 'state' | 'data_on'> & Partial<NewEdition>

/** A delivery for a resource the actor may open; absent to everybody else. */
export const insertDelivery = async (
  tx: Tx,
  ctx: Ctx,
  { resource_id, ...delivery }: Delivery & { resource_id: string },
) => {
  const resource = await findOpening(tx, resource_id)
  const isPlatform = ctx.actor.kind === 'system'
  if (!resource || !(isPlatform || reaches(scopeOf(ctx.actor, 'opendata.release.propose'), resource.provider_path!)))
    throw new Fault('not_found')
  const edition_id = delivery.edition_id ?? newId()
  await insertEdition(tx, {
    ...delivery,
    edition_id,
    resource_id,
    organ_id: resource.provider_organ_id!,
    title: resource.name!,
    created_by: ctx.actor.person_id,
    created_by_name: ctx.actor.name,
    created_at: ctx.instant,
  })
  const row = (await lockEdition(tx, 'all', edition_id))!
  await settle(tx, ctx, { row, change: { state: delivery.state } })
  return edition_id
}

interface Announced {
  readonly resource_id: string
  readonly file_name: string
  readonly file_bytes: number
  readonly file_sha256: string
  readonly data_on: string
  readonly note?: string
  readonly waits?: boolean
}

/** A place for a file that is about to come. */
export const openEdition = (ctx: Ctx, { note = '', waits = false, ...file }: Announced): Promise<EditionDetail> =>
  inTx(ctx, async (tx, inner) => {
    const id = await insertDelivery(tx, inner, {
      ...file,
      note: note.trim(),
      waits,
      source: 'file',
      state: 'uploading',
    })
    return showEdition(inner, id)
  })

const lockFor = async (tx: Tx, ctx: Ctx, { id, verb }: { id: string; verb: string }): Promise<EditionRow> => {
  const row = await lockEdition(tx, scopeOf(ctx.actor, 'opendata.release.propose'), id)
  if (!row) throw new Fault('not_found')
  if (!toEdition(ctx, row).can.includes(verb)) throw new Fault('wrong_state')
  return row
}

const pieceCount = (bytes: number): number => Math.ceil(bytes / EDITION_PIECE_BYTES)

/** One piece; sent again it replaces itself, so an upload that was cut off just goes on. */
export const putEditionPiece = (ctx: Ctx, { id, seq }: { id: string; seq: number }, base64: string) =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'upload' })
    const bytes = Buffer.from(base64, 'base64')
    const last = pieceCount(row.file_bytes!) - 1
    const wanted = seq < last ? EDITION_PIECE_BYTES : row.file_bytes! - last * EDITION_PIECE_BYTES
    if (seq > last) throw invalid('seq', 'maximum', `文件只有 ${last + 1} 段`)
    if (bytes.length !== wanted)
      throw invalid('base64', 'length', `第 ${seq} 段应为 ${wanted} 字节，收到 ${bytes.length}`)
    await putPiece(tx, { edition_id: id, seq, bytes })
    return { piece_count: (await countPieces(tx, id)).count }
  })

const digestOf = async (tx: Tx, id: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const piece of readPieces(tx, id)) hash.update(piece)
  return hash.digest('hex')
}

/** The file is whole, and no piece of it can be sent again: a worker reads it cell by cell. */
export const readEdition = (ctx: Ctx, id: string): Promise<EditionDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'upload' })
    const { count, bytes } = await countPieces(tx, id)
    if (count < pieceCount(row.file_bytes!) || bytes !== row.file_bytes)
      throw new Fault('parts_missing', `文件共 ${pieceCount(row.file_bytes!)} 段，已收到 ${count} 段`)
    if ((await digestOf(tx, id)) !== row.file_sha256) throw new Fault('digest_mismatch')
    await settle(tx, inner, { row, change: { state: 'reading', attempt_count: 0 } })
    return showEdition(inner, id)
  })

/** What is being reviewed is not taken from under the reviewer; the release is rejected or withdrawn first. */
export const discardEdition = (ctx: Ctx, id: string): Promise<EditionDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'discard' })
    if (await findProposedWith(tx, id)) throw new Fault('wrong_state', '这一版正随发布接受保密审查')
    await settle(tx, inner, { row, change: { state: 'discarded', sample: null } })
    await removePieces(tx, id)
    return showEdition(inner, id)
  })
