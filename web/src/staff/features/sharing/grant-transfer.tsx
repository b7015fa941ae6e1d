import { listSubscriptions, SUBSCRIPTION_STATES } from '@sanjiang/contract/exchange'
import { ACCESS_MODES, type GrantDetail } from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { Link } from 'react-router'
import { LinkButton } from '../../../ui/link-button.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'

/** A grant for tables, files or push does nothing until its consumer says where to; afterwards it shows how that goes. */
export const GrantTransfer = ({ grant, isOurs }: { grant: GrantDetail; isOurs: boolean }) => {
  const mayRead = useCan('exchange.subscription.read')
  const maySubscribe = useCan('exchange.subscription.edit') && isOurs
  const query = useQuery({
    queryKey: ['exchange', 'subscriptions', 'of', grant.grant_id],
    queryFn: () => call(listSubscriptions, { query: { grant_id: grant.grant_id } }),
    enabled: mayRead,
  })
  if (!mayRead || !query.data) return null
  const standing = query.data.rows.find(({ state }) => state !== 'ended')
  const mode = ACCESS_MODES.titles[grant.access_mode]
  if (standing)
    return (
      <Alert
        type={standing.trouble ? 'warning' : 'success'}
        showIcon
        style={{ marginBottom: '1rem' }}
        title={`已订阅，${SUBSCRIPTION_STATES.titles[standing.state]}：累计签收 ${standing.rows_total.toLocaleString('zh-CN')} 条（含变更与删除）`}
        description={
          <>
            {standing.trouble && <>{standing.trouble.message} · </>}
            <Link to={`/exchange/subscriptions/${standing.subscription_id}`}>看传输</Link>
          </>
        }
      />
    )
  if (grant.state !== 'active') return null
  return (
    <Alert
      type="info"
      showIcon
      style={{ marginBottom: '1rem' }}
      title={`这份授权以${mode}方式提供，还没有订阅`}
      description={maySubscribe ? '选定送到哪里，数据随即开始传输。' : '由使用方选定送到哪里之后，数据开始传输。'}
      action={
        maySubscribe && (
          <LinkButton type="primary" to={`/exchange/subscriptions/new?grant=${grant.grant_id}`}>
            订阅
          </LinkButton>
        )
      }
    />
  )
}
