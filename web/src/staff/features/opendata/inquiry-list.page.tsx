import { opendata } from '@sanjiang/contract'
import {
  INQUIRY_KINDS,
  INQUIRY_STATES,
  type Inquiry,
  type InquiryKind,
  type InquiryState,
  VISIBILITIES,
} from '@sanjiang/contract/opendata'
import { Checkbox, Segmented, Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { InquiryStateTag, inquiryStateText, optionsOf, VisibilityTag } from './inquiry.words.tsx'

const COLUMNS: readonly Column<Inquiry>[] = [
  {
    title: '来件',
    kind: 'lead',
    render: (row) => (
      <>
        <Link to={`/opendata/inquiries/${row.inquiry_id}`}>{row.title}</Link>
        <div className="mono">{row.number}</div>
      </>
    ),
    text: (row) => row.title,
  },
  {
    title: '种类',
    kind: 'fix',
    render: (row) => INQUIRY_KINDS.titles[row.kind],
    text: (row) => INQUIRY_KINDS.titles[row.kind],
  },
  { title: '数据集', render: (row) => row.dataset_title ?? '', text: (row) => row.dataset_title },
  {
    title: '办理部门',
    render: (row) => row.organ_name ?? (row.kind === 'showcase' ? '电子政务办审核' : '未分办'),
    text: (row) => row.organ_name,
  },
  {
    title: '附议',
    kind: 'num',
    render: (row) => (row.kind === 'wish' ? row.support_count : ''),
    text: (row) => row.support_count,
  },
  {
    title: '审看',
    kind: 'fix',
    render: (row) => <VisibilityTag visibility={row.visibility} />,
    text: (row) => VISIBILITIES.titles[row.visibility],
  },
  { title: '状态', kind: 'fix', render: (row) => <InquiryStateTag inquiry={row} />, text: inquiryStateText },
  { title: '时限', render: (row) => <ClockBar clock={row.clock} />, text: (row) => row.clock.due_on },
]

const KINDS = { all: '全部', ...INQUIRY_KINDS.titles }

/** What waits, by the days left; what is done, newest first. */
export const InquiryListPage = () => {
  const [search, setSearch] = useSearchParams()
  const isOffice = useCan('opendata.inquiry.assign')
  const kind = (search.get('kind') ?? undefined) as InquiryKind | undefined
  const state = (search.get('state') ?? 'waiting') as InquiryState
  const is_unassigned = search.get('unassigned') === 'true' || undefined
  const set = (name: string, value: string | undefined) => {
    const next = new URLSearchParams(search)
    value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  const query = usePaged(['opendata', 'inquiries', kind, state, is_unassigned], (after) =>
    call(opendata.listInquiries, { query: { kind, state, is_unassigned, after, limit: 50 } }),
  )
  return (
    <Page
      title="公众来件"
      sub="开放门户上的提问、纠错、未开放数据需求和应用登记。办理中的按剩余工作日排列，超期的在前。"
    >
      <div className="toolbar">
        <Segmented
          aria-label="种类"
          options={optionsOf(KINDS)}
          value={kind ?? 'all'}
          onChange={(value) => set('kind', value === 'all' ? undefined : value)}
        />
        <Select
          aria-label="状态"
          style={{ minWidth: '8rem' }}
          options={optionsOf(INQUIRY_STATES.titles)}
          value={state}
          onChange={(value) => set('state', value)}
        />
        {isOffice && (
          <Checkbox
            checked={is_unassigned === true}
            onChange={({ target }) => set('unassigned', target.checked ? 'true' : undefined)}
          >
            只看未分办
          </Checkbox>
        )}
      </div>
      <PagedListing
        caption="公众来件"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.inquiry_id}
        empty="没有这样的来件"
      />
    </Page>
  )
}
