import { listHistory } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'

/** Who did what when, oldest first. */
export const ResourceHistory = ({ id }: { id: string }) => {
  const query = useQuery({ queryKey: ['catalog', 'history', id], queryFn: () => call(listHistory, { params: { id } }) })
  if (query.isError) return null
  return (
    <Panel title="经过">
      <Loaded query={query} isEmpty={(rows) => rows.length === 0} empty={<p className="nothing">没有记录。</p>}>
        {(rows) => (
          <ol className="history">
            {rows.map((one) => (
              <li key={one.event_id}>
                <time dateTime={one.occurred_at}>{one.occurred_on}</time>
                <b>{one.title}</b>
                <span>{one.actor_name}</span>
                {one.version !== null && <span className="muted">第 {one.version} 版</span>}
                {one.text && <p>{one.text}</p>}
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </Panel>
  )
}
