import { exchange, opendata } from '@sanjiang/contract'
import { type FeedDetail, type SubscriptionDetail, TARGET_KINDS } from '@sanjiang/contract/exchange'
import { MASK_RULES } from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link, useParams } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { TabLinks } from '../../../ui/tab-links.tsx'
import { call } from '../../api.ts'
import { useCan, useSession } from '../../session.ts'
import { DeliveryList } from './delivery-list.tsx'
import {
  bytesText,
  countText,
  LIVE_MS,
  lagText,
  ReconciledTag,
  rateText,
  SubscriptionStateTag,
  TroubleLine,
} from './exchange.words.tsx'
import { NoticeList } from './notice-list.tsx'
import { RateChart, useRateSamples } from './rate-chart.tsx'
import { ReconciliationList } from './reconciliation-list.tsx'
import { RejectList } from './reject-list.tsx'
import { RoutePicture } from './route-picture.tsx'
import { RowQuestion } from './row-question.tsx'
import { RunList } from './run-list.tsx'
import { SubscriptionActions } from './subscription-actions.tsx'
import { targetText } from './target-text.ts'
import { FilesProgress, TransferProgress } from './transfer-progress.tsx'

/** Rows that stood in the target when it was last shown to be equal to its source. */
const provenRows = ({ last_reconciliation: last }: SubscriptionDetail): number | null =>
  last?.proven_at ? last.target_rows : null

const Figures = ({ of }: { of: SubscriptionDetail }) => (
  <ul className="figures" aria-label="此刻">
    <li>
      <b>{rateText(of.rows_per_second)}</b>
      <span>速率（近一分钟）</span>
    </li>
    <li>
      <b>{lagText(of.lag_seconds)}</b>
      <span>延迟，自源库提交起</span>
    </li>
    <li>
      <b>{countText(of.behind_rows)} 行</b>
      <span>待交付，{countText(of.behind_chunks)} 块</span>
    </li>
    <li>
      <b>{provenRows(of) === null ? '—' : `${countText(provenRows(of) ?? 0)} 行`}</b>
      <span>{provenRows(of) === null ? '目标行数，尚未对账' : '目标行数，对账证明'}</span>
    </li>
    <li>
      <b>{countText(of.rows_total)} 条</b>
      <span>累计签收，含变更与删除，{bytesText(of.bytes_total)}</span>
    </li>
    {of.files && (
      <li>
        <b>{bytesText(of.files.bytes)}</b>
        <span>原文已到使用方，{countText(of.files.files)} 个文件</span>
      </li>
    )}
  </ul>
)

const ITEM_COLUMNS: readonly Column<SubscriptionDetail['items'][number]>[] = [
  {
    title: '信息项',
    kind: 'lead',
    render: ({ name, item }) => (
      <>
        {name} <span className="muted mono">{item}</span>
      </>
    ),
  },
  {
    title: '脱敏',
    render: ({ mask_rule }) => MASK_RULES.titles[mask_rule as keyof typeof MASK_RULES.titles] ?? mask_rule,
  },
]

const keyText = ({ target_key, items }: SubscriptionDetail): ReactNode =>
  target_key.includes('row_handle') ? (
    <>
      <code className="mono">row_handle</code>（授权不含明文的自然键，以不可逆的行标识代替）
    </>
  ) : (
    target_key.map((key) => items.find(({ item }) => item === key)?.name ?? key).join('、')
  )

const Granted = ({ of }: { of: SubscriptionDetail }) => (
  <div className="stack">
    <Facts
      of={[
        [
          '授权',
          <Link key="grant" to={`/sharing/grants/${of.grant_id}`}>
            第 {of.grant_version} 版
          </Link>,
        ],
        ['目标行的键', <span key="key">{keyText(of)}</span>],
        ['送往', `${TARGET_KINDS.titles[of.target_kind]}：${targetText(of)}`],
        ['目标表', of.target_kind === 'table' && (of.may_create ? '没有时由前置节点按目录建立' : '须已存在')],
        ['订阅', timeText(of.created_at)],
      ]}
    />
    <Listing caption="交付的信息项" rows={of.items} columns={ITEM_COLUMNS} rowKey={({ item }) => item} />
  </div>
)

/** The provider's own matter: consumers learn the number only. */
const Rejects = ({ of, feed }: { of: SubscriptionDetail; feed: FeedDetail | undefined }) => {
  const { organ_id } = useSession()
  if (!feed) return <p className="muted">正在载入…</p>
  if (feed.provider_organ_id !== organ_id && feed.can.length === 0)
    return (
      <p>
        提供方有 {countText(feed.open_rejects)} 行数据不合格、尚未整改，没有送出。逐行的原因只有 {of.provider_name}{' '}
        能看到；整改后会补送。
      </p>
    )
  return <RejectList feedId={of.feed_id} items={feed.bindings} mayReplay={feed.can.includes('snapshot')} />
}

