import {
  HARVEST_CYCLES,
  HARVEST_KINDS,
  type HarvestSettings,
  type HarvestSource,
  probeHarvestSource,
} from '@sanjiang/contract/catalog'
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Form, type FormInstance, Input, InputNumber, Radio, Select, Switch } from 'antd'
import { showFaults } from '../../../ui/form-faults.ts'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { ClassPicker } from './class-picker.tsx'
import { useStandardQuery } from './standard.query.ts'

const optionsOf = <M extends Record<string, string>>(titles: M) =>
  Object.entries(titles).map(([value, label]) => ({ value, label }))

const FRESH: Partial<HarvestSettings> = {
  kind: 'ckan',
  cycle: 'daily',
  requests_per_second: 5,
  is_enabled: true,
  defaults: { share_type: 'unconditional', open_type: 'unconditional', update_cycle: 'irregular' },
}

export const settingsOf = (source: HarvestSource): HarvestSettings => {
  const { name, kind, url, auth_header, defaults, cycle, requests_per_second, is_enabled } = source
  return { name, kind, url, auth_header, defaults, cycle, requests_per_second, is_enabled }
}

/** Empty fields are nothing, as the server understands it. */
const cleaned = (fields: HarvestSettings): HarvestSettings => {
  const { auth_header, auth_value, defaults, ...rest } = fields
  return {
    ...rest,
    defaults: Object.fromEntries(Object.entries(defaults ?? {}).filter(([, value]) => value)),
    auth_header: auth_header || null,
    ...(auth_value ? { auth_value } : {}),
  }
}

const Coded = ({ name, list, label }: { name: string; list: string; label: string }) => {
  const { data } = useStandardQuery()
  const codes = (data?.enumerations[list] ?? []).filter(({ code }) => list !== 'share_type' || code !== 'withheld')
  return (
    <Form.Item name={['defaults', name]} label={label} rules={[{ required: true, message: `请选择${label}` }]}>
      <Select options={codes.map(({ code, title }) => ({ value: code, label: title }))} />
    </Form.Item>
  )
}

const Condition = ({ when, name, label }: { when: 'share_type' | 'open_type'; name: string; label: string }) => (
  <Form.Item noStyle shouldUpdate>
    {({ getFieldValue }) =>
      getFieldValue(['defaults', when]) === 'conditional' && (
        <Form.Item name={['defaults', name]} label={label} rules={[{ required: true, message: `请填写${label}` }]}>
          <Input maxLength={500} />
        </Form.Item>
      )
    }
  </Form.Item>
)

const ClassChoice = ({
  id = 'class_code',
  value,
  onChange,
}: {
  id?: string
  value?: string
  onChange?: (code: string | null) => void
}) => <ClassPicker id={id} value={value ?? null} title="" organId="" onChange={(code) => onChange?.(code)} />

const Defaults = () => (
  <Panel title="来源没有而本目录要求的">
    <Form.Item
      name={['defaults', 'class_code']}
      label="信息资源分类"
      extra="不选时，归入提供方自己的部门类；已发布的条目分类不再改变。"
    >
      <ClassChoice />
    </Form.Item>
    <Form.Item noStyle shouldUpdate>
      {({ getFieldValue }) =>
        getFieldValue('kind') !== 'sanjiang' && (
          <>
            <Coded name="share_type" list="share_type" label="共享类型" />
            <Condition when="share_type" name="share_condition" label="共享条件" />
            <Coded name="open_type" list="open_type" label="开放类型" />
            <Condition when="open_type" name="open_condition" label="开放条件" />
            <Coded name="update_cycle" list="update_cycle" label="更新周期" />
          </>
        )
      }
    </Form.Item>
  </Panel>
)

