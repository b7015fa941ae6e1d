import type { ClockView } from './clock.tsx'
import './views.css'

export interface FullClock extends ClockView {
  readonly clause: string
  readonly started_on: string
  readonly used_days: number
  readonly stopped_on: string | null
  readonly on_time: boolean | null
  readonly provisional: boolean
}

const wordsOf = ({ light, left_days, overdue_days, stopped_on, on_time }: FullClock): string => {
  if (light === 'stopped' || stopped_on)
    return on_time === false ? `已答复，超期 ${overdue_days} 个工作日` : '已按期答复'
  if (light === 'red') return `超期 ${overdue_days} 个工作日`
  if (left_days === 0) return '今天到期'
  return `剩 ${left_days} 个工作日`
}

const MAX_TICKS = 30

/** A statutory clock: words first, lamp and one tick per working day beside them — never colour alone. */
export const ClockBar = ({ clock }: { clock: FullClock | null | undefined }) => {
  if (!clock) return null
  const total = Math.min(MAX_TICKS, clock.used_days + clock.left_days || 1)
  return (
    <span className={`clock ${clock.light}`} title={`自 ${clock.started_on}，截止 ${clock.due_on}；${clock.clause}`}>
      <span className="words">
        <i className="lamp" aria-hidden="true" />
        {wordsOf(clock)}
      </span>
      <span className="ticks" aria-hidden="true">
        {Array.from({ length: total }, (_, day) => (
          <i key={day} className={day < clock.used_days ? 'on' : undefined} />
        ))}
      </span>
    </span>
  )
}
