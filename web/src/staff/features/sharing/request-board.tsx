import { sharing } from '@sanjiang/contract'
import { LADDER_LEVELS, type Request, type RequestState } from '@sanjiang/contract/sharing'
import { useQueries } from '@tanstack/react-query'
import { Skeleton } from 'antd'
import { Link } from 'react-router'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { RequestStateTag } from './sharing.words.tsx'

export type Side = 'consumer' | 'provider' | 'all'

interface Lane {
  readonly title: string
  readonly states: readonly RequestState[]
  readonly none: string
}

const WAITING: Lane = { title: '待答复', states: ['submitted'], none: '没有在等答复的申请' }
const DISPUTED: Lane = { title: '协商与协调', states: ['negotiating', 'coordinating'], none: '没有争议' }
const DRAFTS: Lane = { title: '草稿', states: ['draft'], none: '没有草稿' }
const ANSWERED: Lane = { title: '已答复', states: ['granted', 'partly_granted', 'refused'], none: '还没有答复' }
const AGREED: Lane = { title: '已同意', states: ['granted', 'partly_granted'], none: '还没有同意过' }
const REFUSED: Lane = { title: '不同意', states: ['refused'], none: '没有不同意的申请' }

const LANES: Record<Side, readonly Lane[]> = {
  consumer: [DRAFTS, WAITING, DISPUTED, ANSWERED],
  provider: [WAITING, DISPUTED, AGREED, REFUSED],
  all: [WAITING, DISPUTED, AGREED, REFUSED],
}

const PER_LANE = 8

const lightOf = ({ state, clock, ladder_clock }: Request): string =>
  ladder_clock?.light ?? (state === 'submitted' ? clock?.light : undefined) ?? ''

const Ticket = ({ request, side }: { request: Request; side: Side }) => (
  <li className={`ticket ${lightOf(request)}`}>
    <Link to={`/sharing/requests/${request.request_id}`}>{request.resource_name}</Link>
    <div className="muted">
      {side === 'consumer' ? `向 ${request.provider_name}` : `${request.consumer_name} 申请`} · {request.item_count} 项
    </div>
    {request.ladder_level && <div className="muted">{LADDER_LEVELS.titles[request.ladder_level]}</div>}
    {request.state === 'submitted' || request.ladder_clock ? (
      <ClockBar clock={request.ladder_clock ?? request.clock} />
    ) : (
      <span className="row" style={{ gap: '.5rem' }}>
        <RequestStateTag state={request.state} />
        <span className="muted">{request.decided_on ?? request.created_on}</span>
      </span>
    )}
  </li>
)

const byNewest = (a: Request, b: Request): number =>
  (b.decided_on ?? b.created_on).localeCompare(a.decided_on ?? a.created_on)

const LaneView = ({ lane, side, counts }: { lane: Lane; side: Side; counts: ReadonlyMap<string, number> }) => {
  const queries = useQueries({
    queries: lane.states.map((state) => ({
      queryKey: ['sharing', 'requests', 'lane', side, state],
      queryFn: () =>
        call(sharing.listRequests, {
          query: { side, state, order: state === 'submitted' ? ('due' as const) : undefined, limit: PER_LANE },
        }),
    })),
  })
  const total = lane.states.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0)
  const failed = queries.find(({ isError }) => isError)
  const rows = queries.flatMap(({ data }) => data?.rows ?? [])
  if (lane.states.length > 1) rows.sort(byNewest)
  const shown = rows.slice(0, PER_LANE)
  return (
    <section className="lane" aria-label={lane.title}>
      <h2>
        {lane.title} <b>{total}</b>
      </h2>
      {failed && <ErrorAlert error={failed.error} />}
      {queries.some(({ isPending }) => isPending) ? (
        <Skeleton active paragraph={{ rows: 2 }} title={false} />
      ) : shown.length === 0 ? (
        <p className="none">{lane.none}</p>
      ) : (
        <ul className="plain">
          {shown.map((request) => (
            <Ticket key={request.request_id} request={request} side={side} />
          ))}
        </ul>
      )}
      {total > shown.length && shown.length > 0 && (
        <Link to={`/sharing/requests?side=${side}&view=table&state=${lane.states[0]}`}>全部 {total} 件</Link>
      )}
    </section>
  )
}

/** Requests by stage; within 待答复 the one due first stands first. */
export const RequestBoard = ({ side, counts }: { side: Side; counts: ReadonlyMap<string, number> }) => (
  <div className="kanban">
    {LANES[side].map((lane) => (
      <LaneView key={lane.title} lane={lane} side={side} counts={counts} />
    ))}
  </div>
)
