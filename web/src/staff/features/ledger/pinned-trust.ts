import type { Checkpoint } from '@sanjiang/contract/ledger'
import { parseTrust, type SeenCheckpoint, type Trust } from '@sanjiang/seal'

const STORE = 'sanjiang.ledger.trust'

/** What this browser has decided to believe, kept outside of the node's reach: keys, and the last checkpoint it saw. */
export interface PinnedTrust {
  readonly trust: Trust
  readonly pinned_at: string
}

export const readPinned = (): PinnedTrust | undefined => {
  const text = localStorage.getItem(STORE)
  if (!text) return undefined
  try {
    const { trust, pinned_at } = JSON.parse(text)
    return { trust: parseTrust(JSON.stringify(trust)), pinned_at: String(pinned_at) }
  } catch {
    return undefined
  }
}

const write = (pinned: PinnedTrust): PinnedTrust => {
  localStorage.setItem(STORE, JSON.stringify(pinned))
  return pinned
}

export const pinTrust = (trust: Trust): PinnedTrust => write({ trust, pinned_at: new Date().toISOString() })

export const unpinTrust = (): void => localStorage.removeItem(STORE)

/** Remembers a checkpoint that verified, so that an older state shown later is noticed. */
export const rememberSeen = ({ no, hash, at }: Pick<Checkpoint, 'no' | 'hash' | 'at'>): void => {
  const pinned = readPinned()
  if (!pinned || (pinned.trust.last_seen?.no ?? 0) >= no) return
  write({ ...pinned, trust: { ...pinned.trust, last_seen: { no, hash, at } satisfies SeenCheckpoint } })
}
