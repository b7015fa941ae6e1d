import type { SideProjection } from '@sanjiang/contract/exchange.door'
import { type MaskRule, needsHandle } from '@sanjiang/seal'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { newId } from '#kernel/id.ts'
import { handleSecret } from './delivery/grant-keys.ts'
import { deleteQuestion, findAnswer, insertQuestion, isAsked } from './question.store.ts'
import * as rules from './reconciliation.rules.ts'
import * as store from './reconciliation.store.ts'
import { orderRun } from './run.service.ts'
import { startOver } from './subscription.store.ts'
import { refreshUnion } from './union.service.ts'
import { lockFeedFacts } from './union.store.ts'
import { failIdleIncrement } from './unmoved.service.ts'
import { wakeAgent } from './wake.ts'

const ANSWER_MS = 15 * 60_000
const LOOK_AGAIN_MS = 3_000
const SLEEP_MS = 500

interface Trouble {
  readonly code: string
  readonly party: 'provider' | 'consumer' | 'platform'
  readonly message: string
}

type One = store.Underway

const later = (ctx: Ctx, ms: number): string => new Date(Date.parse(ctx.instant) + ms).toISOString()

const fail = (tx: Tx, ctx: Ctx, one: One, trouble: Trouble): Promise<void> =>
  store.saveOutcome(tx, one.reconciliation_id, {
    state: 'failed',
    finished_at: ctx.instant,
    trouble: JSON.stringify({ ...trouble, at: ctx.instant }),
  })

const isHandled = ({ items, row_conditions, key }: One): boolean =>
  needsHandle({ items: items as { name_en: string; mask_rule: MaskRule }[], conditions: row_conditions, key })

const projectionOf = (one: One, dataDir: string): SideProjection => ({
  items: one.items.map(({ name_en, mask_rule }) => ({ name_en, mask_rule })),
  row_conditions: [...one.row_conditions],
  key: [...one.key],
  handle_secret: isHandled(one) ? handleSecret(dataDir, one.grant_id).toString('hex') : null,
})

interface Asking {
  readonly of: 'feed' | 'load'
  readonly kind: 'ranges' | 'rows'
  readonly body: object
}

/** Asks one side; the answer is looked for at a later step. */
const put = async (tx: Tx, ctx: Ctx, one: One, { of, kind, body }: Asking): Promise<string> => {
  const question_id = newId()
  const [agent_id, connection, ref] =
    of === 'feed'
      ? [one.source_agent, one.source_connection, one.feed_id]
      : [one.target_agent, one.target_connection, one.subscription_id]
  const projection = of === 'feed' ? projectionOf(one, ctx.site.dataDir) : null
  const has_rejects = of === 'feed' && one.has_rejects
  const question = { question_id, agent_id, kind, connection, asked_at: ctx.instant, expires_at: later(ctx, ANSWER_MS) }
  await insertQuestion(tx, { ...question, body: { of, ref, projection, has_rejects, ...body } })
  await wakeAgent(tx, agent_id)
  return question_id
}

const sleep = (tx: Tx, ctx: Ctx, one: One): Promise<void> =>
  store.saveProgress(tx, one.reconciliation_id, { ...one.progress, not_before: later(ctx, SLEEP_MS) })

/** The answer to a question; undefined while it is not there — then the step sleeps — and a failure where it will not come. */
const take = async <T>(
  tx: Tx,
  ctx: Ctx,
  one: One,
  { id, party }: { id: string; party: Trouble['party'] },
): Promise<T | undefined> => {
  const found = await findAnswer(tx, id)
  if (!found) {
    const isGone = !(await isAsked(tx, id, ctx.instant))
    if (isGone) await fail(tx, ctx, one, { code: 'agent_away', party, message: '前置节点没有在时限内答复' })
    else await sleep(tx, ctx, one)
    return undefined
  }
  if (found.trouble) {
    await fail(tx, ctx, one, { code: found.trouble.code, party, message: found.trouble.message })
    return undefined
  }
  return found.value as T
}

