import { opendata } from '@sanjiang/contract'
import {
  EDITION_STATES,
  type RowSource,
  SOURCE_ENDS,
  SOURCE_STATES,
  type SourceState,
  unbindRowSource,
} from '@sanjiang/contract/opendata'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Popconfirm, Segmented } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { LinkButton } from '../../../ui/link-button.tsx'
import { type Column, Nothing, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { FigurePanel } from './figure-panel.tsx'
import { EditionStateTag } from './release.words.tsx'
import { nextText } from './source.words.ts'

const PROPOSE = 'opendata.release.propose'

const Last = ({ row }: { readonly row: RowSource }) =>
  row.edition_id === null || row.edition_state === null ? (
    <span className="muted">还没有</span>
  ) : (
    <div>
      <Link to={`/opendata/editions/${row.edition_id}`}>第 {row.edition_no} 版</Link>{' '}
      <EditionStateTag state={row.edition_state} />
      {row.trouble && <div className="small">{row.trouble}</div>}
    </div>
  )

const Standing = ({ row }: { readonly row: RowSource }) => (
  <div>
    <StateTag tone={row.state === 'following' ? 'good' : 'calm'}>{SOURCE_STATES.titles[row.state]}</StateTag>
    <div className="muted small">
      {row.end_reason ? `${row.ended_on} ${SOURCE_ENDS.titles[row.end_reason]}；数据集保留最近一版` : nextText(row)}
    </div>
  </div>
)

/** Ending it takes one more look: from then on the public has what it has. */
const Stop = ({ row }: { readonly row: RowSource }) => {
  const client = useQueryClient()
  const stop = useMutation({
    mutationFn: () => call(unbindRowSource, { params: { id: row.resource_id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['opendata'] }),
  })
  if (!row.can.includes('unbind'))
    return (
      <LinkButton size="small" to={`/opendata/sources/new?resource=${row.resource_id}`}>
        重新指定
      </LinkButton>
    )
  return (
    <>
      <Popconfirm
        title="不再跟随这个订阅"
        description="数据集保留最近一版，公众仍可下载；以后须上传文件或重新指定。"
        okText="解除"
        cancelText="取消"
        onConfirm={() => stop.mutate()}
      >
        <Button size="small" danger loading={stop.isPending}>
          解除
        </Button>
      </Popconfirm>
      {stop.isError && <ErrorAlert error={stop.error} />}
    </>
  )
}

const columnsOf = (canPropose: boolean): readonly Column<RowSource>[] => [
  {
    title: '资源',
    kind: 'lead',
    render: (row) => (
      <>
        <Link to={`/catalog/resources/${row.resource_id}`}>{row.resource_name ?? '目录已下架'}</Link>
        <div className="muted small">{row.organ_name}</div>
      </>
    ),
    text: (row) => row.resource_name,
  },
  {
    title: '来自',
    render: (row) => (
      <div>
        <Link className="mono" to={`/exchange/subscriptions/${row.subscription_id}`}>
          {row.stage_table}
        </Link>
        <div className="muted small">最近签收 {row.last_accepted_at ? timeText(row.last_accepted_at) : '还没有'}</div>
      </div>
    ),
    text: (row) => row.stage_table,
  },
  {
    title: '最近一版',
    render: (row) => <Last row={row} />,
    text: (row) => row.edition_state && `第 ${row.edition_no} 版 ${EDITION_STATES.titles[row.edition_state]}`,
  },
  { title: '行数', kind: 'num', render: (row) => row.row_count?.toLocaleString('zh-CN'), text: (row) => row.row_count },
  {
    title: '检查于',
    render: (row) => row.checked_at && <span className="small">{timeText(row.checked_at)}</span>,
    text: (row) => row.checked_at && timeText(row.checked_at),
  },
  { title: '状态', render: (row) => <Standing row={row} />, text: (row) => SOURCE_STATES.titles[row.state] },
  ...(canPropose ? [{ title: '操作', render: (row: RowSource) => <Stop row={row} /> }] : []),
]

const TABS = [
  { value: 'all', label: '全部' },
  ...SOURCE_STATES.codes.map((value) => ({ value, label: SOURCE_STATES.titles[value] })),
]

/** Where the rows of open datasets come from without anybody sending a file. */
export const SourceListPage = () => {
  const [search, setSearch] = useSearchParams()
  const canPropose = useCan(PROPOSE)
  const state = (search.get('state') ?? undefined) as SourceState | undefined
  const query = usePaged(
    ['opendata', 'sources', state],
    (after) => call(opendata.listRowSources, { query: { state, after, limit: 50 } }),
    { everyMs: 30_000 },
  )
  return (
    <Page
      title="自动供数"
      crumbs={[{ title: '数据开放', to: '/opendata/releases' }, { title: '自动供数' }]}
      sub="不必每次上传文件：数据经交换到达，或由平台统计，有变化就成为新的一版；每一版照样逐行检查，有问题就暂扣。"
      actions={
        canPropose && (
          <LinkButton type="primary" to="/opendata/sources/new">
            指定供数的订阅
          </LinkButton>
        )
      }
    >
      <div className="toolbar">
        <Segmented
          aria-label="状态"
          options={TABS}
          value={state ?? 'all'}
          onChange={(value) => setSearch(value === 'all' ? {} : { state: value }, { replace: true })}
        />
        <span className="live">自动刷新</span>
      </div>
      <div className="stack">
        <PagedListing
          caption="经数据交换供数"
          query={query}
          columns={columnsOf(canPropose)}
          rowKey={(row) => row.resource_id}
          empty={
            <Nothing>
              {state ? '没有这样的供数' : '还没有数据集经数据交换供数。资源已有主管单位的订阅时，可在这里指定。'}
            </Nothing>
          }
        />
        <FigurePanel />
      </div>
    </Page>
  )
}
