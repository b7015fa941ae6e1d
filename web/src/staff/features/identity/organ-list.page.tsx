import { codes, identity } from '@sanjiang/contract'
import { ORGAN_KINDS, type Organ } from '@sanjiang/contract/identity'
import { Input } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'
import { useCan, useSession } from '../../session.ts'
import { FoundOrganButton } from './found-organ.tsx'

const columnsAt = (today: string): readonly Column<Organ>[] => [
  {
    title: '机构',
    kind: 'lead',
    render: (row) => <Link to={`/identity/organs/${row.organ_id}`}>{row.name}</Link>,
    text: (row) => row.name,
  },
  { title: '代码', render: (row) => <span className="mono">{row.organ_id}</span>, text: (row) => row.organ_id },
  { title: '类别', render: (row) => ORGAN_KINDS.titles[row.kind], text: (row) => ORGAN_KINDS.titles[row.kind] },
  {
    title: '区划',
    render: (row) => codes.divisionAt(row.division_code, today)?.name ?? row.division_code,
    text: (row) => row.division_code,
  },
  { title: '设立', render: (row) => row.founded_on, text: (row) => row.founded_on },
  {
    title: '状态',
    render: (row) =>
      row.dissolved_on ? (
        <StateTag tone="calm">已撤销 {row.dissolved_on}</StateTag>
      ) : (
        <StateTag tone="good">存续</StateTag>
      ),
    text: (row) => row.dissolved_on,
  },
]

export const OrganListPage = () => {
  const { today } = useSession()
  const mayEdit = useCan('identity.organ.edit')
  const [search, setSearch] = useSearchParams()
  const q = search.get('q') ?? undefined
  const on = search.get('on') ?? undefined
  const set = (name: string, value: string | undefined) => {
    const next = new URLSearchParams(search)
    value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  const query = usePaged(['identity', 'organs', q, on], (after) =>
    call(identity.listOrgans, { query: { q, on, after, limit: 50 } }),
  )
  return (
    <Page
      title="机构"
      sub="机构会更名、合并、撤销：每条记录按当时的名称和归属保存，选一个日期可以回看当日的机构。"
      actions={mayEdit && <FoundOrganButton />}
    >
      <div className="toolbar">
        <Input.Search
          aria-label="机构名称"
          placeholder="机构名称"
          defaultValue={q}
          allowClear
          onSearch={(text) => set('q', text.trim() || undefined)}
          style={{ maxWidth: '18rem' }}
        />
        <span className="row" style={{ gap: '.4rem' }}>
          <label htmlFor="organs-on" className="muted">
            截至
          </label>
          <Input
            id="organs-on"
            type="date"
            value={on ?? today}
            onChange={(event) => set('on', event.target.value || undefined)}
            style={{ width: '10.5rem' }}
          />
        </span>
      </div>
      <PagedListing
        caption="机构"
        query={query}
        columns={columnsAt(on ?? today)}
        rowKey={(row) => row.organ_id}
        empty="没有符合条件的机构"
      />
    </Page>
  )
}
