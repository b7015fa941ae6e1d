import { identity } from '@sanjiang/contract'
import { Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { showFaults } from '../../../ui/form-faults.ts'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import { usePersonAct } from './person-act.ts'

interface Fields {
  readonly username: string
  readonly name: string
  readonly organ_id: string
  readonly password: string
}

export const CreatePersonButton = () => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<Fields>()
  const act = usePersonAct((body: Fields) => call(identity.createPerson, { body }))
  const finish = (body: Fields) =>
    act.mutate(body, {
      onSuccess: () => {
        form.resetFields()
        setOpen(false)
      },
      onError: (error) => showFaults(form, error),
    })
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        开设账号
      </Button>
      <Modal
        title="开设账号"
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="开设"
        cancelText="取消"
        okButtonProps={{ loading: act.isPending }}
        forceRender
      >
        <p className="muted">账号开设时没有任何角色，由安全管理员授予；首次登录须修改口令。</p>
        <Form form={form} layout="vertical" onFinish={finish}>
          <Form.Item
            name="username"
            label="账号"
            rules={[
              {
                required: true,
                pattern: /^[a-z][a-z0-9._-]{2,31}$/,
                message: '小写字母开头，3–32 位字母、数字、点、横线',
              },
            ]}
          >
            <Input autoComplete="off" />
          </Form.Item>
          <Form.Item name="name" label="姓名" rules={[{ required: true, whitespace: true, message: '请填写姓名' }]}>
            <Input maxLength={40} autoComplete="off" />
          </Form.Item>
          <Form.Item name="organ_id" label="机构" rules={[{ required: true, message: '请选择机构' }]}>
            <OrganSelect />
          </Form.Item>
          <Form.Item name="password" label="初始口令" rules={[{ required: true, message: '请设定初始口令' }]}>
            <Input.Password autoComplete="new-password" />
          </Form.Item>
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}
