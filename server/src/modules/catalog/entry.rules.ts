import type { Item, Origin, ResourceContent } from '@sanjiang/contract/catalog'

const HAN = /\p{Script=Han}/u

/** The providing organ as an entry is labelled. */
export interface EntryProvider {
  readonly organ_id: string
  readonly path: string
  readonly division_code: string
}

export interface Publication {
  readonly resource_id: string
  readonly version: number
  readonly code: string
  readonly published_on: string
  readonly content: ResourceContent
  readonly provider: EntryProvider
  /** How this version came about; compiled by its department where nothing is said. */
  readonly origin?: Origin
}

/** Texts a dialect adds are found like keywords; codes and numbers are not words. */
const extensionWords = ({ extension }: ResourceContent): string[] =>
  Object.values(extension ?? {}).flatMap((value) =>
    (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && HAN.test(one)),
  )

/** `/a/b/` → `/a/`; the root stays itself. */
const parentOf = (path: string): string => path.replace(/[^/]+\/$/, '').replace(/^\/$/, '') || path

const labelOf = ({ path }: EntryProvider, audience: ResourceContent['audience']): string =>
  audience === 'all' ? '/' : audience === 'government' ? parentOf(path) : path

/** The row under which a published entry is found, and those of its items: what rules have passed has no gaps left. */
export const toEntryRow = ({ resource_id, version, code, published_on, content, provider, ...more }: Publication) => ({
  resource_id,
  version,
  code,
  published_on,
  provider_organ_id: provider.organ_id,
  division_code: provider.division_code,
  class_code: content.class_code,
  name: content.name,
  name_en: content.name_en ?? '',
  summary: content.summary ?? '',
  source_system_name: content.source_system_name ?? '',
  format_category: content.format_category,
  format_type: content.format_type,
  share_type: content.share_type,
  share_condition: content.share_condition ?? '',
  share_basis: content.share_basis && JSON.stringify(content.share_basis),
  share_method_category: content.share_method_category ?? '',
  share_method_type: content.share_method_type ?? '',
  open_type: content.open_type,
  open_condition: content.open_condition ?? '',
  update_cycle: content.update_cycle,
  keywords: content.keywords.join('\n'),
  extension_words: extensionWords(content).join('\n'),
  audience_path: labelOf(provider, content.audience),
  item_count: content.items.length,
  origin: more.origin ?? 'compiled',
})

const basisText = (item: Item, content: ResourceContent): string | null => {
  const basis = item.withheld_basis ?? (item.share_type === 'withheld' ? content.share_basis : null)
  return basis && JSON.stringify(basis)
}

/** Items inherit from their resource what they leave unsaid, so that readers of `published_item` need not look twice. */
export const toItemRows = ({ resource_id, content }: Publication) =>
  content.items.map((item) => ({
    item_id: item.item_id,
    resource_id,
    seq: item.seq,
    name: item.name,
    name_en: item.name_en,
    data_type: item.data_type ?? '',
    length: item.length,
    is_key: item.is_key,
    is_required: item.is_required,
    share_type: item.share_type ?? content.share_type,
    share_condition: item.share_condition ?? (item.share_type === 'conditional' ? (content.share_condition ?? '') : ''),
    withheld_basis: basisText(item, content),
    open_type: item.open_type ?? content.open_type,
    sensitivity: item.sensitivity ?? '',
    mask_rule: item.mask_rule ?? 'none',
    data_element: item.data_element ?? '',
  }))
