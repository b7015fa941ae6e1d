import { opendata } from '@sanjiang/contract'
import { APPLICANT_KINDS, APPLICATION_STATES, type Application, USE_PURPOSES } from '@sanjiang/contract/opendata'
import { Segmented } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'
import { STATE_TONES } from './application.words.ts'

const clockOf = ({ appeal_clock, accept_clock, decide_clock }: Application) =>
  appeal_clock?.stopped_on === null ? appeal_clock : (accept_clock ?? decide_clock)

const COLUMNS: readonly Column<Application>[] = [
  {
    title: '数据集',
    kind: 'lead',
    render: (row) => <Link to={`/opendata/applications/${row.application_id}`}>{row.dataset_title}</Link>,
    text: (row) => row.dataset_title,
  },
  {
    title: '编号',
    kind: 'fix',
    render: (row) => <span className="mono">{row.number}</span>,
    text: (row) => row.number,
  },
  {
    title: '申请人',
    render: (row) => APPLICANT_KINDS.titles[row.applicant_kind],
    text: (row) => APPLICANT_KINDS.titles[row.applicant_kind],
  },
  {
    title: '用途',
    render: (row) => USE_PURPOSES.titles[row.purpose_code],
    text: (row) => USE_PURPOSES.titles[row.purpose_code],
  },
  { title: '提供部门', render: (row) => row.organ_name, text: (row) => row.organ_name },
  { title: '收到', kind: 'fix', render: (row) => row.received_on, text: (row) => row.received_on },
  {
    title: '状态',
    render: (row) => <StateTag tone={STATE_TONES[row.state]}>{APPLICATION_STATES.titles[row.state]}</StateTag>,
    text: (row) => APPLICATION_STATES.titles[row.state],
  },
  {
    title: '答复时限',
    render: (row) => row.state !== 'closed' && <ClockBar clock={row.decide_clock} />,
    text: (row) => row.decide_clock.due_on,
  },
  {
    title: '当前时限',
    render: (row) => <ClockBar clock={clockOf(row)} />,
    text: (row) => clockOf(row)?.due_on,
  },
]

const PARTS = { waiting: '待办理', running: '协议与使用中', closed: '已办结' }

export const ApplicationListPage = () => {
  const [search, setSearch] = useSearchParams()
  const part = (search.get('part') ?? 'waiting') as keyof typeof PARTS
  const query = usePaged(['opendata', 'applications', part], (after) =>
    call(opendata.listApplications, { query: { part, after } }),
  )
  return (
    <Page
      title="有条件开放的申请"
      sub="待办理的按剩余工作日排序；申请人信息只在经办、审批时显示，每次查看记入访问日志。"
      actions={<Link to="/opendata/promises">承诺办理天数</Link>}
    >
      <div className="toolbar">
        <Segmented
          aria-label="办理阶段"
          options={Object.entries(PARTS).map(([value, label]) => ({ value, label }))}
          value={part}
          onChange={(value) => setSearch({ part: value }, { replace: true })}
        />
      </div>
      <PagedListing
        caption="有条件开放的申请"
        query={query}
        columns={COLUMNS.filter(({ title }) => part === 'waiting' || title !== '当前时限')}
        rowKey={(row) => row.application_id}
        empty="没有申请"
      />
    </Page>
  )
}
