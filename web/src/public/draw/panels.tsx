import type { ChartPreview, ChartSplit } from '@sanjiang/contract/site.preview'
import { Scroll } from '../scroll.tsx'
import { chartTitle, describeSplit, measureText, WIDTHS } from './chart-words.ts'
import { type BarPanels, type LinePanels, layBarPanels, layLinePanels, PANEL_BAR } from './panel-layout.ts'
import { numberText } from './scale.ts'

interface LinesProps {
  readonly layout: LinePanels
  /** Before the names of paths, so that they are the sheet's own. */
  readonly id: string
}

/** Each line once; in every picture the others lie behind it in grey. */
const Lines = ({ layout: { panels, ticks, left }, id }: LinesProps) => (
  <>
    <defs>
      {panels.map(({ path }, at) => (
        <path key={at} id={`${id}-${at}`} d={path} />
      ))}
    </defs>
    {panels.map(({ x, y, width, name, end, isFirst }, at) => (
      <g key={at}>
        {ticks.map((tick) => (
          <g key={tick.text}>
            <path className="grid" d={`M${x} ${y + tick.at}h${width}`} />
            {isFirst && (
              <text x={left - 6} y={y + tick.at + 4} textAnchor="end">
                {tick.text}
              </text>
            )}
          </g>
        ))}
        {panels.map(
          (_, other) => other !== at && <use key={other} className="ghost" href={`#${id}-${other}`} x={x} y={y} />,
        )}
        <use className="line" href={`#${id}-${at}`} x={x} y={y} />
        {end && <circle className="dot" cx={x + end.x} cy={y + end.y} r="3.5" />}
        <text className="value" x={x} y={y - 8}>
          {name}
        </text>
        {end && (
          <text x={x + width} y={y - 8} textAnchor="end">
            {end.text}
          </text>
        )}
      </g>
    ))}
  </>
)

const Bars = ({ layout: { panels, labels } }: { readonly layout: BarPanels }) => (
  <>
    {panels.map(({ x, y, height, name, zero, bars, isFirst }, at) => (
      <g key={at}>
        <text className="value" x={x + zero} y={y - 7}>
          {name}
        </text>
        {isFirst &&
          labels.map((label) => (
            <text key={label.y} x="0" y={y + label.y + 18}>
              {label.text}
            </text>
          ))}
        {bars.map((bar) => (
          <g key={bar.y}>
            {bar.width > 0 && <rect className="bar" x={x + bar.x} y={y + bar.y} width={bar.width} height={PANEL_BAR} />}
            <text x={x + bar.text_x} y={y + bar.y + 12} textAnchor={bar.is_left ? 'end' : 'start'}>
              {bar.text}
            </text>
          </g>
        ))}
        <path className="axis" d={`M${x + zero} ${y}v${height}`} />
      </g>
    ))}
  </>
)

interface PanelsProps {
  readonly chart: ChartPreview
  readonly id: string
  readonly breadth: keyof typeof WIDTHS
}

/** One small picture per value, all to one scale. */
export const Panels = ({ chart, id, breadth }: PanelsProps) => {
  const split = chart.split!
  const [isLine, own] = [chart.kind === 'line', `${id}-${breadth}`]
  const layout = (isLine ? layLinePanels : layBarPanels)(split, WIDTHS[breadth])
  return (
    <svg
      className={`drawing ${breadth}`}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      width={layout.width}
      height={layout.height}
      role="img"
      aria-labelledby={`${own}-title ${own}-desc`}
    >
      <title id={`${own}-title`}>{chartTitle(chart)}</title>
      <desc id={`${own}-desc`}>{describeSplit(chart, split)}</desc>
      {isLine ? <Lines layout={layout as LinePanels} id={own} /> : <Bars layout={layout as BarPanels} />}
    </svg>
  )
}

const Figure = ({ value }: { readonly value: ChartSplit['panels'][number]['values'][number] | undefined }) =>
  typeof value === 'number' ? numberText(value) : <span className="none">{value === false ? '未公布' : '无'}</span>

interface PanelTableProps {
  readonly chart: ChartPreview
  readonly split: ChartSplit
}

export const PanelTable = ({ chart, split }: PanelTableProps) => (
  <Scroll label={`${chartTitle(chart)}，可左右滚动`}>
    <table className="rows">
      <caption className="only-read">{measureText(chart)}</caption>
      <thead>
        <tr>
          <th scope="col">{chart.category_title}</th>
          {split.panels.map(({ name }) => (
            <th key={name} scope="col" className="number">
              {name || '（空）'}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {split.labels.map((label, at) => (
          <tr key={label}>
            <th scope="row" className="short">
              {label || '（空）'}
            </th>
            {split.panels.map(({ name, values }) => (
              <td key={name} className="number">
                <Figure value={values[at]} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
)
