import { listQualityRules, type QualityRule } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'

const COLUMNS: readonly Column<QualityRule>[] = [
  { title: '规则', kind: 'fix', render: (row) => <span className="mono">{row.code}</span> },
  { title: '要求', kind: 'lead', render: (row) => row.title },
  { title: '满分', kind: 'num', render: (row) => row.weight },
  {
    title: '依据',
    render: (row) => (
      <span>
        {row.clause}
        {!row.verified && <span className="muted small">（未与原文核对）</span>}
      </span>
    ),
  },
  { title: '施行', kind: 'fix', render: (row) => row.valid_from },
]

export const QualityRulesPage = () => {
  const query = useQuery({ queryKey: ['catalog', 'quality-rules'], queryFn: () => call(listQualityRules, {}) })
  return (
    <Page
      title="质量评定方法"
      crumbs={[{ title: '日常检查', to: '/catalog/entry-findings' }]}
      sub="得分为 100 减去记在提供部门头上的失分；批量装入、目录采集、使用部门和平台造成的，只列明，不扣分。90、75、60 分为 A、B、C、D 的界。"
    >
      <Loaded query={query}>
        {(rules) => (
          <Listing caption="质量规则" rows={rules} columns={COLUMNS} rowKey={(row) => row.code + row.valid_from} />
        )}
      </Loaded>
    </Page>
  )
}
