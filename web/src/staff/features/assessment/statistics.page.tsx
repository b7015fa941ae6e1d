import { assessment } from '@sanjiang/contract'
import { DIMENSIONS, type Dimension, type Measure, type Statistics } from '@sanjiang/contract/assessment'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { type Column, Listing, Nothing } from '../../../ui/listing.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { FigureBars } from './figure-bars.tsx'
import { filledMonths, MonthBars } from './month-bars.tsx'
import { type Filter, figureText, recordsPath, useStatisticsQuery } from './statistics.query.ts'
import { StatisticsFilters } from './statistics-filters.tsx'
import './statistics.css'

interface View {
  readonly told: Statistics
  readonly by: Dimension
  readonly measure: Measure
  readonly filter: Filter
}

const MeasureTiles = ({ told, measure, onChoose }: View & { onChoose: (measure: Measure) => void }) => (
  <ul className="figures measure-tiles" aria-label="合计，点选后在下面画出">
    {told.measures.map((one) => (
      <li key={one.measure}>
        <button type="button" aria-pressed={one.measure === measure} onClick={() => onChoose(one.measure)}>
          <b>{figureText(told.totals[one.measure] ?? 0)}</b>
          <span>
            {one.title}（{one.unit}）
          </span>
        </button>
      </li>
    ))}
  </ul>
)

const pathFor = ({ by, filter }: View, measure: string, code: string) =>
  code === '' ? undefined : recordsPath({ measure, by, code }, filter)

const columnsOf = (view: View): Column<Statistics['rows'][number]>[] => [
  {
    title: DIMENSIONS.titles[view.by],
    kind: 'lead',
    render: (row) => row.title,
    text: (row) => row.title,
  },
  ...view.told.measures.map(
    ({ measure, title }): Column<Statistics['rows'][number]> => ({
      title,
      kind: 'num',
      render: ({ code, figures }) => {
        const value = figures[measure] ?? 0
        const path = pathFor(view, measure, code)
        return value > 0 && path ? <Link to={path}>{figureText(value)}</Link> : figureText(value)
      },
      text: ({ figures }) => figures[measure] ?? 0,
    }),
  ),
]

const DimensionLinks = ({ by, set }: { by: Dimension; set: (name: string, value: string) => void }) => (
  <fieldset className="bare dimension-links" aria-label="按什么分">
    {DIMENSIONS.codes.map((one) => (
      <button key={one} type="button" aria-pressed={one === by} onClick={() => set('by', one)}>
        按{DIMENSIONS.titles[one]}
      </button>
    ))}
  </fieldset>
)

const SHOWN = 30

const AllFigures = (view: View) => {
  const { told, by, measure } = view
  const [isWhole, setWhole] = useState(false)
  const rows = told.rows.toSorted((a, b) => (b.figures[measure] ?? 0) - (a.figures[measure] ?? 0))
  const shown = isWhole ? rows : rows.slice(0, SHOWN)
  return (
    <Listing
      caption={`全部指标，按${DIMENSIONS.titles[by]}`}
      rows={shown}
      columns={columnsOf(view)}
      rowKey={({ code }) => code}
      foot={
        shown.length < rows.length && (
          <Button size="small" onClick={() => setWhole(true)}>
            列出全部 {rows.length} 行
          </Button>
        )
      }
    />
  )
}

const Drawn = (view: View & { set: (name: string, value: string) => void }) => {
  const { told, by, measure, filter, set } = view
  const about = told.measures.find((one) => one.measure === measure)!
  const months = told.months
    .map(({ month, figures }) => ({ month, value: figures[measure] ?? 0 }))
    .filter(({ value }) => value > 0)
  // Use is dated by the real clock: where the business date has been moved back, it lies beyond it.
  const last = [filter.to ?? told.as_of.slice(0, 7), months.at(-1)?.month ?? ''].sort().at(-1)!
  const rows = told.rows.map(({ code, title, figures }) => ({
    code,
    title,
    value: figures[measure] ?? 0,
    path: pathFor(view, measure, code),
  }))
  const isNothing = (told.totals[measure] ?? 0) === 0
  return (
    <>
      <Panel
        title={`${about.title}，逐月`}
        extra={isNothing ? undefined : <Link to={recordsPath({ measure }, filter)}>全部记录</Link>}
      >
        <p className="muted small">口径：{about.definition}。</p>
        {isNothing ? (
          <Nothing>在这些条件下没有记录</Nothing>
        ) : (
          <MonthBars
            title={about.title}
            unit={about.unit}
            months={filledMonths(months, last)}
            pathOf={(month) => recordsPath({ measure, by: 'month', code: month }, filter)}
          />
        )}
      </Panel>
      <Panel title={`${about.title}，按${DIMENSIONS.titles[by]}`}>
        <DimensionLinks by={by} set={set} />
        {isNothing ? (
          <Nothing>在这些条件下没有记录</Nothing>
        ) : (
          <FigureBars rows={rows} unit={about.unit} label={`${about.title}，按${DIMENSIONS.titles[by]}`} />
        )}
      </Panel>
      <AllFigures {...view} />
    </>
  )
}

export const StatisticsPage = () => {
  const { by, measure, filter, set, clear } = useStatisticsQuery()
  const query = useQuery({
    queryKey: ['assessment', 'statistics', by, filter],
    queryFn: () => call(assessment.getStatistics, { query: { ...filter, by } }),
    placeholderData: (before) => before,
  })
  return (
    <Page
      title="统计"
      sub={`目录、共享与使用。每个数字都能点开看到它所计的记录；只计您有权查看的记录${
        query.data ? ` · 数据日期 ${query.data.as_of}` : ''
      }`}
    >
      <StatisticsFilters filter={filter} set={set} clear={clear} />
      <Loaded query={query}>
        {(told) => {
          const view = { told, by: told.by, measure, filter }
          return (
            <>
              <MeasureTiles {...view} onChoose={(one) => set('measure', one)} />
              <Drawn {...view} set={set} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}
