import { nameKey, seriesKey } from './catalog.names.ts'
import type { Basis, ItemDraft } from './catalog.resource.ts'
import { type Case, isEmpty, isNeeded, type RuleBody, type RuleKit, type Said, valueAt } from './catalog.rule-kit.ts'
import type { StandardField } from './catalog.standard.ts'
import { parseCreditCode } from './codes/credit-code.ts'
import { parseResourceCode } from './codes/resource-code.ts'

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '')
const nth = (index: number, item: ItemDraft): string =>
  textOf(item.name) ? `信息项“${textOf(item.name)}”` : `第 ${index + 1} 个信息项`

const missing = (field: StandardField, kit: RuleKit): string => {
  const verb = ['code', 'class', 'basis', 'flag'].includes(field.type) || field.enumeration ? '请选择' : '请填写'
  if (!field.depends || field.required !== 'depends') return `${verb}${field.title}`
  const by = field.depends.field
  const list = kit.fields.get(by)?.enumeration ?? by
  const when = field.depends.values.map((code) => kit.titleOfCode(list, code)).join('、')
  return `${kit.titleOf(by)}为“${when}”时，${verb}${field.title}`
}

// C01 and its kin: what is needed and absent is told under the rule that speaks about the field first.
function* absentFields({ entry, kit }: Case): Iterable<Said> {
  const values = entry as Record<string, unknown>
  for (const field of kit.standard.fields)
    if (isNeeded(field, values) && isEmpty(valueAt(values, field.key)))
      yield { field: field.key, message: missing(field, kit), rule: kit.ruleOf(field.key) }
}

function* c01(one: Case): Iterable<Said> {
  yield* absentFields(one)
  const { entry, facts } = one
  if (facts.provider === null) yield { field: 'provider_organ_id', message: '没有这个提供方机构' }
  const summary = textOf(entry.summary)
  if (summary !== '' && nameKey(summary) === nameKey(textOf(entry.name)))
    yield { field: 'summary', message: '摘要不能只重复名称，请说明内容、范围和来源' }
}

function* c02({ entry, kit }: Case): Iterable<Said> {
  const { format_category: category, format_type: type } = entry
  if (!category || !type) return
  const parents = kit.parentsOf('format_type', type)
  if (parents.length > 0 && !parents.includes(category))
    yield {
      field: 'format_type',
      message: `格式类型“${type}”不属于格式分类“${kit.titleOfCode('format_category', category)}”`,
    }
}

const basisFault = (basis: Basis, kit: RuleKit): string | undefined => {
  if (!kit.hasCode('basis_kind', basis.kind)) return '不予共享的依据只能是法律、行政法规或党中央、国务院政策'
  if (isEmpty(basis.title) || isEmpty(basis.clause)) return '不予共享的依据须写明名称和条款'
  return undefined
}

// An item inherits the condition of its resource, and the basis only where the whole resource is withheld.
function* itemShares({ entry, items, kit }: Case): Iterable<Said> {
  for (const [index, item] of items.entries()) {
    if (item.share_type === 'conditional' && isEmpty(item.share_condition) && isEmpty(entry.share_condition))
      yield { field: `items.${index}.share_condition`, message: `${nth(index, item)}有条件共享，请填写共享条件` }
    if (item.share_type !== 'withheld') continue
    const basis = item.withheld_basis ?? (entry.share_type === 'withheld' ? entry.share_basis : null)
    const field = `items.${index}.withheld_basis`
    if (!basis) yield { field, message: `${nth(index, item)}不予共享，请选择法律、行政法规或党中央国务院政策依据` }
    else if (item.withheld_basis) {
      const fault = basisFault(item.withheld_basis, kit)
      if (fault) yield { field, message: `${nth(index, item)}：${fault}` }
    }
  }
}

// Withdrawing the ground does not open the data by itself; somebody has to look again.
function* lapsedBases({ entry, items, facts }: Case): Iterable<Said> {
  const cited = [
    { field: 'share_basis', basis: entry.share_type === 'withheld' ? entry.share_basis : null },
    ...items.map((item, index) => ({ field: `items.${index}.withheld_basis`, basis: item.withheld_basis })),
  ]
  for (const { field, basis } of cited) {
    const lapsed = facts.lapsed_bases?.find(
      ({ title, clause }) => title === basis?.title && (clause === null || clause === basis.clause),
    )
    if (lapsed)
      yield {
        field,
        message: `所依据的《${lapsed.title}》${lapsed.clause ?? ''}已于 ${lapsed.lapsed_on} ${lapsed.clause ? '删去' : '废止'}，请复核是否仍不予共享`,
        level: 'warning',
      }
  }
}

