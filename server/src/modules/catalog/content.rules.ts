import type { Basis, Extension, Item, ItemDraft, ResourceContent, ResourceDraft } from '@sanjiang/contract/catalog'
import { newId } from '#kernel/id.ts'

/** Text as kept: no blanks at the ends (U+3000 included), nothing instead of emptiness. */
const line = (value: string | null | undefined): string | null => {
  const text = value?.trim()
  return text ? text : null
}

const lines = (values: readonly string[] | undefined): string[] => [
  ...new Set((values ?? []).map((one) => one.trim()).filter((one) => one !== '')),
]

const basisOf = (basis: Basis | null | undefined): Basis | null =>
  basis
    ? {
        kind: basis.kind,
        title: basis.title.trim(),
        clause: basis.clause.trim(),
        document_no: basis.document_no.trim(),
      }
    : null

const toItem = (draft: ItemDraft, index: number, item_id: string): Item => ({
  item_id,
  seq: index + 1,
  name: line(draft.name) ?? '',
  name_en: line(draft.name_en) ?? '',
  data_type: line(draft.data_type),
  length: draft.length ?? null,
  is_key: draft.is_key ?? false,
  is_required: draft.is_required ?? false,
  share_type: line(draft.share_type),
  share_condition: line(draft.share_condition),
  withheld_basis: basisOf(draft.withheld_basis),
  open_type: line(draft.open_type),
  sensitivity: line(draft.sensitivity),
  mask_rule: line(draft.mask_rule),
  data_element: line(draft.data_element),
})

/** An item's identity as earlier copies of the entry know it. */
export interface KnownItem {
  readonly item_id: string
  readonly name: string
  readonly name_en: string
}

/**
 * Gives every item its identity. One that brings an id known to this entry keeps it; one that brings none takes that of an
 * earlier item of the same English name (a workbook carries no ids); all others are new. A foreign id is never believed.
 */
const identify = (drafts: readonly ItemDraft[], known: readonly KnownItem[]): Item[] => {
  const free = new Map(known.map((item) => [item.item_id, item]))
  const claimed = drafts.map(({ item_id }) => {
    if (!item_id || !free.has(item_id)) return undefined
    free.delete(item_id)
    return item_id
  })
  const byName = new Map(Array.from(free.values(), (item) => [item.name_en.toLowerCase(), item.item_id]))
  return drafts.map((draft, index) => {
    const name = (draft.name_en ?? '').trim().toLowerCase()
    const earlier = name === '' ? undefined : byName.get(name)
    if (!claimed[index] && earlier) byName.delete(name)
    return toItem(draft, index, claimed[index] ?? earlier ?? newId())
  })
}

/** Dialect fields with something in them, in the order of their keys so that equal contents are equal texts. */
const extensionOf = (extension: Extension | null | undefined): { extension?: Extension } => {
  const kept = Object.entries(extension ?? {})
    .map(([key, value]) => [key, typeof value === 'string' ? line(value) : Array.isArray(value) ? lines(value) : value])
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .sort(([one], [other]) => (String(one) < String(other) ? -1 : 1))
  return kept.length > 0 ? { extension: Object.fromEntries(kept) } : {}
}

/** A draft as the entry keeps it: complete in shape, trimmed, items with their identities and places. */
export const toContent = (
  draft: ResourceDraft,
  provider_organ_id: string,
  known: readonly KnownItem[],
): ResourceContent => ({
  class_code: line(draft.class_code),
  name: line(draft.name) ?? '',
  name_en: line(draft.name_en),
  provider_organ_id,
  inner_dept: line(draft.inner_dept),
  summary: line(draft.summary),
  source_system_name: line(draft.source_system_name),
  format_category: line(draft.format_category),
  format_type: line(draft.format_type),
  format_note: line(draft.format_note),
  share_type: line(draft.share_type),
  share_condition: line(draft.share_condition),
  share_basis: basisOf(draft.share_basis),
  share_method_category: line(draft.share_method_category),
  share_method_type: line(draft.share_method_type),
  open_type: line(draft.open_type),
  open_condition: line(draft.open_condition),
  update_cycle: line(draft.update_cycle),
  related_codes: lines(draft.related_codes),
  keywords: lines(draft.keywords),
  audience: draft.audience ?? 'all',
  census: draft.census ?? null,
  ...extensionOf(draft.extension),
  items: identify(draft.items ?? [], known),
})

/** What an entry is called while it has no name yet. */
export const titleOf = (name: string): string => name || '（未命名）'
