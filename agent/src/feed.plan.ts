import { parseCitizenId, parseCreditCode, parseLicenceId, parseOrganCode } from '@sanjiang/contract/codes'
import type { WantedFeed, WantedItem } from '@sanjiang/contract/exchange.door'
import type { ItemCheck, ItemRules } from '@sanjiang/seal'
import type { BoundColumn, ReadPlan } from './adapters/adapter.ts'

/** A bound item with where it stands in the lines. */
export interface Place extends BoundColumn {
  readonly wanted: WantedItem
}

export const placesOf = ({ bindings, items }: Pick<WantedFeed, 'bindings' | 'items'>): Place[] => {
  const known = new Map(items.map((one) => [one.item, one]))
  return bindings.map(({ item, column }) => {
    const wanted = known.get(item)
    if (wanted === undefined) throw new Error(`绑定了没有说明的信息项 ${item}`)
    return { item, column, data_type: wanted.data_type, is_key: wanted.is_key, wanted }
  })
}

export const planOf = (feed: WantedFeed): ReadPlan => {
  const places = placesOf(feed)
  return {
    relation: feed.relation,
    columns: places.map(({ wanted: _, ...column }) => column),
    cursor_column: feed.cursor_column ?? places.find(({ item }) => item === feed.cursor_item)?.column ?? null,
  }
}

/** Places of the key's items in a line. */
export const keyPlacesOf = (plan: Pick<ReadPlan, 'columns'>): number[] =>
  plan.columns.flatMap(({ is_key }, place) => (is_key ? [place] : []))

/** The name under which a source keeps what a feed's change stream needs: PostgreSQL allows 63 of these letters. */
export const slotOf = (feedId: string): string => `sanjiang_${feedId.replaceAll('-', '')}`

// People born today are registered today; a number of the future is caught by the next day's reading at the latest.
const today = (): string => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)

const CHECKS: Readonly<Record<string, { reason: string; test: (text: string) => boolean }>> = {
  citizen_id: {
    reason: '身份号码不合 GB 11643（位数、日期或校验位）',
    test: (text) => parseCitizenId(text, today()).ok,
  },
  credit_code: { reason: '统一社会信用代码不合 GB 32100（字符或校验位）', test: (text) => parseCreditCode(text).ok },
  organ_code: { reason: '组织机构代码不合 GB 11714', test: (text) => parseOrganCode(text).ok },
  // Every province's people are in every province's tables: what stands for the province is checked, what comes behind changes each year.
  division_code: {
    reason: '行政区划代码不合 GB/T 2260（六位数字，前两位为省级代码）',
    test: (text) => /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])\d{4}$/.test(text),
  },
  licence_id: { reason: '电子证照标识不合 GB/T 36904', test: (text) => parseLicenceId(text).ok },
}

const checksOf = ({ check }: WantedItem): ItemCheck[] => {
  const known = check !== null && Object.hasOwn(CHECKS, check) ? CHECKS[check] : undefined
  return known && check !== null ? [{ rule: check, ...known }] : []
}

/** What the rows of a feed must satisfy before they leave. */
export const rulesOf = (places: readonly Place[]): ItemRules[] =>
  places.map(({ item, data_type, wanted }) => ({
    name_en: item,
    data_type,
    required: wanted.is_required || wanted.is_key,
    length: wanted.length,
    ...(wanted.codes ? { codes: wanted.codes } : {}),
    ...(wanted.min !== undefined || wanted.max !== undefined ? { range: { min: wanted.min, max: wanted.max } } : {}),
    checks: checksOf(wanted),
  }))
