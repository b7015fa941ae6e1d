import type { Item, ItemDraft, ResourceContent, ResourceDraft } from '@sanjiang/contract/catalog'

/** What a new item is taken for where the workbook has no column to say so; told with the mapping (`notes`). */
const assumed = (draft: ResourceDraft): ItemDraft => ({
  share_type: draft.share_type ?? null,
  open_type: draft.open_type ?? null,
  sensitivity: 'L2',
  mask_rule: 'none',
})

const keyOf = (text: string | null | undefined): string => (text ?? '').trim().toLowerCase()

const asDraft = ({ seq: _, ...item }: Item): ItemDraft => item

/** Items are found again by their English name, else by their name; the first of several that are alike first. */
const earlierOf = (items: readonly Item[]): ((item: ItemDraft) => Item | undefined) => {
  const free = new Set(items)
  const [english, chinese] = (['name_en', 'name'] as const).map((key) => Map.groupBy(items, (item) => keyOf(item[key])))
  const claim = (known: Map<string, Item[]>, key: string) => {
    const found = key === '' ? undefined : known.get(key)?.find((item) => free.has(item))
    if (found) free.delete(found)
    return found
  }
  return (item) => claim(english!, keyOf(item.name_en)) ?? claim(chinese!, keyOf(item.name))
}

const given = (draft: object): object =>
  Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined))

/**
 * What a workbook says about an entry laid over what the entry says now: what it has no column for stays. Without a present entry, items
 * take from their resource what they do not say.
 */
export const overlay = (present: ResourceContent | null, draft: ResourceDraft): ResourceDraft => {
  const whole: ResourceDraft = present ? { ...present, items: present.items.map(asDraft), ...given(draft) } : draft
  const extension = draft.extension ? { ...present?.extension, ...draft.extension } : whole.extension
  if (!draft.items) return { ...whole, extension }
  const earlier = earlierOf(present?.items ?? [])
  const items = draft.items.map((item): ItemDraft => {
    const before = earlier(item)
    return { ...(before ? asDraft(before) : assumed(whole)), ...given(item) }
  })
  const census = present?.census && draft.census ? { ...present.census, ...draft.census } : whole.census
  return { ...whole, census, extension, items }
}
