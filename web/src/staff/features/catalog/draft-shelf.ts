import type { ResourceDraft } from '@sanjiang/contract/catalog'

/** What was written and is not yet known to stand on the server, with the revision it was based on. */
export interface Shelved {
  readonly revision: number
  readonly draft: ResourceDraft
}

/** A place on the officer's own machine; empty whenever the server has everything. */
export interface Shelf {
  read(): Shelved | null
  put(shelved: Shelved): void
  clear(): void
}

export const NO_SHELF: Shelf = { read: () => null, put: () => undefined, clear: () => undefined }

/**
 * A shelf in the browser's storage, one for each person and entry: of two officers at one machine neither finds the other's words.
 * A browser that keeps nothing (full, or forbidden) still edits; only the second copy is missing then.
 */
export const makeShelf = (personId: string, resourceId: string): Shelf => {
  const key = `sanjiang.draft.${personId}.${resourceId}`
  const safely = <T>(work: () => T, otherwise: T): T => {
    try {
      return work()
    } catch {
      return otherwise
    }
  }
  return {
    read: () =>
      safely(() => {
        const text = localStorage.getItem(key)
        return text === null ? null : (JSON.parse(text) as Shelved)
      }, null),
    put: (shelved) => safely(() => localStorage.setItem(key, JSON.stringify(shelved)), undefined),
    clear: () => safely(() => localStorage.removeItem(key), undefined),
  }
}
