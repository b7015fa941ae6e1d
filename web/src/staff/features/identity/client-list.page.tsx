import { identity } from '@sanjiang/contract'
import { CLIENT_STATES, type Client } from '@sanjiang/contract/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { showFaults } from '../../../ui/form-faults.ts'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'

const activeKeys = ({ keys }: Client): number => keys.filter(({ status }) => status === 'active').length

const COLUMNS: readonly Column<Client>[] = [
  {
    title: '应用系统',
    kind: 'lead',
    render: (row) => <Link to={`/identity/clients/${row.client_id}`}>{row.name}</Link>,
    text: (row) => row.name,
  },
  { title: '机构', render: (row) => row.organ_name, text: (row) => row.organ_name },
  {
    title: '在用公钥',
    kind: 'num',
    render: (row) => activeKeys(row) || <StateTag tone="wait">没有，不能调用</StateTag>,
    text: activeKeys,
  },
  {
    title: '来源地址',
    render: (row) => row.allowed_addresses.join('、') || <span className="muted">不限</span>,
    text: (row) => row.allowed_addresses.join(' '),
  },
  {
    title: '状态',
    render: (row) => (
      <StateTag tone={row.status === 'active' ? 'good' : 'bad'}>{CLIENT_STATES.titles[row.status]}</StateTag>
    ),
    text: (row) => CLIENT_STATES.titles[row.status],
  },
]

const addressesOf = (text: string | undefined): string[] => (text ?? '').split(/[\s,，、]+/).filter(Boolean)

const RegisterButton = () => {
  const [isOpen, setOpen] = useState(false)
  const navigate = useNavigate()
  const client = useQueryClient()
  const [form] = Form.useForm<{ name: string; allowed_addresses: string }>()
  const act = useMutation({
    mutationFn: (fields: { name: string; allowed_addresses: string }) =>
      call(identity.registerClient, {
        body: { name: fields.name.trim(), allowed_addresses: addressesOf(fields.allowed_addresses) },
      }),
    onSuccess: ({ client_id }) => {
      void client.invalidateQueries({ queryKey: ['identity', 'clients'] })
      navigate(`/identity/clients/${client_id}`)
    },
    onError: (error) => showFaults(form, error),
  })
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        登记应用系统
      </Button>
      <Modal
        title="登记应用系统"
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="登记"
        cancelText="取消"
        okButtonProps={{ loading: act.isPending }}
        forceRender
      >
        <Form form={form} layout="vertical" onFinish={(fields) => act.mutate(fields)}>
          <Form.Item name="name" label="名称" rules={[{ required: true, whitespace: true, message: '请填写名称' }]}>
            <Input maxLength={80} placeholder="如：不动产登记系统" />
          </Form.Item>
          <Form.Item
            name="allowed_addresses"
            label="来源地址白名单（可不填）"
            extra="地址或 CIDR 网段，用空格或逗号隔开。用四头签名方式的必须登记。"
          >
            <Input placeholder="10.1.2.3、10.1.0.0/24" />
          </Form.Item>
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}

export const ClientListPage = () => {
  const mayEdit = useCan('identity.client.edit')
  const query = usePaged(['identity', 'clients'], (after) => call(identity.listClients, { query: { after } }))
  return (
    <Page
      title="应用系统"
      sub="凭授权调用数据的是应用系统，不是人：每个系统登记自己的公钥，私钥不离开本部门。"
      actions={mayEdit && <RegisterButton />}
    >
      <PagedListing
        caption="应用系统"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.client_id}
        empty="还没有登记应用系统"
      />
    </Page>
  )
}
