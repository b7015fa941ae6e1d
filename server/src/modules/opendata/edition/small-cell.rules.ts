import type { OpenColumn, Suppression } from '@sanjiang/contract/opendata'

type Row = readonly (string | null)[]

interface Plan {
  readonly columns: readonly OpenColumn[]
  readonly threshold: number
  readonly measures: readonly string[]
}

export type SmallCells =
  | { readonly rows: readonly Row[]; readonly suppression: Suppression }
  | { readonly problem: string }

/** Not judged yet: a table that needs it is held. */
export const suppressSmallCells = (_rows: readonly Row[], _plan: Plan): SmallCells => ({
  problem: '小单元格处理尚不可用',
})
