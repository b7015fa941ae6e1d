import { identity } from '@sanjiang/contract'
import { ORGAN_KINDS, type OrganDraft } from '@sanjiang/contract/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { showFaults } from '../../../ui/form-faults.ts'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import { useSession } from '../../session.ts'

const Fields = () => (
  <>
    <Form.Item
      name="organ_id"
      label="机构代码"
      extra="行政区划 6 位 + 类别 1 位 + 序号 3 位"
      rules={[{ required: true, pattern: /^\d{10}$/, message: '应为 10 位数字' }]}
    >
      <Input maxLength={10} className="mono" />
    </Form.Item>
    <Form.Item name="name" label="名称" rules={[{ required: true, whitespace: true, message: '请填写名称' }]}>
      <Input maxLength={120} />
    </Form.Item>
    <Form.Item name="short_name" label="简称" rules={[{ required: true, whitespace: true, message: '请填写简称' }]}>
      <Input maxLength={60} />
    </Form.Item>
    <Form.Item name="parent_id" label="上级机构">
      <OrganSelect allowClear />
    </Form.Item>
    <Form.Item name="kind" label="类别" rules={[{ required: true, message: '请选择类别' }]}>
      <Select options={Object.entries(ORGAN_KINDS.titles).map(([value, label]) => ({ value, label }))} />
    </Form.Item>
    <Form.Item name="credit_code" label="统一社会信用代码（可不填）">
      <Input maxLength={18} className="mono" />
    </Form.Item>
    <Form.Item name="founded_on" label="设立日期" rules={[{ required: true, message: '请填写设立日期' }]}>
      <Input type="date" />
    </Form.Item>
  </>
)

export const FoundOrganButton = () => {
  const { today } = useSession()
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<OrganDraft>()
  const navigate = useNavigate()
  const client = useQueryClient()
  const act = useMutation({
    mutationFn: (draft: OrganDraft) =>
      call(identity.foundOrgan, {
        body: { ...draft, parent_id: draft.parent_id ?? null, credit_code: draft.credit_code || null },
      }),
    onSuccess: ({ organ_id }) => {
      void client.invalidateQueries({ queryKey: ['identity', 'organs'] })
      navigate(`/identity/organs/${organ_id}`)
    },
    onError: (error) => showFaults(form, error),
  })
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        设立机构
      </Button>
      <Modal
        title="设立机构"
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="设立"
        cancelText="取消"
        okButtonProps={{ loading: act.isPending }}
        forceRender
      >
        <Form
          form={form}
          layout="vertical"
          initialValues={{ founded_on: today }}
          onFinish={(draft) => act.mutate(draft)}
        >
          <Fields />
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}
