import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { coded, IsoDate, input, nullable } from './values.ts'

/** How a field is filled: `auto` by the platform, `depends` only while another field holds certain values. */
export const REQUIREMENTS = coded({ yes: '必填', no: '选填', auto: '自动', advised: '建议填', depends: '条件必填' })
export const CLASS_LEVELS = coded({ class: '类', item: '项', sub_item: '目', detail: '细目' })
export const RULE_LEVELS = coded({ error: '错误', warning: '警告' })

export const StandardField = t.Object({
  key: t.String(),
  title: t.String(),
  /** What kind of value: text, code (of `enumeration`), class, organ, basis, number, date, flag, identifier, words … */
  type: t.String(),
  required: REQUIREMENTS.schema,
  max_length: nullable(t.Integer()),
  enumeration: nullable(t.String()),
  depends: nullable(t.Object({ field: t.String(), values: t.Array(t.String()) })),
})
export type StandardField = t.Static<typeof StandardField>

export const StandardCode = t.Object({
  code: t.String(),
  title: t.String(),
  external_code: t.String(),
  /** Codes of the format category this one belongs to; empty: belongs to any. */
  parents: t.Array(t.String()),
})
export type StandardCode = t.Static<typeof StandardCode>

export const StandardRule = t.Object({
  id: t.String(),
  title: t.String(),
  level: RULE_LEVELS.schema,
  fields: t.Array(t.String()),
  clause: t.String(),
})
export type StandardRule = t.Static<typeof StandardRule>

export const ClassNode = t.Object({
  code: t.String(),
  title: t.String(),
  parent_code: nullable(t.String()),
  level: CLASS_LEVELS.schema,
  /** Only leaves may carry resources. */
  is_leaf: t.Boolean(),
  /** The organ that compiles under a department-class node. */
  organ_id: nullable(t.String()),
})
export type ClassNode = t.Static<typeof ClassNode>

const standard = {
  id: t.String(),
  version: t.Integer(),
  title: t.String(),
  document_no: t.String(),
  dialect: t.String(),
  effective_from: IsoDate,
  effective_to: nullable(IsoDate),
  verified: t.Boolean(),
}

/** A catalogue standard as the form, the API and the import interpret it (mandate T2.1); the classification is read apart. */
export const Standard = t.Object({
  ...standard,
  fields: t.Array(StandardField),
  item_fields: t.Array(StandardField),
  census_fields: t.Array(StandardField),
  template_columns: t.Array(t.String()),
  enumerations: t.Record(t.String(), t.Array(StandardCode)),
  rules: t.Array(StandardRule),
})
export type Standard = t.Static<typeof Standard>

/** The whole of it, as seeds and later the standards page hand it over. */
export type CatalogStandard = Standard & { readonly classification: readonly ClassNode[] }

export const BASIS_KINDS = coded({
  law: '法律',
  administrative_regulation: '行政法规',
  central_policy: '党中央、国务院政策',
})
export const LegalBasis = t.Object({
  key: t.String(),
  kind: BASIS_KINDS.schema,
  title: t.String(),
  clause: t.String(),
  document_no: t.String(),
  verified: t.Boolean(),
})
export type LegalBasis = t.Static<typeof LegalBasis>

export const getStandard = endpoint({
  method: 'GET',
  path: '/catalog/standard',
  permission: 'catalog.standard.read',
  summary: '现行目录标准：字段、枚举、规则',
  response: Standard,
})

export const listStandards = endpoint({
  method: 'GET',
  path: '/catalog/standards',
  permission: 'catalog.standard.read',
  summary: '目录标准的各个版本',
  response: t.Array(t.Object({ ...standard, is_current: t.Boolean() })),
})

export const getStandardVersion = endpoint({
  method: 'GET',
  path: '/catalog/standards/:standard/:version',
  permission: 'catalog.standard.read',
  summary: '某一版本的目录标准',
  params: t.Object({ standard: t.String({ maxLength: 64 }), version: t.Integer({ minimum: 1, maximum: 10_000 }) }),
  response: Standard,
})

export const listClasses = endpoint({
  method: 'GET',
  path: '/catalog/classes',
  permission: 'catalog.standard.read',
  summary: '分类树：某节点的下级（不指定即一级），带已发布资源数；organ_id 只取该机构可编制的节点',
  query: input({
    parent: t.Optional(t.String({ maxLength: 24 })),
    organ_id: t.Optional(t.String({ pattern: '^\\d{10}$' })),
    q: t.Optional(t.String({ maxLength: 50 })),
  }),
  response: t.Array(
    t.Object({
      code: t.String(),
      title: t.String(),
      /** Titles from the root down, for a picker that shows where a node stands. */
      path_title: t.String(),
      parent_code: nullable(t.String()),
      level: CLASS_LEVELS.schema,
      is_leaf: t.Boolean(),
      organ_id: nullable(t.String()),
      has_children: t.Boolean(),
      resource_count: t.Integer(),
    }),
  ),
})

export const listLegalBases = endpoint({
  method: 'GET',
  path: '/catalog/legal-bases',
  permission: 'catalog.standard.read',
  summary: '不予共享可援引的法律、行政法规和党中央国务院政策',
  query: input({ q: t.Optional(t.String({ maxLength: 100 })), kind: t.Optional(BASIS_KINDS.schema) }),
  response: t.Array(LegalBasis),
})
