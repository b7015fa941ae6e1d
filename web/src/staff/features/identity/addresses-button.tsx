import { identity } from '@sanjiang/contract'
import type { Client } from '@sanjiang/contract/identity'
import { Button, Form, Modal, Select } from 'antd'
import { useState } from 'react'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useClientAct } from './client-act.ts'

/** The white list of source addresses; the gateway follows it at once. */
export const AddressesButton = ({ client }: { client: Client }) => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<{ allowed_addresses: string[] }>()
  const act = useClientAct(client.client_id, (body: { allowed_addresses: string[] }) =>
    call(identity.setClientAddresses, { params: { id: client.client_id }, body }),
  )
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        修改来源地址
      </Button>
      <Modal
        title="来源地址白名单"
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="保存，立即生效"
        cancelText="取消"
        okButtonProps={{ loading: act.isPending }}
        forceRender
      >
        <Form
          form={form}
          layout="vertical"
          initialValues={{ allowed_addresses: client.allowed_addresses }}
          onFinish={(body) => act.mutate(body, { onSuccess: () => setOpen(false) })}
        >
          <Form.Item name="allowed_addresses" label="地址或 CIDR 网段" extra="回车添加一条；全部删去为不限。">
            <Select mode="tags" open={false} tokenSeparators={[' ', ',', '，', '、']} suffixIcon={null} />
          </Form.Item>
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}
