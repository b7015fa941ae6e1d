import type { GrantedItem } from '@sanjiang/contract/sharing'

/** What a catalogue change means for grants: items gone, items shared less freely, or the whole entry taken down. */
export interface CatalogChange {
  readonly isWithdrawn: boolean
  readonly removed: ReadonlySet<string>
  readonly tightened: ReadonlySet<string>
}

export const affectedItems = (items: readonly GrantedItem[], change: CatalogChange): GrantedItem[] =>
  items.filter(({ item_id }) => change.isWithdrawn || change.removed.has(item_id) || change.tightened.has(item_id))

const namesOf = (items: readonly GrantedItem[], ids: ReadonlySet<string>): string =>
  items
    .filter(({ item_id }) => ids.has(item_id))
    .map(({ name }) => `“${name}”`)
    .join('、')

/** One sentence for both sides. */
export const describeDrift = (
  items: readonly GrantedItem[],
  { isWithdrawn, removed, tightened }: CatalogChange,
): string => {
  if (isWithdrawn) return '目录已下架，授权仍按原范围有效'
  const [gone, stricter] = [namesOf(items, removed), namesOf(items, tightened)]
  return [gone && `${gone}已从目录移除`, stricter && `${stricter}的共享类型已收严`].filter(Boolean).join('；')
}
