import {
  answerLead,
  decideLead,
  getLead,
  LEAD_ANSWERS,
  LEAD_OUTCOMES,
  type Lead,
  reverseLead,
  withdrawLead,
} from '@sanjiang/contract/catalog'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link, useParams } from 'react-router'
import { AskButton } from '../../../ui/ask.tsx'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel, StateTag } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { LeadStateTag } from './cluster.words.tsx'
import './quality.css'

const useAct = (id: string) => {
  const client = useQueryClient()
  return async (act: () => Promise<Lead>) => {
    client.setQueryData(['catalog', 'lead', id], await act())
    void client.invalidateQueries({ queryKey: ['catalog', 'cluster'] })
    void client.invalidateQueries({ queryKey: ['catalog', 'clusters'] })
    void client.invalidateQueries({ queryKey: ['inbox'] })
  }
}

const Agree = ({ id }: { id: string }) => {
  const act = useAct(id)
  const agree = useMutation({
    mutationFn: () => act(() => call(answerLead, { params: { id }, body: { answer: 'agreed' } })),
  })
  return (
    <>
      <Button type="primary" loading={agree.isPending} onClick={() => agree.mutate()}>
        同意
      </Button>
      {agree.isError && <ErrorAlert error={agree.error} />}
    </>
  )
}

const Actions = ({ lead }: { lead: Lead }) => {
  const { lead_id: id, can } = lead
  const act = useAct(id)
  const params = { id }
  return (
    <div className="row">
      {can.includes('answer') && (
        <>
          <Agree id={id} />
          <AskButton
            label="提出异议"
            field="理由"
            min={10}
            danger
            onSay={(reason) => act(() => call(answerLead, { params, body: { answer: 'objected', reason } }))}
          />
        </>
      )}
      {can.includes('decide') &&
        LEAD_OUTCOMES.codes.map((outcome) => (
          <AskButton
            key={outcome}
            label={LEAD_OUTCOMES.titles[outcome]}
            field="裁定理由"
            min={10}
            primary={outcome === 'agreed'}
            onSay={(reason) => act(() => call(decideLead, { params, body: { outcome, reason } }))}
          />
        ))}
      {can.includes('withdraw') && (
        <AskButton
          label="撤回提议"
          field="理由"
          min={5}
          onSay={(reason) => act(() => call(withdrawLead, { params, body: { reason } }))}
        />
      )}
      {can.includes('reverse') && (
        <AskButton
          label="撤销牵头"
          field="理由"
          min={10}
          danger
          hint={<p>各处引用随之解除，可以另行提议。</p>}
          onSay={(reason) => act(() => call(reverseLead, { params, body: { reason } }))}
        />
      )}
    </div>
  )
}

const Answers = ({ of }: { of: Lead['answers'] }) => (
  <ul className="lead-answers">
    {of.map(({ organ_id, organ_name, answer, reason, answered_by_name, answered_on }) => (
      <li key={organ_id}>
        {answer === null ? (
          <StateTag tone="wait">未表态</StateTag>
        ) : (
          <StateTag tone={answer === 'agreed' ? 'good' : 'bad'}>{LEAD_ANSWERS.titles[answer]}</StateTag>
        )}{' '}
        {organ_name}
        {answer !== null && (
          <small>
            {answered_by_name} · {answered_on}
            {reason && `：${reason}`}
          </small>
        )}
      </li>
    ))}
  </ul>
)

const View = ({ lead }: { lead: Lead }) => (
  <>
    <Panel title="提议" extra={<LeadStateTag state={lead.state} />}>
      <Facts
        of={[
          [
            '信息项',
            lead.cluster_id ? (
              <Link key="c" to={`/catalog/clusters/${lead.cluster_id}`}>
                {lead.cluster_name}
              </Link>
            ) : (
              lead.cluster_name
            ),
          ],
          ['拟牵头', lead.organ_name],
          [
            '来源条目',
            <Link key="r" to={`/catalog/resources/${lead.resource_id}`}>
              {lead.resource_name}
            </Link>,
          ],
          ['理由', lead.reason],
          ['提议', `${lead.proposed_organ_name} ${lead.proposed_by_name}，${lead.proposed_on}`],
          ['表态时限', lead.state === 'proposed' && <ClockBar key="t" clock={lead.clock} />],
          ['定下', lead.decided_on && `${lead.decided_by_name}，${lead.decided_on}：${lead.decision_reason}`],
          ['终止', lead.ended_on && `${lead.ended_on}：${lead.end_reason}`],
        ]}
      />
      <Actions lead={lead} />
    </Panel>
    <Panel title="各持有部门表态">
      <Answers of={lead.answers} />
    </Panel>
  </>
)

export const LeadPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({ queryKey: ['catalog', 'lead', id], queryFn: () => call(getLead, { params: { id } }) })
  return (
    <Page
      title={query.data ? `“${query.data.cluster_name}”的牵头部门` : '牵头商定'}
      crumbs={[{ title: '一数一源', to: '/catalog/clusters' }]}
      sub="全体持有部门同意即定；有异议或逾期未表态的，由平台目录管理员裁定。"
    >
      <Loaded query={query}>{(lead) => <View lead={lead} />}</Loaded>
    </Page>
  )
}
