import type { ThemeCode } from '@sanjiang/contract/opendata'
import type { ColumnRole } from '@sanjiang/contract/site'

/** A column of a demo dataset, by the English name of its item. */
export interface OpenItemPlan {
  readonly name_en: string
  readonly role?: ColumnRole
  readonly unit?: string
  readonly shaping?: 'remove' | 'mask' | 'year'
  readonly mask_rule?: string
}

export type Cell = string | number | null

/** One delivery: rows in the order of the plan's items. */
export interface EditionPlan {
  readonly data_on: string
  readonly note?: string
  readonly rows: () => readonly (readonly Cell[])[]
}

/** A dataset of the demo province with rows, opened by two people of its department (T4.2). */
export interface OpenPlan {
  /** Key of the resource, e.g. `6300003010.division_code_table`. */
  readonly key: string
  readonly word: string
  readonly title: string
  readonly summary: string
  readonly theme: ThemeCode
  readonly keywords: readonly string[]
  readonly items: readonly OpenItemPlan[]
  /** Oldest first. */
  readonly editions: readonly EditionPlan[]
}
