import type { FieldFault } from '@sanjiang/contract'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { type EditionRow, lockEdition } from './edition/edition.store.ts'
import { discardPending, settle } from './edition/settle.ts'
import type { ReleaseRow } from './release.store.ts'

const FRESH = { digest: null, findings: [], suppression: null, sample: null, checked_at: null, attempt_count: 0 }

/** Rows that are proposed are checked as the proposal shapes them. */
export const checkUnder = (tx: Tx, ctx: Ctx, { row, release_id }: { row: EditionRow; release_id: string }) =>
  settle(tx, ctx, { row, change: { ...FRESH, state: 'checking', release_id, faults: [], fault_count: 0 } })

const fieldsOf = ({ findings, faults }: EditionRow): FieldFault[] => [
  ...findings.map(({ column, rule, message, clause }) => ({ field: `rows.${column || '*'}`, rule, message, clause })),
  ...faults
    .slice(0, 20)
    .map(({ row, rule, message }) => ({ field: `rows.${row}`, rule, message: `第 ${row} 行 ${message}` })),
]

/** Nobody opens rows that were not looked through, or in which something was found (T4.2). */
export const assertClean = async (tx: Tx, { edition_id }: ReleaseRow): Promise<void> => {
  if (!edition_id) return
  const row = (await lockEdition(tx, 'all', edition_id))!
  if (row.state === 'clean') return
  if (row.state === 'checking') throw new Fault('rows_unchecked')
  throw new Fault('rows_held', undefined, { fields: fieldsOf(row) })
}

/** What was not released may be proposed again, otherwise shaped. */
export const giveBack = async (tx: Tx, ctx: Ctx, { edition_id, release_id }: ReleaseRow): Promise<void> => {
  const row = edition_id ? await lockEdition(tx, 'all', edition_id) : undefined
  if (row?.release_id !== release_id || row.state === 'discarded') return
  await settle(tx, ctx, { row, change: { ...FRESH, state: 'staged', release_id: null } })
}

/** Editions that were on their way under a release that is no longer in force, all of them once it is withdrawn. */
export const discardRows = (tx: Tx, ctx: Ctx, { row, keeps }: { row: ReleaseRow; keeps: string | null }) =>
  discardPending(tx, ctx, {
    resource_id: row.resource_id,
    isOver: ({ release_id }) => release_id !== null && release_id !== keeps,
    note: keeps ? '已被新的发布取代' : '数据集已撤回',
  })
