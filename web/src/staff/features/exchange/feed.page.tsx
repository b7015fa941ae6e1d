import { exchange } from '@sanjiang/contract'
import { DATA_TYPES, FEED_MODES, type FeedDetail, RUN_KINDS } from '@sanjiang/contract/exchange'
import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { Link, useParams } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel, StateTag } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { TabLinks } from '../../../ui/tab-links.tsx'
import { call } from '../../api.ts'
import { useSession } from '../../session.ts'
import { CursorShortfall } from './cursor-shortfall.tsx'
import { DriftList } from './drift-list.tsx'
import {
  bytesText,
  countText,
  FeedStateTag,
  intervalText,
  LIVE_MS,
  lagText,
  RunStateTag,
  rateText,
  TroubleLine,
} from './exchange.words.tsx'
import { FeedActions } from './feed-actions.tsx'
import { RejectList } from './reject-list.tsx'
import { RunList } from './run-list.tsx'

const Figures = ({ feed }: { feed: FeedDetail }) => (
  <ul className="figures" aria-label="此刻">
    <li>
      <b>{lagText(feed.lag_seconds)}</b>
      <span>源端延迟</span>
    </li>
    <li>
      <b>{feed.newest_on ?? '—'}</b>
      <span>
        源数据最新到{feed.stale_on && '，'}
        {feed.stale_on && <StateTag tone="bad">已超更新周期</StateTag>}
      </span>
    </li>
    <li>
      <b>{countText(feed.head)} 块</b>
      <span>日志至今</span>
    </li>
    <li>
      <b>{bytesText(feed.retained_bytes)}</b>
      <span>留存，第 {countText(feed.retained_from)} 块起</span>
    </li>
    {feed.files && (
      <li>
        <b>{bytesText(feed.files.bytes)}</b>
        <span>平台暂存的原文，{countText(feed.files.files)} 个文件（相同内容只存一份）</span>
      </li>
    )}
    <li>
      <b>{countText(feed.open_rejects)}</b>
      <span>待整改的问题数据</span>
    </li>
    <li>
      <b>
        <Link to={`/exchange/subscriptions?side=all&feed=${feed.feed_id}`}>{countText(feed.subscriptions)}</Link>
      </b>
      <span>订阅</span>
    </li>
  </ul>
)

const LastRun = ({ feed }: { feed: FeedDetail }) => {
  const { last_run: run } = feed
  if (!run) return <>还没有批次</>
  return (
    <>
      {RUN_KINDS.titles[run.kind]} <RunStateTag state={run.state} /> {countText(run.rows)}{' '}
      {run.kind === 'changes' ? '条变更' : '行'}
      {run.rows_per_second !== null && `，${rateText(run.rows_per_second)}`}
    </>
  )
}

const columnsFor = (feed: FeedDetail): readonly Column<FeedDetail['bindings'][number]>[] => [
  {
    title: '信息项',
    kind: 'lead',
    render: ({ item, item_name }) => (
      <>
        {item_name} <span className="muted mono">{item}</span>
        {feed.key.includes(item) && ' '}
        {feed.key.includes(item) && <StateTag tone="info">键</StateTag>}
      </>
    ),
  },
  { title: '类型', render: ({ data_type }) => DATA_TYPES.titles[data_type] },
  { title: '字段', render: ({ column }) => <span className="mono">{column}</span> },
  {
    title: '离开本部门',
    render: ({ item }) => (feed.union_items.includes(item) ? '是' : <span className="muted">否，没有授权需要</span>),
  },
]

const nameOf = ({ bindings }: FeedDetail, item: string): string =>
  bindings.find((one) => one.item === item)?.item_name ?? item

const CYCLES: Readonly<Record<string, string>> = {
  realtime: '实时',
  daily: '每日',
  weekly: '每周',
  monthly: '每月',
  quarterly: '每季度',
  half_yearly: '每半年',
  yearly: '每年',
  irregular: '不定期',
  none: '不更新',
}

/** Whether the source keeps to what the catalogue promises; a table read whole without a change column cannot be told by. */
const cycleText = ({ update_cycle, newest_on, hold_stale, mode, cursor_item }: FeedDetail): string => {
  const cycle = CYCLES[update_cycle ?? ''] ?? update_cycle ?? ''
  if (newest_on === null && mode === 'snapshot' && cursor_item === null) return `${cycle}；没有变更时间字段，无法核对`
  return `${cycle}；超过时${hold_stale ? '暂扣并' : ''}提醒本部门`
}

