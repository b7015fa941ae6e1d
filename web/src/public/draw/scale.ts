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

const DAY = /^\d{4}(-\d\d){0,2}$/

/** Where labels stand between the first, 0, and the last, 1: years, months and days by their distance, all others evenly. */
export const placesOf = (labels: readonly string[]): number[] => {
  const times = labels.map((label) => (DAY.test(label) ? Date.parse(label) : Number.NaN))
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0]
  const isCourse = last > first && times.every((time, at) => at === 0 || time > times[at - 1]!)
  return labels.map((_, at) => (isCourse ? (times[at]! - first) / (last - first) : at / Math.max(1, labels.length - 1)))
}

/** Positions that carry their labels, so far apart that none lies over another; first and last among them. */
export const labelled = (places: readonly number[], apart: number): number[] => {
  const end = places.length - 1
  const kept: number[] = []
  for (const [at, place] of places.entries()) {
    const isFree = kept.length === 0 || place - places[kept.at(-1)!]! >= apart
    if (at === end || (isFree && (at === 0 || places[end]! - place >= apart))) kept.push(at)
  }
  return kept
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
