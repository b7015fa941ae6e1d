import { sharing } from '@sanjiang/contract'
import { DEMAND_SIDES, DEMAND_STAGES, type Demand, type DemandStage, URGENCIES } from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Input, Segmented } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { LinkButton } from '../../../ui/link-button.tsx'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { DaysLeft, StageTag, turnText, UrgencyTag } from './demand.words.tsx'
import { DemandBoard, type DemandSide } from './demand-board.tsx'
import { FacetRow } from './facet-row.tsx'
import { optionsOf } from './sharing.words.tsx'

const COLUMNS: readonly Column<Demand>[] = [
  {
    title: '需求',
    kind: 'lead',
    render: (row) => <Link to={`/sharing/demands/${row.demand_id}`}>{row.name}</Link>,
    text: (row) => row.name,
  },
  { title: '编号', render: (row) => <span className="mono">{row.demand_no}</span>, text: (row) => row.demand_no },
  { title: '需求方', render: (row) => row.organ_name, text: (row) => row.organ_name },
  {
    title: '预计提供方',
    render: (row) => row.supplier_name ?? (row.supplier_text || '不清楚'),
    text: (row) => row.supplier_name ?? row.supplier_text,
  },
  {
    title: '紧急',
    render: (row) => <UrgencyTag urgency={row.urgency} />,
    text: (row) => URGENCIES.titles[row.urgency],
  },
  {
    title: '环节',
    render: (row) => <StageTag stage={row.stage} />,
    text: (row) => DEMAND_STAGES.titles[row.stage],
  },
  { title: '该谁办', render: (row) => turnText(row.turn), text: (row) => turnText(row.turn) },
  { title: '提出', kind: 'fix', render: (row) => row.filed_on, text: (row) => row.filed_on },
  { title: '期限', render: (row) => <DaysLeft demand={row} />, text: (row) => row.wanted_on },
]

interface Filter {
  readonly side: DemandSide
  readonly stage?: DemandStage
  readonly urgency?: Demand['urgency']
  readonly organ_id?: string
  readonly q?: string
}

const DemandTable = ({ filter }: { filter: Filter }) => {
  const query = usePaged(['sharing', 'demands', 'table', filter], (after) =>
    call(sharing.listDemands, { query: { ...filter, after } }),
  )
  return (
    <PagedListing
      caption="需求"
      query={query}
      columns={COLUMNS}
      rowKey={(row) => row.demand_id}
      empty="没有符合条件的需求"
    />
  )
}

const useSearch = () => {
  const [search, setSearch] = useSearchParams()
  const set = (change: Record<string, string | undefined>) => {
    const next = new URLSearchParams(search)
    for (const [name, value] of Object.entries(change)) value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  return { search, set }
}

const Table = ({ filter, set }: { filter: Filter; set: (change: Record<string, string | undefined>) => void }) => {
  const { side, q, stage, urgency, organ_id } = filter
  const { data } = useQuery({
    queryKey: ['sharing', 'demands', 'facets', side, q],
    queryFn: () => call(sharing.countDemands, { query: { side, q } }),
  })
  const order = Object.keys(DEMAND_STAGES.titles)
  const stages = data?.stages.toSorted((a, b) => order.indexOf(a.code) - order.indexOf(b.code)) ?? []
  return (
    <>
      <FacetRow
        label="环节"
        chosen={stage}
        values={stages.map((one) => ({ ...one, title: DEMAND_STAGES.titles[one.code] }))}
        onChoose={(code) => set({ stage: code })}
      />
      <FacetRow
        label="紧急程度"
        chosen={urgency}
        values={data?.urgencies.map((one) => ({ ...one, title: URGENCIES.titles[one.code] })) ?? []}
        onChoose={(code) => set({ urgency: code })}
      />
      {side !== 'demander' && (
        <FacetRow
          label="需求方"
          chosen={organ_id}
          values={
            data?.organs.slice(0, 12).map((one) => ({ code: one.organ_id, title: one.name, count: one.count })) ?? []
          }
          onChoose={(code) => set({ organ: code })}
        />
      )}
      <DemandTable filter={filter} />
    </>
  )
}

export const DemandListPage = () => {
  const mayFile = useCan('sharing.demand.file')
  const { search, set } = useSearch()
  const side = (search.get('side') ?? (mayFile ? 'demander' : 'all')) as DemandSide
  const view = search.get('view') ?? (search.has('stage') ? 'table' : 'board')
  const counts = useQuery({
    queryKey: ['sharing', 'demands', 'counts', side],
    queryFn: () => call(sharing.countDemands, { query: { side } }),
  })
  const filter: Filter = {
    side,
    stage: (search.get('stage') ?? undefined) as DemandStage | undefined,
    urgency: (search.get('urgency') ?? undefined) as Demand['urgency'] | undefined,
    organ_id: search.get('organ') ?? undefined,
    q: search.get('q') ?? undefined,
  }
  return (
    <Page
      title="数据需求"
      sub="需要而还没有的信息：提出 → 匹配 → 申请 → 授权 → 接通 → 使用 → 成效，逐环节有据可查"
      actions={
        mayFile && (
          <LinkButton to="/sharing/demands/new" type="primary">
            提需求
          </LinkButton>
        )
      }
    >
      <div className="toolbar">
        <Segmented
          aria-label="我方身份"
          options={optionsOf(DEMAND_SIDES.titles)}
          value={side}
          onChange={(value) => set({ side: value, organ: undefined })}
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
          <Input.Search
            aria-label="按名称查找"
            placeholder="名称或编号"
            allowClear
            defaultValue={filter.q}
            onSearch={(q) => set({ q: q.trim() || undefined })}
            style={{ width: '14rem' }}
          />
        )}
      </div>
      {view === 'board' ? (
        <DemandBoard side={side} counts={new Map(counts.data?.stages.map(({ code, count }) => [code, count]))} />
      ) : (
        <Table filter={filter} set={set} />
      )}
    </Page>
  )
}
