import { sharing } from '@sanjiang/contract'
import { SHARING_FINDINGS, type SharingFinding, type SharingFindingKind } from '@sanjiang/contract/sharing'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { useSession } from '../../session.ts'
import { pathOfSubject } from '../../subject.ts'
import { FacetRow } from './facet-row.tsx'

const COLUMNS: readonly Column<SharingFinding>[] = [
  {
    title: '事项',
    kind: 'lead',
    render: (row) => <Link to={pathOfSubject(row.subject_kind, row.subject_id)}>{row.title}</Link>,
    text: (row) => row.title,
  },
  {
    title: '问题',
    render: (row) => <StateTag tone="bad">{SHARING_FINDINGS.titles[row.kind]}</StateTag>,
    text: (row) => SHARING_FINDINGS.titles[row.kind],
  },
  { title: '该谁办', render: (row) => row.mover_name, text: (row) => row.mover_name },
  { title: '对方', render: (row) => row.other_name, text: (row) => row.other_name },
  { title: '自', kind: 'fix', render: (row) => row.since, text: (row) => row.since },
  {
    title: '已历工作日',
    kind: 'num',
    render: (row) => (row.clock ? `${row.age_days}（限 ${row.age_days - row.clock.overdue_days}）` : '—'),
    text: (row) => row.age_days,
  },
]

const WHOSE = [
  { code: 'mine', title: '该我方办' },
  { code: 'all', title: '全部' },
]

export const FindingListPage = () => {
  const { organ_id } = useSession()
  const [search, setSearch] = useSearchParams()
  const kind = (search.get('kind') ?? undefined) as SharingFindingKind | undefined
  const isMine = search.get('whose') === 'mine'
  const set = (name: string, value: string | undefined) => {
    const next = new URLSearchParams(search)
    value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  const query = useQuery({
    queryKey: ['sharing', 'findings', kind, isMine],
    queryFn: () =>
      call(sharing.listSharingFindings, { query: { kind, organ_id: isMine ? organ_id : undefined, limit: 300 } }),
    placeholderData: (before) => before,
  })
  return (
    <Page title="供需问题" sub="由申请、授权、接通、使用的记录得出，时限为规则数据（未核）；事实改变，问题自消">
      <FacetRow
        label="该谁办"
        chosen={isMine ? 'mine' : 'all'}
        values={WHOSE}
        onChoose={(code) => set('whose', code === 'mine' ? 'mine' : undefined)}
      />
      <FacetRow
        label="问题"
        chosen={kind}
        values={
          query.data?.kinds.map(({ code, count }) => ({ code, title: SHARING_FINDINGS.titles[code], count })) ?? []
        }
        onChoose={(code) => set('kind', code)}
      />
      <Loaded query={query} isEmpty={({ total }) => total === 0} empty={<p className="muted">没有问题。</p>}>
        {({ rows, total }) => (
          <Listing
            caption="供需问题"
            rows={rows}
            columns={COLUMNS}
            rowKey={(row) => `${row.kind} ${row.subject_id}`}
            foot={`共 ${total} 项${total > rows.length ? `，显示最早的 ${rows.length} 项` : ''}`}
          />
        )}
      </Loaded>
    </Page>
  )
}
