import {
  EXTENSION_TYPES,
  LAYER_KINDS,
  type LayerChange,
  REQUIREMENTS,
  RULE_LEVELS,
  type Standard,
} from '@sanjiang/contract/catalog'
import { Button, Form, Input, InputNumber, Modal, Radio, Select } from 'antd'
import { BLANKS } from './layer-text.ts'

type Kind = LayerChange['kind']
interface Option {
  readonly value: string
  readonly label: string
}

const options = (titles: Readonly<Record<string, string>>, only?: readonly string[]): Option[] =>
  Object.entries(titles)
    .filter(([value]) => !only || only.includes(value))
    .map(([value, label]) => ({ value, label }))

interface FieldsProps {
  readonly standard: Standard
}

const needed = [{ required: true, whitespace: true, message: '请填写' }]
const chosen = [{ required: true, message: '请选择' }]

const ListName = ({ standard, isOpen }: FieldsProps & { isOpen?: boolean }) => (
  <Form.Item
    name="enumeration"
    label="枚举"
    rules={chosen}
    extra={isOpen ? '选已有的，或输入新枚举的标识（字段据此取值）' : undefined}
  >
    <Select
      mode={isOpen ? 'tags' : undefined}
      maxCount={isOpen ? 1 : undefined}
      showSearch
      options={Object.keys(standard.enumerations).map((value) => ({ value, label: value }))}
    />
  </Form.Item>
)

const AddedField = ({ standard }: FieldsProps) => (
  <>
    <Form.Item name="title" label="字段名称" rules={needed}>
      <Input maxLength={40} placeholder="如 服务对象" />
    </Form.Item>
    <Form.Item
      name="key"
      label="标识"
      rules={[
        {
          required: true,
          pattern: /^extension\.[a-z][a-z0-9_]{0,39}$/,
          message: 'extension. 后接小写字母、数字、下划线',
        },
      ]}
    >
      <Input maxLength={64} placeholder="extension.service_object" />
    </Form.Item>
    <Form.Item name="type" label="类型" rules={chosen}>
      <Select options={options(EXTENSION_TYPES.titles)} />
    </Form.Item>
    <Form.Item name="required" label="要求" rules={chosen}>
      <Radio.Group options={options(REQUIREMENTS.titles, ['no', 'advised', 'yes', 'depends'])} />
    </Form.Item>
    <Form.Item name="enumeration" label="取值的枚举（代码类字段）">
      <Select
        allowClear
        mode="tags"
        maxCount={1}
        options={Object.keys(standard.enumerations).map((value) => ({ value, label: value }))}
      />
    </Form.Item>
    <Form.Item name="max_length" label="最大长度（文本字段）">
      <InputNumber min={1} max={5000} precision={0} />
    </Form.Item>
    <Form.Item noStyle shouldUpdate={(before, after) => before.required !== after.required}>
      {({ getFieldValue }) =>
        getFieldValue('required') === 'depends' && (
          <>
            <Form.Item name={['depends', 'field']} label="条件字段" rules={chosen}>
              <Select
                showSearch={{ optionFilterProp: 'label' }}
                options={standard.fields.map(({ key, title }) => ({ value: key, label: title }))}
              />
            </Form.Item>
            <Form.Item name={['depends', 'values']} label="条件取值（代码）" rules={chosen}>
              <Select mode="tags" open={false} suffixIcon={null} />
            </Form.Item>
          </>
        )
      }
    </Form.Item>
  </>
)

const TightenedField = ({ standard }: FieldsProps) => (
  <>
    <Form.Item name="key" label="字段" rules={chosen}>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        options={[
          ...standard.fields
            .filter(({ key, required }) => required !== 'auto' && !key.startsWith('extension.'))
            .map(({ key, title }) => ({ value: key, label: title })),
          ...standard.item_fields.map(({ key, title }) => ({ value: `items.${key}`, label: `信息项：${title}` })),
        ]}
      />
    </Form.Item>
    <Form.Item name="required" label="要求收紧为">
      <Radio.Group options={options(REQUIREMENTS.titles, ['advised', 'yes'])} />
    </Form.Item>
    <Form.Item name="max_length" label="最大长度收紧为">
      <InputNumber min={1} max={5000} precision={0} />
    </Form.Item>
  </>
)

