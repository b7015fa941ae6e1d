import type { BindingFinding, FeedDraft } from './exchange.feed.ts'
import { isFilesRelation, type Relation } from './exchange.terms.ts'

/** What a catalogued item is, as far as binding asks. */
export interface BindableItem {
  readonly name_en: string
  readonly name: string
  readonly data_type: string
  readonly length: number | null
  readonly share_type: string
  readonly is_required: boolean
}

type Family = 'text' | 'number' | 'integer' | 'date' | 'instant' | 'boolean' | 'binary' | 'other'

const FAMILIES: readonly (readonly [pattern: RegExp, family: Family])[] = [
  [
    /^(character|char|varchar|bpchar|text|nvarchar|nchar|clob|longtext|mediumtext|tinytext|enum|set|uuid|citext|name)\b/,
    'text',
  ],
  [/^tinyint\(1\)/, 'boolean'],
  [/^(bigint|integer|int|smallint|mediumint|tinyint|int2|int4|int8|serial|bigserial|year)\b/, 'integer'],
  [/^(numeric|decimal|money|double|real|float|float4|float8|number)\b/, 'number'],
  [/^(timestamp|datetime)/, 'instant'],
  [/^date\b/, 'date'],
  [/^(bool|boolean|bit\(1\))/, 'boolean'],
  [/^(bytea|blob|binary|varbinary|longblob|mediumblob)/, 'binary'],
]

const familyOf = (sourceType: string): Family =>
  FAMILIES.find(([pattern]) => pattern.test(sourceType.trim().toLowerCase()))?.[1] ?? 'other'

/** What an item of each type may be read from (domain §1.6-e): at home, or with a warning; all else is refused. */
const FITS: Readonly<Record<string, { well: readonly Family[]; lossy: readonly Family[] }>> = {
  C: { well: ['text'], lossy: ['integer', 'number', 'date', 'instant', 'boolean', 'other'] },
  M: { well: ['text'], lossy: ['other'] },
  G: { well: ['text'], lossy: ['other'] },
  N: { well: ['number', 'integer'], lossy: ['text'] },
  Y: { well: ['number', 'integer'], lossy: ['text'] },
  B: { well: ['number', 'integer'], lossy: ['text'] },
  F: { well: ['number', 'integer'], lossy: ['text'] },
  I: { well: ['integer'], lossy: ['number', 'text'] },
  D: { well: ['date'], lossy: ['instant', 'text'] },
  T: { well: ['instant'], lossy: ['date', 'text'] },
  L: { well: ['boolean'], lossy: ['integer', 'text'] },
}

const GROWING: readonly Family[] = ['integer', 'instant', 'number', 'date']

const lengthOf = (sourceType: string): number | null => {
  const found = /\((\d+)\)/.exec(sourceType)
  return found ? Number(found[1]) : null
}

type Say = (level: 'error' | 'warning', rule: string, message: string) => void

/** How a column's type suits an item's: at home, with rows that may not be read, or not at all. */
export const fitOf = (dataType: string, sourceType: string): 'well' | 'lossy' | 'unfit' => {
  const family = familyOf(sourceType)
  const fits = FITS[dataType]
  if (fits?.well.includes(family)) return 'well'
  return fits?.lossy.includes(family) ? 'lossy' : 'unfit'
}

/** The type an item would have if its column were all that is known. */
export const typeFor = (sourceType: string): string => {
  const types: Partial<Record<Family, string>> = { number: 'N', integer: 'I', date: 'D', instant: 'T', boolean: 'L' }
  return types[familyOf(sourceType)] ?? (/^(text|clob|longtext|mediumtext)/i.test(sourceType) ? 'M' : 'C')
}

/** Whether values of such a column ascend as rows are written, so that an increment may go by it. */
export const isGrowing = (sourceType: string): boolean => GROWING.includes(familyOf(sourceType))

