import type { ResourceContent } from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import type { TaskData } from '#kernel/jobs.ts'
import { record } from '#kernel/record.ts'
import { judge } from '../check.service.ts'
import { getJudge } from '../standard.service.ts'
import { verdictOf } from './effect.rules.ts'
import {
  advanceEffect,
  type EffectRow,
  insertJudged,
  type Judged,
  listRunning,
  listSubjects,
  takeEffect,
} from './effect.store.ts'
import { gatherCopyFacts } from './facts.store.ts'

/** Entries per transaction: small enough that a kill loses little, large enough that three questions serve many. */
const BATCH = 400

interface Copy {
  readonly resource_id: string
  readonly code: string | null
  readonly copy: 'published' | 'working'
  readonly version: number | null
  readonly content: ResourceContent
}

type Subject = Awaited<ReturnType<typeof listSubjects>>[number]

const copiesOf = ({ resource_id, code, draft, published, published_version }: Subject): Copy[] => [
  ...(published
    ? [{ resource_id, code, copy: 'published' as const, version: published_version, content: published }]
    : []),
  ...(draft ? [{ resource_id, code, copy: 'working' as const, version: null, content: draft }] : []),
]

const judgeCopies = async (tx: Tx, effect: EffectRow, copies: readonly Copy[]): Promise<Judged[]> => {
  const before = await getJudge(tx, effect.standard_id, effect.against_version)
  const after = await getJudge(tx, effect.standard_id, effect.version)
  const facts = await gatherCopyFacts(tx, copies)
  return copies.map(({ resource_id, copy, version, content }, at) => ({
    resource_id,
    copy,
    version,
    provider_organ_id: content.provider_organ_id,
    verdict: verdictOf(judge(before, content, facts[at]!), judge(after, content, facts[at]!)),
  }))
}

/** One batch; false when the run is finished, or somebody else is at it. */
const runBatch = (ctx: Ctx, id: string): Promise<boolean> =>
  inTx(ctx, async (tx, inner) => {
    const effect = await takeEffect(tx, id)
    if (!effect) return false
    const subjects = await listSubjects(tx, effect.last_id, BATCH)
    await insertJudged(tx, id, await judgeCopies(tx, effect, subjects.flatMap(copiesOf)))
    const isLast = subjects.length < BATCH
    await advanceEffect(tx, id, {
      done: subjects.length,
      last_id: subjects.at(-1)?.resource_id ?? effect.last_id,
      finished_at: isLast ? inner.instant : null,
    })
    if (isLast)
      await record(tx, inner, {
        type: 'catalog.effect.finished',
        subject_kind: 'catalog.effect',
        subject_id: id,
        after: {
          standard_id: effect.standard_id,
          version: effect.version,
          purpose: effect.purpose,
          done: effect.done + subjects.length,
        },
      })
    return !isLast
  })

/** Ordered by an event, and by the clock for what a killed worker left: each batch is kept, so a run goes on where it stood. */
export const runEffects = async (ctx: Ctx, { subject_id }: TaskData): Promise<void> => {
  const ids = subject_id ? [subject_id] : (await listRunning(ctx.db)).map(({ effect_id }) => effect_id)
  for (const id of ids) while (await runBatch(ctx, id));
}
