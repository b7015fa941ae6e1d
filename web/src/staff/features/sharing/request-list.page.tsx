import { sharing } from '@sanjiang/contract'
import { REQUEST_STATES, type Request } from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Segmented, Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { LinkButton } from '../../../ui/link-button.tsx'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { RequestBoard, type Side } from './request-board.tsx'
import { optionsOf, RequestStateTag } from './sharing.words.tsx'

const COLUMNS: readonly Column<Request>[] = [
  {
    title: '资源',
    kind: 'lead',
    render: (row) => <Link to={`/sharing/requests/${row.request_id}`}>{row.resource_name}</Link>,
    text: (row) => row.resource_name,
  },
  { title: '申请编号', render: (row) => <span className="mono">{row.request_no}</span>, text: (row) => row.request_no },
  { title: '使用方', render: (row) => row.consumer_name, text: (row) => row.consumer_name },
  { title: '提供方', render: (row) => row.provider_name, text: (row) => row.provider_name },
  { title: '信息项', kind: 'num', render: (row) => row.item_count, text: (row) => row.item_count },
  {
    title: '状态',
    render: (row) => <RequestStateTag state={row.state} />,
    text: (row) => REQUEST_STATES.titles[row.state],
  },
  { title: '提交', kind: 'fix', render: (row) => row.submitted_on, text: (row) => row.submitted_on },
  { title: '时限', render: (row) => <ClockBar clock={row.clock} />, text: (row) => row.clock?.due_on },
]

const SIDES = { consumer: '我方申请', provider: '待我方答复', all: '全部' }

const RequestTable = ({ side, state, resource_id }: { side: Side; state?: Request['state']; resource_id?: string }) => {
  const query = usePaged(['sharing', 'requests', side, state, resource_id], (after) =>
    call(sharing.listRequests, { query: { side, state, resource_id, after } }),
  )
  return (
    <PagedListing
      caption="共享申请"
      query={query}
      columns={COLUMNS}
      rowKey={(row) => row.request_id}
      empty="没有符合条件的申请"
    />
  )
}

const Lights = ({ lights }: { lights: { green: number; yellow: number; red: number } }) => (
  <ul className="figures three" aria-label="未答复申请的时限">
    <li>
      <b style={{ color: '#14591a' }}>{lights.green}</b>
      <span>绿灯：时限充裕</span>
    </li>
    <li>
      <b style={{ color: '#6b4200' }}>{lights.yellow}</b>
      <span>黄灯：临近到期</span>
    </li>
    <li>
      <b style={{ color: '#8f1d17' }}>{lights.red}</b>
      <span>红灯：已超期</span>
    </li>
  </ul>
)

export const RequestListPage = () => {
  const mayDecide = useCan('sharing.request.decide')
  const mayCreate = useCan('sharing.request.create')
  const [search, setSearch] = useSearchParams()
  const side = (search.get('side') ?? (mayDecide ? 'provider' : 'consumer')) as Side
  const view = search.get('view') ?? (search.has('resource') || search.has('state') ? 'table' : 'board')
  const state = (search.get('state') ?? undefined) as Request['state'] | undefined
  const set = (change: Record<string, string | undefined>) => {
    const next = new URLSearchParams(search)
    for (const [name, value] of Object.entries(change)) value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  const counts = useQuery({
    queryKey: ['sharing', 'requests', 'counts', side],
    queryFn: () => call(sharing.countRequests, { query: { side } }),
  })
  const byState = new Map(counts.data?.states.map((one) => [one.state as string, one.count]))
  return (
    <Page
      title="共享申请"
      sub="有条件共享的信息项，提供方自收到之日起 10 个工作日内答复（国发〔2016〕51号 第十二条）"
      actions={
        mayCreate && (
          <LinkButton to="/catalog/search" type="primary">
            找资源，提申请
          </LinkButton>
        )
      }
    >
      <div className="toolbar">
        <Segmented
          aria-label="我方身份"
          options={Object.entries(SIDES).map(([value, label]) => ({ value, label }))}
          value={side}
          onChange={(value) => set({ side: value, state: undefined })}
        />
        <Segmented
          aria-label="查看方式"
          options={[
            { value: 'board', label: '看板' },
            { value: 'table', label: '表格' },
          ]}
          value={view}
          onChange={(value) => set({ view: value })}
        />
        {view === 'table' && (
          <Select
            aria-label="状态"
            allowClear
            placeholder="全部状态"
            style={{ minWidth: '9rem' }}
            options={optionsOf(REQUEST_STATES.titles)}
            value={state}
            onChange={(value) => set({ state: value })}
          />
        )}
      </div>
      {counts.data && <Lights lights={counts.data.lights} />}
      {view === 'board' ? (
        <RequestBoard side={side} counts={byState} />
      ) : (
        <RequestTable side={side} state={state} resource_id={search.get('resource') ?? undefined} />
      )}
    </Page>
  )
}
