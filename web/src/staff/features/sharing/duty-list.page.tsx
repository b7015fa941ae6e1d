import { sharing } from '@sanjiang/contract'
import { DUTY_STATES, type Duty } from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { Link, Navigate, useParams, useSearchParams } from 'react-router'
import { ClockBar } from '../../../ui/clock-bar.tsx'
import { type Column, Listing, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { DutyTag } from './demand.words.tsx'
import { optionsOf } from './sharing.words.tsx'

const COLUMNS: readonly Column<Duty>[] = [
  {
    title: '要编制的信息',
    kind: 'lead',
    render: (row) => <Link to={`/sharing/demands/${row.demand_id}`}>{row.demand_name}</Link>,
    text: (row) => row.demand_name,
  },
  { title: '责任部门', render: (row) => row.organ_name, text: (row) => row.organ_name },
  { title: '需求方', render: (row) => row.demander_name, text: (row) => row.demander_name },
  { title: '状态', render: (row) => <DutyTag duty={row} />, text: (row) => DUTY_STATES.titles[row.state] },
  { title: '交办', kind: 'fix', render: (row) => row.assigned_on, text: (row) => row.assigned_on },
  { title: '异议', kind: 'num', render: (row) => row.refusals || '', text: (row) => row.refusals },
  {
    title: '时限',
    render: (row) => (row.state === 'assigned' || row.state === 'accepted') && <ClockBar clock={row.clock} />,
    text: (row) => row.clock.due_on,
  },
]

type OrganRow = Awaited<ReturnType<typeof readCounts>>[number]
const readCounts = () => call(sharing.countDuties, {})

const organColumns = (choose: (organ: string) => void): readonly Column<OrganRow>[] => [
  {
    title: '责任部门',
    kind: 'lead',
    render: (row) => (
      <Button type="link" size="small" style={{ paddingInline: 0 }} onClick={() => choose(row.organ_id)}>
        {row.name}
      </Button>
    ),
    text: (row) => row.name,
  },
  { title: '待认领', kind: 'num', render: (row) => row.assigned, text: (row) => row.assigned },
  { title: '编目中', kind: 'num', render: (row) => row.accepted, text: (row) => row.accepted },
  { title: '有异议', kind: 'num', render: (row) => row.refused, text: (row) => row.refused },
  { title: '已编成', kind: 'num', render: (row) => row.fulfilled, text: (row) => row.fulfilled },
  {
    title: '超期',
    kind: 'num',
    render: (row) => (row.overdue > 0 ? <b style={{ color: '#8f1d17' }}>{row.overdue}</b> : 0),
    text: (row) => row.overdue,
  },
]

export const DutyListPage = () => {
  const [search, setSearch] = useSearchParams()
  const state = (search.get('state') ?? undefined) as Duty['state'] | undefined
  const organ_id = search.get('organ') ?? undefined
  const set = (change: Record<string, string | undefined>) => {
    const next = new URLSearchParams(search)
    for (const [name, value] of Object.entries(change)) value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  const counts = useQuery({ queryKey: ['sharing', 'duties', 'counts'], queryFn: readCounts })
  const query = usePaged(['sharing', 'duties', state, organ_id], (after) =>
    call(sharing.listDuties, { query: { state, organ_id, after } }),
  )
  const organ = counts.data?.find((one) => one.organ_id === organ_id)
  return (
    <Page title="责任清单" sub="没有提供方的需求，由共享主管部门定责任部门：限期认领并编目，或说明理由与依据">
      <Loaded
        query={counts}
        isEmpty={(rows) => rows.length === 0}
        empty={<p className="muted">还没有列入责任清单的需求。</p>}
      >
        {(rows) => (
          <Listing
            caption="各责任部门的进展"
            rows={rows}
            columns={organColumns((one) => set({ organ: one }))}
            rowKey={(row) => row.organ_id}
          />
        )}
      </Loaded>
      <div className="toolbar" style={{ marginTop: '1rem' }}>
        <Select
          aria-label="状态"
          allowClear
          placeholder="全部状态"
          style={{ minWidth: '9rem' }}
          options={optionsOf(DUTY_STATES.titles)}
          value={state}
          onChange={(value) => set({ state: value })}
        />
        {organ_id && (
          <span>
            {organ?.name ?? organ_id}{' '}
            <Button type="link" size="small" onClick={() => set({ organ: undefined })}>
              看全部部门
            </Button>
          </span>
        )}
      </div>
      <PagedListing
        caption="责任清单"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.duty_id}
        empty="没有符合条件的责任"
      />
    </Page>
  )
}

/** A duty is shown with the demand it serves. */
export const DutyPage = () => {
  const { id = '' } = useParams()
  const query = useQuery({
    queryKey: ['sharing', 'duty', id],
    queryFn: () => call(sharing.getDuty, { params: { id } }),
  })
  return <Loaded query={query}>{({ demand_id }) => <Navigate to={`/sharing/demands/${demand_id}`} replace />}</Loaded>
}
