import './views.css'

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000

const wordsOf = (left: number, until: number): string =>
  until > 0 ? `${until} 天后生效` : left < 0 ? `已过期 ${-left} 天` : `还有 ${left} 天到期`

/** A term drawn as a bar with today on it; the same is said in words below. */
export const TermBar = ({ starts_on, ends_on, today }: { starts_on: string; ends_on: string; today: string }) => {
  const [start, end, now] = [dayOf(starts_on), dayOf(ends_on), dayOf(today)]
  const share = Math.min(1, Math.max(0, (now - start) / Math.max(1, end - start)))
  return (
    <div style={{ marginBottom: '.9rem' }}>
      <div className="term" aria-hidden="true">
        <span className="term-done" style={{ left: 0, width: `${share * 100}%` }} />
        <span className="term-today" style={{ left: `calc(${share * 100}% - 1px)` }} />
      </div>
      <div className="spread small muted">
        <span>{starts_on}</span>
        <strong>{wordsOf(end - now, start - now)}</strong>
        <span>{ends_on}</span>
      </div>
    </div>
  )
}
