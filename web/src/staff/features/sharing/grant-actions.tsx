import { identity, sharing } from '@sanjiang/contract'
import type { GrantDetail } from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Button, Form, Modal, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { AskButton } from '../../../ui/ask.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useGrantAct } from './grant-act.ts'
import { NarrowButton } from './narrow-button.tsx'

const Revoke = ({ grant }: { grant: GrantDetail }) => {
  const act = useGrantAct(grant.grant_id, (reason: string) =>
    call(sharing.revokeGrant, { params: { id: grant.grant_id }, body: { reason } }),
  )
  return (
    <AskButton
      label="收回授权"
      field="收回原因"
      danger
      hint={
        <p>
          立即生效：收回后，{grant.consumer_name}
          的应用系统凭此授权的任何调用都会被拒绝，正在途中的调用也不会放行数据。授权与全部版本留作历史，已有的存证不受影响。要恢复须重新申请。
        </p>
      }
      onSay={(reason) => act.mutateAsync(reason)}
    />
  )
}

const Return = ({ grant }: { grant: GrantDetail }) => {
  const act = useGrantAct(grant.grant_id, (reason: string) =>
    call(sharing.returnGrant, { params: { id: grant.grant_id }, body: { reason } }),
  )
  return (
    <AskButton
      label="退回授权"
      field="退回原因"
      hint={<p>不再需要这些数据时退回；立即生效，之后再用须重新申请。</p>}
      onSay={(reason) => act.mutateAsync(reason)}
    />
  )
}

const BindButton = ({ grant }: { grant: GrantDetail }) => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<{ client_id: string }>()
  const clients = useQuery({
    queryKey: ['identity', 'clients', 'choice'],
    queryFn: () => call(identity.listClients, { query: { limit: 200 } }),
    enabled: isOpen,
  })
  const act = useGrantAct(grant.grant_id, (client_id: string) =>
    call(sharing.bindClient, { params: { id: grant.grant_id }, body: { client_id } }),
  )
  const options = clients.data?.rows
    .filter(({ status, organ_id }) => status === 'active' && organ_id === grant.consumer_organ_id)
    .map(({ client_id, name }) => ({ value: client_id, label: name }))
  return (
    <>
      <Button type={grant.client_id ? 'default' : 'primary'} onClick={() => setOpen(true)}>
        {grant.client_id ? '换应用系统' : '指定应用系统'}
      </Button>
      <Modal
        title="指定调用的应用系统"
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="指定"
        cancelText="取消"
        okButtonProps={{ loading: act.isPending }}
        forceRender
      >
        <Form
          form={form}
          layout="vertical"
          initialValues={{ client_id: grant.client_id ?? undefined }}
          onFinish={({ client_id }) => act.mutate(client_id, { onSuccess: () => setOpen(false) })}
        >
          <Form.Item
            name="client_id"
            label="应用系统"
            rules={[{ required: true, message: '请选择应用系统' }]}
            extra={
              <>
                只有它的公钥签到的调用才凭此授权放行。还没有？<Link to="/identity/clients">登记应用系统</Link>
              </>
            }
          >
            <Select options={options} loading={clients.isFetching} />
          </Form.Item>
        </Form>
        {clients.isError && <ErrorAlert error={clients.error} />}
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}

export const GrantActions = ({ grant }: { grant: GrantDetail }) => (
  <>
    {grant.can.includes('bind') && grant.access_mode === 'api' && <BindButton grant={grant} />}
    {grant.can.includes('return') && <Return grant={grant} />}
    {grant.can.includes('narrow') && <NarrowButton grant={grant} />}
    {grant.can.includes('revoke') && <Revoke grant={grant} />}
  </>
)
