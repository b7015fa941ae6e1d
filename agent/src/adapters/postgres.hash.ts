import { compareKeyLines } from '@sanjiang/seal'
import type { KeyRange, RangeHash, ReadPlan } from './adapter.ts'
import { getRelation } from './postgres.catalog.ts'
import type { LineField, LinePlan } from './postgres.line.ts'
import { planLines } from './postgres.line.ts'
import { keyOrder, keyValues, rangeWhere } from './postgres.range.ts'
import { type Client, id, literal, type PostgresConfig, withClient } from './postgres.session.ts'

// Hashes of ranges made by the server, equal to hashing the lines read. Building a line in SQL with every text escaped
// would cost three times COPY; nearly no text needs it. So lines are joined as they are, each range says whether any of
// its text needs escaping, and only such a range is joined once more with escapes.

const ESCAPES: readonly (readonly [character: string, escaped: string])[] = [
  ["E'\\\\'", "E'\\\\\\\\'"],
  ["E'\\t'", "E'\\\\t'"],
  ["E'\\n'", "E'\\\\n'"],
  ["E'\\r'", "E'\\\\r'"],
  ["E'\\b'", "E'\\\\b'"],
  ["E'\\f'", "E'\\\\f'"],
  ["E'\\v'", "E'\\\\v'"],
]

const TEXTUAL = new Set(['text', 'varchar', 'bpchar', 'name', 'enum', 'other', 'json', 'jsonb', 'xml', 'bytea', 'char'])

const mayNeedEscape = ({ bound, column }: LineField): boolean =>
  'CMG'.includes(bound.data_type) && (TEXTUAL.has(column.type) || column.type.startsWith('_'))

const fieldText = (field: LineField, isEscaped: boolean): string => {
  const { column, clean } = field
  if (mayNeedEscape(field)) {
    const text = isEscaped ? ESCAPES.reduce((inner, [from, to]) => `replace(${inner}, ${from}, ${to})`, clean) : clean
    return column.nullable ? `coalesce(${text}, '\\N')` : text
  }
  // The function that joins them writes a value as COPY does; a cast of boolean to text does not.
  if (!column.nullable) return clean
  if (column.type === 'bool' && field.bound.data_type === 'L')
    return `case when ${clean} then 't' when not ${clean} then 'f' else '\\N' end`
  return `coalesce((${clean})::text, '\\N')`
}

const ARGUMENTS = 90

/** Functions take at most 100 arguments. */
const joined = (fields: readonly string[]): string => {
  const groups: string[] = []
  for (let at = 0; at < fields.length; at += ARGUMENTS)
    groups.push(`concat_ws(E'\\t', ${fields.slice(at, at + ARGUMENTS).join(', ')})`)
  return groups.length === 1 ? (groups[0] as string) : `concat_ws(E'\\t', ${groups.join(', ')})`
}

const lineSql = (plan: LinePlan, isEscaped: boolean): string =>
  joined(plan.fields.map((field) => fieldText(field, isEscaped)))

const riskySql = (plan: LinePlan): string => {
  const risky = plan.fields.filter(mayNeedEscape).map(({ select }) => select)
  return risky.length === 0 ? "''" : risky.slice(0, ARGUMENTS).reduce((all, one) => `${all}, ${one}`)
}

/** More text columns than one call takes: such a table is always escaped. */
const isAlwaysEscaped = (plan: LinePlan): boolean => plan.fields.filter(mayNeedEscape).length > ARGUMENTS

const needsEscape = (text: string): string => ESCAPES.map(([one]) => `strpos(${text}, ${one}) > 0`).join(' or ')

const HASH = (lines: string): string => `encode(sha256(convert_to(coalesce(${lines} || E'\\n', ''), 'UTF8')), 'hex')`

interface HashRow {
  readonly rows: number
  readonly hash: string
  readonly is_dirty: boolean | null
}

const rangeSql = (plan: LinePlan, range: KeyRange, isEscaped: boolean): string => {
  const where = rangeWhere(plan, range, plan.good === '' ? [] : [plan.good])
  const risky = isEscaped ? '' : `, concat(${riskySql(plan)}) as risky`
  return `select rows, ${HASH('lines')} as hash, ${isEscaped ? 'false' : needsEscape('risky')} as is_dirty
    from (select count(*)::int as rows, string_agg(line, E'\\n') as lines${isEscaped ? '' : ", string_agg(risky, '') as risky"}
      from (select ${lineSql(plan, isEscaped)} as line${risky} from ${plan.from}${where} order by ${keyOrder(plan)}) ordered) joined`
}

const STATEMENTS = 16

