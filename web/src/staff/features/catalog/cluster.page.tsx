import { type ClusterItem, getCluster, MATCH_KINDS, proposeLead } from '@sanjiang/contract/catalog'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { AskButton } from '../../../ui/ask.tsx'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel, StateTag } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { methodsText } from './catalog.words.tsx'
import { certaintyText, LeadStateTag } from './cluster.words.tsx'
import { LevelTag } from './quality.words.tsx'
import { type TitleOf, useTitles } from './standard.query.ts'
import './quality.css'

interface HoldersProps {
  readonly items: readonly ClusterItem[]
  readonly is_cut: boolean
  readonly columns: readonly Column<ClusterItem>[]
}

interface Actions {
  readonly suggested: string | null
  readonly propose?: (itemId: string, reason: string) => Promise<unknown>
}

const Standing = ({ row, suggested }: { row: ClusterItem; suggested: string | null }) => {
  if (row.is_lead) return <StateTag tone="good">牵头</StateTag>
  if (row.is_referring) return <StateTag tone="info">引用牵头</StateTag>
  return suggested === row.item_id ? <span className="muted small">建议牵头</span> : null
}

const columnsOf = (titleOf: TitleOf, { suggested, propose }: Actions): readonly Column<ClusterItem>[] => [
  {
    title: '持有部门与条目',
    kind: 'lead',
    render: (row) => (
      <>
        {row.organ_name} <Standing row={row} suggested={suggested} />
        <div className="small">
          <Link to={`/catalog/resources/${row.resource_id}`}>{row.resource_name}</Link>
        </div>
      </>
    ),
    text: (row) => row.organ_name,
  },
  {
    title: '信息项',
    render: (row) => (
      <div>
        {row.name} <span className="muted small">{MATCH_KINDS.titles[row.match]}</span>
        <div className={`mono small${row.has_same_english ? '' : ' differs'}`}>{row.name_en}</div>
      </div>
    ),
    text: (row) => row.name,
  },
  {
    title: '类型（长度）',
    render: (row) => (
      <span className={row.has_same_type ? undefined : 'differs'}>
        {titleOf('data_type', row.data_type)}
        {row.length !== null && `（${row.length}）`}
        {row.is_key && <span className="mini">主键</span>}
      </span>
    ),
  },
  { title: '更新', render: (row) => titleOf('update_cycle', row.update_cycle) },
  { title: '质量', render: (row) => <LevelTag level={row.quality_level} /> },
  { title: '挂接', render: (row) => methodsText(row.attached_methods) },
  { title: '授权', kind: 'num', render: (row) => row.grants },
  {
    title: '商定',
    render: (row) =>
      propose ? (
        <AskButton
          size="small"
          label="提议牵头"
          field="理由"
          min={5}
          hint={<p>提议以“{row.organ_name}”为唯一来源。本级各持有部门将收到待办，5 个工作日内表态。</p>}
          onSay={(reason) => propose(row.item_id, reason)}
        />
      ) : null,
  },
]

/** Names such as a credit code are held by hundreds of entries; a phone is not sent through all of them. */
const AT_ONCE = 20

const Holders = ({ items, is_cut, columns }: HoldersProps) => {
  const [shown, setShown] = useState(AT_ONCE)
  const foot = (
    <>
      <span>
        底色标出的与多数不同；{is_cut ? '只取前' : '共'} {items.length} 项，已列出 {Math.min(shown, items.length)} 项
      </span>
      {shown < items.length && (
        <Button size="small" onClick={() => setShown(shown + AT_ONCE)}>
          再列一页
        </Button>
      )}
    </>
  )
  return (
    <Listing
      caption="持有部门"
      rows={items.slice(0, shown)}
      columns={columns}
      rowKey={(row) => row.item_id}
      foot={foot}
    />
  )
}

const useCluster = (id: string) =>
  useQuery({ queryKey: ['catalog', 'cluster', id], queryFn: () => call(getCluster, { params: { id } }) })

const View = ({ id, of }: { id: string; of: NonNullable<ReturnType<typeof useCluster>['data']> }) => {
  const titleOf = useTitles()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { cluster, items, leads, can_propose, suggested_item_id, is_cut } = of
  const propose = async (item_id: string, reason: string) => {
    const { lead_id } = await call(proposeLead, { body: { cluster_id: id, item_id, reason } })
    await client.invalidateQueries({ queryKey: ['catalog'] })
    navigate(`/catalog/leads/${lead_id}`)
  }
  const columns = columnsOf(titleOf, { suggested: suggested_item_id, propose: can_propose ? propose : undefined })
  return (
    <>
      <div className="cluster-bar">
        <span>
          <b>{cluster.departments}</b> 个部门、<b>{cluster.entries}</b> 个条目
        </span>
        <span>
          把握 <b>{cluster.confidence}%</b>：{certaintyText(cluster)}
        </span>
      </div>
      <Holders items={items} is_cut={is_cut} columns={can_propose ? columns : columns.slice(0, -1)} />
      {leads.length > 0 && (
        <Panel title="牵头商定">
          <ul className="tight">
            {leads.map((lead) => (
              <li key={lead.lead_id}>
                <LeadStateTag state={lead.state} />{' '}
                <Link to={`/catalog/leads/${lead.lead_id}`}>
                  {lead.organ_name}牵头，{lead.proposed_on} 提议
                </Link>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}

export const ClusterPage = () => {
  const { id = '' } = useParams()
  const query = useCluster(id)
  return (
    <Page
      title={query.data?.cluster.name ?? '同项'}
      crumbs={[{ title: '一数一源', to: '/catalog/clusters' }]}
      sub="各部门持有的同一信息项有何不同，由谁牵头提供。"
    >
      <Loaded query={query}>{(data) => <View id={id} of={data} />}</Loaded>
    </Page>
  )
}