const Auth = ({ hasSecret }: { hasSecret: boolean }) => (
  <Form.Item noStyle shouldUpdate>
    {({ getFieldValue }) =>
      getFieldValue('kind') === 'sanjiang' ? (
        <Alert
          type="info"
          showIcon
          title="以本节点的公钥签名，不用口令；请对方先登记本节点的公钥。"
          style={{ marginBottom: '1rem' }}
        />
      ) : (
        <>
          <Form.Item name="auth_header" label="鉴权请求头" extra="对方不要求鉴权时留空；如 Authorization、X-API-Key。">
            <Input maxLength={64} className="mono" />
          </Form.Item>
          <Form.Item
            name="auth_value"
            label="请求头的值"
            extra={hasSecret ? '已存有；不改则留空。加密存放，不再显示。' : '加密存放，不再显示。'}
          >
            <Input.Password maxLength={2000} autoComplete="off" />
          </Form.Item>
        </>
      )
    }
  </Form.Item>
)

const Probe = ({ form, sourceId }: { form: FormInstance<HarvestSettings>; sourceId: string | null }) => {
  const act = useMutation({
    mutationFn: async () => {
      await form.validateFields()
      return call(probeHarvestSource, { body: { source_id: sourceId, settings: cleaned(form.getFieldsValue(true)) } })
    },
    onError: (error) => showFaults(form, error),
  })
  return (
    <>
      <Button onClick={() => act.mutate()} loading={act.isPending}>
        测试连接
      </Button>
      {act.data && (
        <Alert
          type={act.data.is_good ? 'success' : 'error'}
          showIcon
          role="status"
          title={act.data.message}
          description={
            act.data.is_good && (
              <>
                {act.data.total !== null && <div>对方共有 {act.data.total} 条</div>}
                {act.data.titles.map((title) => (
                  <div key={title}>{title}</div>
                ))}
              </>
            )
          }
        />
      )}
      {act.isError && !('errorFields' in act.error) && <ErrorAlert error={act.error} />}
    </>
  )
}

interface Props {
  readonly source?: HarvestSource
  readonly onSave: (settings: HarvestSettings) => Promise<unknown>
}

export const HarvestForm = ({ source, onSave }: Props) => {
  const [form] = Form.useForm<HarvestSettings>()
  const save = useMutation({
    mutationFn: (fields: HarvestSettings) => onSave(cleaned({ ...form.getFieldsValue(true), ...fields })),
    onError: (error) => showFaults(form, error),
  })
  return (
    <Form
      form={form}
      layout="vertical"
      className="harvest-form"
      initialValues={source ? settingsOf(source) : FRESH}
      onFinish={(fields) => save.mutate(fields)}
    >
      <Panel title="来源">
        <Form.Item name="kind" label="种类" rules={[{ required: true }]}>
          <Radio.Group options={optionsOf(HARVEST_KINDS.titles)} disabled={source !== undefined} />
        </Form.Item>
        <Form.Item name="name" label="名称" rules={[{ required: true, whitespace: true, message: '请填写名称' }]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item
          name="url"
          label="地址"
          extra="CKAN 填站点根地址；DCAT 填目录文件地址；三江节点填其交换服务地址。"
          rules={[{ required: true, pattern: /^https?:\/\/\S+$/, message: '请填写以 http:// 或 https:// 开头的地址' }]}
        >
          <Input maxLength={500} className="mono" />
        </Form.Item>
        <Auth hasSecret={Boolean(source?.auth_header)} />
        <Form.Item name="cycle" label="周期" extra="按周期的在凌晨两点进行。">
          <Radio.Group options={optionsOf(HARVEST_CYCLES.titles)} />
        </Form.Item>
        <Form.Item name="requests_per_second" label="每秒至多请求数" extra="对方的门户也要给公众用，不宜过快。">
          <InputNumber min={0.1} max={1000} />
        </Form.Item>
        <Form.Item name="is_enabled" label="启用" valuePropName="checked">
          <Switch />
        </Form.Item>
        <Probe form={form} sourceId={source?.source_id ?? null} />
      </Panel>
      <Defaults />
      {save.isError && <ErrorAlert error={save.error} />}
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {source ? '保存' : '登记'}
      </Button>
    </Form>
  )
}
