import {
  CLASS_LEVELS,
  type LayerChange,
  REQUIREMENTS,
  RULE_LEVELS,
  type Standard,
  type StandardField,
} from '@sanjiang/contract/catalog'
import { Collapse } from 'antd'
import { Link } from 'react-router'
import { type Column, Listing } from '../../../../ui/listing.tsx'
import { Panel, StateTag } from '../../../../ui/page-head.tsx'

type Rule = Standard['rules'][number]
type Code = Standard['enumerations'][string][number]

const FIELD_TYPES: Record<string, string> = {
  text: '文本',
  code: '代码',
  codes: '代码（多个）',
  class: '分类',
  organ: '机构',
  basis: '依据',
  number: '数字',
  date: '日期',
  flag: '是否',
  identifier: '标识符',
  credit_code: '统一社会信用代码',
  words: '词语',
  items: '信息项',
  census: '普查六项',
}

const whenOf = ({ depends }: StandardField, standard: Standard): string => {
  if (!depends) return ''
  const field = standard.fields.find(({ key }) => key === depends.field)
  const titles = depends.values.map(
    (code) => standard.enumerations[field?.enumeration ?? '']?.find((one) => one.code === code)?.title ?? code,
  )
  return `${field?.title ?? depends.field}为${titles.join('、')}时`
}

type OriginOf = (part: 'field' | 'item_field', key: string) => LayerChange | undefined

const Origin = ({ change }: { change: LayerChange | undefined }) =>
  change ? (
    <span title={change.note}>
      <StateTag tone="info">{change.kind === 'field_added' ? '地方增加' : '地方收紧'}</StateTag>
    </span>
  ) : (
    <span className="muted">国家</span>
  )

const fieldColumns = (
  standard: Standard,
  part: 'field' | 'item_field',
  originOf: OriginOf,
): readonly Column<StandardField>[] => [
  { title: '字段', kind: 'lead', render: ({ title }) => title, text: ({ title }) => title },
  {
    title: '来源',
    render: ({ key }) => <Origin change={originOf(part, key)} />,
    text: ({ key }) => (originOf(part, key) ? '地方' : '国家'),
  },
  { title: '标识', render: ({ key }) => <code className="mono">{key}</code>, text: ({ key }) => key },
  { title: '类型', render: ({ type }) => FIELD_TYPES[type] ?? type, text: ({ type }) => type },
  {
    title: '要求',
    render: ({ required }) => (
      <StateTag tone={required === 'yes' ? 'info' : required === 'depends' ? 'wait' : 'calm'}>
        {REQUIREMENTS.titles[required]}
      </StateTag>
    ),
    text: ({ required }) => REQUIREMENTS.titles[required],
  },
  { title: '何时必填', render: (field) => whenOf(field, standard), text: (field) => whenOf(field, standard) },
  {
    title: '最大长度',
    kind: 'num',
    render: ({ max_length }) => max_length ?? '',
    text: ({ max_length }) => max_length,
  },
]

const RULE_COLUMNS: readonly Column<Rule>[] = [
  { title: '规则', render: ({ id }) => <b>{id}</b>, text: ({ id }) => id },
  { title: '内容', kind: 'lead', render: ({ title }) => title, text: ({ title }) => title },
  {
    title: '级别',
    render: ({ level }) => <StateTag tone={level === 'error' ? 'bad' : 'wait'}>{RULE_LEVELS.titles[level]}</StateTag>,
    text: ({ level }) => level,
  },
  {
    title: '依据',
    render: ({ id, clause }) => <Link to={`/catalog/norms?target=${id}`}>{clause}</Link>,
    text: ({ clause }) => clause,
  },
]

const CODE_COLUMNS: readonly Column<Code>[] = [
  { title: '名称', kind: 'lead', render: ({ title }) => title },
  { title: '平台代码', render: ({ code }) => <code className="mono">{code}</code> },
  { title: '外部代码', render: ({ external_code }) => external_code },
  { title: '属于', render: ({ parents }) => parents.join('、') },
]

const Enumerations = ({ standard }: { standard: Standard }) => {
  const named = new Map(
    [...standard.fields, ...standard.item_fields].map(({ enumeration, title }) => [enumeration, title]),
  )
  return (
    <Collapse
      items={Object.entries(standard.enumerations).map(([name, codes]) => ({
        key: name,
        label: `${named.get(name) ?? name}（${codes.length}）`,
        children: (
          <Listing
            caption={name}
            rows={codes}
            columns={CODE_COLUMNS}
            rowKey={({ code, parents }) => `${code} ${parents}`}
          />
        ),
      }))}
    />
  )
}

/** A version as everything interprets it; what the dialect adds or changes is marked as its own. */
export const StandardView = ({ standard, layer = [] }: { standard: Standard; layer?: readonly LayerChange[] }) => {
  const originOf: OriginOf = (part, key) =>
    layer.find(
      (change) =>
        (change.kind === 'field_added' || change.kind === 'field_tightened') &&
        change.key === (part === 'field' ? key : `items.${key}`),
    )
  const keyOf = ({ key }: StandardField) => key
  return (
    <>
      <Panel title={`核心元数据（${standard.fields.length}）`}>
        <Listing
          caption="核心元数据"
          rows={standard.fields}
          columns={fieldColumns(standard, 'field', originOf)}
          rowKey={keyOf}
        />
      </Panel>
      <Panel title={`信息项字段（${standard.item_fields.length}）`}>
        <Listing
          caption="信息项字段"
          rows={standard.item_fields}
          columns={fieldColumns(standard, 'item_field', originOf)}
          rowKey={keyOf}
        />
      </Panel>
      <Panel title={`校验规则（${standard.rules.length}）`}>
        <Listing caption="校验规则" rows={standard.rules} columns={RULE_COLUMNS} rowKey={({ id }) => id} />
      </Panel>
      <Panel title="枚举">
        <p className="muted">
          分类树按“{Object.values(CLASS_LEVELS.titles).join('—')}”组织，见查找页；外部代码只用于导入导出。
        </p>
        <Enumerations standard={standard} />
      </Panel>
    </>
  )
}
