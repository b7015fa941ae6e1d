import {
  BATCH_KINDS,
  type Batch,
  type BatchEntry,
  type BatchKind,
  listBatchChanges,
  listBatchEntries,
  takeBatchEntries,
} from '@sanjiang/contract/catalog'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { type Column, PagedListing, rowsOf, usePaged } from '../../../ui/listing.tsx'
import { StateTag, type Tone } from '../../../ui/page-head.tsx'
import { ErrorAlert, Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { batchKey } from './batch.query.ts'
import { FieldChanges } from './field-changes.tsx'
import './resource.css'

const TONES: Record<BatchKind, Tone> = { new: 'good', changed: 'info', same: 'calm', conflict: 'wait', error: 'bad' }
const HINTS: Record<BatchKind, string> = {
  new: '写入为草稿',
  changed: '替换草稿或开修订',
  same: '不写入',
  conflict: '须先处理，或略去',
  error: '须改正，或略去',
}
const SHOWN = 6

const placeText = ({ sheet, first_row, last_row }: BatchEntry): string =>
  first_row === null ? '—' : `${sheet} ${first_row}${last_row !== first_row ? `–${last_row}` : ''} 行`

const faultText = ({ reason, faults }: BatchEntry): string =>
  [reason, ...faults.map(({ cell, message, rule }) => `${cell ?? ''} ${message}（${rule}）`)].filter(Boolean).join('；')

const Faults = ({ entry }: { entry: BatchEntry }) => {
  const [isWhole, setWhole] = useState(false)
  const sorted = entry.faults.toSorted((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'))
  return (
    <>
      {entry.reason && <div className="cell-reason">{entry.reason}</div>}
      <ul className="cell-faults">
        {(isWhole ? sorted : sorted.slice(0, SHOWN)).map((one) => (
          <li key={`${one.cell} ${one.rule} ${one.field} ${one.message}`} className={one.level}>
            {one.cell && <span className="cell">{one.cell}</span>}
            {one.message} <small>{[one.rule, one.clause].filter(Boolean).join(' · ')}</small>
          </li>
        ))}
      </ul>
      {sorted.length > SHOWN && !isWhole && (
        <Button size="small" type="link" onClick={() => setWhole(true)}>
          还有 {sorted.length - SHOWN} 处
        </Button>
      )}
    </>
  )
}

interface Acts {
  readonly onShow: (entry: BatchEntry) => void
  /** Undefined once nothing can be chosen any longer. */
  readonly onTake: ((entry: BatchEntry) => void) | undefined
}

const columnsOf = ({ onShow, onTake }: Acts): readonly Column<BatchEntry>[] => [
  {
    title: '条目',
    kind: 'lead',
    render: ({ name, resource_id, code }) => (
      <>
        {resource_id ? <Link to={`/catalog/resources/${resource_id}`}>{name}</Link> : name}
        {code && <div className="mono muted">{code}</div>}
      </>
    ),
    text: ({ name }) => name,
  },
  {
    title: '结果',
    render: ({ kind }) => <StateTag tone={TONES[kind]}>{BATCH_KINDS.titles[kind]}</StateTag>,
    text: ({ kind }) => BATCH_KINDS.titles[kind],
  },
  { title: '位置', kind: 'fix', render: placeText, text: placeText },
  { title: '问题', render: (entry) => <Faults entry={entry} />, text: faultText },
  {
    title: '变化',
    render: (entry) => (
      <>
        {(entry.kind === 'new' || entry.change_count > 0) && (
          <Button size="small" onClick={() => onShow(entry)}>
            {entry.change_count > 0 ? `${entry.change_count} 处变化` : '查看内容'}
          </Button>
        )}
        {entry.may_take && onTake && (
          <Button size="small" type="link" onClick={() => onTake(entry)}>
            仍采用文件
          </Button>
        )}
      </>
    ),
  },
]

const Changes = ({ batchId, entry }: { batchId: string; entry: BatchEntry }) => {
  const query = useQuery({
    queryKey: ['catalog', 'batch', batchId, 'changes', entry.seq],
    queryFn: () => call(listBatchChanges, { params: { id: batchId, seq: entry.seq } }),
  })
  return <Loaded query={query}>{(changes) => <FieldChanges changes={changes} />}</Loaded>
}

/** Conflicts with what others changed since the export, settled for the file: one, or all. */
const useTake = (batch: Batch) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (seqs: number[] | undefined) =>
      call(takeBatchEntries, { params: { id: batch.batch_id }, body: { seqs } }),
    onSuccess: (data) => {
      client.setQueryData(batchKey(batch.batch_id), data)
      void client.invalidateQueries({ queryKey: [...batchKey(batch.batch_id), 'entries'] })
    },
  })
}

const TakeAll = ({ take }: { take: ReturnType<typeof useTake> }) => (
  <div className="toolbar">
    <span>有的条目导出之后已被他人修改：看过变化，可以逐条或全部仍采用文件所写。</span>
    <Button loading={take.isPending} onClick={() => take.mutate(undefined)}>
      全部仍采用文件
    </Button>
  </div>
)

/** Step 4 and 5: how many of each kind, every fault at its cell, every change field by field. */
export const BatchResult = ({ batch }: { batch: Batch }) => {
  const [kind, setKind] = useState<BatchKind>()
  const [shown, setShown] = useState<BatchEntry>()
  const take = useTake(batch)
  const isOpen = batch.can.includes('commit')
  const query = usePaged(['catalog', 'batch', batch.batch_id, 'entries', kind ?? '', batch.state], (after) =>
    call(listBatchEntries, { params: { id: batch.batch_id }, query: { kind, after, limit: 50 } }),
  )
  const counts: Record<BatchKind, number> = {
    new: batch.new_count,
    changed: batch.changed_count,
    same: batch.same_count,
    conflict: batch.conflict_count,
    error: batch.error_count,
  }
  return (
    <>
      <ul className="kinds" aria-label="检查结果">
        {BATCH_KINDS.codes.map((one) => (
          <li key={one}>
            <button
              type="button"
              className={one}
              aria-pressed={kind === one}
              onClick={() => setKind(kind === one ? undefined : one)}
            >
              <b>{counts[one]}</b>
              <span>
                {BATCH_KINDS.titles[one]} · {HINTS[one]}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {take.isError && <ErrorAlert error={take.error} />}
      {isOpen && rowsOf(query).some(({ may_take }) => may_take) && <TakeAll take={take} />}
      <PagedListing
        caption="检查结果"
        query={query}
        columns={columnsOf({ onShow: setShown, onTake: isOpen ? ({ seq }) => take.mutate([seq]) : undefined })}
        rowKey={({ seq }) => String(seq)}
        empty={kind ? `没有“${BATCH_KINDS.titles[kind]}”的条目。` : '没有条目。'}
      />
      <Drawer
        title={shown?.name}
        open={shown !== undefined}
        onClose={() => setShown(undefined)}
        size="large"
        destroyOnHidden
      >
        {shown && <Changes batchId={batch.batch_id} entry={shown} />}
      </Drawer>
    </>
  )
}
