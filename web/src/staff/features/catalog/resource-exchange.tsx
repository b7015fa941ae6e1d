import type { ResourceDetail } from '@sanjiang/contract/catalog'
import { FEED_MODES, FEED_STATES, type Feed, getLineage, listFeeds } from '@sanjiang/contract/exchange'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { Link } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { Facts, Panel, StateTag, type Tone } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan, useSession } from '../../session.ts'

const LineageGraph = lazy(() => import('./lineage-graph.tsx').then((module) => ({ default: module.LineageGraph })))

const TONES: Record<Feed['state'], Tone> = { active: 'good', paused: 'wait', held: 'bad', detached: 'calm' }

const Standing = ({ feed }: { feed: Feed }) => (
  <Facts
    of={[
      [
        '挂接',
        <Link key="feed" to={`/exchange/feeds/${feed.feed_id}`}>
          <span className="mono">{feed.relation}</span>
        </Link>,
      ],
      [
        '状态',
        <StateTag key="state" tone={TONES[feed.state]}>
          {FEED_STATES.titles[feed.state]}
        </StateTag>,
      ],
      ['方式', FEED_MODES.titles[feed.mode]],
      ['最近数据', feed.last_chunk_at ? timeText(feed.last_chunk_at) : '还没有'],
      ['问题数据', `${feed.open_rejects.toLocaleString('zh-CN')} 行待整改`],
      [
        '订阅',
        <Link key="subscriptions" to={`/exchange/subscriptions?side=all&feed=${feed.feed_id}`}>
          {feed.subscriptions} 条
        </Link>,
      ],
      ['问题', feed.trouble?.message],
    ]}
  />
)

/** Whether tables and files can be had of it, and how that stands — beside the interface. */
export const ResourceExchange = ({ resource }: { resource: ResourceDetail }) => {
  const { organ_id } = useSession()
  const canRead = useCan('exchange.feed.read')
  const canAttach = useCan('exchange.feed.edit') && resource.content.provider_organ_id === organ_id
  const query = useQuery({
    queryKey: ['exchange', 'feeds', 'of', resource.resource_id],
    queryFn: () => call(listFeeds, { query: { resource_id: resource.resource_id } }),
    enabled: canRead,
  })
  if (!canRead) return null
  const feed = query.data?.rows.find(({ state }) => state !== 'detached')
  const isAttached = resource.attached_methods.some((method) => method !== 'api')
  return (
    <Panel
      title="库表与文件"
      extra={
        canAttach &&
        query.data &&
        !feed && <Link to={`/exchange/feeds/new?resource=${resource.resource_id}`}>挂接</Link>
      }
    >
      <Loaded query={query}>
        {() =>
          feed ? (
            <Standing feed={feed} />
          ) : (
            <p className="nothing">
              {isAttached
                ? '提供方已挂接：申请时共享方式选“库表”“文件”或“推送”，获得授权后即可订阅。'
                : '提供方尚未挂接库表或文件。'}
            </p>
          )
        }
      </Loaded>
    </Panel>
  )
}

export const ResourceLineage = ({ id }: { id: string }) => {
  const canRead = useCan('exchange.feed.read')
  const query = useQuery({
    queryKey: ['exchange', 'lineage', id],
    queryFn: () => call(getLineage, { params: { id } }),
    enabled: canRead,
  })
  if (!canRead) return null
  return (
    <Panel title="来龙去脉">
      <Loaded
        query={query}
        isEmpty={({ edges }) => edges.length === 0}
        empty={<p className="nothing">还没有挂接接口、库表或文件，数据没有流动。</p>}
      >
        {(lineage) => (
          <Suspense fallback={<p aria-busy="true">正在绘制…</p>}>
            <LineageGraph of={lineage} />
          </Suspense>
        )}
      </Loaded>
    </Panel>
  )
}
