import { adoptEdition, type Edition } from '@sanjiang/contract/catalog'
import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { ErrorAlert } from '../../../../ui/states.tsx'
import { call } from '../../../api.ts'
import { useEditionChanged } from './edition.query.ts'

interface Dates {
  readonly effective_from: string
  readonly transition_until: string
}

/** Adopting is for a second person; it says from when, and until when what is published stays valid as it is. */
export const AdoptButton = ({ edition }: { edition: Edition }) => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<Dates>()
  const changed = useEditionChanged()
  const adopt = useMutation({
    mutationFn: (dates: Dates) =>
      call(adoptEdition, {
        params: { standard: edition.id, version: edition.version },
        body: { ...dates, revision: edition.revision },
      }),
    onSuccess: async (detail) => {
      setOpen(false)
      await changed(detail)
    },
  })
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        采纳
      </Button>
      <Modal
        title={`采纳第 ${edition.version} 版（${edition.dialect}）`}
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="采纳"
        cancelText="取消"
        okButtonProps={{ loading: adopt.isPending }}
        destroyOnHidden
      >
        <p>
          采纳后不能再改。自施行日起，提交、审核、发布都按本版检查；过渡期内，此前发布的条目仍有效，部门收到修订待办。
        </p>
        <Form form={form} name="adopt" layout="vertical" onFinish={(dates) => adopt.mutate(dates)}>
          <Form.Item name="effective_from" label="施行日" rules={[{ required: true, message: '请填写施行日' }]}>
            <Input type="date" />
          </Form.Item>
          <Form.Item
            name="transition_until"
            label="过渡期至（含当日）"
            rules={[{ required: true, message: '请填写过渡期' }]}
          >
            <Input type="date" />
          </Form.Item>
        </Form>
        {adopt.isError && <ErrorAlert error={adopt.error} />}
      </Modal>
    </>
  )
}
