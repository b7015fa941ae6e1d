import { CLOSE_REASONS, type CloseReason, type OpenContent, REVOKE_REASONS } from '@sanjiang/contract/opendata'
import type { Ctx } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import type { TaskData } from '#kernel/jobs.ts'
import { closeAccess } from './access.store.ts'
import { move } from './application.service.ts'
import type { ApplicationRow } from './application.store.ts'
import { eachIn } from './deadline.service.ts'

const releases = (db: Db) =>
  db
    .selectFrom('opendata.release')
    .select(['resource_id', 'state', 'content', 'withdraw_reason'])
    .$narrowType<{ content: OpenContent }>()

type Released = Awaited<ReturnType<ReturnType<typeof releases>['executeTakeFirstOrThrow']>>

/** Why nobody needs to apply for it any more, or can. */
const reasonOf = ({ state, content }: Released): CloseReason | undefined => {
  if (state === 'withdrawn') return 'dataset_withdrawn'
  return state === 'released' && content.open_type === 'unconditional' ? 'dataset_unconditional' : undefined
}

const wordsOf = (reason: CloseReason, { withdraw_reason }: Released): string =>
  reason === 'dataset_withdrawn'
    ? `${CLOSE_REASONS.titles[reason]}：${withdraw_reason}。申请不再办理。`
    : `${CLOSE_REASONS.titles[reason]}：不用申请，请在数据集页下载，或用接口读取。`

const close = async (tx: Tx, ctx: Ctx, { row, release }: { row: ApplicationRow; release: Released }) => {
  const close_reason = reasonOf(release)
  if (!close_reason || row.resource_id !== release.resource_id) return
  const text = wordsOf(close_reason, release)
  await move(tx, ctx, row, { verb: 'closed', to: 'closed', text, change: { close_reason } })
}

const revoke = async (tx: Tx, ctx: Ctx, row: ApplicationRow): Promise<void> => {
  await closeAccess(tx, row.application_id, ctx.instant)
  await move(tx, ctx, row, { verb: 'revoked', to: 'revoked', text: REVOKE_REASONS.titles.dataset_withdrawn })
}

const UNDECIDED = ['received', 'incomplete', 'accepted', 'proposed', 'agreement', 'appealed'] as const

/** A withdrawn dataset closes every key to it, and what was asked for it; one that is everybody's now needs no application. */
export const closeFor = async (ctx: Ctx, { subject_id }: TaskData): Promise<void> => {
  const release = await releases(ctx.db)
    .where('release_id', '=', subject_id ?? '')
    .executeTakeFirst()
  if (!release || !reasonOf(release)) return
  await eachIn(ctx, UNDECIDED, (tx, inner, row) => close(tx, inner, { row, release }))
  if (release.state !== 'withdrawn') return
  await eachIn(ctx, ['active'], async (tx, inner, row) => {
    if (row.resource_id === release.resource_id) await revoke(tx, inner, row)
  })
}

/** What is asked once more of a dataset that is no longer to be applied for. */
export const closeIfOver = async (tx: Tx, ctx: Ctx, row: ApplicationRow): Promise<void> => {
  const release = await releases(tx)
    .where('resource_id', '=', row.resource_id)
    .where('state', 'in', ['released', 'withdrawn'])
    .orderBy('release_no', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (release) await close(tx, ctx, { row, release })
}
