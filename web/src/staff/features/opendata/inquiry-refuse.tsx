import { opendata } from '@sanjiang/contract'
import { type InquiryDetail, REFUSAL_REASONS, type RefusalReason } from '@sanjiang/contract/opendata'
import { Button, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { optionsOf } from './inquiry.words.tsx'
import { useMatterAct } from './matter-act.ts'

type Refusal = { reason: RefusalReason; text: string }

/** A department proposes; the office decides. */
export const RefuseButton = ({ inquiry, verb }: { inquiry: InquiryDetail; verb: 'propose' | 'refuse' }) => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<Refusal>()
  const endpoint = verb === 'refuse' ? opendata.refuseInquiry : opendata.proposeInquiryRefusal
  const title = verb === 'refuse' ? '不予受理' : '提请不予受理'
  const act = useMatterAct(
    (body: Refusal) => call(endpoint, { params: { id: inquiry.inquiry_id }, body }),
    () => setOpen(false),
  )
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>
        {title}
      </Button>
      <Modal
        title={title}
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={form.submit}
        okText={title}
        confirmLoading={act.isPending}
      >
        <Form
          form={form}
          layout="vertical"
          initialValues={{ reason: inquiry.refusal_reason ?? undefined, text: inquiry.refusal_text ?? '' }}
          onFinish={(body) => act.mutate(body)}
        >
          <Form.Item name="reason" label="理由" rules={[{ required: true, message: '请选择理由' }]}>
            <Select options={optionsOf(REFUSAL_REASONS.titles)} />
          </Form.Item>
          <Form.Item
            name="text"
            label="告知来件人的话"
            rules={[{ required: true, min: 10, message: '不少于 10 个字' }]}
          >
            <Input.TextArea rows={3} maxLength={1000} />
          </Form.Item>
          {act.isError && <ErrorAlert error={act.error} />}
        </Form>
      </Modal>
    </>
  )
}

export const RefusalPanel = ({ inquiry }: { readonly inquiry: InquiryDetail }) => {
  const [form] = Form.useForm<{ text: string }>()
  const act = useMatterAct((body: { text: string }) =>
    call(opendata.keepInquiry, { params: { id: inquiry.inquiry_id }, body }),
  )
  return (
    <Panel title="提请不予受理">
      <p>
        {inquiry.refusal_by_name}：{inquiry.refusal_reason && REFUSAL_REASONS.titles[inquiry.refusal_reason]}。
        {inquiry.refusal_text}
      </p>
      {inquiry.can.includes('keep') && (
        <Form form={form} layout="vertical" onFinish={(body) => act.mutate(body)}>
          <Form.Item
            name="text"
            label="不同意时，给部门的话"
            rules={[{ required: true, min: 5, message: '不少于 5 个字' }]}
          >
            <Input maxLength={500} />
          </Form.Item>
          {act.isError && <ErrorAlert error={act.error} />}
          <Button htmlType="submit" loading={act.isPending}>
            不同意，退回答复
          </Button>
        </Form>
      )}
    </Panel>
  )
}
