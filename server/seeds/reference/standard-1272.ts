import { ELEMENT_CODES } from './element-codes.data.ts'
import { classCodeOf, organs } from './organs.ts'
import { prefectures, province } from './regions.ts'
import {
  CENSUS_FIELDS,
  CLASSES,
  ENUMERATIONS,
  FIELDS,
  ITEM_FIELDS,
  RULES,
  TEMPLATE_COLUMNS,
} from './standard-1272.data.ts'

export type FieldRequired = 'yes' | 'no' | 'auto' | 'advised' | 'depends'
export type FieldRow = readonly [
  key: string,
  title: string,
  type: string,
  required: FieldRequired,
  max_length: number,
  enumeration: string,
  depends: string,
]
export type EnumRow = readonly [enumeration: string, code: string, title: string, external_code: string, parent: string]
export type RuleRow = readonly [id: string, title: string, level: 'error' | 'warning', fields: string]
export type ClassRow = readonly [code: string, title: string]

export interface StandardField {
  key: string
  title: string
  type: string
  required: FieldRequired
  max_length: number | null
  enumeration: string | null
  /** Required only while `field` holds one of `values`. */
  depends: { field: string; values: string[] } | null
}

export interface StandardCode {
  code: string
  title: string
  external_code: string
  /** Codes of the linked enumeration this one belongs to: format_type → format_category, share_method_type → format_category. */
  parents: string[]
}

export interface ClassNode {
  code: string
  title: string
  parent_code: string | null
  level: 'class' | 'item' | 'sub_item' | 'detail'
  /** Only leaves may carry resources. */
  is_leaf: boolean
  /** The organ that compiles under a department-class node. */
  organ_id: string | null
}

export interface StandardRule {
  id: string
  title: string
  level: 'error' | 'warning'
  fields: string[]
  clause: string
}

/** A catalogue standard as versioned data (mandate T2.1); the catalogue module stores it whole and interprets it. */
export interface CatalogStandard {
  id: string
  version: number
  title: string
  document_no: string
  dialect: string
  effective_from: string
  effective_to: string | null
  verified: boolean
  fields: StandardField[]
  item_fields: StandardField[]
  census_fields: StandardField[]
  template_columns: string[]
  enumerations: Record<string, StandardCode[]>
  classification: ClassNode[]
  rules: StandardRule[]
}

const fieldOf = ([key, title, type, required, max_length, enumeration, depends]: FieldRow): StandardField => {
  const [field, values] = depends.split('=')
  return {
    key,
    title,
    type,
    required,
    max_length: max_length || null,
    enumeration: enumeration || null,
    depends: field && values ? { field, values: values.split('|') } : null,
  }
}

const enumerationsOf = (rows: readonly EnumRow[]): Record<string, StandardCode[]> => {
  const lists: Record<string, StandardCode[]> = {}
  for (const [enumeration, code, title, external_code, parent] of rows) {
    const list = lists[enumeration] ?? []
    lists[enumeration] = list
    list.push({ code, title, external_code, parents: parent ? parent.split('|') : [] })
  }
  return lists
}

const LEVELS: Readonly<Record<number, ClassNode['level']>> = { 1: 'class', 3: 'item', 6: 'sub_item' }
/** Layout of domain §1.3: 类 1 + 项 2 + 目 3 + 细目. */
const parentOf = (code: string): string | null =>
  code.length === 1
    ? null
    : code.length === 3
      ? code.slice(0, 1)
      : code.length === 6
        ? code.slice(0, 3)
        : code.slice(0, 6)

const node = (code: string, title: string, organ_id: string | null): ClassNode => ({
  code,
  title,
  parent_code: parentOf(code),
  level: LEVELS[code.length] ?? 'detail',
  is_leaf: code.length >= 6,
  organ_id,
})

/**
 * The department class: 63 for the province, the prefectures' own two digits, and below them one node for every organ that compiles.
 * A prefecture's node keeps its own resources although counties hang below it, so every node from the 目 down is a leaf to compile under.
 */
const departmentNodes = (): ClassNode[] => {
  const items = [province, ...prefectures].map((r) =>
    node(`3${r.code === province.code ? '63' : r.code.slice(2, 4)}`, r.name, null),
  )
  const nodes = new Map(items.map((item) => [item.code, item]))
  for (const organ of organs) {
    const code = classCodeOf(organ)
    const subItem = code.slice(0, 6)
    if (!nodes.has(subItem)) nodes.set(subItem, node(subItem, organ.short_name, null))
    nodes.set(code, node(code, organ.short_name, organ.id))
  }
  return [...nodes.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}

export const standard1272: CatalogStandard = {
  id: '1272-2017',
  version: 1,
  title: '政务信息资源目录编制指南（试行）',
  document_no: '发改高技〔2017〕1272号',
  dialect: '青海',
  // The day of the printed guide was not found; 2017-06-30 is the day it was circulated (未核).
  effective_from: '2017-06-30',
  effective_to: null,
  verified: false,
  fields: FIELDS.map(fieldOf),
  item_fields: ITEM_FIELDS.map(fieldOf),
  census_fields: CENSUS_FIELDS.map(fieldOf),
  template_columns: [...TEMPLATE_COLUMNS],
  enumerations: enumerationsOf([...ENUMERATIONS, ...ELEMENT_CODES]),
  classification: [...CLASSES.map(([code, title]) => node(code, title, null)), ...departmentNodes()],
  rules: RULES.map(([id, title, level, fields]) => ({
    id,
    title,
    level,
    fields: fields.split(' '),
    clause: `目录校验规则 ${id}（依据发改高技〔2017〕1272号归纳）`,
  })),
}
