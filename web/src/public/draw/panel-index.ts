import type { ChartSplit } from '@sanjiang/contract/site.preview'

type Figure = ChartSplit['panels'][number]['values'][number]

export const isThere = (value: Figure | undefined): value is number => typeof value === 'number'

const meanOf = (values: readonly Figure[]): number => {
  const there = values.filter(isThere)
  return there.reduce((sum, one) => sum + one, 0) / Math.max(1, there.length)
}

/** So much higher one may stand than another before the lower one looks like a straight line. */
const FARTHEST = 3

/** Prices of rice and of petrol are no levels to compare: what can be compared is how they have gone. */
export const isIndexed = ({ is_rate, panels }: ChartSplit): boolean => {
  if (!is_rate || !panels.every(({ values }) => values.every((one) => !isThere(one) || one > 0))) return false
  const means = panels.map(({ values }) => meanOf(values)).filter((mean) => mean > 0)
  return means.length > 1 && Math.max(...means) > Math.min(...means) * FARTHEST
}

/** Each by its own first value, which is 100. */
export const indexed = (split: ChartSplit): ChartSplit => {
  if (!isIndexed(split)) return split
  const panels = split.panels.map(({ name, values }) => {
    const first = values.find(isThere) ?? 1
    return { name, values: values.map((one) => (isThere(one) ? (one / first) * 100 : one)) }
  })
  return { ...split, panels }
}

/** From the first to the last, of what is drawn by its first. */
export const changeText = (index: number): string => {
  const change = Math.round((index - 100) * 10) / 10
  return `${change > 0 ? '+' : change < 0 ? '−' : ''}${Math.abs(change).toFixed(1)}%`
}