function* c03(one: Case): Iterable<Said> {
  const { entry, kit } = one
  if (entry.share_type === 'withheld' && entry.share_basis) {
    const fault = basisFault(entry.share_basis, kit)
    if (fault) yield { field: 'share_basis', message: fault }
  }
  yield* itemShares(one)
  yield* lapsedBases(one)
}

function* c04({ entry, kit }: Case): Iterable<Said> {
  const { format_category: category, share_method_type: type } = entry
  if (!category || !type || entry.share_method_category !== 'platform') return
  const parents = kit.parentsOf('share_method_type', type)
  if (parents.length > 0 && !parents.includes(category))
    yield {
      field: 'share_method_type',
      message: `格式为“${kit.titleOfCode('format_category', category)}”的资源不能以“${kit.titleOfCode('share_method_type', type)}”方式共享`,
    }
}

// Absent open type and condition are told by C01's walk under this rule's name.
const c05: RuleBody = () => []

function* c06({ entry, items }: Case): Iterable<Said> {
  if (entry.share_type === 'withheld' && entry.open_type === 'unconditional')
    yield { field: 'open_type', message: '不予共享的资源不应无条件开放' }
  for (const [index, item] of items.entries())
    if (item.share_type === 'withheld' && item.open_type === 'unconditional')
      yield { field: `items.${index}.open_type`, message: `${nth(index, item)}不予共享，不应无条件开放` }
}

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]*$/

function* twice(items: readonly ItemDraft[], key: 'name' | 'name_en', title: string): Iterable<Said> {
  const first = new Map<string, number>()
  for (const [index, item] of items.entries()) {
    const value = textOf(item[key]).normalize('NFKC').toLowerCase()
    if (value === '') continue
    const before = first.get(value)
    if (before === undefined) first.set(value, index)
    else
      yield {
        field: `items.${index}.${key}`,
        message: `${title}“${textOf(item[key])}”与第 ${before + 1} 个信息项重复`,
      }
  }
}

function* itemFields(item: ItemDraft, index: number, kit: RuleKit): Iterable<Said> {
  const values = item as Record<string, unknown>
  // Conditions and bases of items are C03's, which knows what they inherit.
  for (const field of kit.standard.item_fields)
    if (field.required === 'yes' && isEmpty(values[field.key]))
      yield { field: `items.${index}.${field.key}`, message: `${nth(index, item)}缺少${field.title}` }
  const english = textOf(item.name_en)
  if (english !== '' && !IDENTIFIER.test(english))
    yield {
      field: `items.${index}.name_en`,
      message: `${nth(index, item)}的英文名“${english}”须以字母开头，只含字母、数字和下划线`,
    }
  if (!isEmpty(item.length) && !(Number.isInteger(item.length) && item.length! > 0))
    yield { field: `items.${index}.length`, message: `${nth(index, item)}的数据长度须为正整数` }
}

function* c07({ items, kit }: Case): Iterable<Said> {
  for (const [index, item] of items.entries()) yield* itemFields(item, index, kit)
  yield* twice(items, 'name', '信息项名称')
  yield* twice(items, 'name_en', '英文名')
}

function* c08({ facts }: Case): Iterable<Said> {
  if (!facts.provider) return
  const { credit_code: code, name } = facts.provider
  if (!code) {
    yield { field: 'provider_code', message: `提供方“${name}”没有登记统一社会信用代码` }
    return
  }
  const parsed = parseCreditCode(code)
  if (!parsed.ok) yield { field: 'provider_code', message: `提供方“${name}”的${parsed.message}` }
}

function* c09({ entry, facts }: Case): Iterable<Said> {
  const key = nameKey(textOf(entry.name))
  if (key === '' || !facts.sibling_names) return
  const same = facts.sibling_names.find((name) => nameKey(name) === key)
  if (same !== undefined) {
    yield { field: 'name', message: `本部门已有同名资源“${same}”` }
    return
  }
  const series = seriesKey(key)
  const similar = facts.sibling_names.find((name) => seriesKey(nameKey(name)) === series)
  if (similar !== undefined)
    yield {
      field: 'name',
      message: `与本部门的“${similar}”只差编号或年份；如是同一资料的分册，应合为一个资源`,
      level: 'warning',
    }
}

