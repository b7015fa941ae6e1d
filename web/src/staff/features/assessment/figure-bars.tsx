import { Link } from 'react-router'
import { figureText } from './statistics.query.ts'

export interface FigureRow {
  readonly code: string
  readonly title: string
  readonly value: number
  readonly path: string | undefined
}

const SHOWN = 30

/** Longest first; the number at the end of each bar opens its records. */
export const FigureBars = ({ rows, unit, label }: { rows: readonly FigureRow[]; unit: string; label: string }) => {
  const told = rows.filter(({ value }) => value > 0).sort((a, b) => b.value - a.value)
  const top = told[0]?.value ?? 1
  const rest = told.slice(SHOWN)
  return (
    <>
      <ol className="figure-bars" aria-label={label}>
        {told.slice(0, SHOWN).map(({ code, title, value, path }) => (
          <li key={code}>
            <span className="figure-title">{title}</span>
            <span className="figure-track" aria-hidden="true">
              <i style={{ width: `${Math.max(0.5, (value / top) * 100)}%` }} />
            </span>
            {path ? (
              <Link to={path} aria-label={`${title}：${figureText(value)} ${unit}`}>
                {figureText(value)}
              </Link>
            ) : (
              <span>{figureText(value)}</span>
            )}
          </li>
        ))}
      </ol>
      {rest.length > 0 && (
        <p className="muted small">
          另有 {rest.length} 行，合计 {figureText(rest.reduce((sum, { value }) => sum + value, 0))} {unit}，见下表
        </p>
      )}
    </>
  )
}
