import { type HarvestPublisher, listHarvestPublishers, mapHarvestPublisher } from '@sanjiang/contract/catalog'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type Column, Listing, Nothing } from '../../../ui/listing.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { OrganSelect } from '../../organ-select.tsx'
import { useCan } from '../../session.ts'

const BY: Record<string, string> = {
  name: '全称相同',
  former_name: '曾用名相同',
  alias: '俗称相同',
  code: '统一社会信用代码相同',
  person: '人工指定',
}

type Choose = (publisher_key: string, organ_id: string | null) => void

const Mapping = ({ one, choose }: { one: HarvestPublisher; choose?: Choose }) => {
  if (!choose) return <>{one.organ_name ?? '—'}</>
  return (
    <div>
      <OrganSelect
        label={`“${one.name}”对应的机构`}
        value={undefined}
        placeholder={one.organ_name ?? '输入名称查找'}
        onChange={(organ_id) => organ_id && choose(one.publisher_key, organ_id)}
      />
      {one.organ_id !== null && (
        <Button type="link" size="small" onClick={() => choose(one.publisher_key, null)}>
          取消对应
        </Button>
      )}
      {one.suggestions.map(({ organ_id, name }) => (
        <Button key={organ_id} type="link" size="small" onClick={() => choose(one.publisher_key, organ_id)}>
          是“{name}”
        </Button>
      ))}
    </div>
  )
}

const columnsOf = (choose?: Choose): readonly Column<HarvestPublisher>[] => [
  { title: '来源所称', kind: 'lead', render: ({ name }) => name },
  { title: '标识', render: ({ publisher_key }) => <span className="mono small">{publisher_key}</span> },
  {
    title: '状态',
    kind: 'fix',
    render: ({ organ_id, matched_by }) =>
      organ_id === null ? (
        <StateTag tone="wait">未对应，其记录未收</StateTag>
      ) : (
        <StateTag tone="good">{BY[matched_by ?? ''] ?? '已对应'}</StateTag>
      ),
  },
  { title: '本省机构', render: (one) => <Mapping one={one} choose={choose} /> },
]

/** Whose records they are: found by name, or said by a person; those that are nobody's come first. */
export const HarvestPublishers = ({ id }: { id: string }) => {
  const mayEdit = useCan('catalog.harvest.edit')
  const client = useQueryClient()
  const key = ['catalog', 'harvest', 'publishers', id]
  const query = useQuery({ queryKey: key, queryFn: () => call(listHarvestPublishers, { params: { id } }) })
  const act = useMutation({
    mutationFn: (body: { publisher_key: string; organ_id: string | null }) =>
      call(mapHarvestPublisher, { params: { id }, body }),
    onSuccess: (rows) => {
      client.setQueryData(key, rows)
      void client.invalidateQueries({ queryKey: ['catalog', 'harvest', 'source', id] })
    },
  })
  const choose: Choose | undefined = mayEdit
    ? (publisher_key, organ_id) => act.mutate({ publisher_key, organ_id })
    : undefined
  return (
    <>
      <p className="muted">
        按全称、曾用名、俗称和统一社会信用代码自动对应；对不上的由目录管理员指定，下一批次即按新的对应收取。
      </p>
      {act.isError && <ErrorAlert error={act.error} />}
      <Loaded
        query={query}
        isEmpty={(rows) => rows.length === 0}
        empty={<Nothing>汇聚之后才知道来源里有哪些发布机构</Nothing>}
      >
        {(rows) => (
          <Listing
            caption="发布机构"
            rows={rows}
            columns={columnsOf(choose)}
            rowKey={({ publisher_key }) => publisher_key}
          />
        )}
      </Loaded>
    </>
  )
}
