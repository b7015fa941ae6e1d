import { createHash, hash } from 'node:crypto'
import type { RangesAnswer, RowsAnswer, SideProjection } from '@sanjiang/contract/exchange.door'
import { satisfies } from '@sanjiang/contract/sharing.terms'
import {
  BucketHasher,
  CHUNK_BYTES,
  compileProjection,
  HANDLE_LENGTH,
  hashRanges,
  keyLineOf,
  linesOf,
  type MaskRule,
  type Projection,
  ROW_HANDLE,
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
  /** Lines begin with a handle: the two sides have no common order, rows are told apart by how it begins (ADR 0004). */
  readonly isHandled: boolean
  /** Takes out what the border keeps back; null where nothing is. */
  readonly keep: ((body: Buffer) => Buffer) | null
}

const HASHER = nodeHasher('sha256')
/** 4,096 buckets: some 500 rows of two million in each. */
const DIGITS = 3

/** Where nothing is masked and no row left out, reading fewer columns is the whole projection: the engine can hash it. */
const isPlain = ({ items, row_conditions }: SideProjection): boolean =>
  row_conditions.length === 0 && items.every(({ mask_rule }) => mask_rule === 'none')

interface Side {
  readonly source: Source
  readonly plan: ReadPlan
  readonly grant: SideProjection | null
  readonly keep?: ((body: Buffer) => Buffer) | null
}

export const sidePlan = ({ source, plan, grant, keep = null }: Side): SidePlan => {
  if (grant === null)
    return { source, plan, projection: null, isHandled: plan.columns[0]?.item === ROW_HANDLE, keep: null }
  const names = new Set(grant.items.map(({ name_en }) => name_en))
  const hasKey = grant.key.every((item) => names.has(item))
  // Rules look at items that are not granted too: then the lines are read whole.
  if (isPlain(grant) && hasKey && grant.handle_secret === null && keep === null)
    return {
      source,
      plan: { ...plan, columns: plan.columns.filter(({ item }) => names.has(item)) },
      projection: null,
      isHandled: false,
      keep,
    }
  const projection = compileProjection({
    items: plan.columns.map(({ item }) => item),
    grant: grant.items.map(({ name_en, mask_rule }) => ({ name_en, mask_rule: mask_rule as MaskRule })),
    conditions: grant.row_conditions.map((one) => ({
      item: one.item,
      test: (text: string | null) => satisfies(text, one),
    })),
    key: grant.key,
    hasher: HASHER,
    ...(grant.handle_secret === null ? {} : { handleSecret: Buffer.from(grant.handle_secret, 'hex') }),
  })
  return { source, plan, projection, isHandled: grant.handle_secret !== null, keep }
}

/** Lines of a range as the consumer may have them, the border's rejects left out, before the grant. */
async function* linesIn({ source, plan, keep }: SidePlan, range: KeyRange, signal: AbortSignal): AsyncGenerator<Lines> {
  for await (const lines of source.range(plan, range, readOptions(signal)))
    yield keep === null ? lines : { ...lines, body: keep(lines.body) }
}

const WHOLE: KeyRange = { from: null, to: null }

/** Nothing of a body is kept beyond it. */
const readOptions = (signal: AbortSignal) => ({ chunk_bytes: CHUNK_BYTES, signal, unreadable: () => {}, lends: true })

const keyTypes = ({ columns }: ReadPlan) => columns.flatMap(({ is_key, data_type }) => (is_key ? [data_type] : []))

/** Every row once; buckets that nobody is in are left out, unless asked for. */
export const bucketHashes = async (
  side: SidePlan,
  only: readonly KeyRange[] | null,
  signal: AbortSignal,
): Promise<t.Static<typeof RangesAnswer>> => {
  const { projection } = side
  const hasher = new BucketHasher(HASHER, DIGITS)
  let position: string | null = null
  for await (const lines of linesIn(side, WHOLE, signal)) {
    position = lines.position
    hasher.add(projection === null ? lines.body : projection.project('rows', lines.body).body)
  }
  const asked = only && new Set(only.map(({ from }) => from))
  const ranges = hasher
    .result()
    .filter(({ prefix, rows }) => (asked ? asked.has(prefix) : rows > 0))
    .map(({ prefix, rows, hash: sum }) => ({ from: prefix, to: prefix, rows, hash: sum }))
  return { ranges, position }
}

