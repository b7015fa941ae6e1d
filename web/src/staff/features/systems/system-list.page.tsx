import { systems } from '@sanjiang/contract'
import { type System, USAGE_FREQUENCIES, USAGE_SCOPES } from '@sanjiang/contract/systems'
import { Input, Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { LinkButton } from '../../../ui/link-button.tsx'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import { useCan } from '../../session.ts'

const COLUMNS: readonly Column<System>[] = [
  {
    title: '信息系统',
    kind: 'lead',
    render: (row) => <Link to={`/systems/systems/${row.system_id}`}>{row.name}</Link>,
    text: (row) => row.name,
  },
  { title: '机构', render: (row) => row.organ_name, text: (row) => row.organ_name },
  {
    title: '使用范围',
    render: (row) => USAGE_SCOPES.titles[row.usage_scope],
    text: (row) => USAGE_SCOPES.titles[row.usage_scope],
  },
  {
    title: '使用频度',
    render: (row) =>
      row.usage_frequency === 'rarely' ? (
        <StateTag tone="wait">{USAGE_FREQUENCIES.titles.rarely}</StateTag>
      ) : (
        USAGE_FREQUENCIES.titles[row.usage_frequency]
      ),
    text: (row) => USAGE_FREQUENCIES.titles[row.usage_frequency],
  },
  {
    title: '上云',
    render: (row) => (
      <StateTag tone={row.is_on_cloud ? 'good' : 'calm'}>{row.is_on_cloud ? '已上云' : '未上云'}</StateTag>
    ),
    text: (row) => (row.is_on_cloud ? '已上云' : '未上云'),
  },
  { title: '批准', render: (row) => row.approved_on, text: (row) => row.approved_on },
  { title: '经费来源', render: (row) => row.fund_source, text: (row) => row.fund_source },
]

const CLOUD = [
  { value: 'true', label: '已上云' },
  { value: 'false', label: '未上云' },
]

export const SystemListPage = () => {
  const mayEdit = useCan('systems.system.edit')
  const [search, setSearch] = useSearchParams()
  const get = (name: string) => search.get(name) ?? undefined
  const set = (name: string, value: string | undefined) => {
    const next = new URLSearchParams(search)
    value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  const filter = {
    q: get('q'),
    organ_id: get('organ'),
    usage_scope: get('scope') as System['usage_scope'] | undefined,
    is_on_cloud: get('cloud') === undefined ? undefined : get('cloud') === 'true',
  }
  const query = usePaged(['systems', 'systems', filter], (after) =>
    call(systems.listSystems, { query: { ...filter, after } }),
  )
  return (
    <Page
      title="信息系统"
      sub="各部门自查登记的信息系统（青发改高技〔2017〕599号 任务一）"
      actions={
        mayEdit && (
          <LinkButton type="primary" to="/systems/systems/new">
            登记信息系统
          </LinkButton>
        )
      }
    >
      <div className="toolbar">
        <Input.Search
          aria-label="名称或功能"
          placeholder="名称或功能中的字词"
          defaultValue={filter.q}
          allowClear
          onSearch={(text) => set('q', text.trim() || undefined)}
          style={{ maxWidth: '18rem' }}
        />
        <OrganSelect
          label="机构"
          allowClear
          placeholder="全部机构"
          value={filter.organ_id}
          onChange={(value) => set('organ', value)}
        />
        <Select
          aria-label="使用范围"
          allowClear
          placeholder="使用范围"
          style={{ minWidth: '8rem' }}
          value={filter.usage_scope}
          options={Object.entries(USAGE_SCOPES.titles).map(([value, label]) => ({ value, label }))}
          onChange={(value) => set('scope', value)}
        />
        <Select
          aria-label="上云"
          allowClear
          placeholder="上云"
          style={{ minWidth: '7rem' }}
          value={get('cloud')}
          options={CLOUD}
          onChange={(value) => set('cloud', value)}
        />
      </div>
      <PagedListing
        caption="信息系统"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.system_id}
        empty="没有符合条件的信息系统"
      />
    </Page>
  )
}