const judgeType = (item: BindableItem, sourceType: string, say: Say): void => {
  const fit = fitOf(item.data_type, sourceType)
  if (fit === 'well') return
  if (fit === 'lossy')
    say('warning', 'type', `字段类型 ${sourceType} 与 ${item.data_type} 型不同，读不成的行会列为问题数据`)
  else say('error', 'type', `字段类型 ${sourceType} 不能作为 ${item.data_type} 型信息项“${item.name}”`)
}

const duplicates = (names: readonly string[]): Set<string> =>
  new Set(names.filter((name, index) => names.indexOf(name) !== index))

interface Judged {
  readonly items: readonly BindableItem[]
  readonly relation: Relation
}

function* judgeBindings({ bindings, key }: FeedDraft, { items, relation }: Judged): Generator<BindingFinding> {
  const byName = new Map(items.map((item) => [item.name_en, item]))
  const columns = new Map(relation.columns.map((column) => [column.name, column]))
  const twice = duplicates(bindings.map(({ item }) => item))
  for (const { item: name, column: own } of bindings) {
    const found: BindingFinding[] = []
    const say: Say = (level, rule, message) => found.push({ item: name, column: own, level, rule, message })
    const item = byName.get(name)
    const column = columns.get(own)
    if (twice.has(name)) say('error', 'duplicate', '同一信息项绑定了两次')
    if (!item) say('error', 'unknown_item', '资源没有这个信息项')
    else if (item.share_type === 'withheld') say('error', 'withheld', '不予共享的信息项不能绑定')
    if (!column) say('error', 'unknown_column', '库表没有这个字段，或不在前置节点的允许清单内')
    if (item && column) {
      judgeType(item, column.source_type, say)
      const wide = lengthOf(column.source_type)
      if (
        item.data_type === 'C' &&
        item.length &&
        wide &&
        familyOf(column.source_type) === 'text' &&
        wide > item.length
      )
        say('warning', 'length', `字段可长 ${wide}，超过信息项长度 ${item.length} 的行会列为问题数据`)
      if (item.is_required && column.nullable && !key.includes(name))
        say('warning', 'required', '信息项必填而字段可空，空值会列为问题数据')
      if (key.includes(name) && column.nullable) say('error', 'key', '键字段不能为空')
    }
    yield* found
  }
}

function* judgeRest(
  { bindings, key, mode, cursor_item, unique_items }: FeedDraft,
  { relation }: Judged,
): Generator<BindingFinding> {
  const bound = new Map(bindings.map(({ item, column }) => [item, column]))
  const whole = (rule: string, message: string, item: string | null = null): BindingFinding => ({
    item,
    column: null,
    level: 'error',
    rule,
    message,
  })
  for (const name of key) if (!bound.has(name)) yield whole('key', '键信息项没有绑定', name)
  for (const name of unique_items ?? []) if (!bound.has(name)) yield whole('unique', '应唯一的信息项没有绑定', name)
  if (isFilesRelation(relation.name) && key.some((name) => bound.get(name) !== 'path'))
    yield whole('key', '原样文件以路径为键：请以绑定 path 的信息项为唯一的键')
  if (mode === 'changes' && !relation.change_stream.able)
    yield whole('mode', `不能读变更流：${relation.change_stream.reason}`)
  if (mode !== 'cursor') return
  const column = relation.columns.find(({ name }) => name === bound.get(cursor_item ?? ''))
  if (!column) yield whole('cursor', '按增量字段须指定一个已绑定的信息项', cursor_item ?? null)
  else if (!isGrowing(column.source_type))
    yield whole('cursor', `字段类型 ${column.source_type} 不会随写入增长`, cursor_item ?? null)
}

/** Everything wrong or doubtful about a draft, each at its item and column; an `error` blocks attaching. */
export const judgeDraft = (draft: FeedDraft, judged: Judged): BindingFinding[] => [
  ...judgeBindings(draft, judged),
  ...judgeRest(draft, judged),
]