const Code = ({ standard }: FieldsProps) => (
  <>
    <ListName standard={standard} isOpen />
    <Form.Item name="code" label="平台代码" rules={needed}>
      <Input maxLength={64} />
    </Form.Item>
    <Form.Item name="title" label="名称" rules={needed}>
      <Input maxLength={64} />
    </Form.Item>
    <Form.Item name="external_code" label="外部代码（导入导出用）">
      <Input maxLength={64} />
    </Form.Item>
  </>
)

const ClassFields = () => (
  <>
    <Form.Item
      name="code"
      label="分类代码"
      extra="类 1 位、项 2 位、目 3 位，其后细目"
      rules={[{ pattern: /^[123]\d{2}(\d{3}[0-9A-Z]{0,12})?$/, message: '如 213 或 213001' }]}
    >
      <Input maxLength={24} />
    </Form.Item>
    <Form.Item name="title" label="名称" rules={needed}>
      <Input maxLength={100} />
    </Form.Item>
  </>
)

const Body = ({ kind, standard }: FieldsProps & { kind: Kind }) => {
  switch (kind) {
    case 'field_added':
      return <AddedField standard={standard} />
    case 'field_tightened':
      return <TightenedField standard={standard} />
    case 'code_added':
      return <Code standard={standard} />
    case 'code_dropped':
      return (
        <>
          <ListName standard={standard} />
          <Form.Item name="code" label="平台代码" rules={needed}>
            <Input maxLength={64} />
          </Form.Item>
        </>
      )
    case 'class_added':
      return <ClassFields />
    case 'class_dropped':
      return (
        <Form.Item name="code" label="分类代码" rules={needed}>
          <Input maxLength={24} />
        </Form.Item>
      )
    case 'rule_levelled':
      return (
        <>
          <Form.Item name="id" label="规则" rules={chosen}>
            <Select options={standard.rules.map(({ id, title }) => ({ value: id, label: `${id} ${title}` }))} />
          </Form.Item>
          <Form.Item name="level" label="级别" rules={chosen}>
            <Radio.Group options={options(RULE_LEVELS.titles)} />
          </Form.Item>
        </>
      )
  }
}

type Values = Record<string, unknown> & { kind: Kind }

const first = (value: unknown): unknown => (Array.isArray(value) ? (value[0] ?? null) : (value ?? null))

/** What the form holds as the layer keeps it: absent is `null`, one enumeration and not a list of one. */
const toChange = (values: Values): LayerChange => {
  const blank = BLANKS[values.kind]
  const kept = Object.fromEntries(
    Object.keys(blank).map((key) => [key, values[key] ?? (blank as unknown as Record<string, unknown>)[key]]),
  )
  const note = typeof values.note === 'string' && values.note.trim() ? { note: values.note.trim() } : {}
  const enumeration = 'enumeration' in kept ? { enumeration: first(values.enumeration) } : {}
  const depends = values.kind === 'field_added' && values.required !== 'depends' ? { depends: null } : {}
  return { ...kept, ...enumeration, ...depends, ...note, kind: values.kind } as LayerChange
}

interface Props extends FieldsProps {
  /** `null`: closed. */
  readonly change: LayerChange | null
  readonly onDone: (change: LayerChange | null) => void
}

export const ChangeForm = ({ change, standard, onDone }: Props) => {
  const [form] = Form.useForm<Values>()
  const kind = Form.useWatch('kind', form) ?? change?.kind
  return (
    <Modal
      title="地方扩展的一处改动"
      open={change !== null}
      onCancel={() => onDone(null)}
      footer={
        <>
          <Button onClick={() => onDone(null)}>取消</Button>
          <Button type="primary" onClick={() => form.submit()}>
            确定
          </Button>
        </>
      }
      destroyOnHidden
    >
      <Form
        form={form}
        name="layer-change"
        layout="vertical"
        preserve={false}
        initialValues={change ?? undefined}
        onFinish={(values) => onDone(toChange(values))}
      >
        <Form.Item name="kind" label="做什么">
          <Select
            options={options(LAYER_KINDS.titles)}
            onChange={(next: Kind) => form.setFieldsValue(BLANKS[next] as never)}
          />
        </Form.Item>
        {kind && <Body kind={kind} standard={standard} />}
        <Form.Item name="note" label="依据或说明">
          <Input.TextArea rows={2} maxLength={300} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
