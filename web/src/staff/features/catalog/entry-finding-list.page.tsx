import {
  type EntryFinding,
  FINDING_KINDS,
  type FindingKind,
  listEntryFindings,
  PARTIES,
  type Party,
} from '@sanjiang/contract/catalog'
import { Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import { ageText, kindOptions, PartyTag, partyOptions } from './quality.words.tsx'

const COLUMNS: readonly Column<EntryFinding>[] = [
  {
    title: '条目',
    kind: 'lead',
    render: (row) => (
      <>
        <Link to={`/catalog/resources/${row.resource_id}`}>{row.resource_name}</Link>
        <div className="muted small">{row.provider_name}</div>
      </>
    ),
    text: (row) => row.resource_name,
  },
  { title: '发现', render: (row) => FINDING_KINDS.titles[row.kind], text: (row) => FINDING_KINDS.titles[row.kind] },
  { title: '说明', render: (row) => <span className="small">{row.message}</span>, text: (row) => row.message },
  { title: '责任方', render: (row) => <PartyTag party={row.party} />, text: (row) => PARTIES.titles[row.party] },
  { title: '自', kind: 'fix', render: (row) => row.found_on, text: (row) => row.found_on },
  { title: '历时', kind: 'num', render: (row) => ageText(row.age_days), text: (row) => row.age_days },
]

/** What is out of order with published entries, longest first; it goes by itself when it is mended. */
export const EntryFindingListPage = () => {
  const [search, setSearch] = useSearchParams()
  const get = (name: string) => search.get(name) ?? undefined
  const set = (name: string) => (value: string | undefined) => {
    const next = new URLSearchParams(search)
    value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  const wanted = {
    organ_id: get('organ'),
    kind: get('kind') as FindingKind | undefined,
    party: get('party') as Party | undefined,
    is_cleared: get('state') === 'cleared' || undefined,
  }
  const query = usePaged(['catalog', 'entry-findings', wanted], (after) =>
    call(listEntryFindings, { query: { ...wanted, after } }),
  )
  return (
    <Page
      title="日常检查"
      sub="已发布的条目中取不到、与声明不符、不可达、逾期、源结构有变、不符合现行标准的；改好后自动销号。"
      actions={<Link to="/catalog/quality-rules">质量评定方法</Link>}
    >
      <div className="toolbar">
        <OrganSelect label="部门" allowClear placeholder="全部部门" value={wanted.organ_id} onChange={set('organ')} />
        <Select
          aria-label="种类"
          allowClear
          placeholder="全部种类"
          options={kindOptions}
          value={wanted.kind}
          onChange={set('kind')}
          style={{ minWidth: '13rem' }}
        />
        <Select
          aria-label="责任方"
          allowClear
          placeholder="全部责任方"
          options={partyOptions}
          value={wanted.party}
          onChange={set('party')}
          style={{ minWidth: '8rem' }}
        />
        <Select
          aria-label="销号"
          options={[
            { value: 'open', label: '未销号' },
            { value: 'cleared', label: '已销号' },
          ]}
          value={get('state') ?? 'open'}
          onChange={(value) => set('state')(value === 'open' ? undefined : value)}
        />
      </div>
      <PagedListing
        caption="日常检查发现"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.finding_id}
        empty="没有这样的发现"
      />
    </Page>
  )
}
