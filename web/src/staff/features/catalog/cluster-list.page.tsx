import { type Cluster, listClusters } from '@sanjiang/contract/catalog'
import { Input, Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import { certaintyText, LeadStateTag } from './cluster.words.tsx'

const COLUMNS: readonly Column<Cluster>[] = [
  {
    title: '信息项',
    kind: 'lead',
    render: (row) => <Link to={`/catalog/clusters/${row.cluster_id}`}>{row.name}</Link>,
    text: (row) => row.name,
  },
  { title: '部门', kind: 'num', render: (row) => row.departments, text: (row) => row.departments },
  { title: '条目', kind: 'num', render: (row) => row.entries, text: (row) => row.entries },
  {
    title: '把握',
    render: (row) => (
      <>
        {row.confidence}% <span className="muted small">{certaintyText(row)}</span>
      </>
    ),
    text: (row) => row.confidence,
  },
  {
    title: '牵头',
    render: (row) =>
      row.lead ? (
        <>
          <LeadStateTag state={row.lead.state} />
          <div className="muted small">{row.lead.organ_name}</div>
        </>
      ) : (
        <span className="muted">未商定</span>
      ),
    text: (row) => row.lead?.organ_name,
  },
]

const LEADS = [
  { value: 'none', label: '未商定' },
  { value: 'proposed', label: '征求意见中' },
  { value: 'contested', label: '有异议' },
  { value: 'agreed', label: '已定牵头' },
]

/** Items that several departments hold, those of most departments first. */
export const ClusterListPage = () => {
  const [search, setSearch] = useSearchParams()
  const get = (name: string) => search.get(name) ?? undefined
  const set = (name: string) => (value: string | undefined) => {
    const next = new URLSearchParams(search)
    value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  const wanted = {
    q: get('q'),
    organ_id: get('organ'),
    lead: get('lead') as 'none' | 'proposed' | 'contested' | 'agreed' | undefined,
  }
  const query = usePaged(['catalog', 'clusters', wanted], (after) =>
    call(listClusters, { query: { ...wanted, after } }),
  )
  return (
    <Page
      title="一数一源"
      sub="由多个部门持有的同一信息项。商定一个部门牵头提供，其余部门引用，不重复采集。同一条线的各级部门算一个。"
    >
      <div className="toolbar">
        <Input.Search
          aria-label="信息项"
          allowClear
          placeholder="信息项名称"
          defaultValue={wanted.q}
          onSearch={(text) => set('q')(text.trim() || undefined)}
          style={{ maxWidth: '14rem' }}
        />
        <OrganSelect
          label="持有部门"
          allowClear
          placeholder="全部持有部门"
          value={wanted.organ_id}
          onChange={set('organ')}
        />
        <Select
          aria-label="牵头"
          allowClear
          placeholder="是否商定"
          options={LEADS}
          value={wanted.lead}
          onChange={set('lead')}
          style={{ minWidth: '9rem' }}
        />
      </div>
      <PagedListing
        caption="同项"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.cluster_id}
        empty="没有由多个部门持有的信息项"
      />
    </Page>
  )
}
