import type { PastRequest } from '#modules/sharing/index.ts'
import { organById, provincialOrganOf } from '../reference/organs.ts'
import { serviceItems } from '../reference/service-items.ts'
import { type ClientWord, DEMO_CLIENTS } from './clients.ts'
import { officerOf, type PlannedRequest } from './history.ts'

/** A grant the demo is walked with: who calls which running service, for which service item, with which items. */
export interface KeyGrant {
  readonly client: ClientWord
  readonly resource_key: string
  /** Name of the service item the data is for. */
  readonly purpose: string
  /** English names; left out: everything that may be shared. */
  readonly items?: readonly string[]
}

export const KEY_GRANTS: readonly KeyGrant[] = [
  {
    client: 'mz',
    resource_key: '6300003007.resident_person',
    purpose: '最低生活保障金的给付',
    items: [
      'citizen_id',
      'person_name',
      'sex',
      'nation',
      'birth_on',
      'registered_address',
      'household_no',
      'relation_to_head',
    ],
  },
  { client: 'mz', resource_key: '6300003013.medical_insured', purpose: '最低生活保障金的给付' },
  { client: 'mz', resource_key: '6300003013.pension_insured', purpose: '最低生活保障金的给付' },
  { client: 'mz', resource_key: '6300003027.company', purpose: '最低生活保障金的给付' },
  { client: 'mz', resource_key: '6300003004.pupil', purpose: '孤儿基本生活费的给付' },
  { client: 'rs', resource_key: '6300003004.diploma', purpose: '就业创业证申领' },
  { client: 'rs', resource_key: '6300003007.population_core', purpose: '城乡居民基本养老保险参保登记' },
  { client: 'jy', resource_key: '6300003007.resident_person', purpose: '义务教育阶段入学登记' },
  { client: 'gs', resource_key: '6300003007.population_core', purpose: '企业设立、变更、注销登记' },
  { client: 'zj', resource_key: '6300003010.marriage', purpose: '公共租赁住房租赁补贴给付' },
  { client: 'gt', resource_key: '6300003007.population_core', purpose: '不动产登记' },
  { client: 'zw', resource_key: '6300003027.company_core', purpose: '公共资源交易市场主体登记' },
  { client: 'zw', resource_key: '6300003007.population_core', purpose: '公共资源交易市场主体登记' },
]

interface Found {
  readonly resource_id: string
  readonly name: string
  readonly provider_organ_id: string
  readonly items: readonly { readonly item_id: string; readonly name_en: string; readonly share_type: string }[]
}

const SUBMITTED_ON = '2017-11-06'
const DECIDED_ON = '2017-11-13'

/** A key grant as the request it came from. */
export const requestOf = (grant: KeyGrant, found: Found, client_id: string): PlannedRequest => {
  const seq = DEMO_CLIENTS.find(([word]) => word === grant.client)?.[1] ?? ''
  const item = serviceItems.find((one) => one.name === grant.purpose)
  if (!item) throw new Error(`no service item ${grant.purpose} in the seeds`)
  const wanted = found.items.filter(
    (one) => one.share_type !== 'withheld' && (grant.items === undefined || grant.items.includes(one.name_en)),
  )
  const waits = wanted.some((one) => one.share_type === 'conditional')
  const no = `〔2017〕接口${grant.client}.${grant.resource_key}`
  const past: PastRequest = {
    consumer: officerOf(provincialOrganOf(seq), 0),
    provider: officerOf(organById(found.provider_organ_id), 0),
    submitted_on: SUBMITTED_ON,
    decision: waits ? { on: DECIDED_ON, opinion: '同意，限本系统按件查询' } : undefined,
    draft: {
      resource_id: found.resource_id,
      item_ids: wanted.map((one) => one.item_id),
      purpose_code: 'administrative_basis',
      purpose_ref: item.code,
      scenario: `${no} 办理“${item.name}”时由业务系统按件查询“${found.name}”`,
      access_mode: 'api',
      client_id,
      quota: { count: 20_000, period: 'day' },
      starts_on: SUBMITTED_ON,
      ends_on: '2020-11-05',
      is_security_committed: true,
    },
  }
  return { no, past }
}
