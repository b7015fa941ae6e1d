const STEPS = [1, 2, 2.5, 5, 10] as const

/** A round step that needs no more than `most` of them to cover the span. */
const stepFor = (span: number, most: number): number => {
  const rough = span / most
  const power = 10 ** Math.floor(Math.log10(rough))
  return power * STEPS.find((one) => one * power >= rough * (1 - 1e-9))!
}

/** Values that differ by less than half of the greatest: from zero on, their line would look straight. */
export const isFarFromZero = (values: readonly number[]): boolean => {
  const [least, greatest] = [Math.min(...values), Math.max(...values)]
  return values.length > 1 && least > 0 && greatest - least > greatest * 1e-6 && greatest - least < greatest / 2
}

/** Round numbers from at or below the least to at or above the greatest; zero among them unless it is said not to be. */
export const ticksOf = (values: readonly number[], most = 5, hasZero = true): number[] => {
  const finite = values.filter(Number.isFinite)
  const ends = hasZero ? [0, ...finite] : finite
  const top = Math.max(...ends)
  const bottom = Math.min(...ends)
  // What no axis can tell from nothing is drawn as nothing.
  if (!(top - bottom >= 1e-9)) return [0, 1]
  // Things that are counted have no halves.
  const least = finite.every(Number.isInteger) ? 1 : 0
  const step = Math.max(stepFor(top - bottom, most), least)
  const [first, last] = [Math.floor(bottom / step + 1e-9), Math.ceil(top / step - 1e-9)]
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)))
}

export const scaleOf =
  ([low, high]: readonly [number, number], [from, to]: readonly [number, number]) =>
  (value: number): number =>
    Math.round((from + ((value - low) / (high - low || 1)) * (to - from)) * 10) / 10

/** Upper bounds of classes that hold about equally many values each; fewer classes where values repeat. */
export const quantilesOf = (values: readonly number[], classes = 5): number[] => {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b)
  if (sorted.length === 0) return []
  const bounds = Array.from(
    { length: classes },
    (_, at) => sorted[Math.ceil(((at + 1) * sorted.length) / classes) - 1]!,
  )
  return [...new Set(bounds)]
}

export const classOf = (value: number, bounds: readonly number[]): number => {
  const found = bounds.findIndex((bound) => value <= bound)
  return found < 0 ? bounds.length - 1 : found
}

/** Positions of labels along an axis: first and last among them, no more than fit. */
export const spaced = (count: number, most: number): number[] => {
  if (count <= most) return Array.from({ length: count }, (_, at) => at)
  const step = Math.ceil((count - 1) / Math.max(1, most - 1))
  const kept = Array.from({ length: Math.floor((count - 1) / step) + 1 }, (_, at) => at * step)
  const rest = count - 1 - kept.at(-1)!
  return rest === 0 ? kept : [...kept.slice(0, rest <= step / 2 ? -1 : undefined), count - 1]
}

const plain = (value: number, digits: number): string =>
  new Intl.NumberFormat('zh-CN', { maximumFractionDigits: digits }).format(value)

/** A number as a table shows it. */
export const numberText = (value: number): string => plain(value, 4)

/** A number as an axis shows it: 万 and 亿 instead of zeros. */
export const shortText = (value: number): string => {
  const size = Math.abs(value)
  if (size >= 1e8) return `${plain(value / 1e8, 2)}亿`
  return size >= 1e4 ? `${plain(value / 1e4, 2)}万` : plain(value, 2)
}
