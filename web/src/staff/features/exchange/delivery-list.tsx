import { exchange } from '@sanjiang/contract'
import type { Delivery } from '@sanjiang/contract/exchange'
import { Link } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'
import { useCan } from '../../session.ts'
import { bytesText, CALM_MS, countText } from './exchange.words.tsx'

const KINDS: Record<string, string> = {
  begin: '批次开始',
  rows: '整行',
  changes: '变更',
  end: '批次结束',
  file: '文件',
}

const columnsFor = (mayReadLedger: boolean): readonly Column<Delivery>[] => [
  {
    title: '块',
    kind: 'lead',
    render: (row) => (
      <>
        第 {row.seq} 块 <span className="muted">{KINDS[row.kind] ?? row.kind}</span>
      </>
    ),
    text: (row) => row.seq,
  },
  { title: '行数', kind: 'num', render: (row) => countText(row.rows), text: (row) => row.rows },
  { title: '数据量', kind: 'num', render: (row) => bytesText(row.bytes), text: (row) => row.bytes },
  { title: '授权版本', kind: 'num', render: (row) => row.grant_version, text: (row) => row.grant_version },
  { title: '交付', kind: 'fix', render: (row) => timeText(row.delivered_at), text: (row) => row.delivered_at },
  {
    title: '签收',
    kind: 'fix',
    render: (row) => (row.accepted_at ? timeText(row.accepted_at) : <StateTag tone="wait">尚未签收</StateTag>),
    text: (row) => row.accepted_at,
  },
  {
    title: '交付内容的 SHA-256',
    render: (row) => (
      <span className="mono small digest" title={row.digest}>
        {row.digest.slice(0, 16)}…
      </span>
    ),
    text: (row) => row.digest,
  },
  {
    title: '逐行叶',
    render: ({ row_root }) =>
      row_root && (
        <span className="mono small digest" title={`叶根 ${row_root}，也在交付回执里`}>
          {row_root.slice(0, 12)}…
        </span>
      ),
    text: ({ row_root }) => row_root,
  },
  {
    title: '存证',
    render: (row) =>
      mayReadLedger ? (
        <Link
          to={`/ledger/logs/${encodeURIComponent(row.log_id)}/entries/${row.log_seq}`}
          aria-label={`第 ${row.seq} 块的存证：账本第 ${row.log_seq} 条，在浏览器里验证`}
        >
          第 {row.log_seq} 条 · 验证
        </Link>
      ) : (
        <span className="mono small">第 {row.log_seq} 条</span>
      ),
    text: (row) => `${row.log_id} ${row.log_seq}`,
  },
]

/** Chunk by chunk: what left, under which version of the grant, and where both ends' receipts stand in the ledger. */
export const DeliveryList = ({ id }: { id: string }) => {
  const mayReadLedger = useCan('ledger.entry.read')
  const query = usePaged(
    ['exchange', 'deliveries', id],
    (after) => call(exchange.listDeliveries, { params: { id }, query: { after } }),
    { everyMs: CALM_MS },
  )
  return (
    <>
      <p className="muted small">
        每一块在发出第一个字节之前先存证；使用方装入之后签收。校验值是交付给使用方的内容，数据本身不进账本。
        {!mayReadLedger && ' 凭条号可请审计员在账本中核验。'}
      </p>
      <PagedListing
        caption="逐块交付"
        query={query}
        columns={columnsFor(mayReadLedger)}
        rowKey={(row) => `${row.log_id} ${row.log_seq}`}
        empty="还没有交付过数据块"
      />
    </>
  )
}
