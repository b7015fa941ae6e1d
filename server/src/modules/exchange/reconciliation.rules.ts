import { applyMask } from '@sanjiang/seal'

/** `from` excluded, `to` included; null is open. */
export interface KeyRange {
  readonly from: string | null
  readonly to: string | null
}

export interface RangeHash extends KeyRange {
  readonly rows: number
  readonly hash: string
}

export interface RowHash {
  readonly key: string
  /** What the consumer knows the row by, where that is not its key. */
  readonly handle?: string
  readonly hash: string
}

/** Beyond these a new snapshot is cheaper; under handles a range is a bucket of many more rows. */
export const MAX_DIFFERING = { ranges: 512, buckets: 64 } as const
/** Ranges (buckets) whose rows are asked for in one question. */
export const ASKED_TOGETHER = { ranges: 512, buckets: 16 } as const
/**
 * Rows of a range at each look: looking again tells changes under way from differences, and closes in on them. So for 100 rows
 * that differ among two million some 6,000 hashes travel, not 400,000.
 */
export const ROWS_PER_RANGE = [4096, 256, 16] as const
export const LOOKS = ROWS_PER_RANGE.length

const nameOf = ({ from, to }: KeyRange): string => `${from ?? ''}\n${to ?? ''}`

/** Ranges that are not the same on both sides; one that the target did not answer differs. */
export const differingRanges = (source: readonly RangeHash[], target: readonly RangeHash[]): KeyRange[] => {
  const other = new Map(target.map((range) => [nameOf(range), range]))
  return source
    .filter((range) => {
      const twin = other.get(nameOf(range))
      return twin?.hash !== range.hash || twin.rows !== range.rows
    })
    .map(({ from, to }) => ({ from, to }))
}

export const sumRows = (ranges: readonly RangeHash[]): number => ranges.reduce((sum, { rows }) => sum + rows, 0)

export interface RowDifferences {
  readonly missing: readonly string[]
  readonly surplus: readonly string[]
  readonly changed: readonly string[]
}

const nameIn = ({ key, handle }: RowHash): string => handle ?? key

/** Which rows of one range the target lacks, has too many, or has otherwise; by the source's keys, surplus by the target's. */
export const differingRows = (source: readonly RowHash[], target: readonly RowHash[]): RowDifferences => {
  const there = new Map(target.map((row) => [nameIn(row), row.hash]))
  const here = new Set(source.map(nameIn))
  return {
    missing: source.filter((row) => !there.has(nameIn(row))).map(({ key }) => key),
    changed: source
      .filter((row) => there.has(nameIn(row)) && there.get(nameIn(row)) !== row.hash)
      .map(({ key }) => key),
    surplus: target.filter((row) => !here.has(nameIn(row))).map(({ key }) => key),
  }
}

const EXAMPLES = 20

/** Masked keys with what is the matter with each, for people to look at. */
export const examplesOf = ({ missing, surplus, changed }: RowDifferences): { row_key: string; difference: string }[] =>
  [
    ...missing.map((key) => ({ key, difference: '目标缺少' })),
    ...surplus.map((key) => ({ key, difference: '目标多出' })),
    ...changed.map((key) => ({ key, difference: '内容不同' })),
  ]
    .slice(0, EXAMPLES)
    .map(({ key, difference }) => ({ row_key: applyMask('certificate', key.replaceAll('\t', ' ')), difference }))

export const joinDifferences = (list: readonly RowDifferences[]): RowDifferences => ({
  missing: list.flatMap(({ missing }) => missing),
  surplus: list.flatMap(({ surplus }) => surplus),
  changed: list.flatMap(({ changed }) => changed),
})
