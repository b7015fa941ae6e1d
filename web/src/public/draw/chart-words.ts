import type { ChartPreview, ChartSplit } from '@sanjiang/contract/site.preview'
import { changeText, indexed, isIndexed, isThere } from './panel-index.ts'
import { isFarFromZero, numberText } from './scale.ts'

/** Drawn twice, for a phone and for a desk: letters in a scaled picture would be too small on one or too large on the other. */
export const WIDTHS = { narrow: 340, broad: 740 } as const

const HOW_WORDS = { sum: '合计', average: '平均', count: '行数', single: '' } as const

export const measureText = ({ measure_title, unit, how }: ChartPreview): string =>
  [measure_title, HOW_WORDS[how] && how !== 'count' ? HOW_WORDS[how] : '', unit ? `（${unit}）` : ''].join('')

/** Of which goods, in which place. */
const sliceText = ({ slices }: ChartPreview): string => {
  const held = slices.filter(({ chosen }) => chosen !== null).map(({ title, chosen }) => `${title} ${chosen}`)
  return held.length > 0 ? `${held.join('、')}：` : ''
}

export const chartTitle = (chart: ChartPreview): string =>
  `${sliceText(chart)}${chart.split ? `各${chart.split.title}` : ''}各${chart.category_title}的${measureText(chart)}`

const isCutOf = (split: ChartSplit): boolean =>
  isFarFromZero(indexed(split).panels.flatMap(({ values }) => values.filter(isThere)))

/** How several pictures are read together. */
export const scaleText = ({ kind, category_title }: ChartPreview, split: ChartSplit): string => {
  const { title, labels } = split
  if (kind === 'bar') return `；一格一个${title}，各格同一比例`
  const scale = isIndexed(split)
    ? '各自最早一期为 100，右上是到最后一期的变化'
    : `各格同一比例${isCutOf(split) ? '，纵轴不从 0 起' : ''}`
  return `；一格一个${title}，${scale}，横轴是${category_title} ${labels[0]} 至 ${labels.at(-1)}，灰线是其余各格`
}

/** What the picture does not show. */
export const missing = ({ kind, points, split, left_out, hidden, withheld }: ChartPreview): string => {
  const drawn = (split?.labels ?? points).length
  return [
    split && split.left_out > 0 && `只画前 ${split.panels.length} 个${split.title}，另有 ${split.left_out} 个`,
    left_out > 0 && kind === 'line' && `只画最近 ${drawn} 个，更早的 ${left_out} 个见数据`,
    left_out > 0 && kind === 'bar' && `只画数值最大的 ${drawn} 项，另有 ${left_out} 项`,
    withheld === undefined && hidden > 0 && `另有 ${hidden} 行没有数值（未公布或没有），未计入`,
    withheld !== undefined && withheld > 0 && `另有 ${withheld} 行的数值为保护个人信息未公布，未计入`,
    withheld !== undefined && hidden > withheld && `另有 ${hidden - withheld} 行没有数值，未计入`,
  ]
    .filter(Boolean)
    .map((text) => `；${text}`)
    .join('')
}

/** What somebody who does not see the picture is told of it. */
export const describe = ({ points, left_out, unit }: ChartPreview): string => {
  const sorted = points.toSorted((a, b) => b.value - a.value)
  const [most, least] = [sorted[0], sorted.at(-1)]
  if (!most || !least) return '没有数据。'
  const amount = (value: number) => `${numberText(value)}${unit ?? ''}`
  const rest = left_out > 0 ? `另有 ${left_out} 项未画出。` : ''
  return `共 ${points.length} 项，最高 ${most.label} ${amount(most.value)}，最低 ${least.label} ${amount(least.value)}。${rest}完整数值见图下的表。`
}

/** The same of several pictures: which of them stands highest and which lowest at the end, or has gone up and down most. */
export const describeSplit = ({ kind, unit }: ChartPreview, split: ChartSplit): string => {
  const { title, labels, panels } = split
  const amount = isIndexed(split) ? changeText : (value: number) => `${numberText(value)}${unit ?? ''}`
  const ends = indexed(split)
    .panels.flatMap(({ name, values }) => {
      const value = values.at(-1)
      return isThere(value) ? [{ name, value }] : []
    })
    .sort((a, b) => b.value - a.value)
  const [most, least] = [ends[0], ends.at(-1)]
  const since = isIndexed(split) ? `${labels[0]} 至 ${labels.at(-1)} 变化` : `${labels.at(-1)} `
  const told =
    kind === 'line' && most && least
      ? `${since}最高 ${most.name} ${amount(most.value)}，最低 ${least.name} ${amount(least.value)}。`
      : ''
  return `${panels.length} 个${title}，一格一个。${told}完整数值见图下的表。`
}
