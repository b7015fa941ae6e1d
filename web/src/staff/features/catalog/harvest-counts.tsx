import { HARVEST_OUTCOMES, type HarvestRun, reconcile } from '@sanjiang/contract/catalog'
import { countText, PARTS } from './harvest.words.tsx'

/** What became of the records, by their numbers, drawn to scale. */
export const HarvestCounts = ({ run }: { run: HarvestRun }) => {
  const { sum } = reconcile(run)
  const parts = PARTS.map(([outcome, key]) => ({ outcome, count: run[key] as number })).filter(({ count }) => count > 0)
  return (
    <>
      <div className="harvest-bar" role="img" aria-label="各种结果的比例">
        {parts.map(({ outcome, count }) => (
          <i key={outcome} className={outcome} style={{ flexGrow: count }} />
        ))}
      </div>
      <ul className="harvest-key">
        {PARTS.map(([outcome, key]) => (
          <li key={outcome}>
            <i className={outcome} aria-hidden="true" />
            {HARVEST_OUTCOMES.titles[outcome]} <b>{countText(run[key] as number)}</b>
          </li>
        ))}
        <li>
          合计 <b>{countText(sum)}</b>
        </li>
        <li>
          另归档 <b>{countText(run.archived_count)}</b>
        </li>
      </ul>
    </>
  )
}

/** Whether it adds up, said as an accountant would. */
export const Reconciliation = ({ run }: { run: HarvestRun }) => {
  const { sum, total, difference, reasons, is_balanced } = reconcile(run)
  const isOver = run.state === 'finished' || run.state === 'held'
  if (!isOver)
    return (
      <p className="muted">
        读完之后对账。{total !== null && `来源自称共有 ${countText(total)} 条，已处理 ${countText(sum)} 条。`}
      </p>
    )
  if (run.is_unchanged) return <p>来源答复没有变化，没有逐条再读；现有条目照旧。</p>
  const why = reasons.length > 0 ? `：${reasons.join('；')}` : ''
  return (
    <p className={is_balanced ? 'harvest-even' : 'harvest-odd'}>
      来源自称 <b>{total === null ? '未知' : countText(total)}</b> 条 {is_balanced ? '=' : '≠'}{' '}
      新增＋有变化＋恢复＋关联＋未变＋未收＋读不出 <b>{countText(sum)}</b> 条
      {is_balanced ? '，账平' : `，差 ${difference === null ? '未知' : countText(Math.abs(difference))} 条`}
      {why}。
    </p>
  )
}
