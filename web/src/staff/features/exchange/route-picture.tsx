import { ROUTE_PLACES, type SubscriptionDetail } from '@sanjiang/contract/exchange'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { fitText } from '../../../ui/svg-text.ts'
import { useWidth } from '../../../ui/use-width.ts'
import { bytesText } from './exchange.words.tsx'

type Place = SubscriptionDetail['route'][number]

const STATES: Record<Place['state'], string> = { well: '正常', busy: '有数据在走', stuck: '停住', away: '不在' }
const SIGNS: Record<Place['state'], string> = { well: '✓', busy: '»', stuck: '!', away: '–' }

interface Box {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

const GAP = 56
const TALL = 96
const NARROW = 640

/** Side by side where there is room, one below the other on a phone. */
const layOut = (count: number, width: number): { boxes: Box[]; height: number; isRow: boolean } => {
  const isRow = width >= NARROW
  if (isRow) {
    const w = (width - GAP * (count - 1) - 4) / count
    const boxes = Array.from({ length: count }, (_, at) => ({ x: 2 + at * (w + GAP), y: 14, w, h: TALL }))
    return { boxes, height: TALL + 30, isRow }
  }
  const step = TALL - 18 + 34
  const boxes = Array.from({ length: count }, (_, at) => ({ x: 2, y: 12 + at * step, w: width - 4, h: TALL - 18 }))
  return { boxes, height: 12 + count * step - 20, isRow }
}

const Node = ({ place, box, isRow }: { place: Place; box: Box; isRow: boolean }) => {
  const { x, y, w, h } = box
  const inner = w - 20
  const waiting = place.waiting_bytes ? `待送 ${bytesText(place.waiting_bytes)}` : ''
  const second = fitText([place.detail, waiting].filter(Boolean).join(' · '), inner, 12)
  return (
    <g>
      <title>{`${ROUTE_PLACES.titles[place.place]}：${place.title}，${STATES[place.state]}，${place.detail}`}</title>
      <rect className={`box ${place.state}`} x={x} y={y} width={w} height={h} rx={10} />
      <circle className={`mark ${place.state}`} cx={x + w - 14} cy={y} r={11} />
      <text className="sign" x={x + w - 14} y={y + 4.5} fontSize={13} textAnchor="middle">
        {SIGNS[place.state]}
      </text>
      <text className="soft" x={x + 10} y={y + (isRow ? 22 : 20)} fontSize={12}>
        {ROUTE_PLACES.titles[place.place]}
      </text>
      <text className="strong" x={x + 10} y={y + (isRow ? 46 : 42)} fontSize={14}>
        {fitText(place.title, inner, 14)}
      </text>
      <text x={x + 10} y={y + (isRow ? 68 : 63)} fontSize={12}>
        {isRow && waiting ? fitText(place.detail, inner, 12) : second}
      </text>
      {isRow && waiting && (
        <text className="strong" x={x + 10} y={y + 86} fontSize={12}>
          {waiting}
        </text>
      )}
    </g>
  )
}

const Pipe = ({
  from,
  to,
  moves,
  cut,
  isRow,
}: {
  from: Box
  to: Box
  moves: boolean
  cut: boolean
  isRow: boolean
}) => {
  const line = isRow
    ? `M${from.x + from.w + 4} ${from.y + from.h / 2}H${to.x - 9}`
    : `M${from.x + 28} ${from.y + from.h + 3}V${to.y - 9}`
  const tip = isRow ? `M${to.x - 10} ${to.y + to.h / 2 - 5}l7 5l-7 5z` : `M${to.x + 23} ${to.y - 10}l5 7l5 -7z`
  return (
    <g>
      <path className={`pipe${cut ? ' cut' : ''}`} d={line} />
      {moves && <path className="flow" d={line} />}
      <path d={tip} fill={moves ? '#0b5cad' : '#76828e'} />
    </g>
  )
}

const COLUMNS: readonly Column<Place>[] = [
  { title: '位置', kind: 'lead', render: ({ place }) => ROUTE_PLACES.titles[place] },
  { title: '名称', render: ({ title }) => title },
  { title: '状态', render: ({ state }) => STATES[state] },
  { title: '情况', render: ({ detail }) => detail },
  {
    title: '待送',
    kind: 'num',
    render: ({ waiting_bytes }) => (waiting_bytes === null ? '—' : bytesText(waiting_bytes)),
  },
]

/** Where the data stands on its way, drawn to the width there is; the same as a table below. */
export const RoutePicture = ({ of }: { of: SubscriptionDetail }) => {
  const [box, width] = useWidth()
  const { route } = of
  const { boxes, height, isRow } = layOut(route.length, width)
  const moves = of.state === 'active' && ((of.rows_per_second ?? 0) > 0 || of.behind_chunks > 0)
  const said = route.map(({ place, state }) => `${ROUTE_PLACES.titles[place]}${STATES[state]}`).join('，')
  return (
    <>
      <div ref={box}>
        {width > 0 && (
          <svg className="route" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`数据走的路：${said}`}>
            {route.slice(1).map((place, at) => (
              <Pipe
                key={place.place}
                from={boxes[at] as Box}
                to={boxes[at + 1] as Box}
                isRow={isRow}
                moves={moves && place.state !== 'stuck' && place.state !== 'away' && route[at]?.state !== 'away'}
                cut={place.state === 'away' || route[at]?.state === 'away' || of.state !== 'active'}
              />
            ))}
            {route.map((place, at) => (
              <Node key={place.place} place={place} box={boxes[at] as Box} isRow={isRow} />
            ))}
          </svg>
        )}
      </div>
      <details className="route-more">
        <summary>用表格看</summary>
        <Listing caption="数据走的路" rows={route} columns={COLUMNS} rowKey={({ place }) => place} />
      </details>
    </>
  )
}
