import type { FeedDetail, FeedDraft, Relation } from '@sanjiang/contract/exchange'
import { isGrowing } from '@sanjiang/contract/exchange.binding'
import { useState } from 'react'
import { type BindItem, matchColumns } from './attach.match.ts'

/** What the wizard holds between its steps; `bindings` maps item to column. */
export interface AttachDraft {
  readonly agent_id: string | null
  readonly connection: string | null
  readonly relation: string | null
  readonly bindings: Readonly<Record<string, string>>
  readonly key: readonly string[]
  readonly mode: FeedDraft['mode']
  readonly cursor_item: string | null
  readonly interval_seconds: number
  readonly reject_threshold: number
  readonly row_leaves: boolean
  readonly unique_items: readonly string[]
  readonly hold_stale: boolean
}

export const EMPTY_DRAFT: AttachDraft = {
  agent_id: null,
  connection: null,
  relation: null,
  bindings: {},
  key: [],
  mode: 'changes',
  cursor_item: null,
  interval_seconds: 3600,
  reject_threshold: 5,
  row_leaves: false,
  unique_items: [],
  hold_stale: false,
}

export const draftOfFeed = (feed: FeedDetail): AttachDraft => ({
  agent_id: feed.agent_id,
  connection: feed.connection,
  relation: feed.relation,
  bindings: Object.fromEntries(feed.bindings.map(({ item, column }) => [item, column])),
  key: feed.key,
  mode: feed.mode,
  cursor_item: feed.cursor_item,
  interval_seconds: feed.interval_seconds,
  reject_threshold: feed.reject_threshold,
  row_leaves: feed.row_leaves,
  unique_items: feed.unique_items,
  hold_stale: feed.hold_stale,
})

/** What a newly chosen table suggests: bindings by name, its primary key, the best way it can be followed. */
export const proposalFor = (relation: Relation, items: readonly BindItem[]): Partial<AttachDraft> => {
  const matches = matchColumns(items, relation.columns)
  const bindings = Object.fromEntries([...matches].map(([item, { column }]) => [item, column]))
  const itemOf = new Map([...matches].map(([item, { column }]) => [column, item]))
  const primary = relation.columns
    .filter(({ key_no }) => key_no !== null)
    .sort((a, b) => (a.key_no ?? 0) - (b.key_no ?? 0))
    .map(({ name }) => itemOf.get(name))
  const isWhole = primary.length > 0 && primary.every((item) => item !== undefined)
  const marked = items.filter(({ is_key, name_en }) => is_key && bindings[name_en]).map(({ name_en }) => name_en)
  const growing = relation.columns.find((one) => isGrowing(one.source_type) && itemOf.has(one.name))
  return {
    relation: relation.name,
    bindings,
    key: isWhole ? (primary as string[]) : marked,
    mode: relation.change_stream.able ? 'changes' : growing ? 'cursor' : 'snapshot',
    cursor_item: relation.change_stream.able ? null : (itemOf.get(growing?.name ?? '') ?? null),
  }
}

/** Bindings stand in the order of the catalogue's items, which is the order of the lines. */
export const toFeedDraft = (
  resource_id: string,
  draft: AttachDraft,
  items: readonly BindItem[],
): FeedDraft | undefined => {
  const { agent_id, connection, relation, bindings, key } = draft
  const bound = items.flatMap(({ name_en }) => {
    const column = bindings[name_en]
    return column ? [{ item: name_en, column }] : []
  })
  if (!agent_id || !connection || !relation || bound.length === 0) return undefined
  return {
    resource_id,
    agent_id,
    connection,
    relation,
    bindings: bound,
    key: [...key],
    mode: draft.mode,
    cursor_item: draft.mode === 'changes' ? null : draft.cursor_item,
    interval_seconds: draft.interval_seconds,
    reject_threshold: draft.reject_threshold,
    row_leaves: draft.row_leaves,
    unique_items: draft.unique_items.filter((name) => draft.bindings[name] && !key.includes(name)),
    hold_stale: draft.hold_stale,
  }
}

const keyOf = (id: string): string => `sanjiang.attach.${id}`

const readKept = (id: string): Partial<AttachDraft> | undefined => {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(id)) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

const keep = (id: string, draft: AttachDraft): void => {
  try {
    sessionStorage.setItem(keyOf(id), JSON.stringify(draft))
  } catch {
    // Storage may be forbidden; the draft then lasts as long as the page.
  }
}

/** Kept in this window until it is sent: going back, or leaving the page and coming again, loses nothing. */
export const useAttachDraft = (id: string, initial: AttachDraft) => {
  const [draft, setDraft] = useState<AttachDraft>(() => ({ ...initial, ...readKept(id) }))
  return {
    draft,
    change: (part: Partial<AttachDraft>) => {
      const next = { ...draft, ...part }
      keep(id, next)
      setDraft(next)
    },
    forget: () => {
      try {
        sessionStorage.removeItem(keyOf(id))
      } catch {
        // Nothing was kept then.
      }
    },
  }
}
export type AttachDesk = Pick<ReturnType<typeof useAttachDraft>, 'draft' | 'change'>
