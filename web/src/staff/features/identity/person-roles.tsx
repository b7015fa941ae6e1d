import { identity, ROLES, type Role } from '@sanjiang/contract'
import type { Person } from '@sanjiang/contract/identity'
import { Button, Form, Modal, Popconfirm, Select } from 'antd'
import { useState } from 'react'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import { usePersonAct } from './person-act.ts'

interface Assignment {
  readonly role: Role
  readonly organ_id: string
}

const RoleTag = ({ person, of }: { person: Person; of: Assignment }) => {
  const act = usePersonAct((body: Assignment) =>
    call(identity.withdrawRole, { params: { id: person.person_id }, body }),
  )
  const title = ROLES[of.role].title
  const isElsewhere = of.organ_id !== person.organ_id
  return (
    <li className="state info">
      {title}
      {isElsewhere && <span className="mono">（{of.organ_id}）</span>}
      {person.can.includes('assign_role') && (
        <Popconfirm
          title={`收回“${title}”？`}
          description={act.isError ? String((act.error as Error).message) : '随即生效。'}
          okText="收回"
          cancelText="取消"
          onConfirm={() => act.mutateAsync(of).catch(() => undefined)}
        >
          <button type="button" className="tag-close" aria-label={`收回${person.name}的${title}`}>
            ×
          </button>
        </Popconfirm>
      )}
    </li>
  )
}

const AssignButton = ({ person }: { person: Person }) => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<Assignment>()
  const act = usePersonAct((body: Assignment) => call(identity.assignRole, { params: { id: person.person_id }, body }))
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)} aria-label={`给${person.name}授予角色`}>
        授予角色
      </Button>
      <Modal
        title={`给 ${person.name} 授予角色`}
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="授予"
        cancelText="取消"
        okButtonProps={{ loading: act.isPending }}
        destroyOnHidden
      >
        <Form
          form={form}
          layout="vertical"
          initialValues={{ organ_id: person.organ_id }}
          onFinish={(body) => act.mutate(body, { onSuccess: () => setOpen(false) })}
        >
          <Form.Item name="role" label="角色" rules={[{ required: true, message: '请选择角色' }]}>
            <Select
              options={Object.entries(ROLES).map(([value, { title, reach }]) => ({
                value,
                label: `${title}（${reach === 'province' ? '全省' : '本机构及下级'}）`,
              }))}
            />
          </Form.Item>
          <Form.Item name="organ_id" label="在哪个机构" rules={[{ required: true, message: '请选择机构' }]}>
            <OrganSelect />
          </Form.Item>
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}

export const PersonRoles = ({ person }: { person: Person }) => (
  <div className="row" style={{ gap: '.35rem' }}>
    <ul className="plain row" style={{ gap: '.35rem' }} aria-label={`${person.name}的角色`}>
      {person.roles.map((one) => (
        <RoleTag key={`${one.role} ${one.organ_id}`} person={person} of={one} />
      ))}
    </ul>
    {person.can.includes('assign_role') && <AssignButton person={person} />}
  </div>
)
