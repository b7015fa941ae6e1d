import type { Basis, Census, ExtensionValue, ResourceDraft, StandardCode } from '@sanjiang/contract/catalog'
import { parseResourceCode } from '@sanjiang/contract/codes'
import { readBasis, splitCondition } from './basis.rules.ts'
import { fitting, type Place, type Row, readText, refOf, type SheetFacts, type Sink, take } from './cell.ts'
import { readClass } from './class.rules.ts'
import { findCode } from './code.rules.ts'
import { type Column, codesOf } from './column.ts'
import { basisOf, readCode } from './item.rules.ts'
import { asDate, asFlag, asList, asNumber, asText, type Read } from './value.rules.ts'

const readFlagOrOpenType = (value: unknown, facts: SheetFacts): Read<string> => {
  const text = asText(value)
  if (text.value === null) return text
  const flag = asFlag(value)
  if (flag.value !== null && !flag.remark) return { value: flag.value ? 'open' : 'closed' }
  const inner = /^(?:是|否)?\s*[（(]?([^（()）]*)[)）]?$/.exec(text.value.normalize('NFKC'))?.[1] ?? text.value
  return readCode(inner || text.value, { ...OPEN_TYPE, title: '是否向社会开放' }, facts)
}

/** xls, ['xls'], XLS、xls: one format type however it is wrapped. */
const typeIn = (value: unknown, { options }: SheetFacts): StandardCode | null => {
  const words = asText(value).value?.split(/[\s[\]'"“”,，、;；]+/) ?? []
  const types = words.filter(Boolean).map((word) => findCode(options.standard, 'format_type', word)?.code)
  if (new Set(types).size !== 1) return null
  const type = codesOf(options.standard, 'format_type').find(({ code }) => code === types[0])
  return type?.parents.length === 1 ? type : null
}

/** Under 资源格式 many write the type, which says the category as well. */
const readCategory = (value: unknown, column: Column, facts: SheetFacts): Read<string> => {
  const read = readCode(value, column, facts)
  const type = read.remark?.level === 'error' ? typeIn(value, facts) : null
  if (!type) return read
  const category = type.parents[0]!
  const title = codesOf(facts.options.standard, 'format_category').find(({ code }) => code === category)?.title
  return {
    value: category,
    remark: { rule: 'W08', level: 'warning', message: `“${read.value}”是格式类型，格式分类看作“${title}”` },
  }
}

/** Several codes in one cell; the first that is unclear speaks for all. */
const readCodes = (value: unknown, column: Column, facts: SheetFacts): Read<string[]> => {
  const words = asList(value)
  const reads = (words.value ?? []).map((word) => readCode(word, column, facts))
  return {
    value: reads.flatMap((read) => read.value ?? []),
    remark:
      words.remark ??
      reads.find(({ remark }) => remark?.level === 'error')?.remark ??
      reads.find(({ remark }) => remark)?.remark,
  }
}

const OPEN_TYPE: Column = {
  key: 'open_type',
  title: '开放类型',
  kind: 'code',
  is_item: false,
  enumeration: 'open_type',
  field: null,
  is_required: true,
}

const MARK = /^R\d{1,9}-[0-9a-f]{10}$/

const readMark = (value: unknown): string | null => {
  const text = typeof value === 'string' ? value.trim() : ''
  return MARK.test(text) ? text : null
}

const readCell = (value: unknown, column: Column, facts: SheetFacts): Read<unknown> => {
  switch (column.kind) {
    case 'code':
      return column.key === 'format_category' ? readCategory(value, column, facts) : readCode(value, column, facts)
    case 'codes':
      return readCodes(value, column, facts)
    case 'flag':
      return asFlag(value)
    case 'number':
      return asNumber(value, false)
    case 'date':
      return asDate(value, facts.is_1904)
    case 'list':
      return asList(value)
    case 'is_open':
      return readFlagOrOpenType(value, facts)
    case 'revision':
      return { value: readMark(value) }
    case 'class':
      return readClass(value, facts.options)
    default:
      return readText(value, column)
  }
}

/** Values of the resource by the key of their column, and where they stand. */
export class ResourceCells {
  readonly values = new Map<string, unknown>()
  /** The format type, where it is written as the category. */
  impliedType: string | null = null
  readonly #at = new Map<string, Place & { readonly row: number }>()
  readonly #facts: SheetFacts
  readonly #sink: Sink
  constructor(facts: SheetFacts, sink: Sink) {
    this.#facts = facts
    this.#sink = sink
  }

  read(row: Row, { index, column }: Place): void {
    const at = { cell: refOf(this.#facts, row.row, index), field: column.key }
    this.values.set(column.key, take(readCell(row.values[index], column, this.#facts), at, this.#sink))
    this.#at.set(column.key, { index, column, row: row.row })
    if (column.key === 'format_category') this.impliedType = typeIn(row.values[index], this.#facts)?.code ?? null
  }

  has = (key: string): boolean => this.values.has(key)
  text = (key: string): string | null => (this.values.get(key) as string | null | undefined) ?? null
  list = (key: string): string[] => (this.values.get(key) as string[] | null | undefined) ?? []

  /** Says something about a field at its own cell. */
  say<T>(key: string, read: Read<T>): T | null {
    const at = this.#at.get(key)
    return at ? take(read, { cell: refOf(this.#facts, at.row, at.index), field: key }, this.#sink) : read.value
  }
}

const TEXTS = [
  'name',
  'name_en',
  'inner_dept',
  'summary',
  'source_system_name',
  'format_note',
  'open_condition',
] as const
const CODES = [
  'format_category',
  'format_type',
  'share_type',
  'share_method_category',
  'share_method_type',
  'update_cycle',
] as const

const basisFrom = (cells: ResourceCells): Partial<ResourceDraft> | null => {
  const parts = ['kind', 'title', 'clause', 'document_no'] as const
  if (!parts.some((part) => cells.has(`share_basis.${part}`))) return null
  const { basis, isKindMissing } = basisOf(
    Object.fromEntries(parts.map((part) => [part, cells.values.get(`share_basis.${part}`) ?? null])),
  )
  const key = parts.map((part) => `share_basis.${part}`).find((one) => cells.has(one))!
  if (isKindMissing)
    cells.say(key, {
      value: null,
      remark: { rule: 'W04', level: 'error', message: '不予共享依据须写明类别：法律、行政法规，或党中央、国务院政策' },
    })
  return { share_basis: basis }
}

/** One cell for condition and basis: in the census workbook the basis of withholding stands where others have their condition. */
const conditionFrom = (cells: ResourceCells, { options }: SheetFacts): Partial<ResourceDraft> => {
  const parts = basisFrom(cells)
  const whole = cells.text('share_basis')
  const said = whole === null ? null : cells.say<Basis>('share_basis', readBasis(options.standard, whole))
  const own = parts ?? (cells.has('share_basis') ? { share_basis: said } : null)
  if (!cells.has('share_condition')) return own ?? {}
  const text = cells.text('share_condition')
  if (own) return { share_condition: text, ...own }
  const isWithheld = cells.text('share_type') === 'withheld'
  const { condition, basis } = splitCondition(text ?? '')
  if (basis !== null) {
    const read = readBasis(options.standard, basis)
    if (read.value) return { share_condition: condition, share_basis: cells.say('share_condition', read) }
    if (isWithheld) cells.say('share_condition', read)
    return { share_condition: text }
  }
  if (!isWithheld) return { share_condition: text, ...(cells.has('share_type') ? { share_basis: null } : {}) }
  const read = text === null ? null : readBasis(options.standard, text)
  if (read?.value) return { share_condition: null, share_basis: cells.say('share_condition', read) }
  if (read) cells.say('share_condition', read)
  return { share_condition: text }
}

const openFrom = (cells: ResourceCells): Partial<ResourceDraft> => {
  if (cells.text('open_type') !== null || !cells.has('is_open'))
    return cells.has('open_type') ? { open_type: cells.text('open_type') } : {}
  const said = cells.text('is_open')
  if (said !== 'open') return { open_type: said }
  return { open_type: cells.text('open_condition') === null ? 'unconditional' : 'conditional' }
}

const CENSUS = /^census\./
const censusFrom = (cells: ResourceCells): Partial<ResourceDraft> => {
  const keys = [...cells.values.keys()].filter((key) => CENSUS.test(key))
  if (keys.length === 0) return {}
  const figures = Object.fromEntries(keys.map((key) => [key.replace(CENSUS, ''), cells.values.get(key) ?? null]))
  return { census: Object.values(figures).every((one) => one === null) ? null : (figures as Census) }
}

const EXTENSION = /^extension\./
const extensionFrom = (cells: ResourceCells): Partial<ResourceDraft> => {
  const keys = [...cells.values.keys()].filter((key) => EXTENSION.test(key))
  if (keys.length === 0) return {}
  return {
    extension: Object.fromEntries(
      keys.map((key) => [key.replace(EXTENSION, ''), (cells.values.get(key) ?? null) as ExtensionValue]),
    ),
  }
}

const LIMITS = { keywords: { words: 30, chars: 40 }, related_codes: { words: 100, chars: 40 } } as const

const listFrom = (cells: ResourceCells, key: keyof typeof LIMITS, words: readonly string[]): string[] => {
  const limit = LIMITS[key]
  const fits = words.map((word) => [...fitting(word, '').value!].slice(0, limit.chars).join('')).slice(0, limit.words)
  if (words.length > limit.words || words.some((word) => [...word].length > limit.chars))
    cells.say(key, {
      value: null,
      remark: { rule: 'W07', level: 'error', message: `最多 ${limit.words} 个，每个不超过 ${limit.chars} 个字` },
    })
  return fits
}

const CLASS_MARK = /^(?:类目|分类|目录分类)[:：]\s*/
const RELATED_MARK = /^关联(?:资源)?(?:代码)?[:：]\s*/

/** 关联及类目名称 of the census workbook: codes of related resources, and the class under 类目：. */
const relatedFrom = (cells: ResourceCells, { options }: SheetFacts): Partial<ResourceDraft> => {
  if (!cells.has('related_codes')) return {}
  const words = cells.list('related_codes')
  if (cells.has('class_code')) return { related_codes: listFrom(cells, 'related_codes', words) }
  const related: string[] = []
  let classCode: string | null = null
  for (const word of words) {
    const bare = word.replace(CLASS_MARK, '')
    const isClass = bare !== word || (!parseResourceCode(word).ok && !readClass(word, options).remark)
    if (isClass && classCode === null) classCode = cells.say('related_codes', readClass(bare, options))
    else related.push(word.replace(RELATED_MARK, ''))
  }
  const codes = { related_codes: listFrom(cells, 'related_codes', related) }
  return classCode === null ? codes : { ...codes, class_code: classCode }
}

/** Where there is no column for the type, one that is written as the category is it. */
const typeFrom = (cells: ResourceCells): Partial<ResourceDraft> =>
  cells.has('format_type') || cells.impliedType === null ? {} : { format_type: cells.impliedType }

/** Where there is no column for the category, a format type that belongs to one only says it. */
const categoryFrom = (cells: ResourceCells, { options }: SheetFacts): Partial<ResourceDraft> => {
  const type = cells.text('format_type')
  if (cells.has('format_category') || type === null) return {}
  const parents = codesOf(options.standard, 'format_type').find(({ code }) => code === type)?.parents ?? []
  if (parents.length !== 1) return {}
  const title = codesOf(options.standard, 'format_category').find(({ code }) => code === parents[0])?.title
  cells.say('format_type', {
    value: null,
    remark: { rule: 'W08', level: 'warning', message: `没有格式分类列，由格式类型“${type}”看作“${title}”` },
  })
  return { format_category: parents[0] }
}

const picked = (cells: ResourceCells, keys: readonly string[]): Partial<ResourceDraft> =>
  Object.fromEntries(keys.filter(cells.has).map((key) => [key, cells.values.get(key) ?? null]))

/** What the cells of a resource make as a draft; fields without a column are left out. */
export const draftFrom = (cells: ResourceCells, facts: SheetFacts): ResourceDraft => {
  const audience = cells.text('audience') as ResourceDraft['audience'] | null
  const isKnown = audience === 'all' || audience === 'government' || audience === 'organ'
  return {
    ...picked(cells, [...TEXTS, ...CODES, 'class_code']),
    ...categoryFrom(cells, facts),
    ...typeFrom(cells),
    ...conditionFrom(cells, facts),
    ...openFrom(cells),
    ...(isKnown ? { audience } : {}),
    ...(cells.has('keywords') ? { keywords: listFrom(cells, 'keywords', cells.list('keywords')) } : {}),
    ...relatedFrom(cells, facts),
    ...censusFrom(cells),
    ...extensionFrom(cells),
  }
}
