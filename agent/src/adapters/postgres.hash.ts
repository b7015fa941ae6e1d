import { createHash } from 'node:crypto'
import { compareKeyLines } from '@sanjiang/seal'
import type { KeyRange, RangeHash, ReadPlan } from './adapter.ts'
import { getRelation } from './postgres.catalog.ts'
import { copyEach, copyOut } from './postgres.copy.ts'
import { filterRows } from './postgres.filter.ts'
import { type LinePlan, planLines } from './postgres.line.ts'
import { keyOrder, keyValues, rangeText, rangeWhere } from './postgres.range.ts'
import { type Client, id, type PostgresConfig, withClient } from './postgres.session.ts'

// Hashes of ranges. Joining and hashing lines in SQL (string_agg, sha256) was measured at 2.5–3 times the CPU of COPY:
// the line is built once as text and once more to find what needs escaping. COPY writes it for half of that, and hashing
// its bytes as they come costs a tenth; so the server copies in key order and the lines are hashed beside it.

interface Hashed {
  readonly rows: number
  readonly hash: string
}

const never = new AbortController().signal
const READING = { chunk_bytes: 1 << 18, signal: never, lends: true }
const LF = 0x0a

class RangeHasher {
  #hash = createHash('sha256')
  #rows = 0

  add(body: Buffer, rows: number): void {
    this.#hash.update(body)
    this.#rows += rows
  }

