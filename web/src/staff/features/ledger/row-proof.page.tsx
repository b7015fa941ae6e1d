import { ROW_OUTCOMES, ROW_VERDICTS } from '@sanjiang/contract/exchange'
import {
  FINDING_KINDS,
  pureHasher,
  pureSignatureCheck,
  type RowReport,
  type Trust,
  verifyRowFile,
} from '@sanjiang/seal'
import { useMutation } from '@tanstack/react-query'
import { type ChangeEvent, useId } from 'react'
import { timeText } from '../../../ui/instant.ts'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Facts, Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import '../../../ui/views.css'
import { TrustPanel } from './trust-panel.tsx'
import { useTrust } from './use-trust.ts'

/** The largest that the platform writes is some 2 MB. */
const MAX_BYTES = 64 * 2 ** 20

const verifyFile = async (file: File, trust: Trust): Promise<RowReport> => {
  if (file.size > MAX_BYTES) throw new Error('文件过大，不是行证明')
  return verifyRowFile(await file.text(), trust, { hasherFor: pureHasher, checkSignature: pureSignatureCheck })
}

const COLUMNS: readonly Column<RowReport['deliveries'][number]>[] = [
  { title: '交付', kind: 'lead', render: (row) => timeText(row.at) },
  { title: '块', kind: 'num', render: (row) => row.seq },
  { title: '行数', kind: 'num', render: (row) => row.rows },
  { title: '结果', render: (row) => ROW_OUTCOMES.titles[row.outcome] },
  { title: '账本', render: (row) => <span className="mono small">{`${row.log_id} 第 ${row.log_seq} 条`}</span> },
]

const fieldsText = (line: string): string => line.split('\t').join(' · ')

const Verdict = ({ of }: { of: RowReport }) => (
  <>
    <output className={`verdict ${of.ok ? 'ok' : 'fault'}`} style={{ display: 'block' }} aria-live="polite">
      {of.ok ? `✓ ${ROW_VERDICTS.titles[of.verdict]}` : '✗ 核验不通过：这份文件不能证明它所说的'}
    </output>
    {of.demo && <p className="muted">【演示】这是演示节点的证明，不作任何证明之用。</p>}
    {of.findings.map(({ kind, message }) => (
      <p key={`${kind} ${message}`}>
        <b>{FINDING_KINDS[kind]}</b>：{message}
      </p>
    ))}
    {of.question && (
      <Facts
        of={[
          ['资源', of.question.resource_code],
          [
            '键',
            <span key="key" className="mono">
              {fieldsText(of.question.key)}
            </span>,
          ],
          ['平台称其为', of.question.handle_of && `${fieldsText(of.question.handle_of)} 的行代号（无从核算）`],
          [
            '整行',
            of.question.line && (
              <span key="line" className="mono">
                {fieldsText(of.question.line)}
              </span>
            ),
          ],
          ['时间', `${timeText(of.question.from)} 至 ${timeText(of.question.to)}`],
          ['出具', of.produced_at && timeText(of.produced_at)],
        ]}
      />
    )}
    {of.deliveries.length > 0 && (
      <div style={{ margin: '1rem 0' }}>
        <Listing
          caption="逐次交付"
          rows={of.deliveries}
          columns={COLUMNS}
          rowKey={(row) => `${row.log_id} ${row.log_seq}`}
        />
      </div>
    )}
    {of.ok && (
      <p className="muted small">
        所列的每一次交付均已核验到签署的检查点。是否列全了这段时间，须与账本导出对照：
        <code className="mono">sanjiang verify-row … --ledger ledger.ndjson</code>
      </p>
    )}
  </>
)

/** A proof of a row judged in this browser, by the pinned keys; the file goes nowhere. */
export const RowProofPage = () => {
  const id = useId()
  const trust = useTrust()
  const act = useMutation({ mutationFn: (file: File) => verifyFile(file, trust.trust as Trust) })
  const read = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0]
    if (file) act.mutate(file)
    target.value = ''
  }
  return (
    <Page
      title="核验行证明"
      sub="某一行是否交付过：证明文件在本浏览器里核验，不上传。从行到叶根，从回执到检查点，最后是节点的签名。"
    >
      <div className="split">
        <Panel title="证明文件">
          <div className="row" style={{ marginBottom: '1rem' }}>
            <label htmlFor={id} className="file-button">
              选择证明文件
            </label>
            <input
              id={id}
              type="file"
              accept=".json,application/json"
              className="hidden"
              disabled={!trust.trust}
              onChange={read}
            />
          </div>
          {act.isIdle && <p className="muted">还没有选择文件。证明文件由“数据传输”里的“逐行查证”出具。</p>}
          {act.isPending && <output className="verdict busy">正在核验…</output>}
          {act.isError && <ErrorAlert error={act.error} />}
          {act.data && <Verdict of={act.data} />}
        </Panel>
        <TrustPanel state={trust} />
      </div>
    </Page>
  )
}
