import { sharing } from '@sanjiang/contract'
import { COORDINATION_OUTCOMES, COORDINATION_REASONS, type RequestDetail } from '@sanjiang/contract/sharing'
import { Button, Form, Input, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useRequestAct } from './request-act.ts'
import { optionsOf } from './sharing.words.tsx'

type Coordination = {
  outcome: 'reconsider' | 'uphold'
  reason_code: keyof typeof COORDINATION_REASONS.titles
  text: string
}

/** The sharing authority's word on a dispute: have it answered again, or uphold the answer. */
export const CoordinateButton = ({ request }: { request: RequestDetail }) => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<Coordination>()
  const act = useRequestAct(request.request_id, (body: Coordination) =>
    call(sharing.coordinateRequest, { params: { id: request.request_id }, body }),
  )
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        给出协调意见
      </Button>
      <Modal
        title="协调意见"
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="发出"
        cancelText="取消"
        okButtonProps={{ loading: act.isPending }}
        forceRender
      >
        <Form
          form={form}
          layout="vertical"
          initialValues={{ outcome: 'reconsider' }}
          onFinish={(body) => act.mutate(body, { onSuccess: () => setOpen(false) })}
        >
          <Form.Item name="outcome" label="结论" rules={[{ required: true }]}>
            <Radio.Group options={optionsOf(COORDINATION_OUTCOMES.titles)} />
          </Form.Item>
          <Form.Item name="reason_code" label="理由" rules={[{ required: true, message: '请选择理由' }]}>
            <Select options={optionsOf(COORDINATION_REASONS.titles)} />
          </Form.Item>
          <Form.Item name="text" label="意见" rules={[{ required: true, min: 10, message: '意见不少于 10 个字' }]}>
            <Input.TextArea rows={4} maxLength={2000} />
          </Form.Item>
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}