const noticesTitle = ({ dead }: NonNullable<SubscriptionDetail['notices']>): string =>
  dead > 0 ? `推送通知（${countText(dead)} 搁置）` : '推送通知'

const Details = ({ of }: { of: SubscriptionDetail }) => {
  const feed = useQuery({
    queryKey: ['exchange', 'feed', of.feed_id],
    queryFn: () => call(exchange.getFeed, { params: { id: of.feed_id } }),
  })
  const rejects = feed.data?.open_rejects ?? 0
  return (
    <TabLinks
      label="经过"
      tabs={[
        ...(of.notices
          ? [{ key: 'notices', title: noticesTitle(of.notices), body: () => <NoticeList of={of} /> }]
          : []),
        { key: 'runs', title: '批次', body: () => <RunList feedId={of.feed_id} /> },
        { key: 'deliveries', title: '逐块交付', body: () => <DeliveryList id={of.subscription_id} /> },
        {
          key: 'rejects',
          title: rejects > 0 ? `问题数据（${countText(rejects)}）` : '问题数据',
          body: () => <Rejects of={of} feed={feed.data} />,
        },
        { key: 'rows', title: '逐行查证', body: () => <RowQuestion of={of} /> },
        ...(of.notices ? [] : [{ key: 'reconciliations', title: '对账', body: () => <ReconciliationList of={of} /> }]),
        { key: 'grant', title: `授权（${of.items.length} 项）`, body: () => <Granted of={of} /> },
      ]}
    />
  )
}

/** The portal's office loads what the public will see: which dataset follows this, or the way to say so. */
const OpenDataset = ({ of }: { of: SubscriptionDetail }) => {
  const canRead = useCan('opendata.release.read')
  const { organ_id } = useSession()
  const canBind = useCan('opendata.release.propose') && organ_id === of.provider_organ_id
  const query = useQuery({
    queryKey: ['opendata', 'sources', 'of', of.subscription_id],
    queryFn: () => call(opendata.listRowSources, { query: { subscription_id: of.subscription_id, limit: 1 } }),
    enabled: canRead && of.target?.startsWith('load.') === true,
  })
  if (!query.data) return null
  const [source] = query.data.rows
  if (!source)
    return canBind ? (
      <p className="sub">
        目标在开放暂存库：<Link to={`/opendata/sources/new?resource=${of.resource_id}`}>用它给开放数据集供数</Link>
      </p>
    ) : null
  return (
    <p className="sub">
      {source.state === 'following' ? '正在给开放数据集供数' : '曾给开放数据集供数'}
      {source.edition_no !== null && `，最近为第 ${source.edition_no} 版`}：
      <Link to="/opendata/sources">看自动供数</Link>
    </p>
  )
}

const View = ({ of, seenAt }: { of: SubscriptionDetail; seenAt: number }) => {
  const samples = useRateSamples(of, seenAt)
  return (
    <Page
      title={of.resource_name}
      crumbs={[{ title: '数据传输', to: '/exchange/subscriptions' }, { title: of.resource_code }]}
      sub={
        <>
          {of.provider_name} → {of.consumer_name} · <SubscriptionStateTag state={of.state} />
          {!of.notices && (
            <>
              {' '}
              · <ReconciledTag of={of.last_reconciliation} />
            </>
          )}
        </>
      }
      actions={<SubscriptionActions of={of} />}
    >
      <TroubleLine trouble={of.trouble} />
      <Panel
        title="数据走的路"
        extra={
          <span className="row">
            <Link to={`/exchange/feeds/${of.feed_id}`}>看挂接</Link>
            <span className="live">自动刷新</span>
          </span>
        }
      >
        <RoutePicture of={of} />
        <TransferProgress of={of} />
        <FilesProgress of={of} />
        <OpenDataset of={of} />
      </Panel>
      <Figures of={of} />
      <Panel title="速率（行/秒）">
        <RateChart of={of} samples={samples} />
      </Panel>
      <Details of={of} />
    </Page>
  )
}

export const SubscriptionPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['exchange', 'subscription', id],
    queryFn: () => call(exchange.getSubscription, { params: { id } }),
    refetchInterval: (last) => (last.state.data?.state === 'ended' ? false : LIVE_MS),
  })
  return <Loaded query={query}>{(of) => <View of={of} seenAt={query.dataUpdatedAt} />}</Loaded>
}
