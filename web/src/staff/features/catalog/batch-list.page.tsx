import { BATCH_SOURCES, BATCH_STATES, type Batch, type BatchState, listBatches } from '@sanjiang/contract/catalog'
import { Link } from 'react-router'
import { timeText } from '../../../ui/instant.ts'
import { type Column, PagedListing, usePaged } from '../../../ui/listing.tsx'
import { PageHead, Panel, StateTag, type Tone } from '../../../ui/page-head.tsx'
import { call } from '../../api.ts'
import { BatchDrop } from './batch-drop.tsx'
import './batch.css'

const TONES: Record<BatchState, Tone> = {
  uploading: 'calm',
  reading: 'info',
  mapping: 'wait',
  checking: 'info',
  checked: 'wait',
  committed: 'good',
  undone: 'calm',
  cancelled: 'calm',
  failed: 'bad',
  expired: 'calm',
}

export const BatchStateTag = ({ state }: { state: BatchState }) => (
  <StateTag tone={TONES[state]}>{BATCH_STATES.titles[state]}</StateTag>
)

const countsText = (one: Batch): string =>
  one.checked_at === null
    ? '—'
    : `新增 ${one.new_count} · 变化 ${one.changed_count} · 无变化 ${one.same_count} · 冲突 ${one.conflict_count} · 错误 ${one.error_count}`

const COLUMNS: readonly Column<Batch>[] = [
  {
    title: '文件或修改',
    kind: 'lead',
    render: ({ batch_id, title }) => <Link to={`/catalog/batches/${batch_id}`}>{title}</Link>,
    text: ({ title }) => title,
  },
  {
    title: '方式',
    render: ({ source }) => BATCH_SOURCES.titles[source],
    text: ({ source }) => BATCH_SOURCES.titles[source],
  },
  {
    title: '状态',
    render: ({ state }) => <BatchStateTag state={state} />,
    text: ({ state }) => BATCH_STATES.titles[state],
  },
  { title: '检查结果', render: countsText, text: countsText },
  { title: '写入', kind: 'num', render: (one) => one.written_count ?? '—', text: (one) => one.written_count },
  {
    title: '办理人',
    render: ({ created_by_name, organ_name }) => `${created_by_name}（${organ_name}）`,
    text: (one) => one.created_by_name,
  },
  {
    title: '时间',
    kind: 'fix',
    render: ({ created_at }) => timeText(created_at),
    text: ({ created_at }) => created_at,
  },
]

/** P5: the template, a workbook to send, and what was imported before. */
export const BatchListPage = () => {
  const query = usePaged(['catalog', 'batches'], (after) => call(listBatches, { query: { after, limit: 20 } }))
  return (
    <div className="page">
      <PageHead
        title="批量导入"
        crumbs={[{ title: '编目与审核', to: '/catalog/resources' }]}
        sub="用工作簿一次编制许多条目：先试运行，看清逐格错误与逐项变化，再一次写入；写入后无人动过可以撤销。"
      />
      <Panel title="上传工作簿">
        <BatchDrop />
      </Panel>
      <h2>以往的批量导入与批量修改</h2>
      <PagedListing
        caption="批量导入与批量修改"
        query={query}
        columns={COLUMNS}
        rowKey={({ batch_id }) => batch_id}
        empty="还没有批量导入。下载模板，填好后拖到上面。"
      />
    </div>
  )
}
