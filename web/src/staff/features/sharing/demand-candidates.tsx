import { sharing } from '@sanjiang/contract'
import { type Candidate, type DemandDetail, MATCH_REASONS } from '@sanjiang/contract/sharing'
import { Button } from 'antd'
import { Link, useNavigate } from 'react-router'
import { AskButton } from '../../../ui/ask.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useDemandAct } from './demand-act.ts'
import { ShareTypeTag } from './sharing.words.tsx'

const Reasons = ({ candidate }: { candidate: Candidate }) => (
  <ul>
    {candidate.reasons.map(({ kind, text }) => (
      <li key={kind}>
        {MATCH_REASONS.titles[kind]}：{text}
      </li>
    ))}
    {candidate.withheld_basis && <li>不予共享，依据：{candidate.withheld_basis}</li>}
    {!candidate.is_attached && <li>尚未挂接接口或库表</li>}
  </ul>
)

const One = ({ demand, candidate }: { demand: DemandDetail; candidate: Candidate }) => {
  const navigate = useNavigate()
  const id = demand.demand_id
  const { resource_id } = candidate
  const pick = useDemandAct(id, () => call(sharing.pickCandidate, { params: { id }, body: { resource_id } }))
  const dismiss = useDemandAct(id, (text: string) =>
    call(sharing.dismissCandidate, { params: { id }, body: { resource_id, text } }),
  )
  const asked = demand.requests.find((one) => one.resource_id === resource_id && one.state !== 'withdrawn')
  return (
    <li className={`candidate ${candidate.dismissed_on ? 'aside' : ''}`}>
      <span className="score">相符 {Math.round(candidate.score * 100)}%</span>
      <Link to={`/catalog/resources/${resource_id}`}>{candidate.name}</Link>{' '}
      <ShareTypeTag type={candidate.share_type} />
      <div className="muted">
        {candidate.provider_name} · {candidate.code}
      </div>
      <Reasons candidate={candidate} />
      {candidate.dismissed_on && (
        <p className="muted">
          {candidate.dismissed_on} 认为不符：{candidate.dismiss_text}
        </p>
      )}
      {asked ? (
        <Link to={`/sharing/requests/${asked.request_id}`}>已起草申请 {asked.request_no}</Link>
      ) : (
        !candidate.dismissed_on && (
          <span className="row">
            {demand.can.includes('pick') && candidate.share_type !== 'withheld' && (
              <Button
                type="primary"
                size="small"
                loading={pick.isPending}
                onClick={() =>
                  pick.mutate(undefined, {
                    onSuccess: ({ request_id }) => navigate(`/sharing/requests/${request_id}/edit`),
                  })
                }
              >
                选定并申请
              </Button>
            )}
            {demand.can.includes('dismiss') && (
              <AskButton
                label="不合用"
                field="为何不合用"
                min={4}
                size="small"
                onSay={(text) => dismiss.mutateAsync(text)}
              />
            )}
          </span>
        )
      )}
      {pick.isError && <ErrorAlert error={pick.error} />}
    </li>
  )
}

/** What the catalogue may have for this demand, and why each is thought to. */
export const DemandCandidates = ({ demand }: { demand: DemandDetail }) => {
  const match = useDemandAct(demand.demand_id, () => call(sharing.matchDemand, { params: { id: demand.demand_id } }))
  return (
    <Panel
      title="候选资源"
      extra={
        demand.can.includes('match') && (
          <Button size="small" loading={match.isPending} onClick={() => match.mutate(undefined)}>
            重新匹配
          </Button>
        )
      }
    >
      <span id="candidates" />
      {match.isError && <ErrorAlert error={match.error} />}
      {demand.candidates.length === 0 ? (
        <p className="muted">目录里还没有相符的资源；有新资源发布时自动重新匹配，找到即通知。</p>
      ) : (
        <ul className="plain">
          {demand.candidates.map((candidate) => (
            <One key={candidate.resource_id} demand={demand} candidate={candidate} />
          ))}
        </ul>
      )}
    </Panel>
  )
}
