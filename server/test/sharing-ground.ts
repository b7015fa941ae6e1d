import { sharing } from '@sanjiang/contract'
import type { RequestDetail, RequestDraft } from '@sanjiang/contract/sharing'
import { newId } from '#kernel/id.ts'
import { ORGANS, type OrganKey, type Voice, type World } from './harness.ts'

interface ItemSpec {
  readonly name: string
  readonly name_en: string
  readonly share_type?: 'unconditional' | 'conditional' | 'withheld'
  readonly mask_rule?: string
}

interface ResourceSpec {
  readonly organ?: OrganKey
  readonly name?: string
  readonly share_type?: 'unconditional' | 'conditional' | 'withheld'
  readonly items?: readonly ItemSpec[]
  /** Departments at or below this path may find it. */
  readonly audience_path?: string
}

export interface PublishedResource {
  readonly resource_id: string
  readonly code: string
  /** Item ids by English name. */
  readonly item: Readonly<Record<string, string>>
}

export const SECRET_BASIS = { kind: 'law', title: '中华人民共和国保守国家秘密法', clause: '第九条', document_no: '' }

/** Two items anyone may have, two that the provider answers for, one that the law withholds. */
export const PEOPLE: readonly ItemSpec[] = [
  { name: '姓名', name_en: 'name', share_type: 'unconditional' },
  { name: '性别', name_en: 'sex', share_type: 'unconditional' },
  { name: '公民身份号码', name_en: 'citizen_id', mask_rule: 'citizen_id' },
  { name: '户籍地址', name_en: 'address' },
  { name: '案件线索', name_en: 'case_lead', share_type: 'withheld' },
]

const prepareCatalog = async ({ sql }: World): Promise<void> => {
  await sql(`insert into catalog.standard (standard_id, version, title, document_no, dialect, effective_from, verified, body, is_current, installed_at)
    values ('ground', 1, '标准', '1272号', '', '2017-06-30', true, '{}', not exists (select from catalog.standard where is_current), now())
    on conflict do nothing`)
  await sql(`insert into catalog.class_node (code, title, level, is_leaf, is_active) values ('363007', '公安', 'sub_item', true, true)
    on conflict do nothing`)
}

let count = 0

/** A resource as if the catalogue had published it, without walking its reviews. */
export const publish = async (world: World, spec: ResourceSpec = {}): Promise<PublishedResource> => {
  const {
    organ = 'police',
    name = '户籍人口信息',
    share_type = 'unconditional',
    items = PEOPLE,
    audience_path = '/',
  } = spec
  await prepareCatalog(world)
  count += 1
  const [resource_id, code] = [newId(), `363007/${String(count).padStart(6, '0')}`]
  await world.sql(
    `insert into catalog.resource (resource_id, code, provider_organ_id, state, revision, name, name_key, item_count, standard_id,
       standard_version, last_version, published_version, editors, compiled_on, compiled_by_name, created_at, updated_at)
     values ($1, $2, $3, 'published', 1, $4, $4, $5, 'ground', 1, 1, 1, '{}', '2017-09-01', '编目员', now(), now())`,
    [resource_id, code, ORGANS[organ], name, items.length],
  )
  await world.sql(
    `insert into catalog.resource_version (resource_id, version, content, name, item_count, standard_id, standard_version,
       compiled_by_name, published_by_name, published_on, published_at)
     values ($1, 1, '{}', $2, $3, 'ground', 1, '编目员', '管理员', '2017-09-10', now())`,
    [resource_id, name, items.length],
  )
  await world.sql(
    `insert into catalog.entry (resource_id, version, code, provider_organ_id, division_code, class_code, name, name_en, summary,
       source_system_name, format_category, format_type, share_type, share_condition, share_basis, share_method_category,
       share_method_type, open_type, open_condition, update_cycle, keywords, audience_path, item_count, first_published_on,
       published_on, terms, sounds)
     values ($1, 1, $2, $3, '630000', '363007', $4, 'people', '摘要', '', 'database', 'oracle', $5, '', $6, 'platform', 'api',
       'closed', '', 'daily', '{}', $7, $8, '2017-09-10', '2017-09-10', '', '')`,
    [
      resource_id,
      code,
      ORGANS[organ],
      name,
      share_type,
      share_type === 'withheld' ? SECRET_BASIS : null,
      audience_path,
      items.length,
    ],
  )
  const item: Record<string, string> = {}
  for (const [index, one] of items.entries()) {
    const item_id = newId()
    item[one.name_en] = item_id
    const shared = one.share_type ?? 'conditional'
    await world.sql(
      `insert into catalog.item (item_id, resource_id, seq, name, name_en, data_type, length, is_key, is_required, share_type,
         share_condition, withheld_basis, open_type, sensitivity, mask_rule, data_element)
       values ($1, $2, $3, $4, $5, 'C', 50, false, false, $6, '', $7, 'closed', 'L2', $8, '')`,
      [
        item_id,
        resource_id,
        index + 1,
        one.name,
        one.name_en,
        shared,
        shared === 'withheld' ? SECRET_BASIS : null,
        one.mask_rule ?? 'none',
      ],
    )
  }
  return { resource_id, code, item }
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
