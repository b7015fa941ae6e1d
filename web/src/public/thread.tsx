import type { Clock } from '@sanjiang/contract/clock'
import { INQUIRY_OUTCOMES } from '@sanjiang/contract/opendata.inquiry'
import type { SiteThread, ThreadPart } from '@sanjiang/contract/site.intake'

/** How a promise stands, in words. */
export const clockWords = ({ light, left_days, overdue_days, due_on, on_time }: Clock): string => {
  if (on_time !== null) return on_time ? '按时答复' : `逾期 ${overdue_days} 个工作日答复`
  if (overdue_days > 0) return `已逾期 ${overdue_days} 个工作日（应在 ${due_on} 前答复）`
  return light === 'idle' ? `应在 ${due_on} 前答复` : `还剩 ${left_days} 个工作日（${due_on} 前答复）`
}

const OUTCOME_WORDS: Readonly<Record<string, string>> = { ...INQUIRY_OUTCOMES.titles, approved: '已展示' }

export const stateWords = ({ state, outcome, clock }: SiteThread): string =>
  [state === 'answered' ? (OUTCOME_WORDS[outcome ?? ''] ?? '已答复') : '办理中', clock ? clockWords(clock) : '']
    .filter(Boolean)
    .join('，')

/** A person's own words and an officer's, with their line breaks. */
export const Prose = ({ text }: { readonly text: string }) => <p className="prose">{text}</p>

export const Answer = ({ organ_name, answered_on, answer }: SiteThread) =>
  answer === null ? null : (
    <div className="answer">
      <p className="meta">
        {organ_name ?? '省政府电子政务办公室'} 于 {answered_on} 答复
      </p>
      <Prose text={answer} />
    </div>
  )

export const ThreadPages = ({ part, path }: { readonly part: ThreadPart; readonly path: (from: number) => string }) => {
  const { from, limit, rows, total } = part
  const hasMore = from + rows.length < total
  if (from === 0 && !hasMore) return null
  return (
    <nav className="pages" aria-label="翻页">
      {from > 0 && <a href={path(Math.max(0, from - limit))}>上一页</a>}
      {hasMore && <a href={path(from + limit)}>下一页</a>}
    </nav>
  )
}
