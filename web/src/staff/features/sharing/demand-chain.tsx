import { DEMAND_STAGES, type DemandDetail, type DemandStage } from '@sanjiang/contract/sharing'
import type { ReactNode } from 'react'
import { Link } from 'react-router'

interface Step {
  readonly stage: DemandStage
  readonly on: string | null
  readonly record?: ReactNode
}

const requestLink = ({ requests }: DemandDetail): ReactNode => {
  const last = requests.at(-1)
  return last && <Link to={`/sharing/requests/${last.request_id}`}>{last.request_no}</Link>
}

const grantLink = ({ requests }: DemandDetail): ReactNode => {
  const grant = requests.flatMap(({ grants }) => grants).findLast(({ is_revoked }) => !is_revoked)
  return grant && <Link to={`/sharing/grants/${grant.grant_id}`}>授权</Link>
}

const connectionLink = ({ requests }: DemandDetail): ReactNode => {
  const grant = requests.flatMap(({ grants }) => grants).findLast(({ connected_on }) => connected_on !== null)
  if (!grant) return null
  if (grant.subscription_id) return <Link to={`/exchange/subscriptions/${grant.subscription_id}`}>订阅</Link>
  return <Link to={`/sharing/grants/${grant.grant_id}`}>应用系统</Link>
}

const useText = ({ requests }: DemandDetail): string => {
  const grants = requests.flatMap((one) => one.grants)
  const [calls, rows] = [
    grants.reduce((sum, one) => sum + one.calls, 0),
    grants.reduce((sum, one) => sum + one.rows, 0),
  ]
  return [
    calls > 0 && `调用 ${calls.toLocaleString('zh-CN')} 次`,
    rows > 0 && `交付 ${rows.toLocaleString('zh-CN')} 行`,
  ]
    .filter(Boolean)
    .join('，')
}

const stepsOf = (demand: DemandDetail): Step[] => [
  { stage: 'filed', on: demand.filed_on, record: <span className="mono">{demand.demand_no}</span> },
  ...(demand.assigned_on
    ? [{ stage: 'assigned' as const, on: demand.assigned_on, record: demand.duties[0]?.organ_name }]
    : []),
  {
    stage: 'matched',
    on: demand.matched_on,
    record: demand.candidates.length > 0 && <a href="#candidates">{demand.candidates.length} 个候选</a>,
  },
  { stage: 'picked', on: demand.picked_on, record: demand.requests.at(-1)?.resource_name },
  { stage: 'requested', on: demand.requested_on, record: requestLink(demand) },
  { stage: 'granted', on: demand.granted_on, record: grantLink(demand) },
  { stage: 'connected', on: demand.connected_on, record: connectionLink(demand) },
  { stage: 'used', on: demand.used_on, record: useText(demand) },
  {
    stage: 'effect',
    on: demand.effect_on,
    record: demand.effects.length > 0 && <a href="#effects">{demand.effects.length} 项</a>,
  },
]

/** How far a demand has come: every stage with its day, opening to its record. */
export const DemandChain = ({ demand }: { demand: DemandDetail }) => (
  <ol className="chain" aria-label="办理环节">
    {stepsOf(demand).map(({ stage, on, record }) => (
      <li key={stage} className={stage === demand.stage ? 'now' : on ? 'past' : undefined}>
        <b>{DEMAND_STAGES.titles[stage]}</b>
        <small>{on ?? '—'}</small>
        {on && record && <small>{record}</small>}
      </li>
    ))}
  </ol>
)