const hashEach = async (
  client: Client,
  plan: LinePlan,
  { ranges, isEscaped }: { readonly ranges: readonly KeyRange[]; readonly isEscaped: boolean },
): Promise<HashRow[]> => {
  const found: HashRow[] = []
  for (let at = 0; at < ranges.length; at += STATEMENTS) {
    const some = ranges.slice(at, at + STATEMENTS)
    const answers = await client.query<HashRow>(some.map((range) => rangeSql(plan, range, isEscaped)).join(';\n'))
    // One statement answers with one result, several with a list.
    for (const answer of [answers].flat()) found.push(answer.rows[0] as HashRow)
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

/** One pass over the whole relation, sorted by the server: where no index gives the order. */
const hashSorted = async (
  client: Client,
  plan: LinePlan,
  { marks, isEscaped }: { readonly marks: readonly string[]; readonly isEscaped: boolean },
): Promise<Map<number, HashRow>> => {
  const names = plan.key.map((_, place) => `k${place}`)
  const order = (of: readonly string[]): string =>
    of.map((name, place) => (plan.key[place]?.is_text ? `${name} collate "C"` : name)).join(', ')
  const where = rangeWhere(plan, { from: null, to: null }, plan.good === '' ? [] : [plan.good])
  const keys = plan.key.map(({ order: key }, place) => `${key} as k${place}`)
  const values = marks.map((mark) => `select ${keyValues(plan, mark).join(', ')}, 1, null, null`)
  const rows = `select ${keys.join(', ')}, 0 as mark, ${lineSql(plan, isEscaped)} as line, concat(${riskySql(plan)}) as risky from ${plan.from}${where}`
  const numbered = `select *, sum(mark) over (order by ${order(names)}, mark rows unbounded preceding)::int as segment
    from (${[rows, ...values].join(' union all ')}) marked`
  const text = `select segment, rows, ${HASH('lines')} as hash, ${isEscaped ? 'false' : needsEscape('risky')} as is_dirty
    from (select segment, count(*)::int as rows, string_agg(line, E'\\n' order by ${order(names)}) as lines, string_agg(risky, '') as risky
      from (${numbered}) numbered where mark = 0 group by segment) joined`
  await client.query(`set work_mem = ${literal('64MB')}`)
  const found = await client.query<HashRow & { segment: number }>(text)
  await client.query('reset work_mem')
  return new Map(found.rows.map((row) => [row.segment, row]))
}

const EMPTY: HashRow = {
  rows: 0,
  hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  is_dirty: false,
}

/** Below so many ranges each is worth a search of its own, index or not. */
const FEW = 4

const hashAll = async (client: Client, plan: LinePlan, ranges: readonly KeyRange[]): Promise<HashRow[]> => {
  const isEscaped = isAlwaysEscaped(plan)
  const isWalked = ranges.length <= FEW || (await isIndexed(client, plan))
  const segments = isWalked ? null : segmentsOf(plan, ranges)
  if (segments === null) {
    const found = await hashEach(client, plan, { ranges, isEscaped })
    const dirty = found.flatMap(({ is_dirty }, place) => (is_dirty ? [place] : []))
    const again = await hashEach(client, plan, { ranges: dirty.map((no) => ranges[no] as KeyRange), isEscaped: true })
    for (const [i, no] of dirty.entries()) found[no] = again[i] as HashRow
    return found
  }
  let sorted = await hashSorted(client, plan, { marks: segments.marks, isEscaped })
  if ([...sorted.values()].some(({ is_dirty }) => is_dirty))
    sorted = await hashSorted(client, plan, { marks: segments.marks, isEscaped: true })
  return segments.places.map((place) => sorted.get(place) ?? EMPTY)
}

/** Ranges shared out among the readers an instance allows; each group is one stretch of the key order. */
const groupsOf = (ranges: readonly KeyRange[], readers: number): readonly (readonly KeyRange[])[] => {
  const size = Math.max(STATEMENTS, Math.ceil(ranges.length / readers))
  return Array.from({ length: Math.ceil(ranges.length / size) }, (_, group) =>
    ranges.slice(group * size, (group + 1) * size),
  )
}

/** Null where a column's canonical form is made here and not by the server. */
export const hashRanges = async (
  config: PostgresConfig,
  plan: ReadPlan,
  ranges: readonly KeyRange[],
): Promise<RangeHash[] | null> => {
  const { lines, isShared } = await withClient(config, async (client) => {
    const planned = planLines(plan, await getRelation(client, plan.relation))
    keyOrder(planned)
    return { lines: planned, isShared: config.readers > 1 && (await isIndexed(client, planned)) }
  })
  if (lines.has_converted) return null
  const groups = isShared ? groupsOf(ranges, config.readers) : [ranges]
  const hashed = await Promise.all(groups.map((group) => withClient(config, (client) => hashAll(client, lines, group))))
  return hashed.flat().map(({ rows, hash }, place) => ({ ...(ranges[place] as KeyRange), rows, hash }))
}
