import { type catalog, sharing } from '@sanjiang/contract'
import type { RequestDetail, RequestDraft } from '@sanjiang/contract/sharing'
import { newId } from '#kernel/id.ts'
import { BASIS, draftOf as entryDraft, furnish, ITEM, publish as publishEntry } from './catalog-world.ts'
import { ORGANS, type OrganKey, type Voice, type World } from './harness.ts'

interface ItemSpec {
  readonly name: string
  readonly name_en: string
  readonly share_type?: 'unconditional' | 'conditional' | 'withheld'
  readonly mask_rule?: string
  readonly data_type?: catalog.ItemDraft['data_type']
  readonly length?: number | null
  readonly is_required?: boolean
  readonly data_element?: string | null
}

interface ResourceSpec {
  readonly organ?: OrganKey
  readonly name?: string
  readonly share_type?: 'unconditional' | 'conditional' | 'withheld'
  readonly items?: readonly ItemSpec[]
  readonly audience?: catalog.Audience
  readonly update_cycle?: string
}

export interface PublishedResource {
  readonly resource_id: string
  readonly code: string
  /** Item ids by English name. */
  readonly item: Readonly<Record<string, string>>
}

/** Two items anyone may have, two that the provider answers for, one that the law withholds. */
export const PEOPLE: readonly ItemSpec[] = [
  { name: '姓名', name_en: 'name', share_type: 'unconditional' },
  { name: '性别', name_en: 'sex', share_type: 'unconditional' },
  { name: '公民身份号码', name_en: 'citizen_id', mask_rule: 'citizen_id' },
  { name: '户籍地址', name_en: 'address' },
  { name: '案件线索', name_en: 'case_lead', share_type: 'withheld' },
]

export const CLASSES: Partial<Record<OrganKey, string>> = {
  police: '363007',
  civil_affairs: '363010',
  social_security: '363013',
  commerce: '363027',
}

const itemDraft = ({
  name,
  name_en,
  share_type = 'conditional',
  mask_rule = 'none',
  data_type = ITEM.data_type,
  length = ITEM.length,
  is_required = false,
  data_element = null,
}: ItemSpec): catalog.ItemDraft => ({
  ...ITEM,
  data_type,
  length,
  is_required,
  data_element,
  name,
  name_en,
  share_type,
  mask_rule,
  share_condition: share_type === 'conditional' ? '履行职责需要' : null,
  open_type: 'closed',
  ...(share_type === 'withheld' ? { withheld_basis: BASIS } : {}),
})

const furnished = new WeakSet<World>()

/** A resource that went through the catalogue's three hands. */
export const publish = async (world: World, spec: ResourceSpec = {}): Promise<PublishedResource> => {
  const {
    organ = 'police',
    name = '户籍人口信息',
    share_type = 'unconditional',
    items = PEOPLE,
    audience = 'all',
    update_cycle = 'daily',
  } = spec
  if (!furnished.has(world)) await furnish(world)
  furnished.add(world)
  const hands = {
    cataloger: await world.signIn(organ, 'cataloger'),
    reviewer: await world.signIn(organ, 'dept_reviewer'),
    admin: await world.signIn('egov', 'catalog_admin'),
  }
  const isWithheld = share_type === 'withheld'
  const shown = isWithheld ? items.map((one) => ({ ...one, share_type: 'withheld' as const })) : items
  const resource = await publishEntry(hands, {
    ...entryDraft(name),
    class_code: CLASSES[organ],
    share_type,
    share_basis: isWithheld ? BASIS : null,
    open_type: 'closed',
    audience,
    update_cycle,
    items: shown.map(itemDraft),
  })
  const item = Object.fromEntries(resource.content.items.map(({ name_en, item_id }) => [name_en, item_id]))
  return { resource_id: resource.resource_id, code: resource.code!, item }
}

/** A complete draft for these items of a resource. */
export const draftOf = (
  { resource_id, item }: PublishedResource,
  names: readonly string[],
  more: Partial<RequestDraft> = {},
): RequestDraft => ({
  resource_id,
  item_ids: names.map((name) => item[name]!),
  purpose_code: 'data_verification',
  purpose_ref: '000114001000 最低生活保障对象认定',
  scenario: '核验低保申请人身份与户籍',
  access_mode: 'api',
  quota: { count: 1000, period: 'day' },
  starts_on: '2017-12-11',
  ends_on: '2018-12-10',
  is_security_committed: true,
  ...more,
})

/** Drafts and submits as one officer would. */
export const ask = async (
  voice: Voice,
  resource: PublishedResource,
  { names, more }: { names: readonly string[]; more?: Partial<RequestDraft> },
): Promise<RequestDetail> => {
  const { request_id } = await voice.call(sharing.createRequest, { body: draftOf(resource, names, more) })
  return voice.call(sharing.submitRequest, { params: { id: request_id } })
}

/** An application system of an organ, in use. */
export const registerClient = async ({ sql }: World, organ: OrganKey, name = '业务系统'): Promise<string> => {
  const client_id = newId()
  await sql(
    `insert into identity.client (client_id, organ_id, name, status, registered_at) values ($1, $2, $3, 'active', now())`,
    [client_id, ORGANS[organ], `${name}${client_id.slice(-6)}`],
  )
  return client_id
}
