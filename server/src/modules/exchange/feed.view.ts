import type { Feed, FeedDetail, Run } from '@sanjiang/contract/exchange'
import type { Report } from '@sanjiang/contract/exchange.door'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import type { FeedRow, ItemRow } from './feed.store.ts'
import { findRuns } from './run.view.ts'

const EDIT = 'exchange.feed.edit'

const VERBS: Readonly<Record<string, readonly string[]>> = {
  active: ['change', 'pause', 'hold', 'snapshot', 'detach'],
  paused: ['change', 'resume', 'detach'],
  held: ['change', 'release', 'detach'],
  detached: [],
}

const lagOf = (row: FeedRow): number | null =>
  (row.report as Report | null)?.feeds.find(({ feed_id }) => feed_id === row.feed_id)?.lag_seconds ?? null

const toFeed = (ctx: Ctx, row: FeedRow, run: Run | undefined): Feed => {
  const { provider_path, report: _, last_run_id: __, bindings: ___, union_items: ____, key: _____, ...shown } = row
  const can = reaches(scopeOf(ctx.actor, EDIT), provider_path) ? VERBS[row.state] : []
  return { ...shown, last_run: run ?? null, lag_seconds: lagOf(row), can } as unknown as Feed
}

/** Feeds with their latest run, in two statements however many they are. */
export const toFeeds = async (ctx: Ctx, rows: readonly FeedRow[]): Promise<Feed[]> => {
  const ids = rows.flatMap(({ last_run_id }) => (last_run_id ? [last_run_id] : []))
  const runs = await findRuns(ctx.db, ids)
  return rows.map((row) => toFeed(ctx, row, runs.get(row.last_run_id ?? '')))
}

interface More {
  readonly items: readonly ItemRow[]
  readonly retained: { readonly from: number | null; readonly bytes: number }
  readonly files: FeedDetail['files']
  readonly reconciled: FeedDetail['reconciled']
}

export const toFeedDetail = (row: FeedRow, feed: Feed, more: More): FeedDetail => {
  const { items, retained, files, reconciled } = more
  const byName = new Map(items.map((item) => [item.name_en, item]))
  const bindings = row.bindings as { item: string; column: string }[]
  return {
    ...feed,
    bindings: bindings.map(({ item, column }) => ({
      item,
      column,
      item_name: byName.get(item)?.name ?? item,
      data_type: (byName.get(item)?.data_type ?? 'C') as FeedDetail['bindings'][number]['data_type'],
    })),
    key: row.key as string[],
    cursor_item: row.cursor_item,
    reject_threshold: row.reject_threshold,
    row_leaves: row.row_leaves,
    unique_items: row.unique_items as string[],
    hold_stale: row.hold_stale,
    union_items: row.union_items as string[],
    files,
    retained_from: retained.from ?? row.head,
    retained_bytes: retained.bytes,
    reconciled,
  }
}
