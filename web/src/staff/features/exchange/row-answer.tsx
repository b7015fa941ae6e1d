import { ROW_OUTCOMES, ROW_VERDICTS, type RowAnswer } from '@sanjiang/contract/exchange'
import { Button } from 'antd'
import { Link } from 'react-router'
import { CodeBlock, saveText } from '../../../ui/copy.tsx'
import { timeText } from '../../../ui/instant.ts'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Panel, StateTag, type Tone } from '../../../ui/page-head.tsx'
import '../../../ui/views.css'

type Proved = RowAnswer['deliveries'][number]

const TONES: Record<Proved['outcome'], Tone> = {
  row: 'good',
  key: 'good',
  removal: 'wait',
  absent: 'calm',
  withheld: 'wait',
  unproven: 'bad',
}

const COLUMNS: readonly Column<Proved>[] = [
  { title: '交付', kind: 'lead', render: (row) => timeText(row.at) },
  { title: '块', kind: 'num', render: (row) => row.seq },
  { title: '行数', kind: 'num', render: (row) => row.rows },
  { title: '结果', render: (row) => <StateTag tone={TONES[row.outcome]}>{ROW_OUTCOMES.titles[row.outcome]}</StateTag> },
  { title: '存证', render: (row) => <span className="mono small">第 {row.log_seq} 条</span> },
]

const countOf = ({ deliveries }: RowAnswer): string => {
  const filled = deliveries.filter(({ rows }) => rows > 0)
  const having = filled.filter(({ outcome }) => outcome === 'row' || outcome === 'key').length
  const open = filled.filter(({ outcome }) => outcome === 'unproven').length
  return [`这段时间交付了 ${filled.length} 块数据`, having > 0 && `${having} 块含有`, open > 0 && `${open} 块无从证明`]
    .filter(Boolean)
    .join('，')
}

/** The answer in words, delivery by delivery where it is not the plain "no", and the file that proves it. */
export const RowAnswered = ({ answer, part }: { answer: RowAnswer; part: number }) => {
  const { verdict, deliveries, receipt, proof } = answer
  const name = `row-proof-${receipt.at.slice(0, 10)}-${receipt.seq}${part > 0 ? `-${part + 1}` : ''}.json`
  const told = deliveries.filter(({ outcome, rows }) => outcome !== 'absent' && rows > 0)
  return (
    <Panel title={part > 0 ? `查证结果（第 ${part + 1} 份）` : '查证结果'}>
      <output className={`verdict ${verdict === 'unproven' ? 'fault' : 'ok'}`} style={{ display: 'block' }}>
        {ROW_VERDICTS.titles[verdict]}
        <span className="muted small" style={{ display: 'block', fontWeight: 400 }}>
          {countOf(answer)}
        </span>
      </output>
      {told.length > 0 && (
        <Listing
          caption="所在的数据块"
          rows={told}
          columns={COLUMNS}
          rowKey={(row) => `${row.log_id} ${row.log_seq}`}
        />
      )}
      <div className="row" style={{ margin: '.75rem 0' }}>
        <Button type="primary" onClick={() => saveText(name, proof, 'application/json')}>
          下载证明文件
        </Button>
        <Link to="/ledger/row-proofs">在浏览器里核验</Link>
      </div>
      <CodeBlock title="离线核验（不必联网）" text={`sanjiang verify-row ${name} --trust trust.json`} />
      <p className="muted small">
        证明只含所问的这一行，其他行只以加盐杂凑出现。本次查证已存证：账本第 {receipt.seq} 条（{timeText(receipt.at)}
        ）。
      </p>
    </Panel>
  )
}
