import { sharing } from '@sanjiang/contract'
import {
  type Decision,
  type MaskRule,
  type Quota,
  REFUSAL_REASONS,
  type RequestDetail,
  type RequestItem,
  type RowCondition,
} from '@sanjiang/contract/sharing'
import { Button, Checkbox, Collapse, Form, type FormInstance, Input, Radio, Select } from 'antd'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { MaskSelect } from './mask-select.tsx'
import { QuotaInput } from './quota-input.tsx'
import { useRequestAct } from './request-act.ts'
import { RowConditionsInput } from './row-conditions-input.tsx'
import { optionsOf, ShareTypeTag } from './sharing.words.tsx'

interface Answer {
  readonly outcome?: 'granted' | 'refused'
  readonly mask_rule: MaskRule
  readonly reason_code?: keyof typeof REFUSAL_REASONS.titles
  readonly reason_text?: string
}

interface Fields {
  readonly answers: Record<string, Answer>
  readonly opinion: string
  readonly quota: Quota
  readonly starts_on: string
  readonly ends_on: string
  readonly row_conditions: RowCondition[]
  readonly allows_low_assurance: boolean
}

const initialOf = (request: RequestDetail, pending: readonly RequestItem[]): Fields => ({
  answers: Object.fromEntries(
    pending.map(({ item_id, catalog_mask_rule }) => [item_id, { mask_rule: catalog_mask_rule }]),
  ),
  opinion: '',
  quota: { count: request.quota_count, period: request.quota_period },
  starts_on: request.starts_on ?? '',
  ends_on: request.ends_on ?? '',
  row_conditions: request.row_conditions,
  allows_low_assurance: false,
})

const toDecision = ({ answers, ...rest }: Fields): Decision => ({
  ...rest,
  items: Object.entries(answers).map(([item_id, { outcome, mask_rule, reason_code, reason_text }]) =>
    outcome === 'refused'
      ? { item_id, outcome, reason_code, reason_text }
      : { item_id, outcome: outcome ?? 'granted', mask_rule },
  ),
})

const REASON_MIN = 10

const Refusal = ({ item }: { item: RequestItem }) => (
  <div className="row" style={{ alignItems: 'flex-start', flexBasis: '100%' }}>
    <Form.Item
      name={['answers', item.item_id, 'reason_code']}
      label="理由"
      rules={[{ required: true, message: '请选择理由' }]}
      style={{ minWidth: '16rem', flex: 1 }}
    >
      <Select options={optionsOf(REFUSAL_REASONS.titles)} />
    </Form.Item>
    <Form.Item
      name={['answers', item.item_id, 'reason_text']}
      label="说明"
      rules={[{ required: true, min: REASON_MIN, message: `说明不少于 ${REASON_MIN} 个字` }]}
      style={{ minWidth: '16rem', flex: 2 }}
    >
      <Input.TextArea autoSize={{ minRows: 1 }} maxLength={1000} />
    </Form.Item>
  </div>
)

const ItemAnswer = ({ item }: { item: RequestItem }) => {
  const outcome: Answer['outcome'] = Form.useWatch(['answers', item.item_id, 'outcome'])
  return (
    <li className={`choice ${item.share_type}`}>
      <b style={{ flex: '1 1 9rem' }} id={`item-${item.item_id}`}>
        {item.name} <ShareTypeTag type={item.share_type} />
      </b>
      <Form.Item
        name={['answers', item.item_id, 'outcome']}
        rules={[{ required: true, message: '请逐项答复' }]}
        style={{ marginBottom: 0 }}
      >
        <Radio.Group
          aria-label={`${item.name}：答复`}
          optionType="button"
          options={[
            { value: 'granted', label: '同意' },
            { value: 'refused', label: '不同意' },
          ]}
        />
      </Form.Item>
      {outcome === 'granted' && (
        <Form.Item
          name={['answers', item.item_id, 'mask_rule']}
          label="脱敏"
          layout="horizontal"
          style={{ marginBottom: 0, minWidth: '14rem' }}
        >
          <MaskSelect from={item.catalog_mask_rule} />
        </Form.Item>
      )}
      {outcome === 'refused' && <Refusal item={item} />}
    </li>
  )
}

/** Terms may only be narrower than asked for; what is left as it stands is granted as asked. */
const Narrowing = ({ request }: { request: RequestDetail }) => (
  <>
    <Form.Item name="row_conditions" label="记录范围（只能更窄）">
      <RowConditionsInput items={request.items} />
    </Form.Item>
    <Form.Item name="quota" label="调用次数上限（只能更少）" htmlFor="decision-quota">
      <QuotaInput id="decision-quota" />
    </Form.Item>
    <div className="row">
      <Form.Item name="starts_on" label="期限起">
        <Input type="date" min={request.starts_on ?? undefined} max={request.ends_on ?? undefined} />
      </Form.Item>
      <Form.Item name="ends_on" label="期限止">
        <Input type="date" min={request.starts_on ?? undefined} max={request.ends_on ?? undefined} />
      </Form.Item>
    </div>
  </>
)

const setAll = (form: FormInstance<Fields>, pending: readonly RequestItem[], outcome: 'granted' | 'refused'): void =>
  form.setFieldsValue({ answers: Object.fromEntries(pending.map(({ item_id }) => [item_id, { outcome }])) } as never)

export const DecisionForm = ({ request }: { request: RequestDetail }) => {
  const [form] = Form.useForm<Fields>()
  const pending = request.items.filter(({ state }) => state === 'pending')
  const act = useRequestAct(request.request_id, (body: Decision) =>
    call(sharing.decideRequest, { params: { id: request.request_id }, body }),
  )
  return (
    <Panel
      title="答复这份申请"
      extra={
        <span className="row" style={{ gap: '.4rem' }}>
          <Button size="small" onClick={() => setAll(form, pending, 'granted')}>
            全部同意
          </Button>
          <Button size="small" onClick={() => setAll(form, pending, 'refused')}>
            全部不同意
          </Button>
        </span>
      }
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={initialOf(request, pending)}
        onFinish={() => act.mutate(toDecision(form.getFieldsValue(true)))}
        scrollToFirstError
      >
        <ul className="plain" aria-label="逐项答复">
          {pending.map((item) => (
            <ItemAnswer key={item.item_id} item={item} />
          ))}
        </ul>
        <Collapse
          ghost
          items={[
            {
              key: 'narrow',
              label: '收窄范围、次数或期限',
              forceRender: true,
              children: <Narrowing request={request} />,
            },
          ]}
        />
        {request.needs_low_assurance && (
          <Form.Item name="allows_low_assurance" valuePropName="checked">
            <Checkbox>接受四头签名方式（可信程度较低：不签名请求体与用途）</Checkbox>
          </Form.Item>
        )}
        <Form.Item name="opinion" label="意见（可不填）">
          <Input.TextArea rows={2} maxLength={1000} />
        </Form.Item>
        {act.isError && <ErrorAlert error={act.error} />}
        <Button type="primary" htmlType="submit" loading={act.isPending}>
          发出答复
        </Button>
      </Form>
    </Panel>
  )
}
