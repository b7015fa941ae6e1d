import { listReliance } from '@sanjiang/contract/catalog'
import { Link } from 'react-router'
import { type Column, PagedListing, usePaged } from '../../../../ui/listing.tsx'
import { Panel, StateTag } from '../../../../ui/page-head.tsx'
import { call } from '../../../api.ts'

type Row = Awaited<ReturnType<typeof read>>['rows'][number]
const read = (norm: string, after?: string) => call(listReliance, { params: { norm }, query: { after, limit: 20 } })

const COLUMNS: readonly Column<Row>[] = [
  {
    title: '条目',
    kind: 'lead',
    render: ({ resource_id, name, code }) => (
      <>
        <Link to={`/catalog/resources/${resource_id}`}>{name}</Link> <span className="mono muted">{code}</span>
      </>
    ),
    text: ({ name }) => name,
  },
  { title: '提供方', render: ({ provider_name }) => provider_name, text: ({ provider_name }) => provider_name },
  { title: '条款', render: ({ clause }) => clause, text: ({ clause }) => clause },
  { title: '范围', render: ({ item_count }) => (item_count === 0 ? '整个条目' : `${item_count} 个信息项`) },
  {
    title: '复核',
    render: ({ is_lapsed }) =>
      is_lapsed ? <StateTag tone="bad">依据已失效</StateTag> : <StateTag tone="good">有效</StateTag>,
    text: ({ is_lapsed }) => (is_lapsed ? '依据已失效' : '有效'),
  },
]

/** What is withheld on the strength of a document: looked at again when the document goes. */
export const Reliance = ({ norm, count }: { norm: string; count: number }) => {
  const query = usePaged(['catalog', 'norm', norm, 'entries'], (after) => read(norm, after))
  return (
    <Panel title={`据此不予共享的条目（${count}）`}>
      <PagedListing
        caption="据此不予共享的条目"
        query={query}
        columns={COLUMNS}
        rowKey={({ resource_id, clause, item_count }) => `${resource_id} ${clause} ${item_count}`}
        empty="没有您可见的条目据此不予共享。"
      />
    </Panel>
  )
}
