import type { WantedItem } from '@sanjiang/contract/exchange.door'

interface CataloguedItem {
  readonly name_en: string
  readonly data_type: string
  readonly length: number | null
  readonly is_required: boolean
  readonly mask_rule: string | null
  readonly data_element: string | null
  /** Of the standard's list for the data element, where it has one. */
  readonly codes?: readonly string[] | null
}

/** Data elements whose values follow an algorithm (domain §5.1), by what stands in their name. */
const CHECKS: readonly (readonly [words: RegExp, check: string])[] = [
  [/公民身份号码|身份证号|GB 11643/, 'citizen_id'],
  [/统一社会信用代码|GB 32100/, 'credit_code'],
  [/组织机构代码|GB 11714/, 'organ_code'],
  [/电子证照标识|GB\/T 36904/, 'licence_id'],
  [/行政区划代码|GB\/T 2260(?!\d)/, 'division_code'],
]
const BY_NAME: Readonly<Record<string, string>> = { citizen_id: 'citizen_id', credit_code: 'credit_code' }

/** The items a check algorithm can be asked of: texts as wide as its codes. */
const TEXTS = ['C', 'M']

export const checkOf = ({ name_en, data_element, data_type }: CataloguedItem): string | null => {
  if (!TEXTS.includes(data_type)) return null
  return CHECKS.find(([words]) => words.test(data_element ?? ''))?.[1] ?? BY_NAME[name_en] ?? null
}

/** Which standard a data element is written by: `GB/T 2261.1 性别代码` is `GB/T 2261.1`. */
export const ELEMENT_NAME = '^(GB(?:/[TZ])? ?[0-9]+(?:[.][0-9]+)?)'

const BOUNDS = /值域[:： ]*(-?[0-9][0-9.:\- ]*)?\s*[~～至]\s*(-?[0-9][0-9.:\- ]*)?/
const LIST = /代码[:： ]+(.+)$/

/**
 * The value domain of an item: the standard's code list for its data element, or what stands in the element itself — `值域 0~150`,
 * `代码 01、02、03` — where no standard says it (domain §1.5).
 */
export const domainOf = ({ data_element, codes }: CataloguedItem): Pick<WantedItem, 'codes' | 'min' | 'max'> => {
  const text = data_element ?? ''
  const bounds = BOUNDS.exec(text)
  const [min, max] = [bounds?.[1]?.trim(), bounds?.[2]?.trim()]
  const own = LIST.exec(text)?.[1]
    ?.split(/[、,，;；|\s]+/)
    .filter((code) => code !== '')
  const known = codes ?? own
  return { ...(known?.length ? { codes: [...known] } : {}), ...(min ? { min } : {}), ...(max ? { max } : {}) }
}

/** What an agent needs to know of the items it reads: to check them at the border and to mask what people look at. */
export const wantedItems = (
  items: readonly CataloguedItem[],
  { names, key, unique = [] }: { names: readonly string[]; key: readonly string[]; unique?: readonly string[] },
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
      ...(unique.includes(name) ? { is_unique: true } : {}),
      check: checkOf(item),
      ...domainOf(item),
      mask_rule: item.mask_rule ?? 'none',
    }
  })
}
