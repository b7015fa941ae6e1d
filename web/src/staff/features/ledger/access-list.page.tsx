import { ledger } from '@sanjiang/contract'
import { type AccessRecord, OUTCOMES } from '@sanjiang/contract/ledger'
import { Input, Select } from 'antd'
import { useSearchParams } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { call } from '../../api.ts'
import { OutcomeTag, optionsOf, outcomeText } from './ledger.words.tsx'

const COLUMNS: readonly Column<AccessRecord>[] = [
  {
    title: '时间',
    kind: 'lead',
    render: (row) => timeText(row.at),
    text: (row) => row.at,
  },
  {
    title: '人员',
    render: (row) => (
      <>
        {row.actor_name} <span className="muted">{row.organ_name}</span>
      </>
    ),
    text: (row) => row.actor_name,
  },
  { title: '事由', render: (row) => <span className="mono">{row.topic}</span>, text: (row) => row.topic },
  { title: '结果', render: (row) => <OutcomeTag outcome={row.outcome} />, text: (row) => outcomeText(row.outcome) },
  { title: '来源', render: (row) => row.ip && <span className="mono">{row.ip}</span>, text: (row) => row.ip },
  { title: '详情', render: (row) => <span className="small">{row.detail}</span>, text: (row) => row.detail },
  {
    title: '位置',
    render: (row) => (
      <span className="mono small" title={row.log_id}>
        {row.log_id.slice(0, 8)}… 第 {row.seq} 条
      </span>
    ),
    text: (row) => `${row.log_id} ${row.seq}`,
  },
]

/** Logins, refusals and administrators' acts, for the audit administrator; sealed like everything else. */
export const AccessListPage = () => {
  const [search, setSearch] = useSearchParams()
  const get = (name: string) => search.get(name) ?? undefined
  const set = (name: string, value: string | undefined) => {
    const next = new URLSearchParams(search)
    value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  const filter = {
    topic: get('topic'),
    outcome: get('outcome') as AccessRecord['outcome'] as keyof typeof OUTCOMES.titles | undefined,
    from: get('from'),
    to: get('to'),
  }
  const query = usePaged(['ledger', 'access', filter], (after) =>
    call(ledger.listAccess, { query: { ...filter, after } }),
  )
  return (
    <Page title="访问日志" sub="登录、拒绝与管理操作，与业务存证同样签署，审计管理员可查、任何人不可改。">
      <div className="toolbar">
        <Select
          aria-label="结果"
          allowClear
          placeholder="全部结果"
          style={{ minWidth: '9rem' }}
          value={filter.outcome}
          options={optionsOf(OUTCOMES.titles)}
          onChange={(value) => set('outcome', value)}
        />
        <Input.Search
          aria-label="事由"
          placeholder="事由，如 access.refused"
          allowClear
          defaultValue={filter.topic}
          onSearch={(text) => set('topic', text.trim() || undefined)}
          style={{ maxWidth: '18rem' }}
        />
        <span className="row" style={{ gap: '.4rem' }}>
          <label htmlFor="access-from" className="muted">
            从
          </label>
          <Input
            id="access-from"
            type="date"
            value={filter.from ?? ''}
            onChange={(event) => set('from', event.target.value)}
            style={{ width: '10.5rem' }}
          />
          <label htmlFor="access-to" className="muted">
            到
          </label>
          <Input
            id="access-to"
            type="date"
            value={filter.to ?? ''}
            onChange={(event) => set('to', event.target.value)}
            style={{ width: '10.5rem' }}
          />
        </span>
      </div>
      <PagedListing
        caption="访问日志"
        query={query}
        columns={COLUMNS}
        rowKey={({ log_id, seq }) => `${log_id} ${seq}`}
        empty="没有符合条件的记录"
      />
    </Page>
  )
}
