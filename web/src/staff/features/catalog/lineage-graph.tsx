import { Link } from 'react-router'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { fitText } from '../../../ui/svg-text.ts'
import { useWidth } from '../../../ui/use-width.ts'
import { KINDS, type Lineage, type Placed, pathOf, placeTree, stateText, titleOf, toneOf } from './lineage.ts'
import './lineage.css'

const WIDE = 900
const GAP = 52
const TALL = 62
const STEP = 76

interface Frame {
  readonly x: number
  readonly y: number
  readonly w: number
}
type Lay = (one: Placed) => Frame

/** Columns from left to right where there is room; on a phone one below the other, set in by their depth. */
const layOut = (placed: readonly Placed[], lines: number, width: number): { lay: Lay; height: number } => {
  if (width < WIDE) {
    const lay: Lay = ({ depth, order }) => ({
      x: 2 + depth * 14,
      y: 2 + order * (TALL + 12),
      w: width - 4 - depth * 14,
    })
    return { lay, height: placed.length * (TALL + 12) }
  }
  const columns = 1 + Math.max(...placed.map(({ depth }) => depth))
  const w = Math.min(230, (width - GAP * (columns - 1) - 4) / columns)
  const lay: Lay = ({ depth, line }) => ({ x: 2 + depth * (w + GAP), y: 16 + line * STEP, w })
  return { lay, height: lines * STEP + 18 }
}

const Box = ({ one, frame }: { one: Placed; frame: Frame }) => {
  const { x, y, w } = frame
  const { node } = one
  const tone = toneOf(node)
  const state = node.state === 'active' ? '' : stateText(node)
  return (
    <g>
      <title>{[KINDS[node.kind], titleOf(node), node.detail, stateText(node)].filter(Boolean).join('，')}</title>
      <rect className={`node ${node.kind} ${tone}`} x={x} y={y} width={w} height={TALL} rx={8} />
      <text className="soft" x={x + 10} y={y + 17} fontSize={12}>
        {[KINDS[node.kind], state].filter(Boolean).join(' · ')}
      </text>
      <text className="strong" x={x + 10} y={y + 36} fontSize={14}>
        {fitText(titleOf(node), w - 18, 14)}
      </text>
      <text className="soft" x={x + 10} y={y + 53} fontSize={12}>
        {fitText(node.detail, w - 18, 12)}
      </text>
    </g>
  )
}

const Way = ({ one, lay, isWide }: { one: Placed; lay: Lay; isWide: boolean }) => {
  if (!one.parent) return null
  const [from, to] = [lay(one.parent), lay(one)]
  const [y1, y2] = [from.y + TALL / 2, to.y + TALL / 2]
  if (!isWide) return <path className="way" d={`M${from.x + 7} ${from.y + TALL}V${y2}H${to.x}`} />
  const start = from.x + from.w
  const middle = (start + to.x) / 2
  return (
    <>
      <path className="way" d={`M${start} ${y1}C${middle} ${y1} ${middle} ${y2} ${to.x - 6} ${y2}`} />
      <path className="tip" d={`M${to.x - 8} ${y2 - 5}l7 5l-7 5z`} />
      {one.items > 0 && (
        <text className="count" x={to.x - 12} y={y2 - 8} fontSize={12} textAnchor="end">
          {one.items} 项
        </text>
      )}
    </>
  )
}

const COLUMNS: readonly Column<Placed>[] = [
  {
    title: '名称',
    kind: 'lead',
    render: ({ node }) => {
      const path = pathOf(node)
      return path ? <Link to={path}>{titleOf(node)}</Link> : titleOf(node)
    },
  },
  { title: '是什么', render: ({ node }) => KINDS[node.kind] },
  { title: '说明', render: ({ node }) => node.detail },
  { title: '来自', render: ({ parent }) => (parent ? `${KINDS[parent.node.kind]} ${titleOf(parent.node)}` : '—') },
  { title: '信息项', kind: 'num', render: ({ items }) => (items > 0 ? items : '—') },
  { title: '行数', kind: 'num', render: ({ rows }) => rows?.toLocaleString('zh-CN') ?? '—' },
  {
    title: '状态',
    render: ({ node }) => stateText(node) && <StateTag tone={toneOf(node)}>{stateText(node)}</StateTag>,
  },
]

/** Where the data comes from and where it goes, as a tree from the system to every consumer one may see (C5). */
export const LineageGraph = ({ of }: { of: Lineage }) => {
  const [box, width] = useWidth()
  const { placed, lines } = placeTree(of)
  const { lay, height } = layOut(placed, lines, width)
  const ends = placed.filter(({ node }) => node.kind === 'grant').length
  return (
    <>
      <div ref={box}>
        {width > 0 && (
          <svg
            className="lineage"
            viewBox={`0 0 ${width} ${height}`}
            role="img"
            aria-label={`来龙去脉：从${placed[0] ? titleOf(placed[0].node) : ''}到 ${ends} 份授权，共 ${placed.length} 处；逐处见下表`}
          >
            {placed.map((one) => (
              <Way key={one.node.node_id} one={one} lay={lay} isWide={width >= WIDE} />
            ))}
            {placed.map((one) => (
              <Box key={one.node.node_id} one={one} frame={lay(one)} />
            ))}
          </svg>
        )}
      </div>
      <details>
        <summary>用表格看</summary>
        <Listing caption="来龙去脉" rows={placed} columns={COLUMNS} rowKey={({ node }) => node.node_id} />
      </details>
    </>
  )
}
