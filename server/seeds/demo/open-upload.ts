import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { EDITION_PIECE_BYTES, type EditionState, type RowsProposal } from '@sanjiang/contract/opendata'
import type { Ctx } from '#kernel/ctx.ts'
import {
  advanceEditions,
  getEdition,
  listEditions,
  openEdition,
  putEditionPiece,
  readEdition,
} from '#modules/opendata/index.ts'
import { csvText, type OpenRows } from './open-rows.ts'

const WAIT_MS = 60_000

/** Until the edition stands where it has to; a worker may be at it at the same time. */
export const settled = async (ctx: Ctx, id: string, wanted: EditionState): Promise<void> => {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await pause(200)) {
    await advanceEditions(ctx)
    const { state, faults, findings } = await getEdition(ctx, id)
    if (state === wanted) return
    if (state === 'refused' || state === 'held')
      throw new Error(`${id} ${state}: ${JSON.stringify([faults, findings])}`)
  }
  throw new Error(`edition ${id} is not ${wanted}`)
}

export interface FileOfRows {
  readonly resource_id: string
  readonly file_name: string
  readonly data_on: string
  readonly note?: string
  readonly bytes: Buffer
}

/** A file goes up as an officer would send it: piece by piece, then read. */
export const uploadFile = async (officer: Ctx, { bytes, ...file }: FileOfRows): Promise<string> => {
  const { edition_id: id } = await openEdition(officer, {
    ...file,
    file_bytes: bytes.length,
    file_sha256: createHash('sha256').update(bytes).digest('hex'),
  })
  for (let seq = 0; seq * EDITION_PIECE_BYTES < bytes.length; seq++) {
    const piece = bytes.subarray(seq * EDITION_PIECE_BYTES, (seq + 1) * EDITION_PIECE_BYTES)
    await putEditionPiece(officer, { id, seq }, piece.toString('base64'))
  }
  await readEdition(officer, id)
  return id
}

interface Item {
  readonly item_id: string
  readonly name: string
}

/** The rows of a dataset up to where they are proposed; an upload that an earlier load got through is used. */
export const stageRows = async (
  { ctx, officer }: { ctx: Ctx; officer: Ctx },
  { resource_id, items }: { resource_id: string; items: readonly Item[] },
  rows: OpenRows,
): Promise<RowsProposal> => {
  const known = await listEditions(ctx, { resource_id, limit: 20 })
  const staged = known.rows.find(({ state }) => state === 'reading' || state === 'staged')
  const edition_id =
    staged?.edition_id ??
    (await uploadFile(officer, {
      ...{ resource_id, file_name: rows.file_name, data_on: rows.data_on, note: rows.note },
      bytes: Buffer.from(csvText(rows)),
    }))
  await settled(ctx, edition_id, 'staged')
  const columns = items.flatMap(({ item_id, name }) => (rows.roles[name] ? [{ item_id, ...rows.roles[name] }] : []))
  return { edition_id, columns }
}
