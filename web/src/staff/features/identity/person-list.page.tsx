import { identity, ROLES } from '@sanjiang/contract'
import { PERSON_STATES, type Person } from '@sanjiang/contract/identity'
import { Input } from 'antd'
import { useSearchParams } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import { useCan } from '../../session.ts'
import { CreatePersonButton } from './create-person.tsx'
import { PersonActions } from './person-actions.tsx'
import { PersonRoles } from './person-roles.tsx'

const isLocked = ({ locked_until }: Person): boolean => locked_until !== null && Date.parse(locked_until) > Date.now()

const COLUMNS: readonly Column<Person>[] = [
  {
    title: '姓名',
    kind: 'lead',
    render: (row) => (
      <>
        <b>{row.name}</b> <span className="muted mono">{row.username}</span>
      </>
    ),
    text: (row) => row.name,
  },
  { title: '机构', render: (row) => row.organ_name, text: (row) => row.organ_name },
  {
    title: '角色',
    render: (row) => <PersonRoles person={row} />,
    text: (row) => row.roles.map(({ role }) => ROLES[role].title).join(' '),
  },
  { title: '动态码', render: (row) => (row.has_totp ? '已绑定' : <span className="muted">未绑定</span>) },
  {
    title: '状态',
    render: (row) => (
      <>
        <StateTag tone={row.state === 'active' ? 'good' : 'bad'}>{PERSON_STATES.titles[row.state]}</StateTag>
        {isLocked(row) && row.locked_until && (
          <StateTag tone="wait">锁定至 {timeText(row.locked_until).slice(11, 16)}</StateTag>
        )}
      </>
    ),
    text: (row) => PERSON_STATES.titles[row.state],
  },
  { title: '操作', render: (row) => <PersonActions person={row} /> },
]

/** System administrators open and stop accounts, security administrators give roles and unlock, auditors only look. */
export const PersonListPage = () => {
  const mayEdit = useCan('identity.person.edit')
  const [search, setSearch] = useSearchParams()
  const organ_id = search.get('organ') ?? undefined
  const q = search.get('q') ?? undefined
  const set = (name: string, value: string | undefined) => {
    const next = new URLSearchParams(search)
    value ? next.set(name, value) : next.delete(name)
    setSearch(next, { replace: true })
  }
  const query = usePaged(['identity', 'persons', organ_id, q], (after) =>
    call(identity.listPersons, { query: { organ_id, q, after } }),
  )
  return (
    <Page
      title="人员与角色"
      sub="三员分立：系统管理员开设账号，安全管理员授予角色与解锁，审计管理员查看访问日志；三者互斥，谁也不能给自己授权。"
      actions={mayEdit && <CreatePersonButton />}
    >
      <div className="toolbar">
        <Input.Search
          aria-label="姓名或账号"
          placeholder="姓名或账号"
          defaultValue={q}
          allowClear
          onSearch={(text) => set('q', text.trim() || undefined)}
          style={{ maxWidth: '16rem' }}
        />
        <OrganSelect
          label="机构"
          allowClear
          placeholder="全部机构"
          value={organ_id}
          onChange={(value) => set('organ', value)}
        />
      </div>
      <PagedListing
        caption="人员"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.person_id}
        empty="没有符合条件的人员"
      />
    </Page>
  )
}
