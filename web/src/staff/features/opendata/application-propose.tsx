import { opendata } from '@sanjiang/contract'
import { type ApplicationDetail, OPEN_REFUSALS } from '@sanjiang/contract/opendata'
import { Button, Form, Input, InputNumber, Radio, Select } from 'antd'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { choicesOf } from './application.words.ts'
import { useMatterAct } from './matter-act.ts'

interface Opinion {
  readonly outcome: 'approve' | 'refuse'
  readonly reason_code?: keyof typeof OPEN_REFUSALS.titles
  readonly text: string
  readonly term_months?: number
  readonly daily_requests?: number
  readonly daily_megabytes?: number
}

const Terms = ({ most }: { readonly most: number }) => (
  <>
    <Form.Item name="term_months" label={`期限（月，申请 ${most} 个月）`}>
      <InputNumber min={1} max={most} />
    </Form.Item>
    <Form.Item name="daily_requests" label="每日次数上限">
      <InputNumber min={1} max={100_000} />
    </Form.Item>
    <Form.Item name="daily_megabytes" label="每日数据量上限（兆字节）">
      <InputNumber min={1} max={100_000} />
    </Form.Item>
  </>
)

/** The first person's opinion; it decides nothing until another has confirmed it. */
export const ProposeForm = ({ application }: { readonly application: ApplicationDetail }) => {
  const { application_id, revision, term_months } = application
  const [form] = Form.useForm<Opinion>()
  const outcome = Form.useWatch('outcome', form) ?? 'approve'
  const act = useMatterAct((opinion: Opinion) =>
    call(opendata.proposeDecision, { params: { id: application_id }, body: { revision, ...opinion } }),
  )
  return (
    <Panel title="提出办理意见">
      <Form
        form={form}
        layout="vertical"
        initialValues={{ outcome: 'approve', term_months, daily_requests: 1000, daily_megabytes: 500 }}
        onFinish={(opinion) => act.mutate(opinion)}
      >
        <Form.Item name="outcome" label="意见">
          <Radio.Group options={choicesOf({ approve: '同意', refuse: '不同意' })} />
        </Form.Item>
        {outcome === 'approve' ? (
          <Terms most={term_months} />
        ) : (
          <Form.Item name="reason_code" label="理由" rules={[{ required: true, message: '不同意须选择理由' }]}>
            <Select options={choicesOf(OPEN_REFUSALS.titles)} />
          </Form.Item>
        )}
        <Form.Item
          name="text"
          label={outcome === 'approve' ? '说明' : '说明（原文告知申请人）'}
          rules={[{ required: true, whitespace: true, min: 5, message: '说明不少于 5 个字' }]}
        >
          <Input.TextArea rows={3} maxLength={1000} />
        </Form.Item>
        {act.isError && <ErrorAlert error={act.error} />}
        <Button type="primary" htmlType="submit" loading={act.isPending}>
          提交批准人
        </Button>
      </Form>
    </Panel>
  )
}
