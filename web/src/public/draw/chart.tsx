import type { ChartPreview } from '@sanjiang/contract/site.preview'
import { type BarLayout, type LineLayout, layBars, layLine } from './chart-layout.ts'
import { numberText } from './scale.ts'

/** Drawn twice, for a phone and for a desk: letters in a scaled picture would be too small on one or too large on the other. */
const WIDTHS = { narrow: 340, broad: 740 } as const
type Breadth = keyof typeof WIDTHS

const HOW_WORDS = { sum: '合计', average: '平均', count: '行数', single: '' } as const

const measureText = ({ measure_title, unit, how }: ChartPreview): string =>
  [measure_title, HOW_WORDS[how] && how !== 'count' ? HOW_WORDS[how] : '', unit ? `（${unit}）` : ''].join('')

/** Of which goods, in which place. */
const sliceText = ({ slices }: ChartPreview): string => {
  const held = slices.filter(({ chosen }) => chosen !== null).map(({ title, chosen }) => `${title} ${chosen}`)
  return held.length > 0 ? `${held.join('、')}：` : ''
}

export const chartTitle = (chart: ChartPreview): string =>
  `${sliceText(chart)}各${chart.category_title}的${measureText(chart)}`

/** What the picture does not show. */
const missing = ({ kind, points, left_out, hidden, withheld }: ChartPreview): string =>
  [
    left_out > 0 && kind === 'line' && `只画最近 ${points.length} 个，更早的 ${left_out} 个见数据`,
    left_out > 0 && kind === 'bar' && `只画数值最大的 ${points.length} 项，另有 ${left_out} 项`,
    withheld === undefined && hidden > 0 && `另有 ${hidden} 行没有数值（未公布或没有），未计入`,
    withheld !== undefined && withheld > 0 && `另有 ${withheld} 行的数值为保护个人信息未公布，未计入`,
    withheld !== undefined && hidden > withheld && `另有 ${hidden - withheld} 行没有数值，未计入`,
  ]
    .filter(Boolean)
    .map((text) => `；${text}`)
    .join('')

/** What somebody who does not see the picture is told of it. */
const describe = ({ points, left_out, unit }: ChartPreview): string => {
  const sorted = points.toSorted((a, b) => b.value - a.value)
  const [most, least] = [sorted[0], sorted.at(-1)]
  if (!most || !least) return '没有数据。'
  const amount = (value: number) => `${numberText(value)}${unit ?? ''}`
  const rest = left_out > 0 ? `另有 ${left_out} 项未画出。` : ''
  return `共 ${points.length} 项，最高 ${most.label} ${amount(most.value)}，最低 ${least.label} ${amount(least.value)}。${rest}完整数值见图下的表。`
}

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
    {bars.map(({ x, y, width: length, height, label, text, text_x, is_left }) => (
      <g key={y}>
        <text x="0" y={y + 14}>
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
  readonly breadth: Breadth
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

/** A chart and the same figures as a table. */
export const Chart = ({ chart, id, isTableOpen = false, isSmall = false }: ChartProps) => (
  <figure className={isSmall ? 'figure small' : 'figure'}>
    <Drawing chart={chart} id={id} breadth="narrow" />
    {!isSmall && <Drawing chart={chart} id={id} breadth="broad" />}
    <figcaption>
      {chartTitle(chart)}
      {missing(chart)}
    </figcaption>
    <details open={isTableOpen && chart.points.length <= MOST_OPEN}>
      <summary>用表格看这张图</summary>
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
    </details>
  </figure>
)
