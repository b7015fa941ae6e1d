import { ledger } from '@sanjiang/contract'
import type { Log } from '@sanjiang/contract/ledger'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { LinkButton } from '../../../ui/link-button.tsx'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel, StateTag } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call, problemOf } from '../../api.ts'
import { Digest, roleText } from './ledger.words.tsx'
import { TrustPanel } from './trust-panel.tsx'
import { useTrust } from './use-trust.ts'

const Sealed = ({ log }: { log: Log }) => {
  const sealed = log.sealed_size ?? 0
  const share = log.size === 0 ? 1 : sealed / log.size
  return (
    <span style={{ display: 'inline-block', minWidth: '8rem' }}>
      {sealed.toLocaleString('zh-CN')} / {log.size.toLocaleString('zh-CN')}
      <span className="bar" aria-hidden="true">
        <i style={{ width: `${share * 100}%` }} />
      </span>
    </span>
  )
}

const COLUMNS: readonly Column<Log>[] = [
  {
    title: '日志',
    kind: 'lead',
    render: (row) => (
      <Link to={`/ledger/entries?log_id=${row.log_id}`} className="mono">
        {row.log_id}
      </Link>
    ),
    text: (row) => row.log_id,
  },
  { title: '进程', render: (row) => roleText(row.role), text: (row) => row.role },
  { title: '已签署 / 条数', render: (row) => <Sealed log={row} />, text: (row) => row.size },
  { title: '树根', render: (row) => <Digest of={row.sealed_root} />, text: (row) => row.sealed_root },
  { title: '检查点', kind: 'num', render: (row) => row.checkpoint_no, text: (row) => row.checkpoint_no },
  { title: '开启', kind: 'fix', render: (row) => timeText(row.opened_at), text: (row) => row.opened_at },
  {
    title: '状态',
    render: (row) =>
      row.closed_at ? <StateTag tone="calm">已封闭</StateTag> : <StateTag tone="good">正在写入</StateTag>,
    text: (row) => (row.closed_at ? '已封闭' : '正在写入'),
  },
  {
    title: '核验',
    render: (row) => <Link to={`/ledger/consistency?log=${row.log_id}`}>只增未改？</Link>,
  },
]

const Latest = () => {
  const query = useQuery({
    queryKey: ['ledger', 'checkpoint', 'latest'],
    queryFn: () => call(ledger.getLatestCheckpoint, {}),
    refetchInterval: 5000,
  })
  if (problemOf(query.error)?.code === 'not_found')
    return <Panel title="最新检查点">还没有签署过检查点；账本有了条目，一秒之内就会签署第一个。</Panel>
  return (
    <Panel title="最新检查点">
      <Loaded query={query}>
        {(checkpoint) => (
          <Facts
            of={[
              ['编号', `第 ${checkpoint.no} 号`],
              ['签署', timeText(checkpoint.at)],
              [
                '杂凑',
                <span key="hash" className="mono small">
                  {checkpoint.hash}
                </span>,
              ],
              ['签名', checkpoint.signatures.map(({ key_id, alg }) => `${key_id}（${alg}）`).join('、')],
            ]}
          />
        )}
      </Loaded>
    </Panel>
  )
}

export const LogListPage = () => {
  const trust = useTrust()
  const query = usePaged(['ledger', 'logs'], (after) => call(ledger.listLogs, { query: { after } }))
  return (
    <Page
      title="存证账本"
      sub="每个写入进程一本日志，只追加不修改；每秒签署一次检查点，覆盖全部日志。任何条目都可以在本页验证，不必相信平台。"
      actions={
        <>
          <LinkButton to="/ledger/entries">检索条目</LinkButton>
          <LinkButton to="/ledger/export">导出</LinkButton>
        </>
      }
    >
      <div className="pair">
        <Latest />
        <TrustPanel state={trust} />
      </div>
      <PagedListing
        caption="日志"
        query={query}
        columns={COLUMNS}
        rowKey={(row) => row.log_id}
        empty="还没有日志。第一次调用之后，这里会出现网关的日志。"
      />
    </Page>
  )
}