/** Where too much differs to be closed in on, looking again is only to see whether it still does. */
const rowsPerRange = ({ progress: { look, only } }: One): number =>
  only !== null && only.length > rules.MAX_DIFFERING.ranges
    ? (rules.ROWS_PER_RANGE[0] as number)
    : (rules.ROWS_PER_RANGE[look - 1] as number)

const askSource = async (tx: Tx, ctx: Ctx, one: One): Promise<void> => {
  const { only, look, is_repaired } = one.progress
  const body = { bounds: null, only, rows_per_range: rowsPerRange(one) }
  const source_question = await put(tx, ctx, one, { of: 'feed', kind: 'ranges', body })
  await store.saveProgress(tx, one.reconciliation_id, { phase: 'source', look, only, is_repaired, source_question })
}

interface Ranges {
  readonly ranges: readonly rules.RangeHash[]
}

const askTarget = async (tx: Tx, ctx: Ctx, one: One): Promise<void> => {
  const { progress } = one
  const answer = await take<Ranges>(tx, ctx, one, { id: progress.source_question as string, party: 'provider' })
  if (!answer) return
  const only = answer.ranges.map(({ from, to }) => ({ from, to }))
  const body = { bounds: null, only, rows_per_range: rowsPerRange(one) }
  const target_question = await put(tx, ctx, one, { of: 'load', kind: 'ranges', body })
  await deleteQuestion(tx, progress.source_question as string)
  await store.saveProgress(tx, one.reconciliation_id, {
    ...progress,
    phase: 'target',
    target_question,
    source: answer.ranges,
  })
}

const finish = (tx: Tx, ctx: Ctx, one: One): Promise<void> => {
  const state = one.progress.is_repaired ? 'repaired' : 'equal'
  return store.saveOutcome(tx, one.reconciliation_id, { state, finished_at: ctx.instant, proven_at: ctx.instant })
}

const compare = async (tx: Tx, ctx: Ctx, one: One): Promise<void> => {
  const { progress } = one
  const source = progress.source ?? []
  const answer = await take<Ranges>(tx, ctx, one, { id: progress.target_question as string, party: 'consumer' })
  if (!answer) return
  await deleteQuestion(tx, progress.target_question as string)
  if (progress.only === null)
    await store.saveOutcome(tx, one.reconciliation_id, {
      ranges: source.length,
      source_rows: rules.sumRows(source),
      target_rows: rules.sumRows(answer.ranges),
    })
  const differing = rules.differingRanges(source, answer.ranges)
  if (differing.length === 0) return finish(tx, ctx, one)
  // Rows on their way look like differences; they are gone when both sides are asked again.
  if (progress.look < rules.LOOKS) return lookAgain(tx, ctx, one, differing)
  await store.saveOutcome(tx, one.reconciliation_id, { differing_ranges: differing.length })
  if (progress.is_repaired) return giveUp(tx, ctx, one, '修复之后仍有差异')
  if (differing.length > rules.MAX_DIFFERING[isHandled(one) ? 'buckets' : 'ranges'])
    return giveUp(tx, ctx, one, '差异过多，请重新全量')
  await askRows(tx, ctx, one, differing)
}

const lookAgain = (tx: Tx, ctx: Ctx, one: One, only: readonly rules.KeyRange[]): Promise<void> => {
  const { look, is_repaired } = one.progress
  const not_before = later(ctx, LOOK_AGAIN_MS)
  return store.saveProgress(tx, one.reconciliation_id, {
    phase: 'start',
    look: look + 1,
    only,
    is_repaired,
    not_before,
  })
}

const giveUp = (tx: Tx, ctx: Ctx, one: One, message: string): Promise<void> =>
  store.saveOutcome(tx, one.reconciliation_id, {
    state: 'different',
    finished_at: ctx.instant,
    trouble: JSON.stringify({ code: 'different', party: 'platform', message, at: ctx.instant }),
  })

