import * as t from 'typebox'
import { type CLASS_LEVELS, REQUIREMENTS, RULE_LEVELS } from './catalog.standard.ts'
import { coded, input, Line, nullable } from './values.ts'

/** Kinds of value a dialect's own field may hold. */
export const EXTENSION_TYPES = coded({
  text: '文本',
  code: '代码（单选）',
  codes: '代码（多选）',
  number: '数字',
  date: '日期',
  flag: '是否',
})

const key = (pattern: string) => t.String({ maxLength: 64, pattern })
const EXTENSION_KEY = '^extension\\.[a-z][a-z0-9_]{0,39}$'
const note = t.Optional(t.String({ maxLength: 300, description: '依据或说明：为什么这样改' }))
const length = nullable(t.Integer({ minimum: 1, maximum: 5000 }))
const depends = nullable(
  input({
    field: t.String({ maxLength: 64 }),
    values: t.Array(t.String({ maxLength: 64 }), { minItems: 1, maxItems: 30 }),
  }),
)
const ENUMERATION = t.String({ maxLength: 64, pattern: '\\S' })

const FieldAdded = input({
  kind: t.Literal('field_added'),
  key: key(EXTENSION_KEY),
  title: Line(40),
  type: EXTENSION_TYPES.schema,
  required: REQUIREMENTS.schema,
  max_length: length,
  enumeration: nullable(ENUMERATION),
  depends,
  note,
})
const FieldTightened = input({
  kind: t.Literal('field_tightened'),
  /** `summary`, or `items.data_element` for a field of items. */
  key: t.String({ maxLength: 64 }),
  required: t.Optional(nullable(REQUIREMENTS.schema)),
  max_length: t.Optional(length),
  note,
})
const CodeAdded = input({
  kind: t.Literal('code_added'),
  enumeration: ENUMERATION,
  code: Line(64),
  title: Line(64),
  external_code: t.String({ maxLength: 64 }),
  parents: t.Array(t.String({ maxLength: 64 }), { maxItems: 30 }),
  note,
})
const CodeDropped = input({ kind: t.Literal('code_dropped'), enumeration: ENUMERATION, code: Line(64), note })
const ClassAdded = input({
  kind: t.Literal('class_added'),
  code: key('^[123]\\d{2}(\\d{3}[0-9A-Z]{0,12})?$'),
  title: Line(100),
  /** The organ that alone compiles under a department-class node. */
  organ_id: nullable(key('^\\d{10}$')),
  note,
})
const ClassDropped = input({ kind: t.Literal('class_dropped'), code: t.String({ maxLength: 24 }), note })
const RuleLevelled = input({
  kind: t.Literal('rule_levelled'),
  id: t.String({ maxLength: 8 }),
  level: RULE_LEVELS.schema,
  note,
})

/** One thing a dialect does otherwise than the national base; the whole dialect is a list of these, never a second standard. */
export const LayerChange = t.Union([
  FieldAdded,
  FieldTightened,
  CodeAdded,
  CodeDropped,
  ClassAdded,
  ClassDropped,
  RuleLevelled,
])
export type LayerChange = t.Static<typeof LayerChange>
export const LAYER_KINDS = coded({
  field_added: '增加字段',
  field_tightened: '收紧字段',
  code_added: '增加代码',
  code_dropped: '停用代码',
  class_added: '增加分类',
  class_dropped: '停用分类',
  rule_levelled: '改规则级别',
})
export type LayerKind = LayerChange['kind']

/** What stands against a change; `index` is its place in the layer. */
export interface LayerFault {
  readonly index: number
  readonly field: string
  readonly message: string
}

/** One line of the difference of two editions. */
export const StandardChange = t.Object({
  part: t.Unsafe<'field' | 'item_field' | 'code' | 'class' | 'rule'>(
    t.String({ enum: ['field', 'item_field', 'code', 'class', 'rule'] }),
  ),
  key: t.String(),
  title: t.String(),
  kind: t.Unsafe<'added' | 'removed' | 'changed'>(t.String({ enum: ['added', 'removed', 'changed'] })),
  before: nullable(t.String()),
  after: nullable(t.String()),
})
export type StandardChange = t.Static<typeof StandardChange>

/** Layout of domain §1.3: 类 1 + 项 2 + 目 3 + 细目. */
export const levelOfClass = (code: string): (typeof CLASS_LEVELS.codes)[number] =>
  code.length === 1 ? 'class' : code.length === 3 ? 'item' : code.length === 6 ? 'sub_item' : 'detail'
export const parentOfClass = (code: string): string | null =>
  code.length === 1
    ? null
    : code.length === 3
      ? code.slice(0, 1)
      : code.length === 6
        ? code.slice(0, 3)
        : code.slice(0, 6)
