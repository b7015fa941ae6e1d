import type { ChartPreview } from '@sanjiang/contract/site.preview'
import { type BarLayout, type LineLayout, layBars, layLine } from './chart-layout.ts'
import { chartTitle, describe, measureText, missing, scaleText, WIDTHS } from './chart-words.ts'
import { Panels, PanelTable } from './panels.tsx'
import { numberText } from './scale.ts'

interface BarsProps {
  readonly layout: BarLayout
  readonly axis: string
}

const Bars = ({ layout: { width, bottom, zero, ticks, bars }, axis }: BarsProps) => (
  <>
    {ticks.map(({ at, text }) => (
      <g key={text}>
        <path className="grid" d={`M${at} 0V${bottom}`} />
        <text x={at} y={bottom + 17} textAnchor="middle">
          {text}
        </text>
      </g>
    ))}
    {bars.map(({ x, y, width: length, height, label, label_y, text, text_x, is_left }) => (
      <g key={y}>
        <text x="0" y={label_y}>
          {label}
        </text>
        <rect className="bar" x={x} y={y} width={length} height={height} />
        <text className="value" x={text_x} y={y + 14} textAnchor={is_left ? 'end' : 'start'}>
          {text}
        </text>
      </g>
    ))}
    <path className="axis" d={`M${zero} 0V${bottom}`} />
    <text x={width} y={bottom + 38} textAnchor="end">
      {axis}
    </text>
  </>
)

interface LineProps {
  readonly layout: LineLayout
  readonly axis: string
}

const Line = ({ layout: { left, right, bottom, y_ticks, x_ticks, path, dots }, axis }: LineProps) => (
  <>
    {y_ticks.map(({ at, text }) => (
      <g key={text}>
        <path className="grid" d={`M${left} ${at}H${right}`} />
        <text x={left - 8} y={at + 4} textAnchor="end">
          {text}
        </text>
      </g>
    ))}
    {x_ticks.map(({ at, text }) => (
      <text key={at} x={at} y={bottom + 20} textAnchor="middle">
        {text}
      </text>
    ))}
    <path className="axis" d={`M${left} ${bottom}H${right}`} />
    <path className="line" d={path} />
    {dots.map(({ x, y, title }) => (
      <circle key={x} className="dot" cx={x} cy={y} r="4">
        <title>{title}</title>
      </circle>
    ))}
    <text x={right} y={bottom + 40} textAnchor="end">
      {axis}
    </text>
  </>
)

interface DrawingProps {
  readonly chart: ChartPreview
  readonly id: string
  readonly breadth: keyof typeof WIDTHS
}

const Drawing = ({ chart, id, breadth }: DrawingProps) => {
  const isBar = chart.kind === 'bar'
  const layout = isBar ? layBars(chart.points, WIDTHS[breadth]) : layLine(chart.points, WIDTHS[breadth])
  const isCut = 'is_cut' in layout && layout.is_cut
  const axis = `${isBar ? '横轴' : '纵轴'}：${measureText(chart)}${isCut ? '，不从 0 起' : ''}`
  return (
    <svg
      className={`drawing ${breadth}`}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      width={layout.width}
      height={layout.height}
      role="img"
      aria-labelledby={`${id}-${breadth}-title ${id}-${breadth}-desc`}
    >
      <title id={`${id}-${breadth}-title`}>{chartTitle(chart)}</title>
      <desc id={`${id}-${breadth}-desc`}>{describe(chart)}</desc>
      {isBar ? <Bars layout={layout as BarLayout} axis={axis} /> : <Line layout={layout as LineLayout} axis={axis} />}
    </svg>
  )
}

/** A longer table is unfolded by who wants it. */
const MOST_OPEN = 40

interface ChartProps {
  readonly chart: ChartPreview
  /** Unlike every other on the page. */
  readonly id: string
  /** How the table below is reached: shown at once, or unfolded. */
  readonly isTableOpen?: boolean
  /** For three in a row. */
  readonly isSmall?: boolean
}

const FigureTable = ({ chart }: { readonly chart: ChartPreview }) => (
  <table className="plain">
    <thead>
      <tr>
        <th scope="col">{chart.category_title}</th>
        <th scope="col" className="number">
          {measureText(chart)}
        </th>
      </tr>
    </thead>
    <tbody>
      {chart.points.map(({ label, value }) => (
        <tr key={label}>
          <th scope="row">{label || '（空）'}</th>
          <td className="number">{numberText(value)}</td>
        </tr>
      ))}
    </tbody>
  </table>
)

/** A chart, or several to one scale, and the same figures as a table. */
export const Chart = ({ chart, id, isTableOpen = false, isSmall = false }: ChartProps) => {
  const { split, points } = chart
  const Pictures = split ? Panels : Drawing
  const rows = split ? split.labels.length : points.length
  return (
    <figure className={isSmall ? 'figure small' : 'figure'}>
      <Pictures chart={chart} id={id} breadth="narrow" />
      {!isSmall && <Pictures chart={chart} id={id} breadth="broad" />}
      <figcaption>
        {chartTitle(chart)}
        {split && scaleText(chart, split)}
        {missing(chart)}
      </figcaption>
      <details open={isTableOpen && rows <= MOST_OPEN}>
        <summary>用表格看这张图</summary>
        {split ? <PanelTable chart={chart} split={split} /> : <FigureTable chart={chart} />}
      </details>
    </figure>
  )
}
