import type { PastRequest } from '#modules/sharing/index.ts'
import { organById, provincialOrganOf } from '../reference/organs.ts'
import { serviceItems } from '../reference/service-items.ts'
import { officerOf, type PlannedRequest } from './history.ts'
import type { Published } from './published.ts'

/** A table that one department regularly gives another in the demo. */
export interface TableGrant {
  readonly word: string
  readonly seq: string
  readonly resource_key: string
  readonly purpose: string
  readonly items?: readonly string[]
  /** Name of the consumer's own table. */
  readonly table: string
}

const PERSON = '6300003007.resident_person'

/** What anybody may know of a registered enterprise; nothing of the persons behind it. */
export const OPEN_COMPANY_ITEMS: readonly string[] = [
  ...['credit_code', 'company_name', 'company_kind', 'registered_capital', 'established_on', 'registered_office'],
  ...['business_scope', 'industry_code', 'registration_organ', 'registration_status', 'checked_on'],
]

export const TABLE_GRANTS: readonly TableGrant[] = [
  {
    word: 'mz',
    seq: '010',
    resource_key: PERSON,
    purpose: '最低生活保障金的给付',
    items: [
      'citizen_id',
      'person_name',
      'sex',
      'nation',
      'birth_on',
      'registered_address',
      'household_no',
      'is_deceased',
    ],
    table: 'resident_person',
  },
  {
    word: 'rs',
    seq: '013',
    resource_key: PERSON,
    purpose: '城乡居民基本养老保险参保登记',
    items: ['citizen_id', 'person_name', 'sex', 'birth_on', 'is_deceased'],
    table: 'resident_person',
  },
  { word: 'ds', seq: '026', resource_key: '6300003027.company', purpose: '税务登记', table: 'company' },
  {
    word: 'dzzw',
    seq: '047',
    resource_key: '6300003027.company',
    purpose: '公共信息资源开放',
    items: OPEN_COMPANY_ITEMS,
    table: 'company',
  },
]

export const tableNo = ({ word, resource_key }: TableGrant): string => `〔2017〕库表${word}.${resource_key}`

const SUBMITTED_ON = '2017-11-08'
const DECIDED_ON = '2017-11-15'

/** A table grant as the request it came from. */
export const tableRequestOf = (grant: TableGrant, found: Published): PlannedRequest => {
  const item = serviceItems.find((one) => one.name === grant.purpose)
  if (!item) throw new Error(`no service item ${grant.purpose} in the seeds`)
  const wanted = found.items.filter(
    (one) => one.share_type !== 'withheld' && (grant.items === undefined || grant.items.includes(one.name_en)),
  )
  const waits = wanted.some((one) => one.share_type === 'conditional')
  const no = tableNo(grant)
  const past: PastRequest = {
    consumer: officerOf(provincialOrganOf(grant.seq), 0),
    provider: officerOf(organById(found.provider_organ_id), 0),
    submitted_on: SUBMITTED_ON,
    decision: waits ? { on: DECIDED_ON, opinion: '同意，经前置节点按日增量推送' } : undefined,
    draft: {
      resource_id: found.resource_id,
      item_ids: wanted.map((one) => one.item_id),
      purpose_code: 'administrative_basis',
      purpose_ref: item.code,
      scenario: `${no} 办理“${item.name}”时在本部门库内比对“${found.name}”`,
      access_mode: 'table',
      quota: { count: null, period: 'day' },
      starts_on: SUBMITTED_ON,
      ends_on: '2020-11-07',
      is_security_committed: true,
    },
  }
  return { no, past }
}
