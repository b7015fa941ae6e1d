import { LAYER_KINDS, type LayerChange, REQUIREMENTS, RULE_LEVELS, type Standard } from '@sanjiang/contract/catalog'

const fieldTitle = (standard: Standard, key: string): string =>
  (key.startsWith('items.')
    ? standard.item_fields.find((field) => `items.${field.key}` === key)
    : standard.fields.find((field) => field.key === key)
  )?.title ?? key

const said = (parts: readonly (string | false | null | undefined)[]): string => parts.filter(Boolean).join('，')

/** One change of a layer in a sentence. */
export const changeText = (change: LayerChange, standard: Standard): string => {
  switch (change.kind) {
    case 'field_added':
      return said([
        `字段“${change.title}”（${change.key}）`,
        REQUIREMENTS.titles[change.required],
        change.enumeration && `取值于 ${change.enumeration}`,
        change.max_length !== null && `不超过 ${change.max_length} 字`,
        change.depends && `当 ${change.depends.field} 为 ${change.depends.values.join('、')}`,
      ])
    case 'field_tightened':
      return said([
        `字段“${fieldTitle(standard, change.key)}”`,
        change.required && `改为${REQUIREMENTS.titles[change.required]}`,
        change.max_length != null && `不超过 ${change.max_length} 字`,
      ])
    case 'code_added':
      return `枚举 ${change.enumeration} 增加“${change.title}”（${change.code}）`
    case 'code_dropped':
      return `枚举 ${change.enumeration} 停用“${change.code}”`
    case 'class_added':
      return `分类 ${change.code} ${change.title}`
    case 'class_dropped':
      return `停用分类 ${change.code}`
    case 'rule_levelled':
      return `规则 ${change.id} 改为${RULE_LEVELS.titles[change.level]}`
  }
}

/** A change of each kind as its form starts. */
export const BLANKS: Record<LayerChange['kind'], LayerChange> = {
  field_added: {
    kind: 'field_added',
    key: 'extension.',
    title: '',
    type: 'text',
    required: 'no',
    max_length: null,
    enumeration: null,
    depends: null,
  },
  field_tightened: { kind: 'field_tightened', key: '', required: null, max_length: null },
  code_added: { kind: 'code_added', enumeration: '', code: '', title: '', external_code: '', parents: [] },
  code_dropped: { kind: 'code_dropped', enumeration: '', code: '' },
  class_added: { kind: 'class_added', code: '', title: '', organ_id: null },
  class_dropped: { kind: 'class_dropped', code: '' },
  rule_levelled: { kind: 'rule_levelled', id: '', level: 'warning' },
}

export const kindTitle = ({ kind }: LayerChange): string => LAYER_KINDS.titles[kind]
