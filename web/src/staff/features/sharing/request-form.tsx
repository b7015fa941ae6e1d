import { identity } from '@sanjiang/contract'
import { ACCESS_MODES, PURPOSES, type RequestDetail, type RequestDraft } from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Checkbox, Form, type FormInstance, Input, Radio, Select } from 'antd'
import { Panel } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { ItemChoice } from './item-choice.tsx'
import { QuotaInput } from './quota-input.tsx'
import type { AskableResource } from './resource.ts'
import { RowConditionsInput } from './row-conditions-input.tsx'

export type RequestFields = Omit<RequestDraft, 'resource_id'>

const PURPOSE_HINTS: Record<string, string> = {
  administrative_basis: '据以作出行政决定',
  work_reference: '供工作中参考',
  data_verification: '核对申请人所填或本部门所存',
  business_collaboration: '与提供方共同办理一件事',
}

/** An empty draft begins today and runs a year: what most requests ask for. */
export const fieldsOf = (request: RequestDetail | undefined, today: string): RequestFields => ({
  item_ids: request?.items.map(({ item_id }) => item_id) ?? [],
  purpose_code: request?.purpose_code ?? null,
  purpose_ref: request?.purpose_ref ?? '',
  scenario: request?.scenario ?? '',
  access_mode: request?.access_mode ?? 'api',
  client_id: request?.client_id ?? null,
  quota: { count: request ? request.quota_count : 1000, period: request?.quota_period ?? 'day' },
  starts_on: request ? request.starts_on : today,
  ends_on: request ? request.ends_on : `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`,
  row_conditions: request?.row_conditions ?? [],
  is_security_committed: request?.is_security_committed ?? false,
  needs_low_assurance: request?.needs_low_assurance ?? false,
})

/** Tables, files and push go to the department's own agent: no calling system, no count of calls. */
const BULK = { client_id: null, quota: { count: null, period: 'day' }, needs_low_assurance: false } as const

const MODE_HINTS: Record<string, string> = {
  api: '应用系统逐次调用',
  table: '送进本部门自己的库表，随源库更新',
  file: '送进本部门的文件夹',
  push: '有新数据时通知本部门的地址',
}

/** What goes to the server: conditions not yet filled in and emptied dates stay behind. */
export const draftOf = (resource_id: string, fields: RequestFields): RequestDraft => ({
  ...fields,
  resource_id,
  ...(fields.access_mode === 'api' ? { client_id: fields.client_id ?? null } : BULK),
  starts_on: fields.starts_on || null,
  ends_on: fields.ends_on || null,
  row_conditions: (fields.row_conditions ?? []).filter(
    ({ op, values }) => values.length >= (op === 'range' ? 2 : 1) && values.every((value) => value !== ''),
  ),
})

const ClientField = () => {
  const mayRead = useCan('identity.client.read')
  const clients = useQuery({
    queryKey: ['identity', 'clients', 'choice'],
    queryFn: () => call(identity.listClients, { query: { limit: 200 } }),
    enabled: mayRead,
  })
  const options = clients.data?.rows
    .filter(({ status }) => status === 'active')
    .map(({ client_id, name }) => ({ value: client_id, label: name }))
  return (
    <Form.Item
      name="client_id"
      label="调用的应用系统"
      extra="可以以后再指定；没有应用系统时，先到“应用系统”登记并添加公钥。"
    >
      <Select allowClear placeholder="暂不指定" options={options} loading={clients.isFetching} />
    </Form.Item>
  )
}

const PurposeFields = () => (
  <Panel title="二、用途">
    <Form.Item name="purpose_code" label="用途（国发〔2016〕51号 第十二条）">
      <Radio.Group className="purposes">
        {Object.entries(PURPOSES.titles).map(([code, title]) => (
          <Radio key={code} value={code}>
            {title}
            <span className="muted" style={{ marginLeft: '0.75em' }}>
              {PURPOSE_HINTS[code]}
            </span>
          </Radio>
        ))}
      </Radio.Group>
    </Form.Item>
    <Form.Item
      name="purpose_ref"
      label="事项编码或职责依据"
      extra="如“不动产登记（630000-0107）”或“《道路运输条例》第九条”。调用时应用系统须带同样的内容。"
    >
      <Input maxLength={200} />
    </Form.Item>
    <Form.Item name="scenario" label="应用场景" extra="谁、在办什么时候、怎样用到这些数据。">
      <Input.TextArea rows={3} maxLength={1000} showCount />
    </Form.Item>
  </Panel>
)

const ModeField = () => (
  <Form.Item name="access_mode" label="共享方式" extra="库表、文件、推送须提供方已挂接，并由本部门的前置节点接收。">
    <Radio.Group className="purposes">
      {Object.entries(ACCESS_MODES.titles).map(([code, title]) => (
        <Radio key={code} value={code}>
          {title}
          <span className="muted" style={{ marginLeft: '0.75em' }}>
            {MODE_HINTS[code]}
          </span>
        </Radio>
      ))}
    </Radio.Group>
  </Form.Item>
)

const CallFields = () => (
  <>
    <Form.Item name="quota" label="调用次数上限" htmlFor="quota-count">
      <QuotaInput id="quota-count" />
    </Form.Item>
    <ClientField />
    <Form.Item name="needs_low_assurance" valuePropName="checked" style={{ marginBottom: 0 }}>
      <Checkbox>应用系统只会用国家平台的四头签名方式（可信程度较低，须提供方另行同意）</Checkbox>
    </Form.Item>
  </>
)

const TermFields = ({ form, resource }: { form: FormInstance<RequestFields>; resource: AskableResource }) => {
  const mode = Form.useWatch('access_mode', form)
  return (
    <Panel title="三、方式、范围与期限">
      <ModeField />
      <Form.Item name="row_conditions" label="需要哪些记录">
        <RowConditionsInput items={resource.items} />
      </Form.Item>
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <Form.Item name="starts_on" label="期限起">
          <Input type="date" />
        </Form.Item>
        <Form.Item name="ends_on" label="期限止" extra="最长三年">
          <Input type="date" />
        </Form.Item>
      </div>
      <div hidden={mode !== 'api'}>
        <CallFields />
      </div>
    </Panel>
  )
}

interface Props {
  readonly form: FormInstance<RequestFields>
  readonly resource: AskableResource
  readonly initial: RequestFields
  readonly onChange: (fields: RequestFields) => void
}

/** Everything a request says, top to bottom as the provider will read it. */
export const RequestForm = ({ form, resource, initial, onChange }: Props) => (
  <Form
    form={form}
    layout="vertical"
    initialValues={initial}
    onValuesChange={(_, all) => onChange(all)}
    scrollToFirstError
  >
    <Panel title="一、信息项">
      <Form.Item name="item_ids" noStyle>
        <ItemChoice items={resource.items} />
      </Form.Item>
      <Form.Item noStyle shouldUpdate>
        {() => <Form.ErrorList errors={form.getFieldError('item_ids')} />}
      </Form.Item>
    </Panel>
    <PurposeFields />
    <TermFields form={form} resource={resource} />
    <Panel title="四、安全承诺">
      <Form.Item name="is_security_committed" valuePropName="checked" style={{ marginBottom: 0 }}>
        <Checkbox>
          本机构承诺：所得数据只用于上述用途，不挪作他用、不向第三方提供，按等级保护要求保管，用毕销毁；每次调用留有存证，接受审计（国发〔2016〕51号
          第十四条）。
        </Checkbox>
      </Form.Item>
    </Panel>
  </Form>
)