const askRows = async (tx: Tx, ctx: Ctx, one: One, differing: readonly rules.KeyRange[]): Promise<void> => {
  const row_questions: { source: string; target: string }[] = []
  const together = rules.ASKED_TOGETHER[isHandled(one) ? 'buckets' : 'ranges']
  for (let at = 0; at < differing.length; at += together) {
    const body = { from: null, to: null, only: differing.slice(at, at + together) }
    const source = await put(tx, ctx, one, { of: 'feed', kind: 'rows', body })
    const target = await put(tx, ctx, one, { of: 'load', kind: 'rows', body })
    row_questions.push({ source, target })
  }
  const { look } = one.progress
  await store.saveProgress(tx, one.reconciliation_id, { phase: 'rows', look, only: differing, row_questions })
}

interface Rows {
  readonly rows: readonly rules.RowHash[]
}

const repair = async (tx: Tx, ctx: Ctx, one: One): Promise<void> => {
  const questions = one.progress.row_questions ?? []
  const found: rules.RowDifferences[] = []
  for (const { source, target } of questions) {
    const here = await take<Rows>(tx, ctx, one, { id: source, party: 'provider' })
    const there = here && (await take<Rows>(tx, ctx, one, { id: target, party: 'consumer' }))
    if (!here || !there) return
    found.push(rules.differingRows(here.rows, there.rows))
  }
  for (const { source, target } of questions) for (const id of [source, target]) await deleteQuestion(tx, id)
  const differences = rules.joinDifferences(found)
  const { missing, surplus, changed } = differences
  const keys = [...missing, ...surplus, ...changed]
  await store.saveOutcome(tx, one.reconciliation_id, {
    missing: missing.length,
    surplus: surplus.length,
    changed: changed.length,
    examples: JSON.stringify(rules.examplesOf(differences)),
  })
  if (keys.length === 0) return finish(tx, ctx, one)
  await failIdleIncrement(tx, ctx, { feedId: one.feed_id, startedAt: one.started_at, differing: keys.length })
  // A row the source no longer has cannot be named to it by its handle alone: a new snapshot takes it out.
  if (isHandled(one) && surplus.length > 0) return startAnew(tx, ctx, one)
  const run_id = await orderRun(tx, ctx, {
    feedId: one.feed_id,
    kind: 'repair',
    subscriptionId: one.subscription_id,
    keys,
  })
  const { look, only } = one.progress
  await store.saveOutcome(tx, one.reconciliation_id, { repaired: keys.length })
  await store.saveProgress(tx, one.reconciliation_id, { phase: 'repair', look, only, run_id })
}

const startAnew = async (tx: Tx, ctx: Ctx, one: One): Promise<void> => {
  await lockFeedFacts(tx, one.feed_id)
  await startOver(tx, one.subscription_id, null)
  await refreshUnion(tx, ctx, { feedId: one.feed_id })
  await wakeAgent(tx, one.target_agent)
  const run_id = await store.findBase(tx, one.subscription_id)
  const { look } = one.progress
  await store.saveProgress(tx, one.reconciliation_id, { phase: 'repair', look, only: null, run_id })
}

const checkRepair = async (tx: Tx, ctx: Ctx, one: One): Promise<void> => {
  const run = await store.findRun(tx, one.progress.run_id as string)
  if (run?.state === 'failed' || run?.state === 'cancelled') return giveUp(tx, ctx, one, '修复批次没有完成')
  if (run?.state !== 'finished' || one.next_seq <= (run.last_seq ?? 0)) return sleep(tx, ctx, one)
  await store.forgetKeys(tx, one.progress.run_id as string)
  const { only } = one.progress
  await store.saveProgress(tx, one.reconciliation_id, { phase: 'start', look: 1, only, is_repaired: true })
}

const STEPS: Readonly<Record<store.Progress['phase'], (tx: Tx, ctx: Ctx, one: One) => Promise<void>>> = {
  start: askSource,
  source: askTarget,
  target: compare,
  rows: repair,
  repair: checkRepair,
}

/** One step: ask, look for an answer, compare, order a repair. Nothing waits inside. */
export const takeStep = async (tx: Tx, ctx: Ctx, one: One): Promise<void> => {
  if (one.state !== 'active')
    return fail(tx, ctx, one, { code: 'wrong_state', party: 'consumer', message: '传输没有在运行' })
  await STEPS[one.progress.phase](tx, ctx, one)
}
