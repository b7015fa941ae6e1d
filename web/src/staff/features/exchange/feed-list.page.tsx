import { exchange } from '@sanjiang/contract'
import { FEED_MODES, FEED_STATES, type Feed } from '@sanjiang/contract/exchange'
import { Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { LinkButton } from '../../../ui/link-button.tsx'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import {
  countText,
  FeedStateTag,
  intervalText,
  LIVE_MS,
  lagText,
  optionsOf,
  RunStateTag,
  TroubleLine,
} from './exchange.words.tsx'

const modeText = ({ mode, interval_seconds }: Feed): string =>
  mode === 'changes' ? FEED_MODES.titles.changes : `${FEED_MODES.titles[mode]}，${intervalText(interval_seconds)}`

const COLUMNS: readonly Column<Feed>[] = [
  {
    title: '资源',
    kind: 'lead',
    render: (row) => (
      <>
        <Link to={`/exchange/feeds/${row.feed_id}`}>{row.resource_name || row.resource_code}</Link>
        <div className="muted small">{row.provider_name}</div>
        <TroubleLine trouble={row.trouble} />
      </>
    ),
    text: (row) => row.resource_name,
  },
  {
    title: '源',
    render: (row) => (
      <>
        <span className="mono small">
          {row.connection} / {row.relation}
        </span>
        <div className="muted small">{row.agent_name}</div>
      </>
    ),
    text: (row) => `${row.agent_name} ${row.connection} ${row.relation}`,
  },
  { title: '方式', render: modeText, text: modeText },
  {
    title: '最近批次',
    render: (row) =>
      row.last_run ? (
        <>
          <RunStateTag state={row.last_run.state} /> <span className="small">{countText(row.last_run.rows)} 行</span>
        </>
      ) : (
        <span className="muted">还没有</span>
      ),
    text: (row) => row.last_run?.state,
  },
  { title: '源端延迟', kind: 'num', render: (row) => lagText(row.lag_seconds), text: (row) => row.lag_seconds },
  {
    title: '最近数据',
    kind: 'fix',
    render: (row) => (row.last_chunk_at ? timeText(row.last_chunk_at) : '—'),
    text: (row) => row.last_chunk_at,
  },
  { title: '问题数据', kind: 'num', render: (row) => countText(row.open_rejects), text: (row) => row.open_rejects },
  { title: '订阅', kind: 'num', render: (row) => countText(row.subscriptions), text: (row) => row.subscriptions },
  {
    title: '状态',
    render: (row) => <FeedStateTag state={row.state} hold_reason={row.hold_reason} />,
    text: (row) => FEED_STATES.titles[row.state],
  },
]

export const FeedListPage = () => {
  const [search, setSearch] = useSearchParams()
  const mayEdit = useCan('exchange.feed.edit')
  const state = (search.get('state') ?? undefined) as Feed['state'] | undefined
  const agent_id = search.get('agent') ?? undefined
  const query = usePaged(
    ['exchange', 'feeds', state, agent_id],
    (after) => call(exchange.listFeeds, { query: { state, agent_id, after } }),
    { everyMs: LIVE_MS },
  )
  const set = (value: string | undefined) => {
    const next = new URLSearchParams(search)
    value ? next.set('state', value) : next.delete('state')
    setSearch(next, { replace: true })
  }
  return (
    <Page
      title="库表与文件挂接"
      sub="把部门库里的表、文件夹挂到已发布的资源上：只读一次，供各授权方分别裁剪、脱敏后取用。"
      actions={
        mayEdit && (
          <LinkButton type="primary" to="/exchange/feeds/new">
            挂接库表或文件
          </LinkButton>
        )
      }
    >
      <div className="toolbar">
        <Select
          aria-label="状态"
          allowClear
          placeholder="全部状态"
          style={{ minWidth: '9rem' }}
          options={optionsOf(FEED_STATES.titles)}
          value={state}
          onChange={set}
        />
        {agent_id && <Link to="/exchange/feeds">只看一个前置节点的挂接 · 看全部</Link>}
        <span className="live">自动刷新</span>
      </div>
      <PagedListing
        caption="库表与文件挂接"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.feed_id}
        empty="还没有挂接库表或文件"
      />
    </Page>
  )
}
