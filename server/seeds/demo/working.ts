import type { Ctx } from '#kernel/ctx.ts'
import { approveResource, createResource, submitResource } from '#modules/catalog/index.ts'
import { asOfficer } from './officer.ts'
import { departmentOf } from './people.ts'
import { type DemoResource, demoResources } from './resources.ts'

/** How far an entry has come on the demo's day. */
type Stage = 'incomplete' | 'draft' | 'dept_review' | 'platform_review'

/** Entries under way: like one the department has, under another name; the first of each department still lacks its summary. */
const WORKING: readonly (readonly [like: string, name: string, stage: Stage])[] = [
  ['6300003010.temporary_relief', '支出型贫困家庭救助信息', 'incomplete'],
  ['6300003010.elder_care_home', '农村互助幸福院信息', 'draft'],
  ['6300003010.place_name', '门楼牌编制信息', 'dept_review'],
  ['6300003010.social_organisation', '社会组织评估等级信息', 'platform_review'],
  ['6300003007.security_company', '保安员证发放信息', 'incomplete'],
  ['6300003007.motor_vehicle', '电动自行车登记信息', 'dept_review'],
  ['6300003007.seal_engraving', '典当业特种行业备案信息', 'platform_review'],
  ['6300003013.hr_agency', '劳务派遣单位许可信息', 'dept_review'],
  ['6300003013.farmer_training', '拉面产业从业人员培训信息', 'platform_review'],
  ['6300003027.trademark', '地理标志商标信息', 'draft'],
  ['6300003004.kindergarten', '乡镇中心幼儿园信息', 'dept_review'],
  ['6300003004.school', '教学点基本信息', 'platform_review'],
]

const toDraft = ({ key: _, compiled_on: __, ...content }: DemoResource, name: string, stage: Stage) => ({
  ...content,
  name,
  name_en: '',
  summary: stage === 'incomplete' ? '' : `${name}的登记、变更与统计情况，由业务处室采集并按周期更新。`,
  census: null,
})

const start = async (ctx: Ctx, like: DemoResource, [, name, stage]: (typeof WORKING)[number]): Promise<void> => {
  const word = departmentOf(like.provider_organ_id)
  const cataloger = await asOfficer(ctx, `${word}.bianmu`)
  const { resource_id } = await createResource(cataloger, toDraft(like, name, stage))
  if (stage === 'incomplete' || stage === 'draft') return
  await submitResource(cataloger, resource_id)
  if (stage === 'platform_review')
    await approveResource(await asOfficer(ctx, `${word}.shenhe`), resource_id, '内容属实')
}

/** What departments are at work on, so that compilers, reviewers and the platform find something to do. */
export const loadWorking = async (ctx: Ctx): Promise<void> => {
  const likes = new Map([...demoResources()].map((resource) => [resource.key, resource]))
  const rows = await ctx.db
    .selectFrom('catalog.resource')
    .select('name')
    .where('state', 'in', ['draft', 'dept_review', 'platform_review'])
    .execute()
  const known = new Set(rows.map(({ name }) => name))
  for (const one of WORKING) {
    const like = likes.get(one[0])
    if (like && !known.has(one[1])) await start(ctx, like, one)
  }
}