function* c10({ entry, facts }: Case): Iterable<Said> {
  const key = nameKey(textOf(entry.name))
  if (key === '') return
  const systems = [textOf(entry.source_system_name), ...(facts.system_names ?? [])]
  const same = systems.find((name) => name !== '' && nameKey(name) === key)
  if (same !== undefined) yield { field: 'name', message: `名称与信息系统“${same}”相同，资源应以所含信息命名` }
}

const isFigure = (value: number): boolean => {
  const match = /^(\d{1,9})(\.\d{1,4})?$/.exec(String(value))
  return match !== null
}

const CENSUS_LIMITS = [
  ['shared_storage_gb', 'total_storage_gb'],
  ['shared_rows_10k', 'structured_rows_10k'],
  ['open_storage_gb', 'total_storage_gb'],
  ['open_rows_10k', 'structured_rows_10k'],
] as const

function* c11({ entry, kit }: Case): Iterable<Said> {
  const census = entry.census as Readonly<Record<string, number | null | undefined>> | null | undefined
  if (!census) return
  const titles = new Map(kit.standard.census_fields.map(({ key, title }) => [key, title]))
  for (const [key, title] of titles) {
    const value = census[key]
    if (value === null || value === undefined) yield { field: `census.${key}`, message: `请填写${title}，不掌握的填 0` }
    else if (!isFigure(value))
      yield { field: `census.${key}`, message: `${title}须为不小于 0 的数，整数不超过 9 位、小数不超过 4 位` }
  }
  for (const [part, whole] of CENSUS_LIMITS)
    if ((census[part] ?? 0) > (census[whole] ?? Number.POSITIVE_INFINITY))
      yield { field: `census.${part}`, message: `${titles.get(part) ?? part}不能大于${titles.get(whole) ?? whole}` }
}

function* c12({ entry, items }: Case): Iterable<Said> {
  if (!entry.class_code?.startsWith('1')) return
  if (items.length === 0 && entry.share_type && entry.share_type !== 'unconditional')
    yield { field: 'share_type', message: '基础信息资源应在部门间无条件共享' }
  for (const [index, item] of items.entries())
    if (item.share_type && item.share_type !== 'unconditional')
      yield { field: `items.${index}.share_type`, message: `${nth(index, item)}属基础信息项，应在部门间无条件共享` }
}

/** The standard's rules by id; a standard that lists one of these has it enforced. */
export const CATALOG_RULES: Readonly<Record<string, RuleBody>> = {
  C01: c01,
  C02: c02,
  C03: c03,
  C04: c04,
  C05: c05,
  C06: c06,
  C07: c07,
  C08: c08,
  C09: c09,
  C10: c10,
  C11: c11,
  C12: c12,
}

function* codesOf(fields: readonly StandardField[], values: object, kit: RuleKit): Iterable<Said> {
  for (const { key, title, type, enumeration } of fields) {
    const value = textOf(valueAt(values as Record<string, unknown>, key))
    if (type === 'code' && enumeration && value !== '' && !kit.hasCode(enumeration, value))
      yield { field: key, message: `${title}没有“${value}”这个取值` }
  }
}

function* lengthsOf(fields: readonly StandardField[], values: object): Iterable<Said> {
  for (const { key, title, max_length } of fields) {
    const value = valueAt(values as Record<string, unknown>, key)
    // Counted in characters as people count them, not in UTF-16 units.
    const length = typeof value === 'string' ? [...value].length : 0
    if (max_length !== null && length > max_length)
      yield { field: key, message: `${title}不超过 ${max_length} 个字，现有 ${length} 个` }
  }
}

const inItems = function* (one: Case, said: (item: ItemDraft) => Iterable<Said>): Iterable<Said> {
  for (const [index, item] of one.items.entries())
    for (const { field, message } of said(item))
      yield { field: `items.${index}.${field}`, message: `${nth(index, item)}：${message}` }
}

function* f01(one: Case): Iterable<Said> {
  const { kit } = one
  yield* codesOf(kit.standard.fields, one.entry, kit)
  yield* inItems(one, (item) => codesOf(kit.standard.item_fields, item, kit))
}

function* f02(one: Case): Iterable<Said> {
  const { standard } = one.kit
  yield* lengthsOf(standard.fields, one.entry)
  yield* inItems(one, (item) => lengthsOf(standard.item_fields, item))
}

