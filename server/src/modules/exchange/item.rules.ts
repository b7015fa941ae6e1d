import type { WantedItem } from '@sanjiang/contract/exchange.door'

interface CataloguedItem {
  readonly name_en: string
  readonly data_type: string
  readonly length: number | null
  readonly is_required: boolean
  readonly mask_rule: string | null
  readonly data_element: string | null
}

/** Data elements whose values carry check digits (domain §3), by what stands in their name. */
const CHECKS: readonly (readonly [words: RegExp, check: string])[] = [
  [/公民身份号码|身份证号/, 'citizen_id'],
  [/统一社会信用代码/, 'credit_code'],
]
const BY_NAME: Readonly<Record<string, string>> = { citizen_id: 'citizen_id', credit_code: 'credit_code' }

export const checkOf = ({ name_en, data_element }: CataloguedItem): string | null =>
  CHECKS.find(([words]) => words.test(data_element ?? ''))?.[1] ?? BY_NAME[name_en] ?? null

/** What an agent needs to know of the items it reads: to check them at the border and to mask what people look at. */
export const wantedItems = (
  items: readonly CataloguedItem[],
  { names, key }: { names: readonly string[]; key: readonly string[] },
): WantedItem[] => {
  const byName = new Map(items.map((item) => [item.name_en, item]))
  return names.flatMap((name) => {
    const item = byName.get(name)
    if (!item) return []
    return {
      item: name,
      data_type: item.data_type as WantedItem['data_type'],
      length: item.length,
      is_key: key.includes(name),
      is_required: item.is_required,
      check: checkOf(item),
      mask_rule: item.mask_rule ?? 'none',
    }
  })
}
