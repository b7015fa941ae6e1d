import { exchange } from '@sanjiang/contract'
import { ADAPTER_KINDS, type Agent } from '@sanjiang/contract/exchange'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Modal } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { AskButton } from '../../../ui/ask.tsx'
import { timeText } from '../../../ui/instant.ts'
import { type Column, Listing, Nothing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel, StateTag } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { type Invitation, InvitationSteps } from './agent-invitation.tsx'
import { AgentStateTag, bytesText, countText, LIVE_MS, TroubleLine } from './exchange.words.tsx'

const useAgentAct = <Out,>(id: string, act: (reason: string) => Promise<Out>) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (reason: string) => act(reason.slice(0, 500)),
    onSuccess: () => client.invalidateQueries({ queryKey: ['exchange', 'agent', id] }),
  })
}

const Reinvite = ({ agent, onToken }: { agent: Agent; onToken: (invitation: Invitation) => void }) => {
  const act = useAgentAct(agent.agent_id, (reason) =>
    call(exchange.reinviteAgent, { params: { id: agent.agent_id }, body: { reason } }),
  )
  return (
    <AskButton
      label={agent.state === 'invited' ? '重发口令' : '重新登记'}
      field="原因"
      hint={<p>重装、换机器或从备份恢复之后用。原密钥随即作废：仍在运行的旧节点会被拒绝，读到哪里不受影响。</p>}
      onSay={async (reason) => onToken({ ...(await act.mutateAsync(reason)), isAgain: agent.state !== 'invited' })}
    />
  )
}

const Actions = ({ agent, onToken }: { agent: Agent; onToken: (invitation: Invitation) => void }) => {
  const params = { id: agent.agent_id }
  const suspend = useAgentAct(agent.agent_id, (reason) => call(exchange.suspendAgent, { params, body: { reason } }))
  const resume = useAgentAct(agent.agent_id, (reason) => call(exchange.resumeAgent, { params, body: { reason } }))
  return (
    <>
      {agent.can.includes('resume') && (
        <AskButton label="恢复使用" field="原因" primary onSay={(reason) => resume.mutateAsync(reason)} />
      )}
      {agent.can.includes('reinvite') && <Reinvite agent={agent} onToken={onToken} />}
      {agent.can.includes('suspend') && (
        <AskButton
          label="停用"
          field="原因"
          danger
          hint={<p>立即生效：它的会话随即失效，经它的挂接与订阅停住，直到恢复；期间的变更不会丢失。</p>}
          onSay={(reason) => suspend.mutateAsync(reason)}
        />
      )}
    </>
  )
}

type Connection = Agent['connections'][number]

const COLUMNS: readonly Column<Connection>[] = [
  {
    title: '连接',
    kind: 'lead',
    render: (row) => (
      <>
        {row.name}
        <TroubleLine trouble={row.trouble} />
      </>
    ),
  },
  { title: '种类', render: (row) => ADAPTER_KINDS.titles[row.kind] },
  { title: '可作源', render: (row) => (row.can_read ? '是' : '否') },
  { title: '可作目标', render: (row) => (row.can_write ? '是' : '否') },
  {
    title: '状态',
    render: (row) => (row.trouble ? <StateTag tone="bad">有问题</StateTag> : <StateTag tone="good">正常</StateTag>),
  },
]

const View = ({ agent }: { agent: Agent }) => {
  const [invitation, setInvitation] = useState<Invitation>()
  return (
    <Page
      title={agent.name}
      crumbs={[{ title: '前置节点', to: '/exchange/agents' }, { title: agent.organ_name }]}
      sub={<AgentStateTag state={agent.state} is_online={agent.is_online} />}
      actions={<Actions agent={agent} onToken={setInvitation} />}
    >
      <Modal
        title={`安装“${agent.name}”`}
        open={invitation !== undefined}
        onCancel={() => setInvitation(undefined)}
        onOk={() => setInvitation(undefined)}
        okText="已抄下口令"
        cancelButtonProps={{ style: { display: 'none' } }}
        mask={{ closable: false }}
        width="44rem"
      >
        {invitation && <InvitationSteps {...invitation} />}
      </Modal>
      <ul className="figures" aria-label="此刻">
        <li>
          <b>{agent.last_seen_at ? timeText(agent.last_seen_at) : '从未'}</b>
          <span>最近来报</span>
        </li>
        <li>
          <b>{bytesText(agent.backlog_bytes)}</b>
          <span>本机积压，等待上送</span>
        </li>
        <li>
          <b>
            <Link to={`/exchange/feeds?agent=${agent.agent_id}`}>{countText(agent.feeds)}</Link>
          </b>
          <span>挂接</span>
        </li>
        <li>
          <b>{countText(agent.subscriptions)}</b>
          <span>订阅</span>
        </li>
      </ul>
      <div className="split">
        <Panel title="连接">
          {agent.connections.length === 0 ? (
            <Nothing>
              {agent.state === 'invited'
                ? '尚未登记。在部门机器上用口令登记之后，这里列出它的连接。'
                : '还没有来报过连接'}
            </Nothing>
          ) : (
            <Listing caption="连接" rows={agent.connections} columns={COLUMNS} rowKey={({ name }) => name} />
          )}
          <p className="muted small" style={{ margin: '.6rem 0 0' }}>
            地址与口令只在前置节点本机的配置里，平台看不到。
          </p>
        </Panel>
        <Panel title="登记">
          <Facts
            of={[
              ['版本', agent.version],
              ['代次', `${agent.epoch}（每次签到加一，旧副本据此被识别）`],
              [
                '公钥标识',
                agent.key_id && (
                  <span key="key" className="mono">
                    {agent.key_id}
                  </span>
                ),
              ],
              [
                '标识',
                <span key="id" className="mono">
                  {agent.agent_id}
                </span>,
              ],
            ]}
          />
        </Panel>
      </div>
    </Page>
  )
}

export const AgentPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['exchange', 'agent', id],
    queryFn: () => call(exchange.getAgent, { params: { id } }),
    refetchInterval: LIVE_MS,
  })
  return <Loaded query={query}>{(agent) => <View agent={agent} />}</Loaded>
}