function* f03({ entry, facts }: Case): Iterable<Said> {
  const field = 'class_code'
  const { class_node: node, code } = facts
  if (entry.class_code && node !== undefined) {
    if (node === null || !node.is_active) yield { field, message: `现行标准没有分类“${entry.class_code}”` }
    else if (!node.is_leaf) yield { field, message: '请选到目或细目，类和项之下不能直接编目' }
    else if (node.organ_id && entry.provider_organ_id && node.organ_id !== entry.provider_organ_id)
      yield { field, message: '部门类目录只能编在提供方自己的分类之下' }
  }
  const issued = code ? parseResourceCode(code) : undefined
  if (issued?.ok && entry.class_code && issued.class_code !== entry.class_code)
    yield { field, message: `代码 ${code} 已按分类 ${issued.class_code} 发出，主分类不能再改` }
}

function* f04({ entry, facts }: Case): Iterable<Said> {
  for (const [index, code] of (entry.related_codes ?? []).entries()) {
    const field = `related_codes.${index}`
    if (facts.code && code === facts.code) yield { field, message: '关联资源不能是自己' }
    else if (facts.unknown_codes?.includes(code)) yield { field, message: `没有代码为 ${code} 的已发布资源` }
  }
}

const LOOSENESS: Readonly<Record<string, number>> = { withheld: 0, conditional: 1, unconditional: 2 }

function* f05({ entry, items, kit }: Case): Iterable<Said> {
  const own = LOOSENESS[entry.share_type ?? '']
  if (own === undefined || items.length === 0) return
  const title = (code: string) => kit.titleOfCode('share_type', code)
  let loosest = -1
  for (const [index, item] of items.entries()) {
    const loose = LOOSENESS[item.share_type ?? ''] ?? -1
    loosest = Math.max(loosest, loose)
    if (loose > own)
      yield {
        field: `items.${index}.share_type`,
        message: `${nth(index, item)}“${title(item.share_type!)}”宽于资源的“${title(entry.share_type!)}”；信息项只能更严`,
      }
  }
  if (loosest >= 0 && loosest < own)
    yield {
      field: 'share_type',
      message: `资源为“${title(entry.share_type!)}”，但没有一个信息项如此共享；资源的共享类型取各项中最宽的`,
      level: 'warning',
    }
}

const IS_DATE = /^\d{4}-\d{2}-\d{2}$/

/** Why a value is not what its field holds; `undefined` when it is. */
const misfit = ({ type, title, enumeration }: StandardField, value: unknown, kit: RuleKit): string | undefined => {
  if (type === 'number') return typeof value === 'number' ? undefined : `${title}须为数字`
  if (type === 'flag') return typeof value === 'boolean' ? undefined : `${title}只能填“是”或“否”`
  if (type === 'date')
    return typeof value === 'string' && IS_DATE.test(value) && !Number.isNaN(Date.parse(value))
      ? undefined
      : `${title}须为日期，如 2017-12-31`
  if (type === 'codes') {
    if (!Array.isArray(value)) return `${title}须为取值的列表`
    const unknown = value.find((one) => !kit.hasCode(enumeration ?? '', String(one)))
    return unknown === undefined ? undefined : `${title}没有“${unknown}”这个取值`
  }
  return typeof value === 'string' ? undefined : `${title}须为文字`
}

// What no field of this edition holds is kept and told, because an entry may have been written under another dialect.
function* f06({ entry, kit }: Case): Iterable<Said> {
  for (const [name, value] of Object.entries(entry.extension ?? {})) {
    if (isEmpty(value)) continue
    const key = `extension.${name}`
    const field = kit.fields.get(key)
    if (!field) yield { field: key, message: `目录标准没有扩展字段“${name}”，提交后仍保留`, level: 'warning' }
    else {
      const message = misfit(field, value, kit)
      if (message) yield { field: key, message }
    }
  }
}

interface PlatformRule {
  readonly title: string
  readonly clause: string
  readonly body: RuleBody
}

/** Rules the field definitions themselves imply; they hold whatever standard is in force. */
export const PLATFORM_RULES: Readonly<Record<string, PlatformRule>> = {
  F01: { title: '取值在标准的枚举之内', clause: '目录标准 枚举表', body: f01 },
  F02: { title: '不超过标准规定的长度', clause: '目录标准 字段表', body: f02 },
  F03: { title: '分类有效、可挂资源、属于提供方', clause: '目录标准 分类表', body: f03 },
  F04: { title: '关联资源存在且不是自己', clause: '目录标准 关联资源代码', body: f04 },
  F05: { title: '信息项不宽于资源', clause: '目录标准 共享类型（信息项可比资源更严）', body: f05 },
  F06: { title: '扩展字段在标准之内、取值相符', clause: '目录标准 扩展字段', body: f06 },
}
