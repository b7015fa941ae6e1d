import { sharing } from '@sanjiang/contract'
import {
  ACCESS_MODES,
  DECISION_OUTCOMES,
  type DecisionRecord,
  MARKS,
  PURPOSES,
  REFUSAL_REASONS,
  type RequestDetail,
} from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { Link, useLocation, useParams } from 'react-router'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { DecisionForm } from './decision-form.tsx'
import { RequestActions } from './request-actions.tsx'
import { RequestItems } from './request-items.tsx'
import { RequestLadder } from './request-ladder.tsx'
import { RequestTalk } from './request-talk.tsx'
import { quotaText, RequestStateTag, RowConditions } from './sharing.words.tsx'

const Terms = ({ request }: { request: RequestDetail }) => (
  <Facts
    of={[
      ['用途', request.purpose_code && PURPOSES.titles[request.purpose_code]],
      ['事项或职责', request.purpose_ref],
      ['应用场景', request.scenario],
      ['记录范围', <RowConditions key="rows" of={request.row_conditions} nameOf={(item) => nameOf(request, item)} />],
      ['共享方式', ACCESS_MODES.titles[request.access_mode]],
      [
        '调用上限',
        request.access_mode === 'api' && quotaText({ count: request.quota_count, period: request.quota_period }),
      ],
      ['期限', request.starts_on && `${request.starts_on} 至 ${request.ends_on}`],
      ['签名方式', request.needs_low_assurance && '四头签名（可信程度较低）'],
      ['安全承诺', request.is_security_committed ? '已承诺' : '未承诺'],
    ]}
  />
)

const nameOf = (request: RequestDetail, item: string): string =>
  request.items.find(({ name_en }) => name_en === item)?.name ?? item

const Decision = ({ decision }: { decision: DecisionRecord }) => {
  const refused = decision.items.filter(({ outcome }) => outcome === 'refused')
  return (
    <div className="talk">
      <b>{DECISION_OUTCOMES.titles[decision.outcome]}</b>
      <span className="muted">
        {decision.decided_by_name} · {decision.decided_on}
        {decision.round > 1 && ` · 第 ${decision.round} 次答复`}
        {decision.on_time === false && ' · 超期答复'}
      </span>
      {decision.opinion && <p>{decision.opinion}</p>}
      {refused.length > 0 && (
        <ul>
          {refused.map(({ item_id, name, reason_code, reason_text }) => (
            <li key={item_id}>
              {name}：{reason_code && REFUSAL_REASONS.titles[reason_code]}。{reason_text}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

const Outcome = ({ request }: { request: RequestDetail }) => {
  const granted = request.items.filter(({ state }) => state === 'granted').length
  const pending = request.items.filter(({ state }) => state === 'pending').length
  return (
    <Alert
      type="success"
      showIcon
      title="已提交"
      description={
        <>
          {granted > 0 && <div>{granted} 项无条件共享的信息项已即时授权，可以调用。</div>}
          {pending > 0 && (
            <div>
              {pending} 项有条件共享的信息项已送 {request.provider_name}，最迟 {request.clock?.due_on} 答复。
            </div>
          )}
        </>
      }
      style={{ marginBottom: '1rem' }}
    />
  )
}

const Marks = ({ request }: { request: RequestDetail }) => (
  <ul className="plain">
    {request.marks.map(({ round, mark, crossed_on }) => (
      <li key={`${round} ${mark}`}>
        <span className={`state ${mark === 'red' ? 'bad' : 'wait'}`}>{MARKS.titles[mark]}</span> {crossed_on}
        {round > 1 && `（第 ${round} 次答复）`}
      </li>
    ))}
  </ul>
)

const Standing = ({ request }: { request: RequestDetail }) => (
  <Panel title="办理">
    <Facts
      of={[
        ['状态', <RequestStateTag key="state" state={request.state} />],
        ['时限', request.clock && <ClockBar clock={request.clock} />],
        [
          '截止',
          request.clock?.due_on &&
            `${request.clock.due_on}${request.clock.provisional ? '（当年日历未公布，暂算）' : ''}`,
        ],
        ['依据', request.clock?.clause],
        ['亮牌', request.marks.length > 0 && <Marks request={request} />],
        ['使用方', request.consumer_name],
        ['提供方', request.provider_name],
        ['经办', request.created_by_name],
        ['起草', request.created_on],
        ['提交', request.submitted_on],
        ['答复', request.decided_on],
        ['争议', request.is_settled && '已了结'],
        [
          '授权',
          request.grant_ids.length > 0 && (
            <ul className="plain">
              {request.grant_ids.toReversed().map((id, index) => (
                <li key={id}>
                  <Link to={`/sharing/grants/${id}`}>{index === 0 ? '查看授权' : '先前的授权'}</Link>
                </li>
              ))}
            </ul>
          ),
        ],
      ]}
    />
  </Panel>
)

const View = ({ request }: { request: RequestDetail }) => {
  const { state } = useLocation()
  return (
    <Page
      title={request.title}
      crumbs={[{ title: '共享申请', to: '/sharing/requests' }, { title: request.request_no }]}
      sub={
        <>
          {request.resource_code} · <Link to={`/catalog/resources/${request.resource_id}`}>查看资源</Link>
        </>
      }
      actions={<RequestActions request={request} />}
    >
      {(state as { justSubmitted?: boolean } | null)?.justSubmitted && <Outcome request={request} />}
      <div className="split aside-first">
        <div>
          <RequestLadder request={request} />
          <Panel title="申请内容">
            <Terms request={request} />
          </Panel>
          {request.can.includes('decide') && <DecisionForm key={request.round} request={request} />}
          <Panel title="信息项">
            <RequestItems items={request.items} />
          </Panel>
          {request.decisions.length > 0 && (
            <Panel title="答复">
              {request.decisions.map((decision) => (
                <Decision key={decision.decision_id} decision={decision} />
              ))}
            </Panel>
          )}
          <RequestTalk request={request} />
        </div>
        <Standing request={request} />
      </div>
    </Page>
  )
}

export const RequestPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['sharing', 'request', id],
    queryFn: () => call(sharing.getRequest, { params: { id } }),
  })
  return <Loaded query={query}>{(request) => <View request={request} />}</Loaded>
}
