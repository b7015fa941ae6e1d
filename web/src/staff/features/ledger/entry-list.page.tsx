import { ledger } from '@sanjiang/contract'
import { type Entry, EXCHANGE_KINDS, OUTCOMES } from '@sanjiang/contract/ledger'
import { Button, Form, Input, Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import { Digest, kindText, OutcomeTag, optionsOf, outcomeText } from './ledger.words.tsx'

export const entryPath = ({ log_id, seq }: { log_id: string; seq: number }): string =>
  `/ledger/logs/${log_id}/entries/${seq}`

const COLUMNS: readonly Column<Entry>[] = [
  {
    title: '时间',
    kind: 'lead',
    render: (row) => <Link to={entryPath(row)}>{timeText(row.at)}</Link>,
    text: (row) => row.at,
  },
  { title: '种类', render: (row) => kindText(row.kind), text: (row) => kindText(row.kind) },
  {
    title: '使用方',
    render: (row) => (
      <>
        {row.consumer_name}
        {row.client_name && <span className="muted"> {row.client_name}</span>}
      </>
    ),
    text: (row) => row.consumer_name,
  },
  { title: '提供方', render: (row) => row.provider_name, text: (row) => row.provider_name },
  {
    title: '资源',
    render: (row) => row.resource_code && <span className="mono">{row.resource_code}</span>,
    text: (row) => row.resource_code,
  },
  { title: '办件', render: (row) => row.case_no, text: (row) => row.case_no },
  { title: '结果', render: (row) => <OutcomeTag outcome={row.outcome} />, text: (row) => outcomeText(row.outcome) },
  { title: '叶', render: (row) => <Digest of={row.leaf} />, text: (row) => row.leaf },
]

const NAMES = [
  'kind',
  'outcome',
  'organ_id',
  'resource_code',
  'case_no',
  'from',
  'to',
  'log_id',
  'grant_id',
  'client_id',
] as const
type Filter = Partial<Record<(typeof NAMES)[number], string>>

const FilterForm = ({ filter, onFilter }: { filter: Filter; onFilter: (filter: Filter) => void }) => {
  const [form] = Form.useForm<Filter>()
  return (
    <Panel>
      <Form form={form} layout="vertical" initialValues={filter} onFinish={onFilter} className="filters">
        <Form.Item name="kind" label="种类">
          <Select allowClear placeholder="全部" options={optionsOf(EXCHANGE_KINDS.titles)} />
        </Form.Item>
        <Form.Item name="outcome" label="结果">
          <Select allowClear placeholder="全部" options={optionsOf(OUTCOMES.titles)} />
        </Form.Item>
        <Form.Item name="organ_id" label="机构（任一方）">
          <OrganSelect allowClear placeholder="全部" />
        </Form.Item>
        <Form.Item name="resource_code" label="资源代码">
          <Input allowClear maxLength={40} />
        </Form.Item>
        <Form.Item name="case_no" label="办件编号">
          <Input allowClear maxLength={100} />
        </Form.Item>
        <Form.Item name="from" label="从">
          <Input type="date" />
        </Form.Item>
        <Form.Item name="to" label="到">
          <Input type="date" />
        </Form.Item>
        <Form.Item label=" " colon={false} className="filter-go">
          <Button type="primary" htmlType="submit">
            检索
          </Button>
        </Form.Item>
      </Form>
    </Panel>
  )
}

const FIXED = { log_id: '日志', grant_id: '授权', client_id: '应用系统' } as const

/** Entries newest first. What the address names beyond the form — one log, one grant, one client — is shown and can be let go. */
export const EntryListPage = () => {
  const [search, setSearch] = useSearchParams()
  const filter: Filter = Object.fromEntries(
    NAMES.flatMap((name) => (search.get(name) ? [[name, search.get(name)]] : [])),
  )
  const apply = (next: Filter) =>
    setSearch(Object.fromEntries(Object.entries(next).filter(([, value]) => value)) as Record<string, string>)
  const query = usePaged(['ledger', 'entries', filter], (after) =>
    call(ledger.listEntries, { query: { ...filter, after } as never }),
  )
  const fixed = (Object.keys(FIXED) as (keyof typeof FIXED)[]).filter((name) => filter[name])
  return (
    <Page title="账本条目" crumbs={[{ title: '存证账本', to: '/ledger/logs' }, { title: '条目' }]}>
      <FilterForm filter={filter} onFilter={(next) => apply({ ...filter, ...next })} />
      {fixed.map((name) => (
        <p key={name} className="row">
          <span className="muted">只看{FIXED[name]}</span>
          <span className="mono">{filter[name]}</span>
          <Button size="small" onClick={() => apply({ ...filter, [name]: undefined })}>
            看全部
          </Button>
        </p>
      ))}
      <PagedListing
        caption="账本条目"
        query={query}
        columns={COLUMNS}
        rowKey={({ log_id, seq }) => `${log_id} ${seq}`}
        empty="没有符合条件的条目"
      />
    </Page>
  )
}
