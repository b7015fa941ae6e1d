import { exchange } from '@sanjiang/contract'
import { SUBSCRIPTION_STATES, type Subscription, TARGET_KINDS } from '@sanjiang/contract/exchange'
import { Segmented, Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { type Column, Nothing, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import {
  countText,
  LIVE_MS,
  lagText,
  optionsOf,
  ReconciledTag,
  rateText,
  SubscriptionStateTag,
  TroubleLine,
} from './exchange.words.tsx'
import { targetText } from './target-text.ts'
import { progressOf, TransferProgress } from './transfer-progress.tsx'

const COLUMNS: readonly Column<Subscription>[] = [
  {
    title: '资源',
    kind: 'lead',
    render: (row) => (
      <>
        <Link to={`/exchange/subscriptions/${row.subscription_id}`}>{row.resource_name}</Link>
        <div className="muted small">
          {row.provider_name} → {row.consumer_name}
        </div>
        <TroubleLine trouble={row.trouble} />
      </>
    ),
    text: (row) => row.resource_name,
  },
  {
    title: '送往',
    render: (row) => (
      <span>
        {TARGET_KINDS.titles[row.target_kind]} <span className="mono small">{targetText(row)}</span>
      </span>
    ),
    text: targetText,
  },
  { title: '进度', render: (row) => <TransferProgress of={row} />, text: (row) => progressOf(row).words },
  {
    title: '速率',
    kind: 'num',
    render: (row) => <span className="fix">{rateText(row.rows_per_second)}</span>,
    text: (row) => row.rows_per_second,
  },
  { title: '延迟', kind: 'num', render: (row) => lagText(row.lag_seconds), text: (row) => row.lag_seconds },
  {
    title: '待交付',
    kind: 'num',
    render: (row) => (row.behind_chunks === 0 ? '0' : `${countText(row.behind_chunks)} 块`),
    text: (row) => row.behind_chunks,
  },
  {
    title: '对账',
    render: (row) => <ReconciledTag of={row.last_reconciliation} />,
    text: (row) => row.last_reconciliation?.proven_at,
  },
  {
    title: '状态',
    render: (row) => <SubscriptionStateTag state={row.state} />,
    text: (row) => SUBSCRIPTION_STATES.titles[row.state],
  },
]

const SIDES = { consumer: '我方接收', provider: '我方提供', all: '全部' }

const Empty = () => (
  <Nothing>
    没有符合条件的数据传输。使用方在<Link to="/sharing/grants?side=consumer">数据授权</Link>
    中打开一份库表、文件或推送授权，即可订阅。
  </Nothing>
)

export const SubscriptionListPage = () => {
  const [search, setSearch] = useSearchParams()
  const isProvider = useCan('exchange.feed.edit')
  const isConsumer = useCan('exchange.subscription.edit')
  const usual = isConsumer === isProvider ? 'all' : isProvider ? 'provider' : 'consumer'
  const side = (search.get('side') ?? usual) as keyof typeof SIDES
  const state = (search.get('state') ?? undefined) as Subscription['state'] | undefined
  const feed_id = search.get('feed') ?? undefined
  const grant_id = search.get('grant') ?? undefined
  const set = (name: string, value: string | undefined) => {
    const next = new URLSearchParams(search)
    value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  const query = usePaged(
    ['exchange', 'subscriptions', side, state, feed_id, grant_id],
    (after) => call(exchange.listSubscriptions, { query: { side, state, feed_id, grant_id, after } }),
    { everyMs: LIVE_MS },
  )
  return (
    <Page title="数据传输" sub="库表、文件、推送：每一块数据按授权裁剪、脱敏并由双方存证之后才离开平台。">
      <div className="toolbar">
        <Segmented
          aria-label="我方身份"
          options={Object.entries(SIDES).map(([value, label]) => ({ value, label }))}
          value={side}
          onChange={(value) => set('side', value)}
        />
        <Select
          aria-label="状态"
          allowClear
          placeholder="全部状态"
          style={{ minWidth: '9rem' }}
          options={optionsOf(SUBSCRIPTION_STATES.titles)}
          value={state}
          onChange={(value) => set('state', value)}
        />
        {(feed_id || grant_id) && (
          <Link to={`/exchange/subscriptions?side=${side}`}>
            只看{feed_id ? '一个挂接' : '一份授权'}的传输 · 看全部
          </Link>
        )}
        <span className="live">自动刷新</span>
      </div>
      <PagedListing
        caption="数据传输"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.subscription_id}
        empty={<Empty />}
      />
    </Page>
  )
}
