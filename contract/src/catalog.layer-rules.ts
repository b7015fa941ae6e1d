import { type LayerChange, type LayerFault, levelOfClass, parentOfClass, type StandardChange } from './catalog.layer.ts'
import {
  type CatalogStandard,
  type ClassNode,
  REQUIREMENTS,
  RULE_LEVELS,
  type Standard,
  type StandardCode,
  type StandardField,
} from './catalog.standard.ts'

/** Lists whose codes the platform acts on: a dialect cannot invent a kind of sharing that no gateway knows. */
const FIXED_LISTS = new Set([
  ...['share_type', 'open_type', 'basis_kind', 'mask_rule', 'sensitivity', 'data_type', 'update_cycle'],
  ...['share_method_category', 'share_method_type', 'format_category'],
])
/** Without what these ask for an entry can neither be published nor granted (国发〔2016〕51号 第十条). */
const FIRM_RULES = new Set(['C01', 'C03', 'C05', 'C07'])
const STRICTNESS: Readonly<Record<string, number>> = { no: 0, advised: 1, depends: 2, yes: 3, auto: 4 }
const ITEMS = 'items.'

const isNational = (enumeration: string): boolean => enumeration.startsWith('GB')

interface Known {
  readonly base: CatalogStandard
  readonly layer: readonly LayerChange[]
  readonly fields: ReadonlyMap<string, StandardField>
  readonly lists: ReadonlyMap<string, ReadonlySet<string>>
  readonly classes: ReadonlyMap<string, ClassNode>
}

type Of<K extends LayerChange['kind']> = Extract<LayerChange, { kind: K }>
const of = <K extends LayerChange['kind']>(layer: readonly LayerChange[], kind: K): Of<K>[] =>
  layer.filter((change): change is Of<K> => change.kind === kind)

const learn = (base: CatalogStandard, layer: readonly LayerChange[]): Known => {
  const lists = new Map(
    Object.entries(base.enumerations).map(([name, codes]) => [name, new Set(codes.map(({ code }) => code))]),
  )
  for (const { enumeration, code } of of(layer, 'code_added'))
    lists.set(enumeration, new Set([...(lists.get(enumeration) ?? []), code]))
  return {
    base,
    layer,
    fields: new Map([
      ...base.fields.map((field) => [field.key, field] as const),
      ...base.item_fields.map((field) => [ITEMS + field.key, field] as const),
    ]),
    lists,
    classes: new Map(base.classification.map((node) => [node.code, node])),
  }
}

type Said = readonly [field: string, message: string]

function* fieldAdded(change: Of<'field_added'>, { layer, fields, lists }: Known): Iterable<Said> {
  const { type, enumeration, required, depends, max_length } = change
  const isListed = type === 'code' || type === 'codes'
  if (isListed && !lists.has(enumeration ?? ''))
    yield ['enumeration', `“${change.title}”须指明有取值的枚举${enumeration ? `，“${enumeration}”还没有代码` : ''}`]
  if (!isListed && enumeration) yield ['enumeration', '只有代码类字段才有枚举']
  if (max_length !== null && type !== 'text') yield ['max_length', '只有文本字段才限长度']
  if (required === 'auto') yield ['required', '扩展字段不能由平台自动填写']
  if ((required === 'depends') !== (depends !== null)) yield ['depends', '条件必填须写明条件，其他要求不写']
  const known =
    depends && (fields.has(depends.field) || of(layer, 'field_added').some(({ key }) => key === depends.field))
  if (depends && (!known || depends.field.startsWith(ITEMS))) yield ['depends', `没有字段“${depends.field}”`]
  if (depends?.field === change.key) yield ['depends', '字段不能以自己为条件']
}

function* fieldTightened({ key, required, max_length }: Of<'field_tightened'>, { fields }: Known): Iterable<Said> {
  const field = fields.get(key)
  if (!field) {
    yield ['key', `国家标准没有字段“${key}”`]
    return
  }
  if (field.required === 'auto') yield ['key', `${field.title}由平台自动填写`]
  if (required === 'depends' || required === 'auto') yield ['required', '收紧只能改为“必填”或“建议填”']
  else if (required && STRICTNESS[required]! < STRICTNESS[field.required]!)
    yield ['required', `${field.title}原为“${REQUIREMENTS.titles[field.required]}”，地方只能收紧，不能放宽`]
  if (max_length && field.type !== 'text' && field.type !== 'identifier') yield ['max_length', '只有文本字段才限长度']
  if (max_length && field.max_length !== null && max_length > field.max_length)
    yield ['max_length', `${field.title}原限 ${field.max_length} 字，地方只能更短`]
  if ((!required || required === field.required) && (!max_length || max_length === field.max_length))
    yield ['key', `${field.title}没有变化`]
}

