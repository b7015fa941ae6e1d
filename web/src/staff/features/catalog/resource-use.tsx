import { getResourceUse } from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'

/** Which departments rely on it: a change here is felt there. */
export const ResourceUse = ({ id }: { id: string }) => {
  const canRead = useCan('sharing.request.read')
  const query = useQuery({
    queryKey: ['sharing', 'use', id],
    queryFn: () => call(getResourceUse, { params: { id } }),
    enabled: canRead,
  })
  if (!canRead) return null
  return (
    <Panel title="谁在使用">
      <Loaded query={query}>
        {({ active_grants, open_requests, consumers }) => (
          <>
            <p className="muted">
              有效授权 {active_grants} 份，待答复申请 {open_requests} 件。
            </p>
            <ul className="tight">
              {consumers.map((one) => (
                <li key={one.organ_id}>
                  {one.name}
                  <span className="muted">
                    {' '}
                    {one.grants} 份，{one.since} 起
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </Panel>
  )
}