const Terms = ({ feed }: { feed: FeedDetail }) => (
  <Panel title="挂接">
    <Facts
      of={[
        [
          '资源',
          <Link key="resource" to={`/catalog/resources/${feed.resource_id}`}>
            {feed.resource_code}
          </Link>,
        ],
        [
          '前置节点',
          <Link key="agent" to={`/exchange/agents/${feed.agent_id}`}>
            {feed.agent_name}
          </Link>,
        ],
        ['连接', feed.connection],
        [
          feed.files ? '源文件' : '源表',
          <span key="relation" className="mono">
            {feed.relation}
          </span>,
        ],
        ['方式', FEED_MODES.titles[feed.mode]],
        ['增量字段', feed.mode === 'cursor' && feed.cursor_item],
        ['间隔', feed.mode !== 'changes' && intervalText(feed.interval_seconds)],
        ['下次读取', feed.next_run_at && timeText(feed.next_run_at)],
        ['最近批次', <LastRun key="run" feed={feed} />],
        ['最近数据', feed.last_chunk_at && timeText(feed.last_chunk_at)],
        ['问题数据阈值', `超过 ${feed.reject_threshold}% 即暂扣`],
        [
          '应唯一',
          feed.unique_items.length > 0 && ['键', ...feed.unique_items.map((item) => nameOf(feed, item))].join('、'),
        ],
        ['更新周期', feed.update_cycle && cycleText(feed)],
        ['逐行存证', feed.row_leaves ? '是：以后可以证明某一行在或不在一次交付中' : '否'],
      ]}
    />
  </Panel>
)

const Details = ({ feed }: { feed: FeedDetail }) => {
  const { organ_id } = useSession()
  const isOwn = feed.provider_organ_id === organ_id || feed.can.length > 0
  return (
    <TabLinks
      label="详情"
      tabs={[
        {
          key: 'bindings',
          title: `绑定（${feed.bindings.length}）`,
          body: () => (
            <Listing caption="绑定" rows={feed.bindings} columns={columnsFor(feed)} rowKey={({ item }) => item} />
          ),
        },
        { key: 'runs', title: '批次', body: () => <RunList feedId={feed.feed_id} /> },
        {
          key: 'rejects',
          title: feed.open_rejects > 0 ? `问题数据（${countText(feed.open_rejects)}）` : '问题数据',
          body: () =>
            isOwn ? (
              <RejectList feedId={feed.feed_id} items={feed.bindings} mayReplay={feed.can.includes('change')} />
            ) : (
              <p>逐行的原因只有提供方能看到。</p>
            ),
        },
        ...(isOwn ? [{ key: 'drifts', title: '结构变化', body: () => <DriftList feed={feed} /> }] : []),
      ]}
    />
  )
}

const View = ({ feed }: { feed: FeedDetail }) => (
  <Page
    title={feed.resource_name || feed.resource_code}
    crumbs={[{ title: '库表与文件挂接', to: '/exchange/feeds' }, { title: `第 ${feed.version} 版` }]}
    sub={
      <>
        {feed.provider_name} · <span className="mono">{feed.relation}</span> ·{' '}
        <FeedStateTag state={feed.state} hold_reason={feed.hold_reason} />
      </>
    }
    actions={<FeedActions feed={feed} />}
  >
    <TroubleLine trouble={feed.trouble} />
    {feed.hold_reason === 'drift' && (
      <Alert
        type="warning"
        showIcon
        style={{ marginBottom: '1rem' }}
        title="源库的结构变了，数据先暂扣"
        description={<Link to="?tab=drifts">看变化与受影响的授权，决定怎样处理</Link>}
      />
    )}
    {feed.stale_on && feed.hold_reason !== 'stale' && (
      <Alert
        type="warning"
        showIcon
        style={{ marginBottom: '1rem' }}
        title={`源数据最新到 ${feed.newest_on}，已超过目录所定的更新周期`}
        description="请核对源库是否仍在更新；如更新周期已变，请修订目录。"
      />
    )}
    {feed.hold_reason === 'stale' && (
      <Alert
        type="warning"
        showIcon
        style={{ marginBottom: '1rem' }}
        title="源数据超过更新周期没有更新，按设定暂扣"
        description="源库补上新数据后解除暂扣，前置节点随即接着读。"
      />
    )}
    {feed.hold_reason === 'quality' && (
      <Alert
        type="warning"
        showIcon
        style={{ marginBottom: '1rem' }}
        title={`问题数据超过 ${feed.reject_threshold}%，这一批先暂扣`}
        description={<Link to="?tab=rejects">看问题数据；整改后重放，再解除暂扣</Link>}
      />
    )}
    <CursorShortfall feed={feed} />
    <Figures feed={feed} />
    <div className="split">
      <Details feed={feed} />
      <Terms feed={feed} />
    </div>
  </Page>
)

export const FeedPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['exchange', 'feed', id],
    queryFn: () => call(exchange.getFeed, { params: { id } }),
    refetchInterval: LIVE_MS,
  })
  return <Loaded query={query}>{(feed) => <View feed={feed} />}</Loaded>
}
