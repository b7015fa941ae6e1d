import { Link } from 'react-router'
import { figureText } from './statistics.query.ts'

const MONTHS = 24

const monthAfter = (month: string): string => {
  const [year, no] = month.split('-').map(Number) as [number, number]
  return no === 12 ? `${year + 1}-01` : `${year}-${String(no + 1).padStart(2, '0')}`
}

export interface MonthFigure {
  readonly month: string
  readonly value: number
}

/** The last two years without gaps: a month in which nothing happened is a month too. */
export const filledMonths = (months: readonly MonthFigure[], last: string): MonthFigure[] => {
  const values = new Map(months.map(({ month, value }) => [month, value]))
  const filled: MonthFigure[] = []
  for (let month = months[0]?.month ?? last; month <= last; month = monthAfter(month))
    filled.push({ month, value: values.get(month) ?? 0 })
  return filled.slice(-MONTHS)
}

interface Props {
  readonly title: string
  readonly unit: string
  readonly months: readonly MonthFigure[]
  readonly pathOf: (month: string) => string
}

/** One bar a month; every bar leads to the records it stands for. */
export const MonthBars = ({ title, unit, months, pathOf }: Props) => {
  const top = Math.max(1, ...months.map(({ value }) => value))
  return (
    <>
      <p className="muted small">
        最高 {figureText(top)} {unit}
      </p>
      <ol className="month-bars" aria-label={`${title}，逐月`}>
        {months.map(({ month, value }) => (
          <li key={month}>
            <Link
              to={pathOf(month)}
              aria-label={`${month}：${figureText(value)} ${unit}`}
              title={`${month}：${figureText(value)}`}
            >
              <i style={{ height: `${(value / top) * 100}%` }} />
            </Link>
            <span aria-hidden="true">{month.slice(2)}</span>
          </li>
        ))}
      </ol>
    </>
  )
}
