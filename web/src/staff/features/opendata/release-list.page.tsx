import { opendata } from '@sanjiang/contract'
import { RELEASE_STATES, type Release, type ReleaseState } from '@sanjiang/contract/opendata'
import { Segmented } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { LinkButton } from '../../../ui/link-button.tsx'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { ReleaseStateTag } from './release.words.tsx'

const COLUMNS: readonly Column<Release>[] = [
  {
    title: '数据集',
    kind: 'lead',
    render: (row) => (
      <>
        <Link to={`/opendata/releases/${row.release_id}`}>{row.content.title}</Link>
        <div className="mono">
          {row.code} 第 {row.release_no} 次
        </div>
      </>
    ),
    text: (row) => row.content.title,
  },
  { title: '部门', render: (row) => row.organ_name, text: (row) => row.organ_name },
  {
    title: '开放类型',
    kind: 'fix',
    render: (row) => (row.content.open_type === 'unconditional' ? '无条件' : '有条件'),
    text: (row) => row.content.open_type,
  },
  {
    title: '数据',
    kind: 'fix',
    render: (row) => (row.content.rows ? `${row.content.rows.columns.length} 列` : '仅说明'),
    text: (row) => row.content.rows?.columns.length,
  },
  {
    title: '提出',
    render: (row) => `${row.proposed_on} ${row.proposed_by_name}`,
    text: (row) => `${row.proposed_on} ${row.proposed_by_name}`,
  },
  {
    title: '审查',
    render: (row) => (row.reviewed_on ? `${row.reviewed_on} ${row.reviewed_by_name}` : ''),
    text: (row) => row.reviewed_on,
  },
  {
    title: '状态',
    kind: 'fix',
    render: (row) => <ReleaseStateTag release={row} />,
    text: (row) => RELEASE_STATES.titles[row.state],
  },
]

const TABS = [
  { value: 'all', label: '全部' },
  ...RELEASE_STATES.codes.map((value) => ({ value, label: RELEASE_STATES.titles[value] })),
]

/** What this organ has opened, wants to open, and has taken back. */
export const ReleaseListPage = () => {
  const [search, setSearch] = useSearchParams()
  const canPropose = useCan('opendata.release.propose')
  const state = (search.get('state') ?? undefined) as ReleaseState | undefined
  const query = usePaged(['opendata', 'releases', state], (after) =>
    call(opendata.listReleases, { query: { state, after, limit: 50 } }),
  )
  return (
    <Page
      title="数据开放"
      sub="提出开放、保密审查、送出与撤回。提出的人和审查的人不能是同一个；每一行数据送出前都查过个人号码。"
      actions={
        <>
          <LinkButton to="/opendata/sources">自动供数</LinkButton>
          {canPropose && (
            <LinkButton type="primary" to="/opendata/releases/new">
              提出开放
            </LinkButton>
          )}
        </>
      }
    >
      <div className="toolbar">
        <Segmented
          aria-label="状态"
          options={TABS}
          value={state ?? 'all'}
          onChange={(value) => setSearch(value === 'all' ? {} : { state: value }, { replace: true })}
        />
      </div>
      <PagedListing
        caption="开放发布"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.release_id}
        empty="没有这样的开放发布"
      />
    </Page>
  )
}
