import { sharing } from '@sanjiang/contract'
import { ACCESS_MODES, GRANT_STATES, type Grant, PURPOSES } from '@sanjiang/contract/sharing'
import { Segmented, Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { GrantStateTag, optionsOf, quotaText } from './sharing.words.tsx'

const COLUMNS: readonly Column<Grant>[] = [
  {
    title: '资源',
    kind: 'lead',
    render: (row) => <Link to={`/sharing/grants/${row.grant_id}`}>{row.resource_name}</Link>,
    text: (row) => row.resource_name,
  },
  { title: '使用方', render: (row) => row.consumer_name, text: (row) => row.consumer_name },
  { title: '提供方', render: (row) => row.provider_name, text: (row) => row.provider_name },
  {
    title: '用途',
    render: (row) => PURPOSES.titles[row.purpose_code],
    text: (row) => PURPOSES.titles[row.purpose_code],
  },
  { title: '信息项', kind: 'num', render: (row) => row.items.length, text: (row) => row.items.length },
  {
    title: '方式与上限',
    render: (row) =>
      row.access_mode === 'api'
        ? quotaText({ count: row.quota_count, period: row.quota_period })
        : ACCESS_MODES.titles[row.access_mode],
    text: (row) => row.quota_count,
  },
  {
    title: '应用系统',
    render: (row) => row.client_name ?? <span className="muted">未指定</span>,
    text: (row) => row.client_name,
  },
  { title: '期限止', kind: 'fix', render: (row) => row.ends_on, text: (row) => row.ends_on },
  {
    title: '状态',
    render: (row) => <GrantStateTag state={row.state} />,
    text: (row) => GRANT_STATES.titles[row.state],
  },
]

const SIDES = { consumer: '我方获得', provider: '我方授出', all: '全部' }

export const GrantListPage = () => {
  const [search, setSearch] = useSearchParams()
  const mayRevoke = useCan('sharing.grant.revoke')
  const side = (search.get('side') ?? (mayRevoke ? 'provider' : 'consumer')) as keyof typeof SIDES
  const state = (search.get('state') ?? undefined) as Grant['state'] | undefined
  const resource_id = search.get('resource') ?? undefined
  const client_id = search.get('client') ?? undefined
  const set = (name: string, value: string | undefined) => {
    const next = new URLSearchParams(search)
    value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  const query = usePaged(['sharing', 'grants', side, state, resource_id, client_id], (after) =>
    call(sharing.listGrants, { query: { side, state, resource_id, client_id, after } }),
  )
  return (
    <Page title="数据授权" sub="一次同意的申请成为一份授权：版本不可改，只能收窄或收回；网关、存证都以它为准。">
      <div className="toolbar">
        <Segmented
          aria-label="我方身份"
          options={Object.entries(SIDES).map(([value, label]) => ({ value, label }))}
          value={side}
          onChange={(value) => set('side', value)}
        />
        <Select
          aria-label="状态"
          allowClear
          placeholder="全部状态"
          style={{ minWidth: '9rem' }}
          options={optionsOf(GRANT_STATES.titles)}
          value={state}
          onChange={(value) => set('state', value)}
        />
      </div>
      <PagedListing
        caption="数据授权"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.grant_id}
        empty="没有符合条件的授权"
      />
    </Page>
  )
}
