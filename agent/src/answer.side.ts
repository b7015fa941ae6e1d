import { createHash, hash } from 'node:crypto'
import type { RangesAnswer, RowsAnswer, SideProjection } from '@sanjiang/contract/exchange.door'
import { satisfies } from '@sanjiang/contract/sharing.terms'
import {
  CHUNK_BYTES,
  compileProjection,
  hashRanges,
  keyLineOf,
  linesOf,
  type MaskRule,
  type Projection,
} from '@sanjiang/seal'
import { nodeHasher } from '@sanjiang/seal/node'
import type * as t from 'typebox'
import type { KeyRange, Lines, ReadPlan, Source } from './adapters/adapter.ts'
import { keyPlacesOf } from './feed.plan.ts'

/** A table seen as a grant lets it be seen; `projection` null where the lines are that already. */
export interface SidePlan {
  readonly source: Source
  readonly plan: ReadPlan
  readonly projection: Projection | null
}

/** Where nothing is masked and no row left out, reading fewer columns is the whole projection: the engine can hash it. */
const isPlain = ({ items, row_conditions }: SideProjection): boolean =>
  row_conditions.length === 0 && items.every(({ mask_rule }) => mask_rule === 'none')

export const sidePlan = (source: Source, plan: ReadPlan, grant: SideProjection | null): SidePlan => {
  if (grant === null) return { source, plan, projection: null }
  const names = new Set(grant.items.map(({ name_en }) => name_en))
  const hasKey = grant.key.every((item) => names.has(item))
  if (isPlain(grant) && hasKey)
    return { source, plan: { ...plan, columns: plan.columns.filter(({ item }) => names.has(item)) }, projection: null }
  const projection = compileProjection({
    items: plan.columns.map(({ item }) => item),
    grant: grant.items.map(({ name_en, mask_rule }) => ({ name_en, mask_rule: mask_rule as MaskRule })),
    conditions: grant.row_conditions.map((one) => ({
      item: one.item,
      test: (text: string | null) => satisfies(text, one),
    })),
    key: grant.key,
    hasher: nodeHasher('sha256'),
  })
  return { source, plan, projection }
}

const readOptions = (signal: AbortSignal) => ({ chunk_bytes: CHUNK_BYTES, signal, unreadable: () => {} })

const keyTypes = ({ columns }: ReadPlan) => columns.flatMap(({ is_key, data_type }) => (is_key ? [data_type] : []))

/** Hashes of ranges under the grant: by the engine where it can, else over the lines. */
export const sideHashes = async (
  { source, plan, projection }: SidePlan,
  ranges: readonly KeyRange[],
  signal: AbortSignal,
): Promise<t.Static<typeof RangesAnswer>> => {
  const known = projection === null ? await source.hashes(plan, ranges) : null
  if (known !== null)
    return { ranges: known.map(({ from, to, rows, hash }) => ({ from, to, rows, hash })), position: null }
  let position: string | null = null
  const answers = []
  for (const range of ranges) {
    const lines = async function* (): AsyncGenerator<Lines> {
      for await (const one of source.range(plan, range, readOptions(signal))) {
        position = one.position
        yield one
      }
    }
    const [answer] = await hashRanges(lines(), {
      ranges: [range],
      key: keyPlacesOf(plan),
      types: keyTypes(plan),
      newHash: () => {
        const sha = createHash('sha256')
        return { update: (bytes) => void sha.update(bytes), digest: () => sha.digest('hex') }
      },
      ...(projection === null ? {} : { project: (body: Uint8Array) => projection.project('rows', body) }),
    })
    if (answer) answers.push({ from: range.from, to: range.to, rows: answer.rows, hash: answer.hash })
  }
  return { ranges: answers, position }
}

const MAX_ROWS = 100_000

/** Keys of a range's rows with a hash of what each looks like under the grant: the rows themselves stay. */
export const sideRows = async (
  { source, plan, projection }: SidePlan,
  range: KeyRange,
  signal: AbortSignal,
): Promise<t.Static<typeof RowsAnswer>> => {
  const rows: { key: string; hash: string }[] = []
  const keyPlaces = keyPlacesOf(plan)
  let position: string | null = null
  for await (const lines of source.range(plan, { from: range.from, to: range.to }, readOptions(signal))) {
    position = lines.position
    for (const view of linesOf(lines.body)) {
      const line = Buffer.from(view.buffer, view.byteOffset, view.length + 1)
      const seen = projection === null ? line : projection.project('rows', line).body
      if (seen.length === 0) continue
      if (rows.length >= MAX_ROWS) throw new Error(`区间超过 ${MAX_ROWS} 行,请先细分`)
      rows.push({
        key: keyLineOf(line.toString('utf8', 0, line.length - 1), keyPlaces),
        hash: hash('sha256', seen, 'hex'),
      })
    }
  }
  return { rows, position }
}
