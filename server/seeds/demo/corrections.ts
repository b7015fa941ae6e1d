import { codes } from '@sanjiang/contract'
import type { CorrectionDraft } from '@sanjiang/contract/sharing'
import type { Ctx } from '#kernel/ctx.ts'
import { answerCorrection, raiseCorrection } from '#modules/sharing/index.ts'
import { DEMO_TODAY } from './history.ts'
import { asOfficer } from './officer.ts'
import { departmentOf } from './people.ts'
import { between, DEMO_SEED, generator, hash, pick } from './random.ts'
import { makePeople } from './registry/people.ts'

interface GrantedItem {
  readonly item_id: string
  readonly name: string
}

const CASES = [
  ['与当事人出示的居民身份证不一致', '居民身份证原件（窗口核对）'],
  ['与婚姻登记证件记载不一致', '结婚证原件及窗口核对记录'],
  ['已变更，数据未更新', '变更通知书复印件'],
  ['疑为录入错误，出现形近字', '当事人书面说明与户口簿'],
] as const
const ANSWERS = [
  ['true_fixed', '经核对原始档案属实，已于当日在业务库中更正'],
  ['true_fixed', '属实，系历史数据迁移时截断，已更正并安排同批次排查'],
  ['not_true', '经核对登记档案，现有数据与原始档案一致，不予更正'],
  ['cannot_verify', '原始纸质档案缺失，暂无法核实，已列入档案补正计划'],
] as const

const CORRECTIONS = 16
const LATE_EVERY = 4
const OPEN_EVERY = 5

const grantsOf = (ctx: Ctx) =>
  ctx.db
    .selectFrom('sharing.grant')
    .select(['grant_id', 'consumer_organ_id', 'provider_organ_id', 'resource_id', 'items', 'starts_on'])
    .where('starts_on', '<', '2017-11-15')
    .orderBy('grant_id')
    .execute()

type Grant = Awaited<ReturnType<typeof grantsOf>>[number]

const raise = async (ctx: Ctx, grant: Grant, index: number): Promise<void> => {
  const next = generator(hash(DEMO_SEED, 'correction', index))
  const [wrong, evidence] = pick(next, CASES)
  const [item] = (grant.items as GrantedItem[]).slice(1 + (index % 3))
  const consumer = departmentOf(grant.consumer_organ_id)
  const provider = departmentOf(grant.provider_organ_id)
  if (!item || !consumer || !provider) return
  const earliest = codes.parseDay('2017-11-16')
  const raised_on = codes.addWorkingDays(codes.CALENDAR, codes.formatDay(earliest + between(next, 0, 18)), 1).on
  const draft: CorrectionDraft = {
    resource_id: grant.resource_id,
    item_id: item.item_id,
    record_key_kind: 'citizen_id',
    record_key: makePeople(200).at(index * 7).citizen_id,
    wrong_value: `“${item.name}”${wrong}`,
    suggested_value: '以所附证明为准',
    evidence,
    business_continued: true,
  }
  const { correction_id } = await raiseCorrection(await asOfficer(ctx, `${consumer}.shiyong`, raised_on), draft)
  if (index % OPEN_EVERY === 3) return
  const days = index % LATE_EVERY === 1 ? between(next, 6, 9) : between(next, 1, 5)
  const { on } = codes.addWorkingDays(codes.CALENDAR, raised_on, days)
  if (on > DEMO_TODAY) return
  const [result, text] = pick(next, ANSWERS)
  await answerCorrection(await asOfficer(ctx, `${provider}.tigong`, on), correction_id, { result, text })
}

/** Corrections of late 2017 between departments that have accounts: answered in time, late, or still waiting. */
export const loadCorrections = async (ctx: Ctx, tell: (done: number, total: number) => void): Promise<void> => {
  const { count } = await ctx.db
    .selectFrom('sharing.correction')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const grants = (await grantsOf(ctx)).filter(
    (grant) => departmentOf(grant.consumer_organ_id) && departmentOf(grant.provider_organ_id),
  )
  for (let index = count; index < Math.min(CORRECTIONS, grants.length); index++) {
    await raise(ctx, grants[index] as Grant, index)
    tell(index + 1, CORRECTIONS)
  }
}
