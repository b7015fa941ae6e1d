import { exchange } from '@sanjiang/contract'
import { RUN_KINDS, RUN_STATES, type Run } from '@sanjiang/contract/exchange'
import { timeText } from '../../../ui/instant.ts'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { call } from '../../api.ts'
import { bytesText, CALM_MS, countText, RunStateTag, rateText, spanText, TroubleLine } from './exchange.words.tsx'

const tookText = ({ started_at, finished_at }: Run): string =>
  started_at && finished_at ? spanText((Date.parse(finished_at) - Date.parse(started_at)) / 1000) : '—'

const chunksText = ({ first_seq, last_seq }: Run): string =>
  first_seq === null ? '—' : last_seq === null ? `${first_seq} 起` : `${first_seq}–${last_seq}`

const COLUMNS: readonly Column<Run>[] = [
  {
    title: '批次',
    kind: 'lead',
    render: (row) => (
      <>
        {RUN_KINDS.titles[row.kind]} <span className="muted">{timeText(row.started_at ?? row.ordered_at)}</span>
        <TroubleLine trouble={row.trouble} />
      </>
    ),
    text: (row) => `${RUN_KINDS.titles[row.kind]} ${row.ordered_at}`,
  },
  {
    title: '行数',
    kind: 'num',
    render: (row) =>
      row.state === 'running' && row.estimated_rows
        ? `${countText(row.rows)} / 约 ${countText(row.estimated_rows)}`
        : countText(row.rows),
    text: (row) => row.rows,
  },
  { title: '数据量', kind: 'num', render: (row) => bytesText(row.bytes), text: (row) => row.bytes },
  {
    title: '速率',
    kind: 'num',
    render: (row) => <span className="fix">{rateText(row.rows_per_second)}</span>,
    text: (row) => row.rows_per_second,
  },
  { title: '用时', kind: 'fix', render: tookText, text: tookText },
  { title: '块', kind: 'fix', render: chunksText, text: chunksText },
  { title: '问题行', kind: 'num', render: (row) => countText(row.rejects), text: (row) => row.rejects },
  { title: '状态', render: (row) => <RunStateTag state={row.state} />, text: (row) => RUN_STATES.titles[row.state] },
]

/** Every pass of a feed over its source, newest first. */
export const RunList = ({ feedId }: { feedId: string }) => {
  const query = usePaged(
    ['exchange', 'runs', feedId],
    (after) => call(exchange.listRuns, { params: { id: feedId }, query: { after } }),
    { everyMs: CALM_MS },
  )
  return (
    <PagedListing
      caption="批次"
      query={query}
      columns={COLUMNS}
      rowKey={(row) => row.run_id}
      empty="还没有批次：有了第一份订阅，前置节点才开始读取源库。"
    />
  )
}
