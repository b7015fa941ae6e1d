import type { HeldValues, SiteDataset } from './site.ts'

/** A hit: what stands on its card, and whether it holds everything that was asked for. */
export interface SiteHit extends SiteDataset {
  readonly holds_all: boolean
  readonly update_cycle: string | null
  readonly formats: readonly string[]
  /** Of the current edition; `null` where no rows are to be had. */
  readonly row_count: number | null
  readonly data_on: string | null
  /** A to D. */
  readonly quality: string
  /** Names of fields that hold a word of the query. */
  readonly matched_items: readonly string[]
  /** Words of the query that stand in its rows, and where. */
  readonly matched_values: readonly HeldValues[]
}

export interface SiteFacetValue {
  readonly code: string
  readonly count: number
  readonly is_chosen: boolean
}

export interface SiteFacet {
  readonly facet: string
  readonly values: readonly SiteFacetValue[]
}

/** What a page of hits was asked by; every link of the page changes one thing of it. */
export interface SiteQuestion {
  readonly q: string
  readonly chosen: Readonly<Record<string, readonly string[]>>
  readonly sort: 'relevance' | 'newest' | 'name'
  readonly from: number
}

/** How a word was understood where not simply as typed, and what it was met as. */
export interface SiteUnderstood {
  readonly text: string
  readonly how: 'synonym' | 'organ' | 'pinyin' | 'initials' | 'mended'
  readonly as: readonly string[]
}

export interface SearchView extends SiteQuestion {
  readonly page: 'search'
  readonly limit: number
  readonly total: number
  readonly match: 'every' | 'code' | 'all' | 'pinyin' | 'typo' | 'partial' | 'none'
  readonly rows: readonly SiteHit[]
  readonly facets: readonly SiteFacet[]
  /** What to highlight. */
  readonly terms: readonly string[]
  readonly understood: readonly SiteUnderstood[]
  /** Words that say nothing about what is looked for. */
  readonly dropped: readonly string[]
  readonly nearest: readonly string[]
  /** How many there would be without each choice, where choices leave nothing. */
  readonly without: readonly { readonly facet: string; readonly total: number }[]
}
