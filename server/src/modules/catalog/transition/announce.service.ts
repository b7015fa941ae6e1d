import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import type { TaskData } from '#kernel/jobs.ts'
import { record } from '#kernel/record.ts'
import { lockStandard } from '../edition/edition.store.ts'
import { rereadResource } from '../resource.store.ts'
import { type Current, findTransition } from './transition.service.ts'
import { countTransition, findLastWord, isInTransition } from './transition.store.ts'

interface Told {
  readonly current: Current
  readonly organ_id: string
  readonly open: number
}

// One task per organ and version, however many entries: said again when their number grows, ended when none is left.
const tell = async (tx: Tx, ctx: Ctx, { current, organ_id, open }: Told): Promise<void> => {
  const { standard_id, version, title, transition_until } = current.transition
  const subject_id = `${standard_id}.${version}.${organ_id}`
  const last = await findLastWord(tx, subject_id)
  const isOpen = last?.type === 'catalog.transition.opened'
  if (open === 0 ? !isOpen : isOpen && last.open >= open) return
  await record(tx, ctx, {
    type: open === 0 ? 'catalog.transition.closed' : 'catalog.transition.opened',
    subject_kind: 'catalog.transition',
    subject_id,
    organ_id,
    after: {
      title: `${open} 条目录须按《${title}》修订，过渡期至 ${transition_until}`,
      provider_organ_id: organ_id,
      open,
      revision: (last?.said ?? 0) + 1,
    },
  })
}

/** Every organ with entries that do not meet the version adopted is told what to mend and until when. */
export const announceTransition = async (ctx: Ctx): Promise<void> => {
  const current = await findTransition(ctx.db, ctx.today)
  if (current?.effect.state !== 'done') return
  for (const { organ_id, open } of await countTransition(ctx.db, current.effect.effect_id))
    await inTx(ctx, async (tx, inner) => {
      await lockStandard(tx, current.transition.standard_id)
      await tell(tx, inner, { current, organ_id, open })
    })
}

/** An entry published anew or taken down may have been the last of its organ. */
export const settleTransition = async (ctx: Ctx, { subject_id }: TaskData): Promise<void> => {
  const current = await findTransition(ctx.db, ctx.today)
  if (!subject_id || current?.effect.state !== 'done') return
  const { effect_id } = current.effect
  if (!(await isInTransition(ctx.db, effect_id, subject_id))) return
  await inTx(ctx, async (tx, inner) => {
    await lockStandard(tx, current.transition.standard_id)
    const { provider_organ_id: organ_id } = await rereadResource(tx, subject_id)
    const [counted] = await countTransition(tx, effect_id, organ_id)
    await tell(tx, inner, { current, organ_id, open: counted?.open ?? 0 })
  })
}
