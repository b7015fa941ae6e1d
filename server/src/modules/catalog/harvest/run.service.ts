import type { Paged } from '@sanjiang/contract'
import type { HarvestRun } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { findRun, insertRun, listNotes, listRunRows, lockRun, type RunChange, updateRun } from './run.store.ts'
import { toRun } from './run.view.ts'
import { findSourceRow, lockSource } from './source.store.ts'

const note = (tx: Tx, ctx: Ctx, { verb, runId, after }: { verb: string; runId: string; after?: object }) =>
  record(tx, ctx, {
    type: `catalog.harvest_run.${verb}`,
    subject_kind: 'catalog.harvest_run',
    subject_id: runId,
    after,
  })

export const getRun = async (ctx: Ctx, runId: string): Promise<HarvestRun> => {
  const row = await findRun(ctx.db, runId)
  if (!row) throw new Fault('not_found')
  return { ...toRun(row), notes: await listNotes(ctx.db, runId) }
}

export const listRuns = async (
  ctx: Ctx,
  sourceId: string,
  { after, limit = 20 }: { readonly after?: string; readonly limit?: number },
): Promise<Paged<HarvestRun>> => {
  if (!(await findSourceRow(ctx.db, sourceId))) throw new Fault('not_found')
  const rows = await listRunRows(ctx.db, { sourceId, after, limit })
  const page = toPage(rows, limit, ({ run_id }) => [run_id])
  return { ...page, rows: page.rows.map(toRun) }
}

/** One run of a source at a time: the database says so, whoever asks from wherever. */
export const orderRunIn = async (tx: Tx, ctx: Ctx, sourceId: string): Promise<string> => {
  const source = await lockSource(tx, sourceId)
  if (!source) throw new Fault('not_found')
  if (!source.is_enabled) throw new Fault('wrong_state', '来源已停用')
  const run_id = newId()
  const { actor, instant } = ctx
  await insertRun(tx, { run_id, source_id: sourceId, ordered_by_name: actor.name, created_at: instant })
  await note(tx, ctx, { verb: 'ordered', runId: run_id, after: { source_id: sourceId, name: source.name } })
  return run_id
}

export const orderRun = (ctx: Ctx, sourceId: string): Promise<HarvestRun> =>
  inTx(ctx, async (tx, inner) => getRun(inner, await orderRunIn(tx, inner, sourceId)))

type Locked = NonNullable<Awaited<ReturnType<typeof lockRun>>>

interface Verb {
  readonly verb: string
  readonly from: readonly string[]
  readonly change: (run: Locked, ctx: Ctx) => RunChange
}

const act = (ctx: Ctx, runId: string, { verb, from, change }: Verb): Promise<HarvestRun> =>
  inTx(ctx, async (tx, inner) => {
    const run = await lockRun(tx, runId)
    if (!run) throw new Fault('not_found')
    if (!from.includes(run.state)) throw new Fault('wrong_state')
    await updateRun(tx, runId, change(run, inner))
    await note(tx, inner, { verb, runId })
    return getRun(inner, runId)
  })

/** What waits or is held stops at once; what is under way stops after its page. */
export const cancelRun = (ctx: Ctx, runId: string): Promise<HarvestRun> =>
  act(ctx, runId, {
    verb: 'cancelled',
    from: ['waiting', 'running', 'held'],
    change: ({ state }, { instant }) =>
      state === 'running' ? { is_cancelling: true } : { state: 'cancelled', ended_at: instant },
  })

export const resumeRun = (ctx: Ctx, runId: string): Promise<HarvestRun> =>
  act(ctx, runId, {
    verb: 'resumed',
    from: ['failed', 'cancelled'],
    change: () => ({ state: 'waiting', ended_at: null, trouble: null, is_cancelling: false }),
  })

export const decideRun = (ctx: Ctx, runId: string, decision: 'archive' | 'keep'): Promise<HarvestRun> =>
  act(ctx, runId, {
    verb: decision === 'archive' ? 'archive_decided' : 'keep_decided',
    from: ['held'],
    change: ({ absent_count }, { instant, actor }) =>
      decision === 'archive'
        ? { state: 'waiting', phase: 'archive' }
        : {
            state: 'finished',
            ended_at: instant,
            is_kept: true,
            note: `${actor.name}决定保留来源中没有见到的 ${absent_count} 条`,
          },
  })
