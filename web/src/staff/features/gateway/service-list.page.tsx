import { gateway } from '@sanjiang/contract'
import { SERVICE_STATES, type Service } from '@sanjiang/contract/gateway'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from 'react-router'
import { AskButton } from '../../../ui/ask.tsx'
import { timeText } from '../../../ui/instant.ts'
import { LinkButton } from '../../../ui/link-button.tsx'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'

const Detach = ({ service }: { service: Service }) => {
  const client = useQueryClient()
  const act = useMutation({
    mutationFn: (reason: string) =>
      call(gateway.detachService, { params: { id: service.service_id }, body: { reason } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['gateway'] }),
  })
  return (
    <AskButton
      label="解除挂接"
      field="原因"
      danger
      size="small"
      hint={<p>网关随即停止转发；已有授权不变，重新挂接后继续可用。</p>}
      onSay={(reason) => act.mutateAsync(reason)}
    />
  )
}

const COLUMNS: readonly Column<Service>[] = [
  {
    title: '资源',
    kind: 'lead',
    render: (row) =>
      row.state === 'attached' ? (
        <Link to={`/gateway/services/new?resource=${row.resource_id}`}>{row.resource_name}</Link>
      ) : (
        row.resource_name
      ),
    text: (row) => row.resource_name,
  },
  {
    title: '提供方地址',
    render: (row) => (
      <span className="mono small">
        {row.method} {row.url}
      </span>
    ),
    text: (row) => row.url,
  },
  { title: '绑定信息项', kind: 'num', render: (row) => row.fields.length, text: (row) => row.fields.length },
  { title: '服务编号', render: (row) => <span className="mono">{row.sid}</span>, text: (row) => row.sid },
  { title: '版本', kind: 'num', render: (row) => row.version, text: (row) => row.version },
  { title: '挂接', kind: 'fix', render: (row) => timeText(row.attached_at), text: (row) => row.attached_at },
  {
    title: '状态',
    render: (row) => (
      <StateTag tone={row.state === 'attached' ? 'good' : 'calm'}>{SERVICE_STATES.titles[row.state]}</StateTag>
    ),
    text: (row) => SERVICE_STATES.titles[row.state],
  },
  { title: '操作', render: (row) => row.state === 'attached' && row.can.length > 0 && <Detach service={row} /> },
]

export const ServiceListPage = () => {
  const query = usePaged(['gateway', 'services'], (after) => call(gateway.listServices, { query: { after } }))
  return (
    <Page
      title="接口服务"
      sub="把部门自己的服务挂到已发布的资源上。使用方只看得到网关地址，看不到部门的地址。"
      actions={
        <LinkButton type="primary" to="/gateway/services/new">
          挂接接口服务
        </LinkButton>
      }
    >
      <PagedListing
        caption="接口服务"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.service_id}
        empty="还没有挂接接口服务"
      />
    </Page>
  )
}
