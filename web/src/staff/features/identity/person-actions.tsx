import { identity } from '@sanjiang/contract'
import type { Person } from '@sanjiang/contract/identity'
import { Button, Checkbox, Form, Input, Modal, Popconfirm } from 'antd'
import { useState } from 'react'
import { showFaults } from '../../../ui/form-faults.ts'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { usePersonAct } from './person-act.ts'

interface Unlocking {
  readonly password?: string
  readonly reset_totp?: boolean
}

const UnlockButton = ({ person }: { person: Person }) => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<Unlocking>()
  const act = usePersonAct(({ password, reset_totp }: Unlocking) =>
    call(identity.unlockPerson, {
      params: { id: person.person_id },
      body: { password: password || undefined, reset_totp },
    }),
  )
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)} aria-label={`解锁或重置 ${person.name}`}>
        解锁 / 重置
      </Button>
      <Modal
        title={`解锁 ${person.name}`}
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="解锁"
        cancelText="取消"
        okButtonProps={{ loading: act.isPending }}
        destroyOnHidden
      >
        <Form
          form={form}
          layout="vertical"
          onFinish={(body) =>
            act.mutate(body, { onSuccess: () => setOpen(false), onError: (error) => showFaults(form, error) })
          }
        >
          <Form.Item name="password" label="重置口令（可不填）" extra="本人下次登录时须修改。">
            <Input.Password autoComplete="new-password" />
          </Form.Item>
          {person.has_totp && (
            <Form.Item name="reset_totp" valuePropName="checked">
              <Checkbox>解除动态码绑定，下次登录重新绑定</Checkbox>
            </Form.Item>
          )}
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}

export const PersonActions = ({ person }: { person: Person }) => {
  const params = { id: person.person_id }
  const suspend = usePersonAct(() => call(identity.suspendPerson, { params }))
  const resume = usePersonAct(() => call(identity.resumePerson, { params }))
  return (
    <div className="row" style={{ gap: '.35rem' }}>
      {person.can.includes('unlock') && <UnlockButton person={person} />}
      {person.can.includes('suspend') && (
        <Popconfirm
          title={`停用 ${person.name} 的账号？`}
          description="其会话立即关闭。"
          okText="停用"
          cancelText="取消"
          onConfirm={() => suspend.mutate(undefined)}
        >
          <Button size="small" danger aria-label={`停用 ${person.name}`}>
            停用
          </Button>
        </Popconfirm>
      )}
      {person.can.includes('resume') && (
        <Button size="small" onClick={() => resume.mutate(undefined)} aria-label={`恢复 ${person.name}`}>
          恢复
        </Button>
      )}
      {suspend.isError && <ErrorAlert error={suspend.error} />}
      {resume.isError && <ErrorAlert error={resume.error} />}
    </div>
  )
}
