import { sharing } from '@sanjiang/contract'
import {
  ACCESS_MODES,
  DEMAND_WITHDRAWALS,
  type DemandDetail,
  FREQUENCIES,
  PURPOSES,
  REFUSAL_REASONS,
  REQUEST_STATES,
} from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { DaysLeft, StageTag, turnText, UrgencyTag } from './demand.words.tsx'
import { useDemandAct } from './demand-act.ts'
import { DemandCandidates } from './demand-candidates.tsx'
import { DemandChain } from './demand-chain.tsx'
import { DemandEffects } from './demand-effects.tsx'
import { AssignButton, DutyPanel } from './duty-panel.tsx'
import { optionsOf } from './sharing.words.tsx'
import './demand.css'

type Withdrawal = { code: keyof typeof DEMAND_WITHDRAWALS.titles; text?: string }

const WithdrawButton = ({ id }: { id: string }) => {
  const [isOpen, setOpen] = useState(false)
  const [form] = Form.useForm<Withdrawal>()
  const act = useDemandAct(id, (body: Withdrawal) => call(sharing.withdrawDemand, { params: { id }, body }))
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>
        撤回需求
      </Button>
      <Modal
        title="撤回需求"
        open={isOpen}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        okText="撤回"
        cancelText="取消"
        okButtonProps={{ danger: true, loading: act.isPending }}
        forceRender
      >
        <p>已提出的申请与授权不受影响。</p>
        <Form
          form={form}
          name="withdraw"
          layout="vertical"
          initialValues={{ code: 'not_needed', text: '' }}
          onFinish={(body) => act.mutate(body, { onSuccess: () => setOpen(false) })}
        >
          <Form.Item name="code" label="理由">
            <Select options={optionsOf(DEMAND_WITHDRAWALS.titles)} />
          </Form.Item>
          <Form.Item name="text" label="说明">
            <Input.TextArea rows={2} maxLength={500} />
          </Form.Item>
        </Form>
        {act.isError && <ErrorAlert error={act.error} />}
      </Modal>
    </>
  )
}

const Wish = ({ demand }: { demand: DemandDetail }) => (
  <Facts
    of={[
      ['资源描述', demand.description],
      ['所需信息项', demand.items.join('、')],
      ['用途', PURPOSES.titles[demand.purpose_code]],
      ['事项或职责', demand.purpose_ref],
      ['内设机构', demand.inner_unit],
      [
        '预计提供方',
        demand.supplier_name ?? (demand.supplier_text ? `${demand.supplier_text}（清单原文，未能对应机构）` : '不清楚'),
      ],
      ['获取方式', ACCESS_MODES.titles[demand.access_mode]],
      ['使用频率', FREQUENCIES.titles[demand.frequency]],
      ['已另行获取', demand.is_obtained && '是'],
    ]}
  />
)

const Standing = ({ demand }: { demand: DemandDetail }) => (
  <Panel title="办理">
    <Facts
      of={[
        ['环节', <StageTag key="stage" stage={demand.stage} />],
        ['该谁办', turnText(demand.turn)],
        ['期限', <DaysLeft key="days" demand={demand} />],
        ['希望', `${demand.wanted_on} 前得到`],
        ['紧急', <UrgencyTag key="urgency" urgency={demand.urgency} />],
        ['被拒', demand.refusals > 0 && `${demand.refusals} 次`],
        ['需求方', demand.organ_name],
        ['提出', `${demand.filed_on} ${demand.filed_by_name}`],
        [
          '撤回',
          demand.withdrawn_on &&
            `${demand.withdrawn_on} ${demand.withdraw_code ? DEMAND_WITHDRAWALS.titles[demand.withdraw_code] : ''}`,
        ],
        ['撤回说明', demand.withdraw_text],
      ]}
    />
  </Panel>
)

const Requests = ({ demand }: { demand: DemandDetail }) => (
  <Panel title="为此提出的申请">
    <ul className="plain">
      {demand.requests.map((one) => (
        <li key={one.request_id} className="talk">
          <Link to={`/sharing/requests/${one.request_id}`}>{one.resource_name}</Link>{' '}
          <span className="muted">
            {one.provider_name} · {one.request_no} ·{' '}
            {REQUEST_STATES.titles[one.state as keyof typeof REQUEST_STATES.titles]}
            {one.reason_code && ` · ${REFUSAL_REASONS.titles[one.reason_code]}`}
          </span>
          {one.state === 'submitted' && (
            <div>
              <ClockBar clock={one.clock} />
            </div>
          )}
          {one.grants.map((grant) => (
            <p key={grant.grant_id} className="muted">
              <Link to={`/sharing/grants/${grant.grant_id}`}>授权</Link> {grant.issued_on}
              {grant.is_revoked && '（已收回）'} · {grant.connected_on ? `${grant.connected_on} 接通` : '尚未接通'} ·{' '}
              {grant.first_used_on ? `${grant.first_used_on} 首次使用，最近 ${grant.last_used_on}` : '尚未使用'}
            </p>
          ))}
        </li>
      ))}
    </ul>
  </Panel>
)

const View = ({ demand }: { demand: DemandDetail }) => (
  <Page
    title={demand.name}
    crumbs={[{ title: '数据需求', to: '/sharing/demands' }, { title: demand.demand_no }]}
    sub={`${demand.organ_name}的需求`}
    actions={
      <>
        {demand.can.includes('assign') && <AssignButton demand={demand} />}
        {demand.can.includes('withdraw') && <WithdrawButton id={demand.demand_id} />}
      </>
    }
  >
    <DemandChain demand={demand} />
    <div className="split aside-first">
      <div>
        {demand.duties.map((duty) => (
          <DutyPanel key={duty.duty_id} duty={duty} />
        ))}
        {demand.requests.length > 0 && <Requests demand={demand} />}
        <DemandEffects demand={demand} />
        <DemandCandidates demand={demand} />
        <Panel title="需要什么">
          <Wish demand={demand} />
        </Panel>
      </div>
      <Standing demand={demand} />
    </div>
  </Page>
)

export const DemandPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['sharing', 'demand', id],
    queryFn: () => call(sharing.getDemand, { params: { id } }),
  })
  return <Loaded query={query}>{(demand) => <View demand={demand} />}</Loaded>
}
