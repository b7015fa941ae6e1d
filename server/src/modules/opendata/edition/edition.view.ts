import type { Edition, EditionDetail } from '@sanjiang/contract/opendata'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { countPieces, type EditionRow, findEdition } from './edition.store.ts'

const PENDING = new Set(['reading', 'refused', 'staged', 'checking', 'clean', 'held'])

const canOf = (ctx: Ctx, { state, organ_path }: EditionRow): string[] => {
  if (!reaches(scopeOf(ctx.actor, 'opendata.release.propose'), organ_path)) return []
  if (state === 'uploading') return ['upload', 'discard']
  return PENDING.has(state) ? ['discard'] : []
}

export const toEdition = (ctx: Ctx, row: EditionRow): Edition => ({
  ...row,
  row_count: row.row_count === null ? null : Number(row.row_count),
  finding_count: row.findings.length,
  can: canOf(ctx, row),
})

/** Rows that are not released yet are shown to those who answer for them alone. */
const maySample = (ctx: Ctx, { organ_path }: EditionRow): boolean =>
  (['opendata.release.propose', 'opendata.release.review'] as const).some((permission) =>
    reaches(scopeOf(ctx.actor, permission), organ_path),
  )

export const toDetail = async (ctx: Ctx, row: EditionRow): Promise<EditionDetail> => {
  const may = maySample(ctx, row)
  return {
    ...toEdition(ctx, row),
    piece_count: row.state === 'uploading' ? (await countPieces(ctx.db, row.edition_id)).count : 0,
    columns: row.columns,
    ignored: row.ignored,
    faults: row.faults,
    findings: row.findings,
    suppression: row.suppression,
    sample: may ? row.sample : null,
  }
}

export const needEdition = async (ctx: Ctx, id: string): Promise<EditionRow> => {
  const row = await findEdition(ctx.db, scopeOf(ctx.actor, 'opendata.release.read'), id)
  if (!row) throw new Fault('not_found')
  return row
}

export const showEdition = async (ctx: Ctx, id: string): Promise<EditionDetail> =>
  toDetail(ctx, await needEdition(ctx, id))
