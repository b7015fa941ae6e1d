import type { MapPreview } from '@sanjiang/contract/site.preview'
import { layMap, type MapLayout } from './map-layout.ts'
import { numberText } from './scale.ts'
import type { Position } from './simplify.ts'

const MAX_LISTED = 60
const FORMS = ['圆点', '方块', '三角', '菱形', '十字'] as const

/** One mark as the text of a path, around its place. */
const MARKS: readonly ((position: Position) => string)[] = [
  ([x, y]) => `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0-8 0z`,
  ([x, y]) => `M${x - 4} ${y - 4}h8v8h-8z`,
  ([x, y]) => `M${x} ${y - 5}l5 9h-10z`,
  ([x, y]) => `M${x} ${y - 6}l5 6l-5 6l-5-6z`,
  ([x, y]) => `M${x - 2} ${y - 5}h4v3h3v4h-3v3h-4v-3h-3v-4h3z`,
]

/** Lightness and hatching grow together: the classes are told apart without colour, on paper too. */
const Patterns = ({ id }: { readonly id: string }) => (
  <defs>
    <pattern id={`${id}-1`} width="8" height="8" patternUnits="userSpaceOnUse">
      <path className="g1" d="M0 0h8v8H0z" />
      <path className="hatch" d="M3 3h2v2H3z" />
    </pattern>
    <pattern id={`${id}-2`} width="8" height="8" patternUnits="userSpaceOnUse">
      <path className="g2" d="M0 0h8v8H0z" />
      <path className="stripe" d="M-2 2l4-4M0 8l8-8M6 10l4-4" />
    </pattern>
    <pattern id={`${id}-3`} width="8" height="8" patternUnits="userSpaceOnUse">
      <path className="g3" d="M0 0h8v8H0z" />
      <path className="stripe pale" d="M0 0l8 8M-2 6l4 4M6-2l4 4M-2 2l4-4M0 8l8-8M6 10l4-4" />
    </pattern>
  </defs>
)

// With fewer classes the outer ones stay the palest and the darkest.
const shade = (grade: number, count: number): number => (count <= 1 ? 2 : Math.round((grade * 4) / (count - 1)))

const fillOf = (id: string, step: number): { className: string; fill?: string } =>
  step === 0 || step === 4 ? { className: `g${step}` } : { className: 'hatched', fill: `url(#${id}-${step})` }

interface SheetProps {
  readonly layout: MapLayout
  readonly id: string
}

const Areas = ({ layout: { areas, bounds }, id }: SheetProps) => (
  <g className="areas">
    {areas.map(({ path, label, value, grade }) => (
      <path
        key={label}
        d={path}
        {...(grade === null ? { className: 'none' } : fillOf(id, shade(grade, bounds.length)))}
      >
        <title>{value === null ? label : `${label}：${numberText(value)}`}</title>
      </path>
    ))}
  </g>
)

const Sheet = ({ layout, id }: SheetProps) => (
  <>
    <g className="base">
      {layout.base.map((path) => (
        <path key={path} d={path} />
      ))}
    </g>
    {layout.areas.length > 0 && <Areas layout={layout} id={id} />}
    {layout.lines && <path className="ways" d={layout.lines} />}
    {layout.labels.map(({ x, y, text }) => (
      <text key={`${text}${x}`} x={x} y={y} textAnchor="middle">
        {text}
      </text>
    ))}
    {layout.marks.map(({ kind, positions }, at) => (
      <path key={kind ?? ''} className={`mark m${at}`} d={positions.map(MARKS[at % MARKS.length]!).join('')} />
    ))}
  </>
)

const rangeOf = (bounds: readonly number[], at: number): string =>
  at === 0 ? `不超过 ${numberText(bounds[0]!)}` : `${numberText(bounds[at - 1]!)} 以上至 ${numberText(bounds[at]!)}`

