import { exchange } from '@sanjiang/contract'
import { AGENT_STATES, type Agent } from '@sanjiang/contract/exchange'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { showFaults } from '../../../ui/form-faults.ts'
import { timeText } from '../../../ui/instant.ts'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { InvitationSteps } from './agent-invitation.tsx'
import { AgentStateTag, bytesText, countText, LIVE_MS } from './exchange.words.tsx'

const troubles = ({ connections }: Agent): number => connections.filter(({ trouble }) => trouble !== null).length

const COLUMNS: readonly Column<Agent>[] = [
  {
    title: '前置节点',
    kind: 'lead',
    render: (row) => <Link to={`/exchange/agents/${row.agent_id}`}>{row.name}</Link>,
    text: (row) => row.name,
  },
  { title: '机构', render: (row) => row.organ_name, text: (row) => row.organ_name },
  {
    title: '健康',
    render: (row) => <AgentStateTag state={row.state} is_online={row.is_online} />,
    text: (row) => (row.is_online ? '在线' : AGENT_STATES.titles[row.state]),
  },
  {
    title: '最近来报',
    kind: 'fix',
    render: (row) => (row.last_seen_at ? timeText(row.last_seen_at) : '从未'),
    text: (row) => row.last_seen_at,
  },
  {
    title: '版本',
    render: (row) => <span className="mono">{row.version ?? '—'}</span>,
    text: (row) => row.version,
  },
  { title: '积压', kind: 'num', render: (row) => bytesText(row.backlog_bytes), text: (row) => row.backlog_bytes },
  {
    title: '连接',
    render: (row) =>
      troubles(row) > 0 ? (
        <span>
          {row.connections.length} 个，<b>{troubles(row)} 个有问题</b>
        </span>
      ) : (
        `${row.connections.length} 个`
      ),
    text: (row) => row.connections.length,
  },
  {
    title: '挂接 / 订阅',
    kind: 'num',
    render: (row) => `${countText(row.feeds)} / ${countText(row.subscriptions)}`,
    text: (row) => `${row.feeds}/${row.subscriptions}`,
  },
]

const InviteButton = () => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<{ name: string }>()
  const client = useQueryClient()
  const act = useMutation({
    mutationFn: ({ name }: { name: string }) => call(exchange.inviteAgent, { body: { name: name.trim() } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['exchange', 'agents'] }),
    onError: (error) => showFaults(form, error),
  })
  const close = () => {
    setOpen(false)
    act.reset()
    form.resetFields()
  }
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        登记前置节点
      </Button>
      <Modal
        title={act.data ? `安装“${act.data.agent.name}”` : '登记前置节点'}
        open={isOpen}
        onCancel={close}
        onOk={act.data ? close : () => form.submit()}
        okText={act.data ? '已抄下口令' : '登记'}
        cancelText="取消"
        cancelButtonProps={{ style: act.data && { display: 'none' } }}
        okButtonProps={{ loading: act.isPending }}
        mask={{ closable: false }}
        width={act.data ? '44rem' : undefined}
        forceRender
      >
        <div hidden={act.data !== undefined}>
          <Form form={form} layout="vertical" onFinish={(fields) => act.mutate(fields)}>
            <Form.Item
              name="name"
              label="名称"
              rules={[{ required: true, whitespace: true, message: '请填写名称' }]}
              extra="写明在哪里、管什么，如“西宁机房 人口库前置节点”"
            >
              <Input maxLength={100} />
            </Form.Item>
          </Form>
        </div>
        {act.data && <InvitationSteps {...act.data} />}
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}

export const AgentListPage = () => {
  const mayEdit = useCan('exchange.agent.edit')
  const query = usePaged(['exchange', 'agents'], (after) => call(exchange.listAgents, { query: { after } }), {
    everyMs: LIVE_MS,
  })
  return (
    <Page
      title="前置节点"
      sub="装在部门自己机房里的小程序：只向外连接，数据库的地址与口令不离开本机，能读哪些表由本地清单说了算。"
      actions={mayEdit && <InviteButton />}
    >
      <PagedListing
        caption="前置节点"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.agent_id}
        empty="还没有登记前置节点"
      />
    </Page>
  )
}
