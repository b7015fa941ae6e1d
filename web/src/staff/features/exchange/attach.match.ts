import type { Relation } from '@sanjiang/contract/exchange'
import { fitOf } from '@sanjiang/contract/exchange.binding'

type Column = Relation['columns'][number]

export interface BindItem {
  readonly item_id: string
  readonly name: string
  readonly name_en: string
  readonly data_type: string
  readonly length: number | null
  readonly is_key: boolean
  readonly is_required: boolean
  readonly share_type: string
  readonly mask_rule: string
}

export interface AttachedResource {
  readonly resource_id: string
  readonly code: string
  readonly name: string
  readonly provider_organ_id: string
  readonly items: readonly BindItem[]
}

export interface Match {
  readonly column: string
  readonly how: string
}

// The first character of each pinyin initial in the browser's own collation: no table has to be loaded.
const FIRSTS = [...'阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥仨它穵夕丫帀']
const LETTERS = [...'abcdefghjklmnopqrstwxyz']
const collator = new Intl.Collator('zh-Hans-CN-u-co-pinyin')

const initialOf = (one: string): string => {
  if (!/[\u4e00-\u9fff]/.test(one)) return /[a-z0-9]/i.test(one) ? one.toLowerCase() : ''
  const at = FIRSTS.findLastIndex((first) => collator.compare(first, one) <= 0)
  return LETTERS[at] ?? ''
}

/** `公民身份号码` → `gmsfhm`, as departments have named their columns for thirty years. */
export const initialsOf = (name: string): string => [...name].map(initialOf).join('')

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9\u4e00-\u9fff]/g, '')

/** 代码, 编码, 名称, 标志: what the standards of the ministries hang onto a column's name. */
const CODED = ['dm', 'bm', 'mc', 'bz']

/** How surely a column is the item; 0 when nothing speaks for it. */
const judge = (item: BindItem, column: Column): { score: number; how: string } => {
  const own = plain(column.name)
  const said = plain(column.comment)
  const initials = initialsOf(item.name)
  if (own === plain(item.name_en)) return { score: 100, how: '名称相同' }
  if (said !== '' && said === plain(item.name)) return { score: 95, how: '注释相同' }
  if (own === plain(item.name)) return { score: 90, how: '中文名相同' }
  if (initials.length > 1 && own === initials) return { score: 85, how: '拼音首字母相同' }
  if (initials.length > 1 && CODED.some((suffix) => own === initials + suffix))
    return { score: 75, how: '拼音首字母加“代码”' }
  if (said !== '' && (said.includes(plain(item.name)) || plain(item.name).includes(said)))
    return { score: 60, how: '注释相近' }
  if (initials.length > 2 && (own.startsWith(initials) || own.endsWith(initials)))
    return { score: 50, how: '拼音首字母相近' }
  return { score: 0, how: '' }
}

/** The surest pairs first, each item and each column once; what does not fit by type is not proposed. */
export const matchColumns = (items: readonly BindItem[], columns: readonly Column[]): Map<string, Match> => {
  const pairs = items
    .filter(({ share_type }) => share_type !== 'withheld')
    .flatMap((item) => columns.map((column) => ({ item, column, ...judge(item, column) })))
    .filter(({ score, item, column }) => score > 0 && fitOf(item.data_type, column.source_type) !== 'unfit')
    .sort((a, b) => b.score - a.score)
  const found = new Map<string, Match>()
  const taken = new Set<string>()
  for (const { item, column, how } of pairs) {
    if (found.has(item.name_en) || taken.has(column.name)) continue
    found.set(item.name_en, { column: column.name, how })
    taken.add(column.name)
  }
  return found
}
