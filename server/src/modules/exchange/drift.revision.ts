import type { Item, ResourceContent } from '@sanjiang/contract/catalog'
import { fitOf, typeFor } from '@sanjiang/contract/exchange.binding'
import { newId } from '#kernel/id.ts'

/** A structural change as far as the catalogue is concerned. */
export interface Change {
  readonly kind: string
  readonly item: string | null
  readonly column: string
  readonly now: string
}

const nameOf = (column: string): string => {
  const name = column.replace(/\W/g, '_')
  return /^[A-Za-z]/.test(name) ? name : `item_${name}`
}

/** A new item as its column lets one guess; what only people can say is left to them. */
const itemOf = ({ share_type, items }: ResourceContent, { column, now }: Change): Item => ({
  ...{ item_id: newId(), seq: items.length + 1, name: column, name_en: nameOf(column) },
  ...{ data_type: typeFor(now), length: Number(/\((\d+)/.exec(now)?.[1] ?? 0) || null, is_key: false },
  ...{ is_required: false, share_type, share_condition: null, withheld_basis: null, open_type: 'closed' },
  ...{ sensitivity: null, mask_rule: 'none', data_element: null },
})

/** The entry as it is after an accepted change, or null where the change says nothing of it. */
export const revisedContent = (content: ResourceContent, change: Change): ResourceContent | null => {
  const { items } = content
  const known = items.find(({ name_en }) => name_en === (change.item ?? nameOf(change.column)))
  if (change.kind === 'added') return known ? null : { ...content, items: [...items, itemOf(content, change)] }
  if (!known) return null
  if (change.kind === 'dropped')
    return { ...content, items: items.filter((one) => one !== known).map((one, at) => ({ ...one, seq: at + 1 })) }
  if (change.kind !== 'retyped' || fitOf(known.data_type ?? '', change.now) === 'well') return null
  const data_type = typeFor(change.now)
  return { ...content, items: items.map((one) => (one === known ? { ...one, data_type } : one)) }
}
