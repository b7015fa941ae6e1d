import { DEMAND_STAGES, listDemands, TURNS } from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { Panel, StateTag } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'

/** The organ's own needs that wait longest, and for whom they wait. */
export const DemandDigest = () => {
  const query = useQuery({
    queryKey: ['sharing', 'demands', 'digest'],
    queryFn: () => call(listDemands, { query: { side: 'demander', order: 'wanted', limit: 40 } }),
  })
  return (
    <Panel title="我方的需求" extra={<Link to="/sharing/demands?side=demander">全部</Link>}>
      <Loaded
        query={query}
        isEmpty={({ rows }) => !rows.some(({ turn }) => turn !== 'nobody')}
        empty={<p className="nothing">没有在等的需求。目录里找不到的数据，点「提需求」。</p>}
      >
        {({ rows }) => (
          <ul className="digest">
            {rows
              .filter(({ turn }) => turn !== 'nobody')
              .slice(0, 5)
              .map((one) => (
                <li key={one.demand_id}>
                  <Link to={`/sharing/demands/${one.demand_id}`}>{one.name}</Link>
                  <small>
                    {one.demand_no} · {one.wanted_on} 前要 · 等{TURNS.titles[one.turn]}
                  </small>
                  <span className="digest-state">
                    <StateTag tone={one.turn === 'demander' ? 'wait' : 'info'}>
                      {DEMAND_STAGES.titles[one.stage]}
                    </StateTag>
                  </span>
                </li>
              ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  )
}
