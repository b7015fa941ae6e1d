import type { ItemDraft, ResourceDraft } from '@sanjiang/contract/catalog'

/** A record of a foreign catalogue in our words, before defaults and organs: whatever its kind, the same shape. */
export interface Portrait {
  readonly key: string
  readonly title: string
  readonly summary: string
  readonly publisher: { readonly key: string; readonly name: string; readonly code: string | null } | null
  readonly keywords: readonly string[]
  /** `YYYY-MM-DD`, where the source says it. */
  readonly issued_on: string | null
  readonly update_cycle: string | null
  /** As the source names them: CSV, XLSX, application/json. */
  readonly formats: readonly string[]
  readonly items: readonly ItemDraft[]
  readonly url: string | null
  /** Another node of ours says everything in our own words. */
  readonly draft?: ResourceDraft
}

/** One thing met at the source; `pointer` is where in its answer. */
export type Sourced =
  | { readonly kind: 'record'; readonly portrait: Portrait; readonly pointer: string; readonly original: unknown }
  | {
      readonly kind: 'failed'
      /** `null`: it cannot be told which record it was. */
      readonly key: string | null
      readonly title: string
      readonly pointer: string
      readonly message: string
      readonly excerpt: string
      /** Names found in what could not be read: a record of ours among them is not missing. */
      readonly mentioned: readonly string[]
    }
  | { readonly kind: 'gone'; readonly key: string }

/** Where the next page begins: kept with the run, so that another process goes on from there. */
export type Place = Readonly<Record<string, string | number | null>>

export interface ReadPage {
  /** The range in words. */
  readonly place: string
  readonly items: readonly Sourced[]
  readonly total: number | null
  readonly next: Place | null
  readonly notes: readonly string[]
  readonly etag?: string | null
  /** The source says that nothing has changed since the etag given. */
  readonly isUnchanged?: boolean
  /** Something of unknown size was lost here: what is not seen need not be gone. */
  readonly isTorn?: boolean
}

export interface Reader {
  readonly first: Place
  read(place: Place): Promise<ReadPage>
}

const EXCERPT = 300

export const excerptOf = (text: string, at = 0): string => {
  const from = Math.max(0, at - EXCERPT / 2)
  return text.slice(from, from + EXCERPT).replaceAll('\u0000', '\uFFFD')
}

/** What a source's field turned out to be, instead of what it should be. */
export class FieldFailure extends Error {
  readonly pointer: string
  constructor(pointer: string, message: string) {
    super(message)
    this.pointer = pointer
  }
}