const Legend = ({ map, layout, id }: SheetProps & { readonly map: MapPreview }) => (
  <ul className="legend">
    {layout.bounds.map((bound, at) => (
      <li key={bound}>
        <svg width="28" height="18" aria-hidden="true">
          <rect width="28" height="18" {...fillOf(id, shade(at, layout.bounds.length))} />
        </svg>
        {rangeOf(layout.bounds, at)}
        {map.unit && ` ${map.unit}`}
      </li>
    ))}
    {map.category_title &&
      layout.marks.map(({ kind, positions }, at) => (
        <li key={kind ?? ''}>
          <svg width="18" height="18" aria-hidden="true">
            <path className={`mark m${at}`} d={MARKS[at % MARKS.length]!([9, 9])} />
          </svg>
          {kind ?? '未注明'}（{FORMS[at % FORMS.length]}，{positions.length} 处）
        </li>
      ))}
  </ul>
)

const mapTitle = ({ shapes, measure_title, unit, label_title }: MapPreview): string =>
  shapes.length > 0 && measure_title
    ? `${measure_title}分布图${unit ? `（${unit}）` : ''}`
    : `${label_title.replace(/(?<=.)名称$/, '')}的位置`

const describe = ({ points, shapes, measure_title, unit, left_out }: MapPreview): string => {
  const rest = left_out > 0 ? `另有 ${left_out} 处未画出。` : ''
  const valued = shapes.filter(({ value }) => value !== null).toSorted((a, b) => b.value! - a.value!)
  const [most, least] = [valued[0], valued.at(-1)]
  const ends =
    most && least && measure_title
      ? `${measure_title}最高的是${most.label}（${numberText(most.value!)}${unit ?? ''}），最低的是${least.label}（${numberText(least.value!)}${unit ?? ''}）。`
      : ''
  return `共 ${points.length + shapes.length} 处。${ends}${rest}名称与数值见图下的表。`
}

const Listed = ({ map }: { readonly map: MapPreview }) => (
  <table className="plain">
    <thead>
      <tr>
        <th scope="col">{map.label_title}</th>
        {map.measure_title && map.shapes.length > 0 && (
          <th scope="col" className="number">
            {map.measure_title}
          </th>
        )}
        {map.points.length > 0 && <th scope="col">{map.category_title ?? '经度、纬度'}</th>}
      </tr>
    </thead>
    <tbody>
      {map.shapes.slice(0, MAX_LISTED).map(({ label, value, is_hidden }) => (
        <tr key={label}>
          <th scope="row">{label}</th>
          {map.measure_title && (
            <td className="number">{value === null ? (is_hidden ? '未公布' : '无') : numberText(value)}</td>
          )}
        </tr>
      ))}
      {map.points.slice(0, MAX_LISTED).map(({ label, lon, lat, category }) => (
        <tr key={`${label}${lon}${lat}`}>
          <th scope="row">{label}</th>
          <td>{map.category_title ? (category ?? '未注明') : `${lon.toFixed(4)}，${lat.toFixed(4)}`}</td>
        </tr>
      ))}
    </tbody>
  </table>
)

interface PlaceMapProps {
  readonly map: MapPreview
  readonly id: string
}

/** Places or areas on a map of Qinghai, and the same as a table. */
export const PlaceMap = ({ map, id }: PlaceMapProps) => {
  const layout = layMap(map)
  if (!layout) return <p>这个数据集的行没有可画出的位置。</p>
  const count = map.points.length + map.shapes.length
  return (
    <figure className="figure">
      <svg
        className="drawing map"
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        role="img"
        aria-labelledby={`${id}-title ${id}-desc`}
      >
        <title id={`${id}-title`}>{mapTitle(map)}</title>
        <desc id={`${id}-desc`}>{describe(map)}</desc>
        <Patterns id={id} />
        <Sheet layout={layout} id={id} />
      </svg>
      <figcaption>
        {mapTitle(map)}；坐标系 CGCS2000，示意图，不作划界依据
        {map.left_out > 0 && `；另有 ${map.left_out} 处未画出`}
      </figcaption>
      <Legend map={map} layout={layout} id={id} />
      <details>
        <summary>用表格看这张图{count > MAX_LISTED ? `（前 ${MAX_LISTED} 处）` : ''}</summary>
        <Listed map={map} />
      </details>
    </figure>
  )
}
