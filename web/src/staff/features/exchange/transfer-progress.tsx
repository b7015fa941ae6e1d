import { RUN_KINDS, type Subscription } from '@sanjiang/contract/exchange'
import { bytesText, countText } from './exchange.words.tsx'

interface Progress {
  readonly share: number
  readonly words: string
  readonly tone: '' | 'reading' | 'bad' | 'calm'
}

/** Of a pass under way: rows delivered of those expected; otherwise what is delivered of what the log holds. */
export const progressOf = (of: Subscription): Progress => {
  const { source_run: run, behind_rows, rows_total, state } = of
  const tone = state === 'faulted' || state === 'stopped' ? 'bad' : state === 'active' ? '' : 'calm'
  if (run && state === 'active') {
    if (run.state === 'waiting') return { share: 0, words: `${RUN_KINDS.titles[run.kind]}：等待前置节点`, tone }
    const expected = Math.max(run.rows, run.estimated_rows ?? 0)
    const delivered = Math.max(0, run.rows - behind_rows)
    return {
      share: expected > 0 ? delivered / expected : 0,
      words: `${RUN_KINDS.titles[run.kind]}：${countText(delivered)} / 约 ${countText(expected)} 行`,
      tone: 'reading',
    }
  }
  if (behind_rows === 0) {
    const rows = of.last_reconciliation?.proven_at ? of.last_reconciliation.target_rows : null
    const proven = rows === null ? '' : `，目标 ${countText(rows)} 行`
    const words = of.offset === 0 && rows_total === 0 ? '还没有数据' : `已追平${proven}`
    return { share: rows_total > 0 ? 1 : 0, words, tone }
  }
  return {
    share: rows_total / (rows_total + behind_rows),
    words: `还差 ${countText(behind_rows)} 条，已签收 ${countText(rows_total)} 条`,
    tone,
  }
}

const Bar = ({ label, share, words, tone }: Progress & { readonly label: string }) => {
  const percent = Math.min(100, Math.floor(share * 1000) / 10)
  return (
    <span className="going">
      <span
        className="bar"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={words}
      >
        <i className={tone} style={{ width: `${percent}%` }} />
      </span>
      <span className="small">
        {words}
        {share > 0 && share < 1 && <b> {percent}%</b>}
      </span>
    </span>
  )
}

export const TransferProgress = ({ of }: { of: Subscription }) => (
  <Bar label={`${of.resource_name}的进度`} {...progressOf(of)} />
)

/** Files as they are: a row may stand for hours of bytes. */
export const FilesProgress = ({ of }: { of: Subscription }) => {
  const under_way = of.files?.under_way
  if (!under_way) return null
  const { files, bytes, done_bytes } = under_way
  const words = `原文：${bytesText(done_bytes)} / ${bytesText(bytes)}，${countText(files)} 个文件正在取`
  return <Bar label="原文的进度" share={bytes > 0 ? done_bytes / bytes : 0} words={words} tone="reading" />
}
