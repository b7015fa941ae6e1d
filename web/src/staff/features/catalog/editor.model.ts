import {
  type Checker,
  completeness,
  type EntryFacts,
  type Finding,
  makeChecker,
  type ResourceDetail,
  type Standard,
  type StandardField,
} from '@sanjiang/contract/catalog'
import { isEmpty, isExtension, isNeeded, valueAt } from '@sanjiang/contract/catalog.rule-kit'
import { useMemo } from 'react'
import { type Draft, fromDraft } from './draft.ts'

export interface Section {
  readonly id: string
  readonly title: string
  readonly fields: readonly StandardField[]
}

const SECTIONS = [
  {
    id: 'basic',
    title: '基本信息',
    keys: ['class_code', 'name', 'name_en', 'inner_dept', 'summary', 'source_system_name', 'keywords', 'related_codes'],
  },
  { id: 'format', title: '格式', keys: ['format_category', 'format_type', 'format_note'] },
  {
    id: 'share',
    title: '共享',
    keys: ['share_type', 'share_condition', 'share_basis', 'share_method_category', 'share_method_type'],
  },
  { id: 'items', title: '信息项', keys: ['items'] },
  { id: 'open', title: '开放与更新', keys: ['open_type', 'open_condition', 'update_cycle'] },
  { id: 'census', title: '普查六项', keys: ['census'] },
] as const

/** Filled by the platform, or fixed by who compiles. */
const GIVEN = new Set(['provider_organ_id', 'provider_code', 'code', 'published_on'])

/** The standard's fields in the form's sections; what a later version adds is not lost but stands under 其他. */
export const sectionsOf = (standard: Standard): readonly Section[] => {
  const placed = new Set<string>(SECTIONS.flatMap(({ keys }) => keys))
  const byKey = new Map(standard.fields.map((field) => [field.key, field]))
  const rest = standard.fields.filter(({ key, required }) => !placed.has(key) && !GIVEN.has(key) && required !== 'auto')
  const sections = SECTIONS.map(({ id, title, keys }) => ({
    id,
    title,
    fields: keys.flatMap((key) => byKey.get(key) ?? []),
  }))
  const dialect = rest.filter(({ key }) => isExtension(key))
  const other = rest.filter(({ key }) => !isExtension(key))
  return [
    ...sections,
    ...(dialect.length > 0 ? [{ id: 'extension', title: '地方扩展', fields: dialect }] : []),
    ...(other.length > 0 ? [{ id: 'other', title: '其他', fields: other }] : []),
  ]
}

/** A conditional field appears with its condition, and stays while it holds something. */
export const isShown = (field: StandardField, draft: Draft): boolean => {
  const values = draft as unknown as Record<string, unknown>
  return field.required !== 'depends' || isNeeded(field, values) || !isEmpty(valueAt(values, field.key))
}

export const isWanted = (field: StandardField, draft: Draft): boolean =>
  isNeeded(field, draft as unknown as Record<string, unknown>)

export interface SectionState {
  readonly errors: number
  readonly warnings: number
  readonly filled: number
  readonly wanted: number
}

const belongsTo = ({ fields }: Section, { field }: Finding): boolean =>
  fields.some(({ key }) => field === key || field.startsWith(`${key}.`))

export const stateOf = (section: Section, draft: Draft, findings: readonly Finding[]): SectionState => {
  const own = findings.filter((one) => belongsTo(section, one))
  const values = draft as unknown as Record<string, unknown>
  const wanted = section.fields.filter((field) => field.required === 'advised' || isNeeded(field, values))
  return {
    errors: own.filter(({ level }) => level === 'error').length,
    warnings: own.filter(({ level }) => level === 'warning').length,
    filled: wanted.filter(({ key }) => !isEmpty(valueAt(values, key))).length,
    wanted: wanted.length,
  }
}

/** What the browser knows of the world; rules that need more are said by the server at submission. */
const factsOf = (resource: ResourceDetail): EntryFacts => ({
  provider: {
    organ_id: resource.provider_organ_id,
    name: resource.provider_name,
    credit_code: resource.provider_code,
  },
  code: resource.code,
})

export interface Checked {
  readonly findings: readonly Finding[]
  readonly percent: number
  /** Findings under a field's own path. */
  at(path: string): readonly Finding[]
}

const checkedBy = (checker: Checker, resource: ResourceDetail, draft: Draft): Checked => {
  const entry = fromDraft(draft)
  const findings = checker.check(entry, factsOf(resource))
  const byField = Map.groupBy(findings, ({ field }) => field)
  const { filled, wanted } = completeness(checker.standard, entry)
  return {
    findings,
    percent: wanted === 0 ? 100 : Math.round((filled / wanted) * 100),
    at: (path) => byField.get(path) ?? [],
  }
}

/** The same rules as the server's, run on every change. */
export const useChecked = (standard: Standard, resource: ResourceDetail, draft: Draft): Checked => {
  const checker = useMemo(() => makeChecker(standard), [standard])
  return useMemo(() => checkedBy(checker, resource, draft), [checker, resource, draft])
}
