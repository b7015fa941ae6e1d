import { listNorms, NORM_FIELDS, NORM_KINDS, NORM_STATES, type Norm } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Input, Select } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { LinkButton } from '../../../../ui/link-button.tsx'
import { type Column, Listing, Nothing } from '../../../../ui/listing.tsx'
import { PageHead, StateTag } from '../../../../ui/page-head.tsx'
import { Loaded } from '../../../../ui/states.tsx'
import { call } from '../../../api.ts'
import { useCan } from '../../../session.ts'
import { NormStateTag } from './norm.words.tsx'

interface Row {
  readonly norm: Norm
  readonly clauses: readonly string[]
}

const COLUMNS: readonly Column<Row>[] = [
  {
    title: '名称',
    kind: 'lead',
    render: ({ norm, clauses }) => (
      <>
        <Link to={`/catalog/norms/${norm.norm_id}`}>{norm.title}</Link>
        {clauses.length > 0 && <span className="muted"> {clauses.join('、')}</span>}
      </>
    ),
    text: ({ norm }) => norm.title,
  },
  { title: '文号、标准号', render: ({ norm }) => norm.document_no || '—', text: ({ norm }) => norm.document_no },
  {
    title: '类别',
    render: ({ norm }) => NORM_KINDS.titles[norm.kind],
    text: ({ norm }) => NORM_KINDS.titles[norm.kind],
  },
  {
    title: '领域',
    render: ({ norm }) => NORM_FIELDS.titles[norm.field],
    text: ({ norm }) => NORM_FIELDS.titles[norm.field],
  },
  {
    title: '状态',
    render: ({ norm }) => (
      <span className="row">
        <NormStateTag state={norm.state} />
        {!norm.verified && <StateTag tone="calm">未核</StateTag>}
      </span>
    ),
    text: ({ norm }) => NORM_STATES.titles[norm.state],
  },
  {
    title: '软件执行',
    kind: 'num',
    render: ({ norm }) => `${norm.link_count} 处`,
    text: ({ norm }) => norm.link_count,
  },
]

const options = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([value, label]) => ({ value, label }))

const FILTERS = [
  ['field', '全部领域', options(NORM_FIELDS.titles)],
  ['kind', '全部类别', options(NORM_KINDS.titles)],
  ['state', '全部状态', options(NORM_STATES.titles)],
] as const

/** The library of standards and rules (T5.1, T5.2), found by words or by the rule of the software that a clause stands behind. */
export const NormListPage = () => {
  const [search, setSearch] = useSearchParams()
  const canEdit = useCan('catalog.norm.edit')
  const set = (key: string, value: string | undefined) => {
    const next = new URLSearchParams(search)
    if (value) next.set(key, value)
    else next.delete(key)
    setSearch(next, { replace: true })
  }
  const target = search.get('target') ?? undefined
  const query = useQuery({
    queryKey: ['catalog', 'norms', search.toString()],
    queryFn: () =>
      call(listNorms, {
        query: {
          q: search.get('q') ?? undefined,
          kind: (search.get('kind') ?? undefined) as Norm['kind'] | undefined,
          field: (search.get('field') ?? undefined) as Norm['field'] | undefined,
          state: (search.get('state') ?? undefined) as Norm['state'] | undefined,
          target,
        },
      }),
  })
  return (
    <div className="page">
      <PageHead
        crumbs={[{ title: '目录标准', to: '/catalog/standard' }]}
        title="标准与制度库"
        sub={target ? `与规则 ${target} 对应的条款` : '软件据以执行的法律、文件和标准；每条规则都能找到它的条款'}
        actions={
          <>
            {target && <Link to="/catalog/norms">列出全部</Link>}
            {canEdit && <LinkButton to="/catalog/norms/new">登记</LinkButton>}
          </>
        }
      />
      <div className="toolbar">
        <Input.Search
          className="grow"
          aria-label="按名称、文号、机关查找"
          placeholder="名称、文号、发布机关"
          defaultValue={search.get('q') ?? ''}
          onSearch={(text) => set('q', text.trim())}
          allowClear
        />
        {FILTERS.map(([key, title, all]) => (
          <Select
            key={key}
            aria-label={title}
            value={search.get(key) ?? undefined}
            placeholder={title}
            options={all}
            allowClear
            onChange={(value?: string) => set(key, value)}
            popupMatchSelectWidth={false}
          />
        ))}
      </div>
      <Loaded
        query={query}
        isEmpty={(rows) => rows.length === 0}
        empty={
          <div className="panel">
            <Nothing>没有符合条件的标准或制度。</Nothing>
          </div>
        }
      >
        {(rows) => (
          <Listing
            caption={`标准与制度（${rows.length}）`}
            rows={rows}
            columns={COLUMNS}
            rowKey={({ norm }) => norm.norm_id}
          />
        )}
      </Loaded>
    </div>
  )
}
