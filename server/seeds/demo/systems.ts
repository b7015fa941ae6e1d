import type { SystemDraft } from '@sanjiang/contract/systems'
import { organById } from '../reference/organs.ts'
import { province } from '../reference/regions.ts'
import { between, DEMO_SEED, dateOf, dayOf, generator, hash, pick, weighted } from './random.ts'
import { type DemoResource, demoResources } from './resources.ts'

const PILOT = '632801'
const FUNDS = ['省级财政', '中央预算内投资', '中央补助与省级配套', '部门预算', '国家部委统一建设']
const FREQUENCIES: Readonly<Record<string, SystemDraft['usage_frequency']>> = {
  realtime: 'daily',
  daily: 'daily',
  weekly: 'weekly',
  monthly: 'monthly',
  quarterly: 'quarterly',
  half_yearly: 'quarterly',
  yearly: 'yearly',
}
const CLOUD_SHARE = 0.3

const approvalOf = (provider: string): string =>
  provider === '6300003002' ? '青海省人民政府办公厅' : '青海省发展和改革委员会'

/** One system with what it holds: a survey such as a department would have filed in October 2017. */
const surveyOf = (name: string, resources: readonly DemoResource[]): SystemDraft => {
  const [first] = resources as [DemoResource]
  const organ_id = first.provider_organ_id
  const next = generator(hash(DEMO_SEED, 'system', organ_id, name))
  const titles = resources.slice(0, 3).map((resource) => resource.name.replace(/信息$/, ''))
  const isRare = next() < 0.08
  return {
    organ_id,
    name,
    function_desc: `支撑${titles.join('、')}${resources.length > 3 ? '等' : ''}业务的办理、登记与统计，由${first.inner_dept}使用维护`,
    usage_scope: weighted(next(), [
      ['province', 6],
      ['organ', 3],
      ['office', 1],
    ] as const),
    usage_frequency: isRare ? 'rarely' : (FREQUENCIES[first.update_cycle] ?? 'monthly'),
    approval_org: approvalOf(organ_id),
    approved_on: dateOf(between(next, dayOf('2004-03-01'), dayOf('2016-12-20'))),
    fund_source: pick(next, FUNDS),
    is_on_cloud: next() < CLOUD_SHARE,
  }
}

const isSurveyed = (resource: DemoResource): boolean => {
  const { division_code } = organById(resource.provider_organ_id)
  return division_code === province.code || division_code === PILOT
}

/** The systems of the provincial departments and of the pilot city Golmud, as their catalogue entries name them. */
export const demoSystems = (): SystemDraft[] => {
  const holding = [...demoResources()].filter(
    (resource) => resource.source_system_name !== null && isSurveyed(resource),
  )
  const bySystem = Map.groupBy(holding, (one) => `${one.provider_organ_id} ${one.source_system_name}`)
  return [...bySystem.values()].map((resources) => surveyOf(resources[0]?.source_system_name ?? '', resources))
}
