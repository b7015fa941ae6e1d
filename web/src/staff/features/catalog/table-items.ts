import type { ItemDraft } from '@sanjiang/contract/catalog'
import type { TableItem } from '@sanjiang/contract/exchange'
import { type DraftItem, newRow } from './draft.ts'

/** What a column of the table says about an item that is there, or that it is not there yet. */
export interface TableMatch {
  readonly item: TableItem
  readonly kind: 'new' | 'differs' | 'same'
  /** The row it speaks about. */
  readonly row: DraftItem | null
  readonly changes: readonly { readonly title: string; readonly before: string; readonly after: string }[]
}

const TITLES = { data_type: '数据类型', length: '长度', is_key: '主键', is_required: '必选' } as const
type Compared = keyof typeof TITLES

const textOf = (value: unknown): string =>
  value === null || value === undefined || value === ''
    ? '（空）'
    : typeof value === 'boolean'
      ? value
        ? '是'
        : '否'
      : String(value)

/** The name an officer gave stays; a blank one takes the column's comment. */
const patchOf = (row: DraftItem, item: TableItem): Partial<ItemDraft> => ({
  ...(row.name?.trim() ? {} : { name: item.name }),
  data_type: item.data_type,
  ...(item.length === null ? {} : { length: item.length }),
  is_key: item.is_key,
  is_required: item.is_required || (row.is_required ?? false),
})

/** Columns against the rows of the grid, found by English name whatever its case. */
export const matchTable = (items: readonly TableItem[], rows: readonly DraftItem[]): TableMatch[] => {
  const byName = new Map(rows.map((row) => [(row.name_en ?? '').trim().toLowerCase(), row]))
  return items.map((item): TableMatch => {
    const row = byName.get(item.name_en.toLowerCase()) ?? null
    if (!row) return { item, kind: 'new', row, changes: [] }
    const patch = patchOf(row, item) as Record<string, unknown>
    const changes = (Object.keys(TITLES) as Compared[])
      .filter(
        (key) => key in patch && textOf(patch[key]) !== textOf(row[key] ?? (key.startsWith('is_') ? false : null)),
      )
      .map((key) => ({ title: TITLES[key], before: textOf(row[key]), after: textOf(patch[key]) }))
    return { item, kind: changes.length > 0 ? 'differs' : 'same', row, changes }
  })
}

/** The rows as they are once the chosen columns are taken over: known ones changed in their place, new ones at the end. */
export const takeOver = (rows: readonly DraftItem[], chosen: readonly TableMatch[]): readonly DraftItem[] => {
  const byKey = new Map(chosen.flatMap((one) => (one.row ? [[one.row.key, one.item] as const] : [])))
  const changed = rows.map((row) => {
    const item = byKey.get(row.key)
    return item ? { ...row, ...patchOf(row, item) } : row
  })
  const fresh = chosen.filter(({ row }) => row === null).map(({ item: { source_type: _, ...item } }) => newRow(item))
  return [...changed, ...fresh]
}
