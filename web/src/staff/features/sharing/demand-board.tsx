import { sharing } from '@sanjiang/contract'
import type { Demand, DemandStage } from '@sanjiang/contract/sharing'
import { useQueries } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { Link } from 'react-router'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { DaysLeft, StageTag, turnText } from './demand.words.tsx'

export type DemandSide = 'demander' | 'supplier' | 'all'

const LANES: readonly { title: string; stages: readonly DemandStage[]; none: string }[] = [
  { title: '找提供方', stages: ['filed', 'assigned'], none: '每项需求都有提供方' },
  { title: '选定候选', stages: ['matched', 'picked'], none: '没有等着选定的需求' },
  { title: '申请与授权', stages: ['requested', 'granted'], none: '没有在申请的需求' },
  { title: '接通与使用', stages: ['connected', 'used', 'effect'], none: '还没有用起来的需求' },
]
const PER_STAGE = 6

const lightOf = ({ days_left, stage }: Demand): string => {
  if (stage === 'used' || stage === 'effect') return 'green'
  return days_left < 0 ? 'red' : days_left <= 10 ? 'yellow' : ''
}

const Ticket = ({ demand }: { demand: Demand }) => (
  <li className={`ticket ${lightOf(demand)}`}>
    <Link to={`/sharing/demands/${demand.demand_id}`}>{demand.name}</Link>
    <div className="muted">
      {demand.organ_name} · {turnText(demand.turn)}
    </div>
    <span className="row" style={{ gap: '.5rem' }}>
      <StageTag stage={demand.stage} />
      <DaysLeft demand={demand} />
    </span>
  </li>
)

interface Props {
  readonly side: DemandSide
  readonly counts: ReadonlyMap<string, number>
}

const Lane = ({ lane, side, counts }: Props & { lane: (typeof LANES)[number] }) => {
  const queries = useQueries({
    queries: lane.stages.map((stage) => ({
      queryKey: ['sharing', 'demands', 'lane', side, stage],
      queryFn: () => call(sharing.listDemands, { query: { side, stage, order: 'wanted' as const, limit: PER_STAGE } }),
    })),
  })
  const total = lane.stages.reduce((sum, stage) => sum + (counts.get(stage) ?? 0), 0)
  const rows = queries.flatMap(({ data }) => data?.rows ?? [])
  const failed = queries.find(({ isError }) => isError)
  return (
    <section className="lane" aria-label={lane.title}>
      <h2>
        {lane.title} <b>{total}</b>
      </h2>
      {failed && <ErrorAlert error={failed.error} />}
      {queries.some(({ isPending }) => isPending) ? (
        <Skeleton active paragraph={{ rows: 2 }} title={false} />
      ) : rows.length === 0 ? (
        <p className="none">{lane.none}</p>
      ) : (
        <ul className="plain">
          {rows.map((demand) => (
            <Ticket key={demand.demand_id} demand={demand} />
          ))}
        </ul>
      )}
      {total > rows.length && (
        <Link to={`/sharing/demands?side=${side}&view=table&stage=${lane.stages[0]}`}>全部 {total} 件</Link>
      )}
    </section>
  )
}

/** Demands by how far they have come; within a stage the one wanted first stands first. */
export const DemandBoard = (props: Props) => (
  <div className="kanban">
    {LANES.map((lane) => (
      <Lane key={lane.title} lane={lane} {...props} />
    ))}
  </div>
)
