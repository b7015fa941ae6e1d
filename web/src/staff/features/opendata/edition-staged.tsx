import { opendata } from '@sanjiang/contract'
import { EDITION_SOURCES, type Edition } from '@sanjiang/contract/opendata'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { call } from '../../api.ts'

const columnsOf = (onTake: (edition_id: string) => void): readonly Column<Edition>[] => [
  { title: '版次', kind: 'lead', render: (one) => `第 ${one.edition_no} 版` },
  {
    title: '来源',
    render: (one) => `${EDITION_SOURCES.titles[one.source]}${one.file_name ? `：${one.file_name}` : ''}`,
  },
  { title: '行数', kind: 'num', render: (one) => one.row_count?.toLocaleString('zh-CN') },
  { title: '数据截至', kind: 'fix', render: (one) => one.data_on },
  {
    title: '操作',
    kind: 'fix',
    render: (one) => (
      <Button size="small" aria-label={`用第 ${one.edition_no} 版`} onClick={() => onTake(one.edition_id)}>
        用这一版
      </Button>
    ),
  },
]

interface Props {
  readonly resource_id: string
  readonly onTake: (edition_id: string) => void
}

/** Rows that have come already: by exchange, as figures, in a file of a release that was not agreed to. */
export const EditionStaged = ({ resource_id, onTake }: Props) => {
  const query = useQuery({
    queryKey: ['opendata', 'editions', resource_id, 'staged'],
    queryFn: () => call(opendata.listEditions, { query: { resource_id, state: 'staged', limit: 20 } }),
  })
  const rows = query.data?.rows ?? []
  if (rows.length === 0) return null
  return (
    <Listing
      caption="已到、尚未开放的数据"
      rows={rows}
      columns={columnsOf(onTake)}
      rowKey={({ edition_id }) => edition_id}
    />
  )
}
