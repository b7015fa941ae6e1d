import { identity } from '@sanjiang/contract'
import { CLIENT_STATES, type Client } from '@sanjiang/contract/identity'
import { useQuery } from '@tanstack/react-query'
import { Button, Popconfirm } from 'antd'
import { Link, useParams } from 'react-router'
import { AskButton } from '../../../ui/ask.tsx'
import { timeText } from '../../../ui/instant.ts'
import { type Column, Listing, Nothing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel, StateTag } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { AddKey } from './add-key.tsx'
import { AddressesButton } from './addresses-button.tsx'
import { useClientAct } from './client-act.ts'
import { SecretPanel } from './secret-panel.tsx'

type Key = Client['keys'][number]

const RevokeKey = ({ client, keyOf }: { client: Client; keyOf: Key }) => {
  const act = useClientAct(client.client_id, (key_id: string) =>
    call(identity.revokeClientKey, { params: { id: client.client_id, key_id } }),
  )
  return (
    <>
      <Popconfirm
        title="吊销这把公钥？"
        description="网关随即不认；用它签到的会话同时失效，不能恢复。"
        okText="吊销"
        cancelText="取消"
        okButtonProps={{ danger: true }}
        onConfirm={() => act.mutate(keyOf.key_id)}
      >
        <Button size="small" danger loading={act.isPending} aria-label={`吊销公钥 ${keyOf.key_id}`}>
          吊销
        </Button>
      </Popconfirm>
      {act.isError && <ErrorAlert error={act.error} />}
    </>
  )
}

const keyColumns = (client: Client): readonly Column<Key>[] => [
  { title: '公钥标识', kind: 'lead', render: ({ key_id }) => <span className="mono">{key_id}</span> },
  { title: '算法', render: ({ alg }) => alg },
  { title: '登记', kind: 'fix', render: ({ added_at }) => timeText(added_at) },
  {
    title: '状态',
    render: ({ status, revoked_at }) =>
      status === 'active' ? (
        <StateTag tone="good">在用</StateTag>
      ) : (
        <StateTag tone="calm">已吊销 {revoked_at && timeText(revoked_at)}</StateTag>
      ),
  },
  {
    title: '操作',
    render: (key) =>
      key.status === 'active' && client.can.includes('revoke_key') && <RevokeKey client={client} keyOf={key} />,
  },
]

const StateButton = ({ client }: { client: Client }) => {
  const suspend = useClientAct(client.client_id, (reason: string) =>
    call(identity.suspendClient, { params: { id: client.client_id }, body: { reason } }),
  )
  const resume = useClientAct(client.client_id, () => call(identity.resumeClient, { params: { id: client.client_id } }))
  if (client.can.includes('resume'))
    return (
      <Button loading={resume.isPending} onClick={() => resume.mutate(undefined)}>
        恢复使用
      </Button>
    )
  if (!client.can.includes('suspend')) return null
  return (
    <AskButton
      label="停用"
      field="停用原因"
      danger
      hint={<p>网关随即不认：停用后，这个应用系统的任何调用都会被拒绝，直到恢复。</p>}
      onSay={(reason) => suspend.mutateAsync(reason)}
    />
  )
}

const View = ({ client }: { client: Client }) => {
  const mayReadGrants = useCan('sharing.grant.read')
  return (
    <Page
      title={client.name}
      crumbs={[{ title: '应用系统', to: '/identity/clients' }, { title: client.organ_name }]}
      sub={
        <StateTag tone={client.status === 'active' ? 'good' : 'bad'}>{CLIENT_STATES.titles[client.status]}</StateTag>
      }
      actions={<StateButton client={client} />}
    >
      <div className="split">
        <div>
          <Panel title="公钥" extra={client.can.includes('add_key') && <AddKey client={client} />}>
            {client.keys.length === 0 ? (
              <Nothing>还没有公钥。添加一把，应用系统才能签到。</Nothing>
            ) : (
              <Listing caption="公钥" rows={client.keys} columns={keyColumns(client)} rowKey={({ key_id }) => key_id} />
            )}
          </Panel>
          <SecretPanel client={client} />
        </div>
        <Panel title="登记">
          <Facts
            of={[
              [
                '标识',
                <span key="id" className="mono">
                  {client.client_id}
                </span>,
              ],
              ['机构', client.organ_name],
              ['来源地址', client.allowed_addresses.join('、') || '不限'],
              ['', client.can.includes('set_addresses') && <AddressesButton key="set" client={client} />],
              [
                '授权',
                mayReadGrants && (
                  <Link key="grants" to={`/sharing/grants?side=all&client=${client.client_id}`}>
                    凭它调用的授权
                  </Link>
                ),
              ],
            ]}
          />
        </Panel>
      </div>
    </Page>
  )
}

export const ClientPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['identity', 'client', id],
    queryFn: () => call(identity.getClient, { params: { id } }),
  })
  return <Loaded query={query}>{(client) => <View client={client} />}</Loaded>
}
