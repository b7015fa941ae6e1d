import { BODY_KINDS, PARAMETER_PLACES, type ServiceParameter, SUBJECT_KINDS } from '@sanjiang/contract/gateway'
import { Button, Checkbox, Form, type FormInstance, Input, InputNumber, Radio, Select } from 'antd'
import { OpenApiImport } from './openapi-import.tsx'
import { SampleTest } from './sample-test.tsx'
import type { ItemName, ServiceFields } from './service-fields.ts'

const optionsOf = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([value, label]) => ({ value, label }))

const POINTER = { pattern: /^(\/[^/]*)*$/, message: '应为 JSON 指针，如 /data/name' }

export const AddressStep = ({ form, resourceId }: { form: FormInstance<ServiceFields>; resourceId: string }) => (
  <>
    <OpenApiImport form={form} resourceId={resourceId} />
    <Form.Item
      name="url"
      label="提供方地址"
      rules={[{ required: true, pattern: /^https?:\/\/\S+$/, message: '应为 http(s):// 开头的地址' }]}
      extra="路径参数写成 {名称}，如 http://10.1.2.3:8080/person/{id}。使用方看不到这个地址。"
    >
      <Input className="mono" maxLength={500} placeholder="http://主机:端口/路径" />
    </Form.Item>
    <Form.Item name="method" label="方法">
      <Radio.Group optionType="button" options={['GET', 'POST']} />
    </Form.Item>
    <Form.Item name="body_kind" label="返回内容">
      <Radio.Group options={optionsOf(BODY_KINDS.titles)} />
    </Form.Item>
  </>
)

const NEW_PARAMETER: ServiceParameter = { name: '', in: 'query', required: true, item: null, subject: null }

const ParameterRow = ({ at, items, onRemove }: { at: number; items: readonly ItemName[]; onRemove: () => void }) => (
  <fieldset className="bare parameter" aria-label={`参数 ${at + 1}`}>
    <Form.Item
      name={[at, 'name']}
      label="名称"
      rules={[{ required: true, pattern: /^[A-Za-z_][A-Za-z0-9_]{0,63}$/, message: '英文字母、数字、下划线' }]}
    >
      <Input className="mono" maxLength={64} />
    </Form.Item>
    <Form.Item name={[at, 'in']} label="位置">
      <Select options={optionsOf(PARAMETER_PLACES.titles)} />
    </Form.Item>
    <Form.Item name={[at, 'provider_name']} label="提供方的名称" extra="与左侧相同则不填">
      <Input className="mono" maxLength={64} />
    </Form.Item>
    <Form.Item name={[at, 'item']} label="对应信息项" extra="行条件由此下推">
      <Select allowClear options={items.map(({ name, name_en }) => ({ value: name_en, label: name }))} />
    </Form.Item>
    <Form.Item name={[at, 'subject']} label="是谁的号码" extra="存证为加钥杂凑">
      <Select allowClear options={optionsOf(SUBJECT_KINDS.titles)} />
    </Form.Item>
    <div>
      <Form.Item name={[at, 'required']} valuePropName="checked" noStyle>
        <Checkbox>必填</Checkbox>
      </Form.Item>
      <Button size="small" onClick={onRemove} aria-label={`删除参数 ${at + 1}`}>
        删除
      </Button>
    </div>
  </fieldset>
)

export const ParameterStep = ({ items }: { items: readonly ItemName[] }) => (
  <Form.List name="parameters">
    {(rows, { add, remove }) => (
      <div className="stack">
        {rows.length === 0 && <p className="muted">没有参数：每次调用取回同样的内容。</p>}
        {rows.map(({ key, name }) => (
          <ParameterRow key={key} at={name} items={items} onRemove={() => remove(name)} />
        ))}
        <Button onClick={() => add(NEW_PARAMETER)} disabled={rows.length >= 20}>
          加一个参数
        </Button>
      </div>
    )}
  </Form.List>
)

const BindingRow = ({ item }: { item: ItemName }) => (
  <fieldset className="bare binding" aria-label={item.name}>
    <span>
      <b>{item.name}</b> <span className="muted mono">{item.name_en}</span>
    </span>
    <Form.Item name={['fields', item.name_en, 'pointer']} rules={[POINTER]} style={{ marginBottom: 0 }}>
      <Input aria-label={`${item.name}：JSON 指针`} className="mono" placeholder="不提供" maxLength={200} allowClear />
    </Form.Item>
    <Form.Item name={['fields', item.name_en, 'subject']} style={{ marginBottom: 0 }}>
      <Select
        aria-label={`${item.name}：是谁的号码`}
        allowClear
        placeholder="不是号码"
        options={optionsOf(SUBJECT_KINDS.titles)}
      />
    </Form.Item>
  </fieldset>
)

export const BindingStep = ({ form, items }: { form: FormInstance<ServiceFields>; items: readonly ItemName[] }) => {
  const kind = Form.useWatch('body_kind', form)
  if (kind === 'passthrough')
    return <p className="muted">原样传输的内容不逐项裁剪，只对获授全部信息项、不脱敏、不限行的授权放行。</p>
  return (
    <>
      <Form.Item
        name="rows_pointer"
        label="记录在返回内容的哪里（JSON 指针）"
        rules={[POINTER]}
        extra="整个返回就是记录时留空；如 /data、/data/rows"
      >
        <Input className="mono" maxLength={200} style={{ maxWidth: '24rem' }} />
      </Form.Item>
      <div className="spread">
        <h3 style={{ margin: 0 }}>信息项与返回字段（指针从一条记录算起）</h3>
        <Button size="small" onClick={() => form.setFieldsValue({ fields: bySameName(items) })}>
          同名对应
        </Button>
      </div>
      {items.map((item) => (
        <BindingRow key={item.name_en} item={item} />
      ))}
      <SampleTest form={form} items={items} />
    </>
  )
}

const bySameName = (items: readonly ItemName[]): ServiceFields['fields'] =>
  Object.fromEntries(items.map(({ name_en }) => [name_en, { pointer: `/${name_en}` }]))

export const LimitStep = () => (
  <>
    <p className="muted">有的服务出错也回 200。写明成功时某处必为何值，网关就不会把错误当数据交出去。</p>
    <div className="filters">
      <Form.Item name="ok_pointer" label="成功标志在哪里" rules={[POINTER]}>
        <Input className="mono" placeholder="/code" maxLength={200} />
      </Form.Item>
      <Form.Item name="ok_values" label="成功时的值" extra="回车添加；不填则不检查">
        <Select mode="tags" open={false} suffixIcon={null} placeholder="如 0" />
      </Form.Item>
    </div>
    <div className="filters">
      <Form.Item name="timeout_ms" label="最长等待（毫秒）">
        <InputNumber min={100} max={60_000} precision={0} style={{ width: '100%' }} />
      </Form.Item>
      <Form.Item name="max_bytes" label="最大返回（字节）">
        <InputNumber min={1024} max={1_048_576} precision={0} style={{ width: '100%' }} />
      </Form.Item>
      <Form.Item name="concurrency" label="同时转发上限">
        <InputNumber min={1} max={512} precision={0} style={{ width: '100%' }} />
      </Form.Item>
    </div>
  </>
)
