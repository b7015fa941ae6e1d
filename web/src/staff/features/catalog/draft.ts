import type { ItemDraft, ResourceContent, ResourceDetail, ResourceDraft } from '@sanjiang/contract/catalog'
import { problemOf } from '../../api.ts'
import { NO_SHELF, type Shelf } from './draft-shelf.ts'

/** A row of the grid knows itself by `key` until the server has given it an `item_id`. */
export type DraftItem = ItemDraft & { readonly key: string }
export type Draft = Omit<ResourceDraft, 'items'> & { readonly items: readonly DraftItem[] }

let nextKey = 0
export const newRow = (item: ItemDraft = {}): DraftItem => {
  nextKey += 1
  return {
    share_type: 'unconditional',
    open_type: 'closed',
    sensitivity: 'L2',
    mask_rule: 'none',
    ...item,
    key: `row-${nextKey}`,
  }
}

export const toDraft = ({ items, ...content }: ResourceContent): Draft => ({
  ...content,
  items: items.map(({ seq: _, ...item }) => newRow(item)),
})

export const fromDraft = ({ items, ...draft }: Draft): ResourceDraft => ({
  ...draft,
  items: items.map(({ key: _, ...item }) => item),
})

/** `offline`: nobody answered; tried again until somebody does. */
export type SaveState = 'saved' | 'dirty' | 'saving' | 'stale' | 'failed' | 'offline'

export interface Kept {
  readonly draft: Draft
  readonly state: SaveState
  readonly error: unknown
}

export type Send = (revision: number, draft: ResourceDraft) => Promise<ResourceDetail>

const PAUSE_MS = 700
const AGAIN_MS = 5_000

const isAway = (error: unknown): boolean => problemOf(error)?.code === 'unavailable'

/** Rows that were new when they were sent get the identities the server gave them, wherever they stand by now. */
const withIds = (now: Draft, sent: Draft, saved: ResourceContent): Draft => {
  const ids = new Map(sent.items.map(({ key }, index) => [key, saved.items[index]?.item_id]))
  return { ...now, items: now.items.map((row) => (row.item_id ? row : { ...row, item_id: ids.get(row.key) })) }
}

interface Inner {
  kept: Kept
  saved: Draft
  revision: number
  timer: ReturnType<typeof setTimeout> | undefined
  running: Promise<void> | null
  readonly shelf: Shelf
}

/** What the server has not got yet is kept here as well, until it has. */
const shelve = ({ shelf, revision, kept }: Inner): void => shelf.put({ revision, draft: fromDraft(kept.draft) })

const sendOnce = async (inner: Inner, send: Send, tell: (kept: Partial<Kept>) => void): Promise<void> => {
  const sent = inner.kept.draft
  tell({ state: 'saving', error: null })
  try {
    const resource = await send(inner.revision, fromDraft(sent))
    inner.revision = resource.revision
    const isSame = inner.kept.draft === sent
    const draft = withIds(inner.kept.draft, sent, resource.content)
    inner.saved = isSame ? draft : sent
    tell({ draft, state: isSame ? 'saved' : 'dirty' })
    if (isSame) inner.shelf.clear()
    else shelve(inner)
  } catch (error) {
    const isStale = problemOf(error)?.code === 'stale'
    tell({ state: isStale ? 'stale' : isAway(error) ? 'offline' : 'failed', error })
  }
}

/**
 * Keeps a draft and saves it a moment after every change, one save at a time, each with the revision it was based on. When
 * somebody else saved in between, it stops and says so instead of overwriting.
 */
export const makeKeeper = (resource: ResourceDetail, send: Send, shelf: Shelf = NO_SHELF) => {
  const draft = toDraft(resource.content)
  const inner: Inner = {
    kept: { draft, state: 'saved', error: null },
    saved: draft,
    revision: resource.revision,
    timer: undefined,
    running: null,
    shelf,
  }
  // Left over from a window that was closed, or a machine that went off, before everything was saved.
  const left = shelf.read()
  if (left) {
    const isFresh = left.revision === resource.revision
    const words = { ...draft, ...left.draft, items: (left.draft.items ?? []).map((item) => newRow(item)) }
    inner.kept = { draft: words, state: isFresh ? 'dirty' : 'stale', error: null }
  }
  const listeners = new Set<() => void>()
  const tell = (kept: Partial<Kept>): void => {
    inner.kept = { ...inner.kept, ...kept }
    for (const listener of listeners) listener()
  }
  const flush = async (): Promise<boolean> => {
    clearTimeout(inner.timer)
    while (inner.running) await inner.running
    const before = inner.kept
    if (before.state === 'saved') return true
    if (before.state === 'stale') return false
    inner.running = sendOnce(inner, send, tell).finally(() => {
      inner.running = null
    })
    await inner.running
    const after: Kept = inner.kept
    if (after.state === 'offline') inner.timer = setTimeout(() => void flush(), AGAIN_MS)
    return after.state === 'dirty' ? flush() : after.state === 'saved'
  }
  return {
    get: (): Kept => inner.kept,
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    change: (patch: Partial<Draft>): void => {
      tell({ draft: { ...inner.kept.draft, ...patch }, state: inner.kept.state === 'stale' ? 'stale' : 'dirty' })
      shelve(inner)
      clearTimeout(inner.timer)
      if (inner.kept.state !== 'stale') inner.timer = setTimeout(() => void flush(), PAUSE_MS)
    },
    /** Whether this begins with words that an earlier window could not save. */
    wasLeft: left !== null,
    /** Saves at once; true when everything stands on the server. */
    flush,
    /** No more tries from this window; what is unsaved lies on the shelf. */
    stop: (): void => clearTimeout(inner.timer),
    /** Takes what the other one saved, and drops one's own changes. */
    adopt: (theirs: ResourceDetail): void => {
      inner.revision = theirs.revision
      inner.saved = toDraft(theirs.content)
      shelf.clear()
      tell({ draft: inner.saved, state: 'saved', error: null })
    },
    /** Puts one's own text over theirs — knowingly, after having seen what differs. */
    insist: (theirs: ResourceDetail): Promise<boolean> => {
      inner.revision = theirs.revision
      tell({ state: 'dirty', error: null })
      return flush()
    },
  }
}
export type Keeper = ReturnType<typeof makeKeeper>
