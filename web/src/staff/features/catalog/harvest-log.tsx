import {
  exportHarvestLog,
  HARVEST_OUTCOMES,
  type HarvestLogLine,
  type HarvestRun,
  listHarvestLog,
} from '@sanjiang/contract/catalog'
import { API_PREFIX, fillPath } from '@sanjiang/contract/endpoint'
import { Button } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { StateTag, type Tone } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'
import { isOpen, LIVE_MS } from './harvest.words.tsx'

const TONES: Partial<Record<HarvestLogLine['outcome'], Tone>> = {
  failed: 'bad',
  refused: 'wait',
  archived: 'calm',
  same: 'calm',
}

const COLUMNS: readonly Column<HarvestLogLine>[] = [
  {
    title: '记录',
    kind: 'lead',
    render: ({ title, record_key, resource_id }) => (
      <>
        {resource_id ? (
          <Link to={`/catalog/resources/${resource_id}`}>{title || record_key}</Link>
        ) : (
          title || record_key || '无法辨认'
        )}
        <div className="muted mono small">{record_key}</div>
      </>
    ),
  },
  {
    title: '结果',
    kind: 'fix',
    render: ({ outcome }) => <StateTag tone={TONES[outcome] ?? 'good'}>{HARVEST_OUTCOMES.titles[outcome]}</StateTag>,
  },
  {
    title: '说明',
    render: ({ message, pointer, excerpt }) => (
      <div>
        {message && <div>{message}</div>}
        {pointer && <div className="muted mono small">{pointer}</div>}
        {excerpt && (
          <details>
            <summary>原文摘录</summary>
            <pre className="harvest-excerpt">{excerpt}</pre>
          </details>
        )}
      </div>
    ),
  },
]

/** Every record and what became of it; those that need somebody first. */
export const HarvestLog = ({ run }: { run: HarvestRun }) => {
  const [params] = useSearchParams()
  const outcome = HARVEST_OUTCOMES.codes.find((one) => one === params.get('outcome'))
  const id = run.run_id
  const query = usePaged(
    ['catalog', 'harvest', 'log', id, outcome ?? ''],
    (after) => call(listHarvestLog, { params: { id }, query: { after, outcome, limit: 50 } }),
    { everyMs: isOpen(run) ? LIVE_MS * 2 : undefined },
  )
  const tabs = [
    undefined,
    ...HARVEST_OUTCOMES.codes.toSorted(
      (a, b) => Number(b === 'failed') - Number(a === 'failed') || Number(b === 'refused') - Number(a === 'refused'),
    ),
  ]
  return (
    <>
      <div className="row between list-head">
        <nav className="state-tabs" aria-label="按结果">
          {tabs.map((one) => (
            <Link
              key={one ?? ''}
              to={one ? `?outcome=${one}` : '?'}
              replace
              preventScrollReset
              aria-current={one === outcome ? 'true' : undefined}
            >
              {one ? HARVEST_OUTCOMES.titles[one] : '全部（未变的除外）'}
            </Link>
          ))}
        </nav>
        <Button href={API_PREFIX + fillPath(exportHarvestLog.path, { id })}>下载日志 CSV</Button>
      </div>
      <PagedListing
        caption="逐条日志"
        query={query}
        columns={COLUMNS}
        rowKey={({ seq }) => String(seq)}
        empty="没有这样的记录"
      />
    </>
  )
}
