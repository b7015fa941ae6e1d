import {
  completenessOf,
  findOutOfOrder,
  foldQuality,
  type QualityInput,
  type QualityRule,
  qualityRulesAt,
} from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import type { TaskData } from '#kernel/jobs.ts'
import { currentChecker } from '../standard.service.ts'
import {
  dropWithdrawn,
  type Folded,
  listDue,
  listRuleRows,
  listStudied,
  lockFold,
  markAllStale,
  type Studied,
  writeFindings,
  writeQuality,
} from './quality.store.ts'

/** Entries per transaction: short enough that a job cut off loses little. */
export const FOLD_BATCH = 500

// The provider's own code is the register's business and no fault of an entry.
const NOT_OF_ENTRY = new Set(['C08'])

type Checker = Awaited<ReturnType<typeof currentChecker>>

const inputOf = (one: Studied, checker: Checker, today: string): QualityInput => {
  const { content, provider } = one
  const { missing, wanted } = completenessOf(checker.standard, content)
  const errors = checker
    .check(content, { provider, code: null })
    .filter(({ level, rule }) => level === 'error' && !NOT_OF_ENTRY.has(rule))
    .map(({ message }) => message)
  return { ...one, missing, wanted, errors, today }
}

const foldOne = (input: QualityInput, one: Studied, rules: readonly QualityRule[]): Folded => ({
  resource_id: one.resource_id,
  version: one.version,
  provider_organ_id: one.provider.organ_id,
  ...foldQuality(input, rules),
  error_count: input.errors.length,
  found: findOutOfOrder(input),
})

const foldBatch = (ctx: Ctx): Promise<number> =>
  inTx(ctx, async (tx, { today }) => {
    await lockFold(tx)
    const rules = qualityRulesAt(await listRuleRows(tx), today)
    const rulesFrom = rules[0]!.valid_from
    const ids = await listDue(tx, { today, rulesFrom, limit: FOLD_BATCH })
    if (ids.length === 0) return 0
    const checker = await currentChecker(tx)
    const studied = await listStudied(tx, ids)
    const folded = studied.map((one) => foldOne(inputOf(one, checker, today), one, rules))
    await writeQuality(tx, folded, { today, rulesFrom })
    await writeFindings(tx, folded, today)
    return ids.length
  })

/**
 * Folds every entry whose quality is not known as it now is, batch by batch. Each batch stands by itself: whoever is killed
 * in between leaves the rest due, and the next run takes it up.
 */
export const foldQualities = async (ctx: Ctx, data: TaskData = {}): Promise<number> => {
  if (data.type === 'catalog.standard.installed') await inTx(ctx, (tx) => markAllStale(tx).then(() => undefined))
  await inTx(ctx, (tx) => dropWithdrawn(tx, ctx.today))
  let count = 0
  for (let done = await foldBatch(ctx); done > 0; done = await foldBatch(ctx)) count += done
  return count
}