function* codeAdded({ enumeration, code, parents }: Of<'code_added'>, { base }: Known): Iterable<Said> {
  if (FIXED_LISTS.has(enumeration)) yield ['enumeration', '平台按这一枚举的取值工作，地方不能增加取值']
  if (base.enumerations[enumeration]?.some((one) => one.code === code)) yield ['code', `已有取值“${code}”`]
  const categories = base.enumerations.format_category ?? []
  const stray = parents.find((parent) => !categories.some((one) => one.code === parent))
  if (stray !== undefined) yield ['parents', `没有格式分类“${stray}”`]
}

function* codeDropped({ enumeration, code }: Of<'code_dropped'>, { base }: Known): Iterable<Said> {
  if (FIXED_LISTS.has(enumeration)) yield ['enumeration', '平台按这一枚举的取值工作，地方不能停用取值']
  // Values of data that already flows are checked against these lists at the border.
  if (isNational(enumeration)) yield ['enumeration', '国家标准代码表只能增补，不能减少']
  if (!base.enumerations[enumeration]?.some((one) => one.code === code)) yield ['code', `没有取值“${code}”`]
}

function* classAdded({ code, organ_id }: Of<'class_added'>, { layer, classes }: Known): Iterable<Said> {
  if (classes.has(code)) yield ['code', `已有分类“${code}”`]
  const parent = parentOfClass(code)
  const isKnown =
    parent !== null && (classes.has(parent) || of(layer, 'class_added').some((one) => one.code === parent))
  if (!isKnown) yield ['code', `上级分类“${parent}”不存在`]
  if (organ_id && !code.startsWith('3')) yield ['organ_id', '只有部门类节点归某一机构']
}

function* classDropped({ code }: Of<'class_dropped'>, { layer, classes }: Known): Iterable<Said> {
  if (!classes.has(code)) yield ['code', `没有分类“${code}”`]
  if (code.length === 1) yield ['code', '一级分类不能停用']
  const dropped = new Set(of(layer, 'class_dropped').map((one) => one.code))
  const below = [...classes.values()].find((node) => node.parent_code === code && !dropped.has(node.code))
  const added = of(layer, 'class_added').find((one) => parentOfClass(one.code) === code)
  if (below ?? added) yield ['code', `下级“${(below ?? added)!.title}”仍在用，请先停用下级`]
}

function* ruleLevelled({ id, level }: Of<'rule_levelled'>, { base }: Known): Iterable<Said> {
  const rule = base.rules.find((one) => one.id === id)
  if (!rule) yield ['id', `没有规则“${id}”`]
  else if (rule.level === level) yield ['level', `${id} 已是“${RULE_LEVELS.titles[level]}”`]
  if (FIRM_RULES.has(id) && level === 'warning') yield ['level', `${id} 是发布和共享的前提，不能降为警告`]
}

const targetOf = (change: LayerChange): string => {
  switch (change.kind) {
    case 'field_added':
    case 'field_tightened':
      return `field ${change.key}`
    case 'code_added':
    case 'code_dropped':
      return `code ${change.enumeration} ${change.code}`
    case 'class_added':
    case 'class_dropped':
      return `class ${change.code}`
    case 'rule_levelled':
      return `rule ${change.id}`
  }
}

const BODIES: { readonly [K in LayerChange['kind']]: (change: Of<K>, known: Known) => Iterable<Said> } = {
  field_added: fieldAdded,
  field_tightened: fieldTightened,
  code_added: codeAdded,
  code_dropped: codeDropped,
  class_added: classAdded,
  class_dropped: classDropped,
  rule_levelled: ruleLevelled,
}

/** Everything that stands against a layer, so that the editor and the API refuse the same. */
export const layerFaults = (base: CatalogStandard, layer: readonly LayerChange[]): LayerFault[] => {
  const known = learn(base, layer)
  const seen = new Set<string>()
  return layer.flatMap((change, index) => {
    const faults = Array.from(
      (BODIES[change.kind] as (change: LayerChange, known: Known) => Iterable<Said>)(change, known),
      ([field, message]) => ({ index, field, message }),
    )
    const target = targetOf(change)
    if (seen.has(target)) faults.push({ index, field: 'kind', message: '同一处已在前面改过' })
    seen.add(target)
    return faults
  })
}

const tightened = (
  fields: readonly StandardField[],
  prefix: string,
  layer: readonly LayerChange[],
): StandardField[] => {
  const by = new Map(of(layer, 'field_tightened').map((change) => [change.key, change]))
  return fields.map((field) => {
    const change = by.get(prefix + field.key)
    if (!change) return field
    const required = change.required ?? field.required
    return {
      ...field,
      required,
      depends: required === field.required ? field.depends : null,
      max_length: change.max_length ?? field.max_length,
    }
  })
}

