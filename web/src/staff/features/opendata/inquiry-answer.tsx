import { opendata } from '@sanjiang/contract'
import { INQUIRY_OUTCOMES, type InquiryDetail, type InquiryOutcome, OUTCOMES_OF } from '@sanjiang/contract/opendata'
import { Button, Form, Input, Radio } from 'antd'
import { showFaults } from '../../../ui/form-faults.ts'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useMatterAct } from './matter-act.ts'

type Answer = { outcome: InquiryOutcome; text: string; planned_on?: string; opened_slug?: string }

export const AnswerForm = ({ inquiry }: { readonly inquiry: InquiryDetail }) => {
  const [form] = Form.useForm<Answer>()
  const outcome = Form.useWatch('outcome', form)
  const act = useMatterAct((body: Answer) => call(opendata.answerInquiry, { params: { id: inquiry.inquiry_id }, body }))
  const choices = OUTCOMES_OF[inquiry.kind].map((value) => ({ value, label: INQUIRY_OUTCOMES.titles[value] }))
  return (
    <Panel title={inquiry.kind === 'showcase' ? '审核结论' : '答复'}>
      <p className="sub">
        {inquiry.visibility === 'public' ? '答复会公开，来件人凭编号和查询码也能看到。' : '答复只有来件人看得到。'}
      </p>
      <Form
        form={form}
        layout="vertical"
        initialValues={{ outcome: choices.length === 1 ? choices[0]!.value : undefined }}
        onFinish={(body) => act.mutate(body, { onError: (error) => showFaults(form, error) })}
      >
        <Form.Item name="outcome" label="结论" rules={[{ required: true, message: '请选择结论' }]}>
          <Radio.Group options={choices} />
        </Form.Item>
        {outcome === 'will_open' && (
          <Form.Item name="planned_on" label="计划开放日期" rules={[{ required: true, message: '写明日期' }]}>
            <Input type="date" style={{ maxWidth: '12rem' }} />
          </Form.Item>
        )}
        {outcome === 'already_open' && (
          <Form.Item
            name="opened_slug"
            label="已开放数据集的地址"
            extra="数据集页地址的最后一段"
            rules={[{ required: true, message: '写明地址' }]}
          >
            <Input maxLength={64} />
          </Form.Item>
        )}
        <Form.Item
          name="text"
          label="答复的话"
          extra="写给普通人看：说清结果、依据、接下来会怎样"
          rules={[{ required: true, min: 5, message: '不少于 5 个字' }]}
        >
          <Input.TextArea rows={5} maxLength={4000} />
        </Form.Item>
        {act.isError && <ErrorAlert error={act.error} />}
        <Button type="primary" htmlType="submit" loading={act.isPending}>
          {inquiry.kind === 'showcase' ? '提交结论' : '答复'}
        </Button>
      </Form>
    </Panel>
  )
}
