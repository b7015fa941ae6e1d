import type { FieldFault } from '@sanjiang/contract'
import type { EditionState } from '@sanjiang/contract/opendata'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import {
  type EditionRow,
  findOvertaking,
  inheritCarried,
  lockEdition,
  lockPending,
  nextEditionNo,
  updateEdition,
} from './edition/edition.store.ts'
import { discard, discardPending, settle } from './edition/settle.ts'
import type { ReleaseRow } from './release.store.ts'

const FRESH = { digest: null, findings: [], suppression: null, sample: null, checked_at: null, attempt_count: 0 }

/** Rows that are proposed are checked as the proposal shapes them. */
export const checkUnder = (tx: Tx, ctx: Ctx, { row, release_id }: { row: EditionRow; release_id: string }) =>
  settle(tx, ctx, { row, change: { ...FRESH, state: 'checking', release_id, faults: [], fault_count: 0 } })

interface Approved {
  readonly row: ReleaseRow
  /** The release in force until now. */
  readonly before: string | undefined
}

const fieldsOf = ({ findings, faults }: EditionRow): FieldFault[] => [
  ...findings.map(({ column, rule, message, clause }) => ({ field: `rows.${column || '*'}`, rule, message, clause })),
  ...faults
    .slice(0, 20)
    .map(({ row, rule, message }) => ({ field: `rows.${row}`, rule, message: `第 ${row} 行 ${message}` })),
]

/** Why these rows would take the place of newer ones, if so. */
export const overtaken = async (tx: Tx, row: EditionRow): Promise<string | undefined> => {
  const out = await findOvertaking(tx, row)
  return out && `第 ${out.edition_no} 版已经公开，较早的第 ${row.edition_no} 版不能再替换它，请用新的一版`
}

/** Nobody opens rows that were not looked through, in which something was found, or that newer ones have overtaken (T4.2). */
export const assertClean = async (tx: Tx, { edition_id }: ReleaseRow): Promise<void> => {
  if (!edition_id) return
  const row = (await lockEdition(tx, 'all', edition_id))!
  const why = await overtaken(tx, row)
  if (why) throw new Fault('wrong_state', `审查期间${why}重新提出`)
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

/** Editions that were on their way when the dataset is withdrawn. */
export const discardRows = (tx: Tx, ctx: Ctx, { resource_id }: ReleaseRow) =>
  discardPending(tx, ctx, { resource_id, isOver: ({ release_id }) => release_id !== null, note: '数据集已撤回' })

/**
 * Shaped otherwise it is another edition: this very one may have just gone out, though nobody has told the inside, and would be held
 * to be what is there already.
 */
const renumbered = async (tx: Tx, row: EditionRow): Promise<EditionRow> => {
  const edition_no = await nextEditionNo(tx, row.resource_id)
  await updateEdition(tx, row.edition_id, { edition_no })
  return { ...row, edition_no }
}

const STAGED_STATES: readonly EditionState[] = ['checking', 'clean', 'held']

/**
 * What becomes of rows under the release before: those newer than what is approved go on under the new one, looked through as it
 * shapes them; the others are over. A release of new words stands on the rows that are out, and holds none up.
 */
export const takeOver = async (tx: Tx, ctx: Ctx, { row, before }: Approved): Promise<void> => {
  const { resource_id, release_id, edition_id } = row
  if (before && !edition_id) await inheritCarried(tx, { from: before, to: release_id })
  const approved = edition_id ? await lockEdition(tx, 'all', edition_id) : undefined
  const goesOn = ({ state, edition_no }: EditionRow): boolean =>
    STAGED_STATES.includes(state) && edition_no > (approved?.edition_no ?? 0)
  for (const one of await lockPending(tx, resource_id)) {
    if (one.release_id === null || one.release_id === release_id) continue
    if (goesOn(one)) await checkUnder(tx, ctx, { row: await renumbered(tx, one), release_id })
    else await discard(tx, ctx, { row: one, note: '已被新的发布取代' })
  }
}
