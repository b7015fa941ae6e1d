import { assessment } from '@sanjiang/contract'
import { DIMENSIONS, MEASURES, type StatisticsRecord } from '@sanjiang/contract/assessment'
import { Link } from 'react-router'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { figureText, useStatisticsQuery } from './statistics.query.ts'

/** The receipts of a day where the reader may see the ledger, else the grant under which they came about. */
const pathOf = ({ record_kind, record_id, day }: StatisticsRecord, mayLedger: boolean): string => {
  if (record_kind === 'resource') return `/catalog/resources/${record_id}`
  if (record_kind === 'demand') return `/sharing/demands/${record_id}`
  if (record_kind === 'request') return `/sharing/requests/${record_id}`
  if (record_kind === 'grant' || !mayLedger) return `/sharing/grants/${record_id}`
  const kind = record_kind === 'call' ? 'call' : 'chunk_accepted'
  return `/ledger/entries?${new URLSearchParams({ grant_id: record_id, kind, from: day ?? '', to: day ?? '' })}`
}

const columns = (mayLedger: boolean): Column<StatisticsRecord>[] => [
  {
    title: '记录',
    kind: 'lead',
    render: (row) => <Link to={pathOf(row, mayLedger)}>{row.title ?? row.code}</Link>,
    text: (row) => row.title ?? row.code,
  },
  { title: '日期', kind: 'fix', render: (row) => row.day, text: (row) => row.day },
  { title: '提供方', render: (row) => row.provider_name, text: (row) => row.provider_name },
  { title: '使用方', render: (row) => row.consumer_name, text: (row) => row.consumer_name },
  { title: '资源代码', render: (row) => <span className="mono">{row.code}</span>, text: (row) => row.code },
  { title: '计入', kind: 'num', render: (row) => figureText(row.amount), text: (row) => row.amount },
]

/** What one figure is made of, in the order of time. */
export const StatisticsRecordsPage = () => {
  const { by, measure, code, filter } = useStatisticsQuery()
  const mayLedger = useCan('ledger.entry.read')
  const asked = { measure, ...filter, ...(code === undefined ? {} : { by, code }) }
  const query = usePaged(['assessment', 'records', asked], (after) =>
    call(assessment.listStatisticsRecords, { query: { ...asked, after, limit: 50 } }),
  )
  return (
    <Page
      title={`${MEASURES.titles[measure]}的记录`}
      crumbs={[
        { title: '统计', to: `/assessment/statistics?${new URLSearchParams({ measure, by, ...filter })}` },
        { title: '记录' },
      ]}
      sub={code === undefined ? '全部' : `${DIMENSIONS.titles[by]}：${code}`}
    >
      <PagedListing
        caption={`${MEASURES.titles[measure]}的记录`}
        query={query}
        columns={columns(mayLedger)}
        rowKey={({ record_key, day }) => `${record_key} ${day}`}
        empty="没有符合条件的记录"
      />
    </Page>
  )
}
