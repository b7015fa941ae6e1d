import { createHash } from 'node:crypto'
import type { Assignment, WantedFeed, WantedLoad } from '@sanjiang/contract/exchange.door'
import { type FILE_COLUMNS, isFilesRelation } from '@sanjiang/contract/exchange.terms'
import { needsHandle, ROW_HANDLE } from '@sanjiang/seal'
import { wantedItems } from '../item.rules.ts'
import type { FeedRow, ItemRow, LoadRow } from './assignment.store.ts'

interface RunRow {
  readonly run_id: string
  readonly kind: string
  readonly after: string | null
  readonly keys: unknown
}

/** A feed with just what leaves: the bindings of the union, in the order of the lines. */
export const toWantedFeed = (
  feed: FeedRow,
  { items, runs }: { items: readonly ItemRow[]; runs: readonly RunRow[] },
): WantedFeed => {
  const { resource_id: _, union_items, unique_items, key, state, bindings, ...said } = feed
  return {
    ...said,
    bindings: bindings.filter(({ item }) => union_items.includes(item)),
    cursor_column: bindings.find(({ item }) => item === said.cursor_item)?.column ?? null,
    items: wantedItems(items, { names: union_items, key, unique: unique_items }),
    is_reading: state === 'active' && union_items.length > 0,
    runs: runs.map(({ run_id, kind, after, keys }) => ({
      run_id,
      kind: kind as WantedFeed['runs'][number]['kind'],
      after,
      ...(keys === null ? {} : { keys: keys as string[] }),
    })),
  }
}

const HANDLE_COLUMN = { name: ROW_HANDLE, title: '行代号', data_type: 'C', length: 32 } as const

/** The target's columns as the projected lines have them; what is masked is text, whatever it was. */
const columnsOf = (load: LoadRow, items: readonly ItemRow[], isHandled: boolean): WantedLoad['columns'] => {
  const known = new Map(items.map((item) => [item.name_en, item]))
  const granted = new Map(load.items.map((item) => [item.name_en, item]))
  const columns = load.bindings.flatMap(({ item }) => {
    const grant = granted.get(item)
    if (!grant) return []
    const isMasked = grant.mask_rule !== 'none'
    const { data_type, length } = known.get(item) ?? { data_type: 'C', length: null }
    return {
      name: item,
      title: grant.name,
      data_type: (isMasked ? 'C' : data_type) as WantedLoad['columns'][number]['data_type'],
      length: isMasked ? null : length,
    }
  })
  return isHandled ? [{ ...HANDLE_COLUMN }, ...columns] : columns
}

/** What the rows of files as they are call a file's path and content, where the grant gives those as they are. */
const rolesOf = ({ relation, bindings, items }: LoadRow): Pick<WantedLoad, 'file_roles'> => {
  if (!isFilesRelation(relation)) return {}
  const granted = new Set(items.flatMap(({ name_en, mask_rule }) => (mask_rule === 'none' ? [name_en] : [])))
  const role = (name: (typeof FILE_COLUMNS)[number]): string | null =>
    bindings.find(({ item, column }) => column === name && granted.has(item))?.item ?? null
  return {
    file_roles: { path: role('path'), content: role('content'), size: role('size'), modified: role('modified') },
  }
}

export const toWantedLoad = (load: LoadRow, items: readonly ItemRow[], today: string): WantedLoad => {
  const { subscription_id, grant_id, feed_id, base_run_id, target_kind, connection, target, head } = load
  const { may_create, file_format, generation, from_seq, key } = load
  const isHandled = needsHandle({ items: load.items, conditions: load.row_conditions, key })
  const isInForce = load.grant_status === 'active' && today >= load.starts_on && today <= load.ends_on
  return {
    ...{ subscription_id, grant_id, feed_id, base_run_id, target_kind, connection, target, head },
    ...{ may_create, file_format, generation, from_seq },
    columns: columnsOf(load, items, isHandled),
    key: isHandled ? [ROW_HANDLE] : key,
    ...rolesOf(load),
    is_loading: load.state === 'active' && isInForce,
  }
}

/** Names a wanted state. A feed's head is left out: its own agent moves it, and must not be called back for it. */
export const versionOf = ({ feeds, loads, questions }: Omit<Assignment, 'version'>): string => {
  const said = { feeds: feeds.map(({ head: _, ...feed }) => feed), loads, questions }
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32)
}
