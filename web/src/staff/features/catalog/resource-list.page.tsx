import { addressOf } from '@sanjiang/contract/call'
import {
  countResources,
  exportResources,
  listResources,
  RESOURCE_STATES,
  type Resource,
} from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { LinkButton } from '../../../ui/link-button.tsx'
import { type Column, PagedListing, rowsOf, usePaged } from '../../../ui/listing.tsx'
import { PageHead } from '../../../ui/page-head.tsx'
import { ShareTag } from '../../../ui/share-tag.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { BulkBar } from './bulk-bar.tsx'
import { ResourceStateTag } from './catalog.words.tsx'
import './resource-list.css'

/** Where the next step is done: writing, reviewing, or only looking. */
const pathOf = ({ resource_id, can }: Resource): string => {
  const page = `/catalog/resources/${resource_id}`
  if (can.includes('approve') || can.includes('publish')) return `${page}/review`
  return can.includes('save') ? `${page}/edit` : page
}

const stepOf = ({ can, state }: Resource): string => {
  if (can.includes('publish')) return '待我平台审核'
  if (can.includes('approve')) return '待我部门审核'
  if (can.includes('save')) return '待编制提交'
  return { dept_review: '等部门审核', platform_review: '等平台审核' }[state as 'dept_review'] ?? ''
}

const COLUMNS: readonly Column<Resource>[] = [
  {
    title: '资源名称',
    kind: 'lead',
    render: (one) => (
      <>
        <Link to={pathOf(one)}>{one.name || '（未命名）'}</Link>
        {one.return_reason && (
          <p className="returned">
            退回：{one.return_reason}（{one.returned_by_name}）
          </p>
        )}
      </>
    ),
    text: ({ name }) => name,
  },
  {
    title: '状态',
    render: (one) => <ResourceStateTag state={one.state} isRevising={one.is_revising} />,
    text: ({ state }) => RESOURCE_STATES.titles[state],
  },
  { title: '下一步', render: stepOf },
  { title: '代码', render: ({ code }) => <span className="mono">{code ?? '—'}</span>, text: ({ code }) => code },
  {
    title: '共享类型',
    render: ({ share_type }) => <ShareTag type={share_type} short />,
    text: ({ share_type }) => share_type,
  },
  { title: '信息项', kind: 'num', render: ({ item_count }) => item_count, text: ({ item_count }) => item_count },
  { title: '提供方', render: ({ provider_name }) => provider_name, text: ({ provider_name }) => provider_name },
  {
    title: '编制',
    render: ({ compiled_by_name, compiled_on }) => `${compiled_by_name} ${compiled_on}`,
    text: ({ compiled_on }) => compiled_on,
  },
]

/** Which entries are ticked; those that left the list are forgotten. */
const useTicks = (rows: readonly Resource[]) => {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const toggle = (id: string) => {
    const next = new Set(ids)
    if (!next.delete(id)) next.add(id)
    setIds(next)
  }
  const column: Column<Resource> = {
    title: '选',
    width: '2.5rem',
    render: ({ resource_id, name }) => (
      <input
        type="checkbox"
        className="pick"
        aria-label={`选择“${name || '未命名'}”`}
        checked={ids.has(resource_id)}
        onChange={() => toggle(resource_id)}
      />
    ),
  }
  return {
    column,
    chosen: rows.filter(({ resource_id }) => ids.has(resource_id)),
    all: () => setIds(new Set(rows.map(({ resource_id }) => resource_id))),
    clear: () => setIds(new Set()),
  }
}

const useChoice = () => {
  const [params, setParams] = useSearchParams()
  const state = RESOURCE_STATES.codes.find((one) => one === params.get('state'))
  return {
    state,
    isWaiting: params.get('waiting') === '1',
    q: params.get('q') ?? '',
    to: (changes: Record<string, string | null>) => {
      const next = new URLSearchParams(params)
      for (const [name, value] of Object.entries(changes)) value ? next.set(name, value) : next.delete(name)
      return `?${next}`
    },
    go: (q: string) => {
      const next = new URLSearchParams(params)
      q ? next.set('q', q) : next.delete('q')
      setParams(next)
    },
  }
}
type Choice = ReturnType<typeof useChoice>

const Tabs = ({ choice }: { choice: Choice }) => {
  const { data } = useQuery({ queryKey: ['catalog', 'counts'], queryFn: () => call(countResources, {}) })
  const countOf = (state: string) => data?.find((one) => one.state === state)?.count ?? 0
  const all = data?.reduce((sum, { count }) => sum + count, 0)
  const tabs = [
    { key: 'waiting', title: '待我办理', to: choice.to({ waiting: '1', state: null }), isOn: choice.isWaiting },
    {
      key: 'all',
      title: `全部 ${all ?? ''}`,
      to: choice.to({ waiting: null, state: null }),
      isOn: !choice.isWaiting && !choice.state,
    },
    ...RESOURCE_STATES.codes.map((state) => ({
      key: state,
      title: `${RESOURCE_STATES.titles[state]} ${countOf(state)}`,
      to: choice.to({ waiting: null, state }),
      isOn: choice.state === state,
    })),
  ]
  return (
    <nav className="state-tabs" aria-label="按状态">
      {tabs.map(({ key, title, to, isOn }) => (
        <Link key={key} to={to} aria-current={isOn ? 'true' : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  )
}

const NameFilter = ({ choice }: { choice: Choice }) => {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    choice.go(String(new FormData(event.currentTarget).get('name')).trim())
  }
  return (
    <form onSubmit={submit} className="name-filter">
      <label htmlFor="name-filter" className="hidden">
        按名称或代码过滤
      </label>
      <input id="name-filter" name="name" key={choice.q} defaultValue={choice.q} placeholder="名称或代码，回车过滤" />
    </form>
  )
}

/** Entries within one's duty: those to write, to review, to publish. */
export const ResourceListPage = () => {
  const choice = useChoice()
  const canEdit = useCan('catalog.resource.edit')
  const canBatch = useCan('catalog.batch.edit')
  const { state, isWaiting, q } = choice
  const query = usePaged(['catalog', 'resources', state ?? '', isWaiting, q], (after) =>
    call(listResources, {
      query: { state, is_waiting_for_me: isWaiting || undefined, q: q || undefined, after, limit: 50 },
    }),
  )
  const ticks = useTicks(rowsOf(query))
  return (
    <div className="page">
      <PageHead
        title="编目与审核"
        sub="本部门目录的编制、审核与发布。"
        actions={
          <>
            <Button onClick={ticks.all}>全选所列</Button>
            <Button href={addressOf(exportResources, { query: { state, q: q || undefined } })} download>
              导出 XLSX
            </Button>
            {canBatch && <LinkButton to="/catalog/batches">批量导入</LinkButton>}
            {canEdit && (
              <LinkButton to="/catalog/resources/new" type="primary">
                编制目录
              </LinkButton>
            )}
          </>
        }
      />
      <div className="row between list-head">
        <Tabs choice={choice} />
        <NameFilter choice={choice} />
      </div>
      <PagedListing
        caption="目录条目"
        query={query}
        columns={[ticks.column, ...COLUMNS]}
        rowKey={({ resource_id }) => resource_id}
        empty={isWaiting ? '没有等您办理的条目。' : '没有符合条件的条目。'}
      />
      <BulkBar chosen={ticks.chosen} onClear={ticks.clear} />
    </div>
  )
}
