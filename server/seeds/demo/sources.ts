import type { Ctx } from '#kernel/ctx.ts'
import { answerLead, foldQualities, proposeLead, refreshClusters } from '#modules/catalog/index.ts'
import { reportSharing } from '#modules/sharing/index.ts'
import { asOfficer } from './officer.ts'
import { departmentOf } from './people.ts'

interface Agreement {
  readonly item: string
  /** The department that leads, by its accounts' word, and why. */
  readonly lead: string
  readonly reason: string
  readonly on: string
  readonly answered_on: string
  readonly objection?: readonly [department: string, reason: string]
}

/** Two matters are settled and one is in dispute when the demo's day begins. */
const AGREEMENTS: readonly Agreement[] = [
  {
    item: '学历',
    lead: 'jy',
    reason: '学历由教育部门学籍学历管理产生，其他部门均为转录',
    on: '2017-11-13',
    answered_on: '2017-11-16',
  },
  {
    item: '出生日期',
    lead: 'ga',
    reason: '出生日期以户口登记为准，公安部门为法定来源',
    on: '2017-11-20',
    answered_on: '2017-11-23',
  },
  {
    item: '与户主关系',
    lead: 'ga',
    reason: '与户主关系由户口登记产生，应由公安部门统一提供',
    on: '2017-12-05',
    answered_on: '2017-12-07',
    objection: ['mz', '低保按共同生活的家庭成员认定，与户口簿上的户主关系口径不同，应分别采集'],
  },
]

const findHolders = (ctx: Ctx, item: string) =>
  ctx.db
    .selectFrom('catalog.cluster as c')
    .innerJoin('catalog.cluster_item as i', 'i.key', 'c.key')
    .select(['c.cluster_id', 'i.item_id', 'i.organ_id'])
    .where('c.name', '=', item)
    .orderBy('i.item_id')
    .execute()

const isKnown = async (ctx: Ctx, item: string): Promise<boolean> =>
  (await ctx.db.selectFrom('catalog.lead').select('lead_id').where('cluster_name', '=', item).executeTakeFirst()) !==
  undefined

const agree = async (ctx: Ctx, { item, lead, reason, on, answered_on, objection }: Agreement): Promise<void> => {
  const own = (await findHolders(ctx, item)).find(({ organ_id }) => departmentOf(organ_id) === lead)
  if (!own || (await isKnown(ctx, item))) return
  const proposer = await asOfficer(ctx, `${lead}.shenhe`, on)
  const { cluster_id, item_id } = own
  const { lead_id, answers } = await proposeLead(proposer, { cluster_id, item_id, reason })
  for (const { organ_id, answer } of answers) {
    const word = departmentOf(organ_id)
    if (answer !== null || !word) continue
    const [objector, why] = objection ?? []
    const said = word === objector ? ({ answer: 'objected', reason: why } as const) : ({ answer: 'agreed' } as const)
    await answerLead(await asOfficer(ctx, `${word}.shenhe`, answered_on), lead_id, said)
  }
}

/** Which items are the same, who leads some of them, and how good every entry is. */
export const loadSources = async (ctx: Ctx, tell: (done: number, total: number) => void): Promise<void> => {
  await refreshClusters(ctx)
  tell(1, 3)
  for (const agreement of AGREEMENTS) await agree(ctx, agreement)
  tell(2, 3)
  await reportSharing(ctx)
  await foldQualities(ctx)
  tell(3, 3)
}