/** Hashes of ranges under the grant: of buckets where lines begin with a handle, by the engine where it can, else over the lines. */
export const sideHashes = async (
  side: SidePlan,
  ranges: readonly KeyRange[],
  signal: AbortSignal,
): Promise<t.Static<typeof RangesAnswer>> => {
  const { source, plan, projection } = side
  const known = projection === null ? await source.hashes(plan, ranges) : null
  if (known !== null)
    return { ranges: known.map(({ from, to, rows, hash }) => ({ from, to, rows, hash })), position: null }
  let position: string | null = null
  const answers = []
  for (const range of ranges) {
    const lines = async function* (): AsyncGenerator<Lines> {
      for await (const one of linesIn(side, range, signal)) {
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

interface Cut {
  readonly rows: number
  readonly signal: AbortSignal
}

/** Where that many lines from `at` on end, or where the body does. */
const endOf = (body: Buffer, at: number, lines: number): { end: number; count: number } => {
  let end = at
  let count = 0
  for (; count < lines && end < body.length; count += 1) end = body.indexOf(10, end) + 1
  return { end, count }
}

/** One range cut into ranges of so many of the source's rows, each with its hash under the grant. */
async function* splitRange(side: SidePlan, range: KeyRange, { rows, signal }: Cut) {
  const { plan, projection } = side
  const keyPlaces = keyPlacesOf(plan)
  let [from, lines, seen, sha] = [range.from, 0, 0, createHash('sha256')]
  let last = ''
  for await (const { body } of linesIn(side, range, signal))
    for (let at = 0; at < body.length; ) {
      if (lines === rows) {
        const to = keyLineOf(last, keyPlaces)
        yield { from, to, rows: seen, hash: sha.digest('hex') }
        ;[from, lines, seen, sha] = [to, 0, 0, createHash('sha256')]
      }
      const { end, count } = endOf(body, at, rows - lines)
      const part = body.subarray(at, end)
      const shown = projection === null ? { body: part, rows: count } : projection.project('rows', part)
      sha.update(shown.body)
      seen += shown.rows
      lines += count
      last = part.toString('utf8', part.lastIndexOf(10, part.length - 2) + 1, part.length - 1)
      at = end
    }
  yield { from, to: range.to, rows: seen, hash: sha.digest('hex') }
}

/** Ranges, the whole table at first, each cut into smaller ones: what differs is closed in on before any row is named. */
export const splitHashes = async (
  side: SidePlan,
  ranges: readonly KeyRange[],
  cut: Cut,
): Promise<t.Static<typeof RangesAnswer>> => {
  const answers = []
  for (const range of ranges) for await (const one of splitRange(side, range, cut)) answers.push(one)
  return { ranges: answers, position: null }
}

const MAX_ROWS = 100_000

/** Keys of the rows of some ranges with a hash of what each looks like under the grant: the rows themselves stay. */
export const sideRows = async (
  side: SidePlan,
  ranges: readonly KeyRange[],
  signal: AbortSignal,
): Promise<t.Static<typeof RowsAnswer>> => {
  const rows: { key: string; handle?: string; hash: string }[] = []
  const { plan, projection, isHandled } = side
  const keyPlaces = keyPlacesOf(plan)
  const buckets = new Set(ranges.map(({ from }) => from ?? ''))
  let position: string | null = null
  // Buckets lie all over the table: one reading finds the rows of them all.
  for (const range of isHandled ? [WHOLE] : ranges)
    for await (const lines of linesIn(side, range, signal)) {
      position = lines.position
      for (const view of linesOf(lines.body)) {
        const line = Buffer.from(view.buffer, view.byteOffset, view.length + 1)
        const seen = projection === null ? line : projection.project('rows', line).body
        if (seen.length === 0) continue
        const handle = isHandled ? Buffer.from(seen).toString('latin1', 0, HANDLE_LENGTH) : undefined
        if (handle !== undefined && !buckets.has(handle.slice(0, DIGITS))) continue
        if (rows.length >= MAX_ROWS) throw new Error(`区间超过 ${MAX_ROWS} 行,请先细分`)
        rows.push({
          key: keyLineOf(line.toString('utf8', 0, line.length - 1), keyPlaces),
          ...(handle === undefined ? {} : { handle }),
          hash: hash('sha256', seen, 'hex'),
        })
      }
    }
  return { rows, position }
}
