import { BODY_KINDS, getServiceFace, PARAMETER_PLACES, type ServiceFace } from '@sanjiang/contract/gateway'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'

const placeOf = (place: string): string =>
  PARAMETER_PLACES.titles[place as keyof typeof PARAMETER_PLACES.titles] ?? place

const Face = ({ face }: { face: ServiceFace }) => {
  const { answered, refused, failed } = face.last_30_days
  return (
    <Facts
      of={[
        [
          '网关路径',
          <code key="a" className="mono">
            {face.address}
          </code>,
        ],
        [
          '服务编号',
          <code key="s" className="mono">
            {face.sid}
          </code>,
        ],
        ['返回', BODY_KINDS.titles[face.body_kind]],
        [
          '参数',
          face.parameters.length > 0 && (
            <ul className="tight">
              {face.parameters.map((one) => (
                <li key={one.name}>
                  <code className="mono">{one.name}</code>（{placeOf(one.in)}
                  {one.required ? '，必填' : ''}）
                </li>
              ))}
            </ul>
          ),
        ],
        ['近 30 日', `应答 ${answered} 次，拒绝 ${refused} 次，失败 ${failed} 次`],
      ]}
    />
  )
}

/** How to call it — never where the provider keeps it. */
export const ResourceService = ({ id }: { id: string }) => {
  const canRead = useCan('gateway.service.read')
  const canTry = useCan('gateway.call.try')
  const query = useQuery({
    queryKey: ['gateway', 'face', id],
    queryFn: () => call(getServiceFace, { params: { id } }),
    enabled: canRead,
  })
  if (!canRead) return null
  return (
    <Panel title="接口" extra={canTry && query.data && <Link to={`/gateway/trials?resource=${id}`}>试调用</Link>}>
      <Loaded query={query} isEmpty={(face) => !face} empty={<p className="nothing">提供方尚未挂接接口。</p>}>
        {(face) => face && <Face face={face} />}
      </Loaded>
    </Panel>
  )
}
