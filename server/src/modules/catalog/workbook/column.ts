import {
  AUDIENCES,
  CENSUS_KEYS,
  type Standard,
  type StandardCode,
  type StandardField,
} from '@sanjiang/contract/catalog'
import type { Layout } from './workbook.ts'

/** How a cell of a column is read and written. */
export type Kind =
  | 'text'
  | 'code'
  | 'codes'
  | 'class'
  | 'credit_code'
  | 'number'
  | 'flag'
  | 'date'
  | 'list'
  | 'is_open'
  | 'basis'
  | 'basis_part'
  | 'revision'

/** A column that the workbook knows: a field of the standard, or a part of one. */
export interface Column {
  /** `name`, `census.total_storage_gb`, `extension.carrier`, `share_basis.title`, `items.name`, `items.withheld_basis.kind`. */
  readonly key: string
  readonly title: string
  readonly kind: Kind
  readonly is_item: boolean
  readonly enumeration: string | null
  readonly field: StandardField | null
  readonly is_required: boolean
}

const BASIS_PARTS = [
  ['kind', '依据类别'],
  ['title', '依据名称'],
  ['clause', '条款'],
  ['document_no', '文号'],
] as const

const KINDS: Readonly<Record<string, Kind>> = {
  code: 'code',
  class: 'class',
  credit_code: 'credit_code',
  number: 'number',
  flag: 'flag',
  date: 'date',
  codes: 'list',
  words: 'list',
}

const columnOf = (field: StandardField, place: { readonly prefix: string; readonly title: string }): Column => ({
  key: place.prefix + field.key,
  title: place.title,
  // Related codes are words; a dialect's several codes are of a list.
  kind: field.type === 'codes' && field.enumeration !== null ? 'codes' : (KINDS[field.type] ?? 'text'),
  is_item: place.prefix === 'items.',
  enumeration: field.enumeration,
  field,
  is_required: field.required === 'yes',
})

const basisColumns = (field: StandardField, prefix: string): Column[] =>
  BASIS_PARTS.map(([part, title]) => ({
    key: `${prefix}${field.key}.${part}`,
    title: `${prefix === '' ? '' : '信息项'}不予共享${title}`,
    kind: part === 'kind' ? 'code' : 'basis_part',
    is_item: prefix !== '',
    enumeration: part === 'kind' ? 'basis_kind' : null,
    field,
    is_required: false,
  }))

const itemTitle = (field: StandardField): string =>
  /^(?:共享|不予|开放)/.test(field.title) ? `信息项${field.title}` : field.title

const itemColumns = (standard: Standard): Column[] =>
  standard.item_fields.flatMap((field) =>
    field.type === 'basis'
      ? basisColumns(field, 'items.')
      : [columnOf(field, { prefix: 'items.', title: itemTitle(field) })],
  )

const censusColumns = (standard: Standard): Column[] =>
  standard.census_fields
    .filter(({ key }) => (CENSUS_KEYS as readonly string[]).includes(key))
    .map((field) => ({ ...columnOf(field, { prefix: 'census.', title: field.title }), is_required: false }))

const AUDIENCE: Column = {
  key: 'audience',
  title: '可见范围',
  kind: 'code',
  is_item: false,
  enumeration: 'audience',
  field: null,
  is_required: false,
}

/** What the entry said when it was exported; the last column, so that nobody's columns move. */
const REVISION: Column = {
  key: 'revision',
  title: '修订号',
  kind: 'revision',
  is_item: false,
  enumeration: null,
  field: null,
  is_required: false,
}

/** Every field of the standard, items behind the resource: nothing of an entry is left behind. */
const fullColumns = (standard: Standard): Column[] => {
  const resource = standard.fields.flatMap((field) => {
    if (field.type === 'items') return []
    if (field.type === 'basis') return basisColumns(field, '')
    if (field.type === 'census') return censusColumns(standard)
    return [columnOf(field, { prefix: '', title: field.title })]
  })
  return [...resource, AUDIENCE, ...itemColumns(standard)]
}

/** Two columns of the census workbook say more than the field they are named after. */
const CENSUS_TITLES: Readonly<Record<string, string>> = {
  is_open: '是否向社会开放',
  related_codes: '关联及类目名称',
}

const censusLayout = (standard: Standard, known: ReadonlyMap<string, Column>): Column[] =>
  standard.template_columns.map((key): Column => {
    const title = CENSUS_TITLES[key]
    if (key === 'is_open')
      return { ...known.get('open_type')!, key, title: title!, kind: 'is_open', enumeration: null, is_required: true }
    const column = known.get(key)
    if (!column) throw new RangeError(`the standard’s template names ${key}, which it has no field for`)
    return title === undefined ? column : { ...column, title }
  })

export const columnsOf = (standard: Standard, layout: Layout): readonly Column[] => {
  const full = fullColumns(standard)
  const own = layout === 'full' ? full : censusLayout(standard, new Map(full.map((one) => [one.key, one])))
  return [...own, REVISION]
}

/** Every column that can be read, in whatever layout. */
export const knownColumns = (standard: Standard): ReadonlyMap<string, Column> => {
  const basis = standard.fields.find(({ type }) => type === 'basis')
  const whole: Column[] = basis
    ? [
        {
          key: basis.key,
          title: basis.title,
          kind: 'basis',
          is_item: false,
          enumeration: null,
          field: basis,
          is_required: false,
        },
      ]
    : []
  return new Map(
    [
      ...columnsOf(standard, 'full'),
      ...censusLayout(standard, new Map(fullColumns(standard).map((one) => [one.key, one]))).filter(
        ({ key }) => key === 'is_open',
      ),
      ...whole,
    ].map((one) => [one.key, one]),
  )
}

const AUDIENCE_CODES: readonly StandardCode[] = Object.entries(AUDIENCES.titles).map(([code, title]) => ({
  code,
  title,
  external_code: '',
  parents: [],
}))

/** The list of a column's codes; the platform's own beside the standard's. */
export const codesOf = (standard: Standard, enumeration: string): readonly StandardCode[] =>
  enumeration === 'audience' ? AUDIENCE_CODES : (standard.enumerations[enumeration] ?? [])
