import { catalog } from '@sanjiang/contract'
import { installStandard } from '#modules/catalog/index.ts'
import { legalBases } from '#seeds/reference/legal-basis.ts'
import { organs } from '#seeds/reference/organs.ts'
import { standard1272 } from '#seeds/reference/standard-1272.ts'
import { ORGANS, type OrganKey, openWorld, type Voice, type World } from './harness.ts'

export interface CatalogWorld extends World {
  /** The three hands of one department's entry, and the platform's. */
  readonly cataloger: Voice
  readonly reviewer: Voice
  readonly admin: Voice
  /** Somebody of another department who only looks. */
  readonly consumer: Voice
}

export const ITEM: catalog.ItemDraft = {
  name: '企业名称',
  name_en: 'enterprise_name',
  data_type: 'C',
  length: 200,
  share_type: 'unconditional',
  open_type: 'unconditional',
  sensitivity: 'L1',
  mask_rule: 'none',
}
export const BASIS: catalog.Basis = {
  kind: 'law',
  title: '中华人民共和国保守国家秘密法',
  clause: '第九条',
  document_no: '主席令第二十八号（2010）',
}

/** A draft of the commerce department in which no rule finds anything. */
export const draftOf = (name: string, more: catalog.ResourceDraft = {}): catalog.ResourceDraft => ({
  class_code: '363027',
  name,
  name_en: 'Enterprise Registration',
  summary: `${name}：全省各级登记机关核准登记的企业名称、住所、法定代表人等。`,
  format_category: 'database',
  format_type: 'oracle',
  share_type: 'unconditional',
  share_method_category: 'platform',
  share_method_type: 'database',
  open_type: 'unconditional',
  update_cycle: 'daily',
  keywords: ['市场主体'],
  items: [ITEM, { ...ITEM, name: '统一社会信用代码', name_en: 'credit_code', length: 18, is_key: true }],
  ...more,
})

/** The standard and the test world's organs with credit codes that parse. */
export const furnish = async (world: World): Promise<void> => {
  await installStandard(await world.ctx(), standard1272, [...legalBases])
  for (const id of Object.values(ORGANS))
    await world.sql('update identity.organ set credit_code = $2 where organ_id = $1', [
      id,
      organs.find((organ) => organ.id === id)?.credit_code ?? organs[0]!.credit_code.replace(/^11/, '12'),
    ])
}

export const openCatalog = async (organ: OrganKey = 'commerce'): Promise<CatalogWorld> => {
  await using parts = new AsyncDisposableStack()
  const world = parts.adopt(await openWorld(), (one) => one.close())
  await furnish(world)
  const hands = {
    cataloger: await world.signIn(organ, 'cataloger'),
    reviewer: await world.signIn(organ, 'dept_reviewer'),
    admin: await world.signIn('egov', 'catalog_admin'),
    consumer: await world.signIn('police', 'consumer'),
  }
  parts.move()
  return { ...world, ...hands }
}

type Hands = Pick<CatalogWorld, 'cataloger' | 'reviewer' | 'admin'>

/** Through all three hands. */
export const publish = async (world: Hands, draft: catalog.ResourceDraft): Promise<catalog.ResourceDetail> => {
  const { resource_id } = await world.cataloger.call(catalog.createResource, { body: draft })
  return publishDraft(world, resource_id)
}

export const publishDraft = async (world: Hands, id: string): Promise<catalog.ResourceDetail> => {
  const params = { id }
  await world.cataloger.call(catalog.submitResource, { params })
  await world.reviewer.call(catalog.approveResource, { params, body: {} })
  return world.admin.call(catalog.publishResource, { params, body: {} })
}