const enumerationsOf = (base: CatalogStandard, layer: readonly LayerChange[]): Record<string, StandardCode[]> => {
  const dropped = new Set(of(layer, 'code_dropped').map((one) => `${one.enumeration} ${one.code}`))
  const lists: Record<string, StandardCode[]> = {}
  for (const [name, codes] of Object.entries(base.enumerations))
    lists[name] = codes.filter(({ code }) => !dropped.has(`${name} ${code}`))
  for (const { enumeration, code, title, external_code, parents } of of(layer, 'code_added'))
    lists[enumeration] = [...(lists[enumeration] ?? []), { code, title, external_code, parents }]
  return lists
}

const classificationOf = (base: CatalogStandard, layer: readonly LayerChange[]): ClassNode[] => {
  const dropped = new Set(of(layer, 'class_dropped').map(({ code }) => code))
  const added = of(layer, 'class_added').map(
    ({ code, title, organ_id }): ClassNode => ({
      code,
      title,
      parent_code: parentOfClass(code),
      level: levelOfClass(code),
      is_leaf: code.length >= 6,
      organ_id,
    }),
  )
  return [...base.classification.filter(({ code }) => !dropped.has(code)), ...added]
}

/** The base with a dialect laid over it. The head (id, version, dates, title) stays the base's; who calls sets it. */
export const applyLayer = (base: CatalogStandard, layer: readonly LayerChange[]): CatalogStandard => {
  const added = of(layer, 'field_added').map(
    ({ key, title, type, required, max_length, enumeration, depends }): StandardField => ({
      key,
      title,
      type,
      required,
      max_length,
      enumeration,
      depends,
    }),
  )
  const levels = new Map(of(layer, 'rule_levelled').map(({ id, level }) => [id, level]))
  return {
    ...base,
    fields: [...tightened(base.fields, '', layer), ...added],
    item_fields: tightened(base.item_fields, ITEMS, layer),
    template_columns: [...base.template_columns, ...added.map(({ key }) => key)],
    enumerations: enumerationsOf(base, layer),
    classification: classificationOf(base, layer),
    rules: base.rules.map((rule) => ({ ...rule, level: levels.get(rule.id) ?? rule.level })),
  }
}

interface Line {
  readonly title: string
  readonly text: string
}

function* compared(
  part: StandardChange['part'],
  before: ReadonlyMap<string, Line>,
  after: ReadonlyMap<string, Line>,
): Iterable<StandardChange> {
  for (const [key, { title, text }] of after) {
    const old = before.get(key)
    if (!old) yield { part, key, title, kind: 'added', before: null, after: text }
    else if (old.text !== text) yield { part, key, title, kind: 'changed', before: old.text, after: text }
  }
  for (const [key, { title, text }] of before)
    if (!after.has(key)) yield { part, key, title, kind: 'removed', before: text, after: null }
}

const fieldLine = (standard: Pick<Standard, 'fields'>) => {
  const titles = new Map(standard.fields.map(({ key, title }) => [key, title]))
  return ({ key, title, required, max_length, enumeration, depends }: StandardField): [string, Line] => [
    key,
    {
      title,
      text: [
        REQUIREMENTS.titles[required],
        max_length && `不超过 ${max_length} 字`,
        enumeration && `取值于 ${enumeration}`,
        depends &&
          required === 'depends' &&
          `当${titles.get(depends.field) ?? depends.field}为 ${depends.values.join('、')}`,
      ]
        .filter(Boolean)
        .join('，'),
    },
  ]
}

const codeLines = (standard: CatalogStandard): Map<string, Line> =>
  new Map(
    Object.entries(standard.enumerations).flatMap(([name, codes]) =>
      codes.map(({ code, title, parents }): [string, Line] => [
        `${name} ${code}`,
        { title: `${name}：${title}`, text: `${title}${parents.length > 0 ? `（属于 ${parents.join('、')}）` : ''}` },
      ]),
    ),
  )

const classLines = (standard: CatalogStandard): Map<string, Line> =>
  new Map(
    standard.classification.map(({ code, title, organ_id }) => [
      code,
      { title, text: organ_id ? `${title}（${organ_id}）` : title },
    ]),
  )

const ruleLines = (standard: CatalogStandard): Map<string, Line> =>
  new Map(
    standard.rules.map(({ id, title, level }) => [id, { title: `${id} ${title}`, text: RULE_LEVELS.titles[level] }]),
  )

/** What a person reads before adopting: fields, codes, classes and rules that two editions have differently. */
export const diffStandards = (before: CatalogStandard, after: CatalogStandard): StandardChange[] => {
  const fields = (standard: CatalogStandard, key: 'fields' | 'item_fields') =>
    new Map(standard[key].map(fieldLine(standard)))
  return [
    ...compared('field', fields(before, 'fields'), fields(after, 'fields')),
    ...compared('item_field', fields(before, 'item_fields'), fields(after, 'item_fields')),
    ...compared('code', codeLines(before), codeLines(after)),
    ...compared('class', classLines(before), classLines(after)),
    ...compared('rule', ruleLines(before), ruleLines(after)),
  ]
}