  take(): Hashed {
    const found = { rows: this.#rows, hash: this.#hash.digest('hex') }
    this.#hash = createHash('sha256')
    this.#rows = 0
    return found
  }
}

/** Range by range where an index gives the order: the copies are sent together, and the server tells where each ends. */
const STATEMENTS = 32

const hashEach = async (client: Client, plan: LinePlan, ranges: readonly KeyRange[]): Promise<Hashed[]> => {
  const found: Hashed[] = []
  const hasher = new RangeHasher()
  for (let at = 0; at < ranges.length; at += STATEMENTS) {
    const texts = ranges.slice(at, at + STATEMENTS).map((range) => rangeText(plan, range))
    for await (const piece of copyEach(client, texts, READING)) {
      const { body, rows } = filterRows(plan, piece, () => undefined)
      hasher.add(body, rows)
      if (piece.is_end) found.push(hasher.take())
    }
  }
  return found
}

const HAS_INDEX = `
select exists (
  select from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
   where i.indrelid = $1 and i.indisvalid and i.indpred is null and a.amname = 'btree'
     and (select array_agg(t.attname::text order by k.place)
            from unnest((i.indkey::int2[])[0:cardinality($2::text[]) - 1]) with ordinality k(no, place)
            join pg_attribute t on t.attrelid = i.indrelid and t.attnum = k.no) = $2::text[]) as found`

/** Whether an index gives the key order, so that each range is a short walk in it. */
const isIndexed = async (client: Client, plan: LinePlan): Promise<boolean> => {
  if (plan.key.some(({ order, field }) => order !== id(field.column.name))) return false
  const names = plan.key.map(({ field }) => field.column.name)
  const { rows } = await client.query<{ found: boolean }>(HAS_INDEX, [plan.relation.oid, names])
  return rows[0]?.found ?? false
}

/** Bounds in key order, and for each range which segment between them it is; null when one is none. */
const segmentsOf = (plan: LinePlan, ranges: readonly KeyRange[]): { marks: string[]; places: number[] } | null => {
  const compare = compareKeyLines(plan.key.map(({ field }) => field.bound.data_type))
  const bounds = ranges.flatMap(({ from, to }) => [from, to].filter((one) => one !== null))
  const marks = [...new Set(bounds)].sort(compare)
  const no = new Map(marks.map((mark, place) => [mark, place]))
  const places = ranges.map(({ from, to }) => {
    const first = from === null ? 0 : (no.get(from) ?? 0) + 1
    const last = to === null ? marks.length : (no.get(to) ?? 0)
    return first === last ? first : -1
  })
  return places.includes(-1) ? null : { marks, places }
}

const ALL: KeyRange = { from: null, to: null }

/** How many rows lie in each segment: the marks are sorted in among the keys and counted. */
const countSegments = async (client: Client, plan: LinePlan, marks: readonly string[]): Promise<number[]> => {
  const names = plan.key.map(({ is_text }, place) => (is_text ? `k${place} collate "C"` : `k${place}`)).join(', ')
  const keys = plan.key.map(({ order }, place) => `${order} as k${place}`).join(', ')
  const marked = [
    `select ${keys}, 0 as mark from ${plan.from}${rangeWhere(plan, ALL)}`,
    ...marks.map((mark) => `select ${keyValues(plan, mark).join(', ')}, 1`),
  ]
  const { rows } = await client.query<{ segment: number; rows: number }>(
    `select segment, count(*)::int as rows from (
       select mark, sum(mark) over (order by ${names}, mark rows unbounded preceding)::int as segment
         from (${marked.join(' union all ')}) marked) numbered
      where mark = 0 group by segment`,
  )
  const counts = new Array<number>(marks.length + 1).fill(0)
  for (const row of rows) counts[row.segment] = row.rows
  return counts
}

/** Where the line of that number ends in a body. */
const endOf = (body: Buffer, lines: number): number => {
  let at = -1
  for (let i = 0; i < lines; i++) at = body.indexOf(LF, at + 1)
  return at + 1
}

/** One pass sorted by the server where no index gives the order, cut where the counts say. */
const hashSorted = async (client: Client, plan: LinePlan, marks: readonly string[]): Promise<Hashed[]> => {
  await client.query('begin isolation level repeatable read read only')
  await client.query(`set local work_mem = '64MB'`)
  const counts = await countSegments(client, plan, marks)
  const found: Hashed[] = []
  const hasher = new RangeHasher()
  let missing = counts[0] ?? 0
  const close = (): void => {
    while (missing === 0 && found.length < counts.length) {
      found.push(hasher.take())
      missing = counts[found.length] ?? -1
    }
  }
  for await (const piece of copyOut(client, rangeText(plan, ALL), READING)) {
    let { body, rows } = piece
    while (rows > 0) {
      close()
      const taken = Math.min(rows, missing)
      const end = taken === rows ? body.length : endOf(body, taken)
      const kept = filterRows(plan, { body: body.subarray(0, end), rows: taken }, () => undefined)
      hasher.add(kept.body, kept.rows)
      missing -= taken
      rows -= taken
      body = body.subarray(end)
    }
  }
  close()
  await client.query('commit')
  return found
}

/** Below so many ranges each is worth a search of its own, index or not. */
const FEW = 4

const hashAll = async (
  client: Client,
  plan: LinePlan,
  { ranges, isWalked }: { readonly ranges: readonly KeyRange[]; readonly isWalked: boolean },
): Promise<Hashed[]> => {
  const segments = isWalked || ranges.length <= FEW ? null : segmentsOf(plan, ranges)
  if (segments === null) return hashEach(client, plan, ranges)
  const sorted = await hashSorted(client, plan, segments.marks)
  return segments.places.map((place) => sorted[place] as Hashed)
}

/** Ranges shared out among the readers an instance allows; each group is one stretch of the key order. */
const groupsOf = (ranges: readonly KeyRange[], readers: number): readonly (readonly KeyRange[])[] => {
  const size = Math.max(STATEMENTS, Math.ceil(ranges.length / readers))
  return Array.from({ length: Math.ceil(ranges.length / size) }, (_, group) =>
    ranges.slice(group * size, (group + 1) * size),
  )
}

export const hashRanges = async (
  config: PostgresConfig,
  plan: ReadPlan,
  ranges: readonly KeyRange[],
): Promise<RangeHash[]> => {
  const { lines, isWalked } = await withClient(config, async (client) => {
    const planned = planLines(plan, await getRelation(client, plan.relation))
    keyOrder(planned)
    return { lines: planned, isWalked: await isIndexed(client, planned) }
  })
  const groups = isWalked ? groupsOf(ranges, config.readers) : [ranges]
  const hashed = await Promise.all(
    groups.map((group) => withClient(config, (client) => hashAll(client, lines, { ranges: group, isWalked }))),
  )
  return hashed.flat().map(({ rows, hash }, place) => ({ ...(ranges[place] as KeyRange), rows, hash }))
}
