import { listRequests, REQUEST_STATES } from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { ClockTag } from '../../../ui/clock.tsx'
import { Panel, StateTag, type Tone } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'

const TONES: Record<string, Tone> = {
  draft: 'calm',
  submitted: 'wait',
  granted: 'good',
  partly_granted: 'good',
  refused: 'bad',
  negotiating: 'wait',
  coordinating: 'wait',
  withdrawn: 'calm',
}

const WORDS = {
  consumer: { title: '我方提出的申请', empty: '还没有提出申请。在目录中找到资源后，点「申请」。' },
  provider: { title: '向我方提出的申请', empty: '还没有部门向我方申请数据。' },
} as const

/** The five latest requests on one side of the table. */
export const RequestDigest = ({ side }: { side: 'consumer' | 'provider' }) => {
  const query = useQuery({
    queryKey: ['sharing', 'requests', 'digest', side],
    queryFn: () => call(listRequests, { query: { side, limit: 5 } }),
  })
  const { title, empty } = WORDS[side]
  return (
    <Panel title={title} extra={<Link to={`/sharing/requests?side=${side}`}>全部</Link>}>
      <Loaded query={query} isEmpty={({ rows }) => rows.length === 0} empty={<p className="nothing">{empty}</p>}>
        {({ rows }) => (
          <ul className="digest">
            {rows.map((one) => (
              <li key={one.request_id}>
                <Link to={`/sharing/requests/${one.request_id}`}>{one.resource_name}</Link>
                <small>
                  {side === 'consumer' ? one.provider_name : one.consumer_name} · {one.request_no} · {one.item_count} 项
                </small>
                <span className="digest-state">
                  {one.state === 'submitted' ? (
                    <ClockTag clock={one.clock} />
                  ) : (
                    <StateTag tone={TONES[one.state] ?? 'calm'}>{REQUEST_STATES.titles[one.state]}</StateTag>
                  )}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  )
}
