/** One way a table of counts is cut: how many values, and which of them is the total of the others. */
export interface Dimension {
  readonly size: number
  /** −1: none. */
  readonly total: number
}

/** A table of counts with its margins as cells of it, laid out in one run, the first dimension fastest. */
export interface CountTable {
  readonly dimensions: readonly Dimension[]
  /** `null`: there is no such cell. */
  readonly counts: readonly (number | null)[]
}

interface Corner {
  readonly at: number
  /** What the cell gains when the first corner gains one and all sums stay as they are. */
  readonly sign: 1 | -1
}

/** Candidates looked at for one cell: every one in tables of four hundred by four hundred. */
const MOST_CANDIDATES = 200_000
const NO_BOX = Number.POSITIVE_INFINITY

export const stridesOf = (dimensions: readonly Dimension[]): number[] => {
  let stride = 1
  return dimensions.map(({ size }) => {
    const own = stride
    stride *= size
    return own
  })
}

const placeOf = (at: number, { dimensions }: CountTable): number[] => {
  let rest = at
  return dimensions.map(({ size }) => {
    const index = rest % size
    rest = Math.floor(rest / size)
    return index
  })
}

/** Dimensions whose values add up to a total: along the others nothing can be worked back. */
const summed = ({ dimensions }: CountTable): number[] =>
  dimensions.flatMap(({ total, size }, index) => (total >= 0 && size > 1 ? [index] : []))

/** Every corner that spans a box with a cell: one other value along each summed dimension. */
function* opposites(table: CountTable, at: number): Generator<readonly number[]> {
  const place = placeOf(at, table)
  const along = summed(table)
  const pick = function* (depth: number, chosen: readonly number[]): Generator<readonly number[]> {
    if (depth === along.length) {
      yield chosen
      return
    }
    const dimension = along[depth]!
    for (let index = 0; index < table.dimensions[dimension]!.size; index++)
      if (index !== place[dimension]) yield* pick(depth + 1, [...chosen, index])
  }
  yield* pick(0, [])
}

const cornersOf = (table: CountTable, at: number, chosen: readonly number[]): Corner[] => {
  const place = placeOf(at, table)
  const strides = stridesOf(table.dimensions)
  let corners: Corner[] = [{ at, sign: 1 }]
  for (const [depth, dimension] of summed(table).entries()) {
    const [from, to] = [place[dimension]!, chosen[depth]!]
    const { total } = table.dimensions[dimension]!
    // Two parts move against each other; a part and its total move together.
    const sign = from === total || to === total ? 1 : -1
    const shift = (to - from) * strides[dimension]!
    const moved = corners.map((corner) => ({ at: corner.at + shift, sign: (corner.sign * sign) as 1 | -1 }))
    corners = [...corners, ...moved]
  }
  return corners
}

/** Whether a table that differs in the corners alone, by one each, is possible too, to somebody who knows that nothing hidden is nought. */
const isFree = (counts: CountTable['counts'], corners: readonly Corner[]): boolean =>
  corners.every(({ at }) => counts[at] !== null && counts[at]! > 0) &&
  ([1, -1] as const).some((way) => corners.every(({ at, sign }) => counts[at]! + sign * way > 0))

/** The box that hides least beside what is hidden already. */
const boxFor = (table: CountTable, at: number, hidden: ReadonlySet<number>): readonly Corner[] | null => {
  let best: readonly Corner[] | null = null
  let bestCost = NO_BOX
  let seen = 0
  for (const chosen of opposites(table, at)) {
    const corners = cornersOf(table, at, chosen)
    const cost = isFree(table.counts, corners)
      ? corners.reduce((sum, corner) => (hidden.has(corner.at) ? sum : sum + table.counts[corner.at]! + 1), 0)
      : NO_BOX
    if (cost < bestCost) {
      best = corners
      bestCost = cost
    }
    if (cost === 0 || ++seen >= MOST_CANDIDATES) break
  }
  return best
}

export interface Hidden {
  readonly primary: ReadonlySet<number>
  readonly all: ReadonlySet<number>
  /** A small count has no box: only hiding everything hides it. */
  readonly isWhole: boolean
}

/**
 * Small counts, and with each a box of cells around it, totals among them. Proof that no hidden count can be worked back from what is
 * published: add one to a corner and let its neighbours follow; every sum along every dimension stays what it is, nothing hidden
 * becomes nought, and every corner holds another count. So for each hidden cell there are two tables that agree in all that is
 * published. It does not hold against somebody who has the same counts from elsewhere, or who replays the choice of the boxes.
 */
export const hideSmallCells = (table: CountTable, threshold: number): Hidden => {
  const small = table.counts.flatMap((count, at) => (count !== null && count > 0 && count < threshold ? [at] : []))
  const primary = new Set(small)
  const all = new Set(small)
  for (const at of small) {
    const box = boxFor(table, at, all)
    if (!box) return { primary, all: new Set(table.counts.keys()), isWhole: true }
    for (const corner of box) all.add(corner.at)
  }
  return { primary, all, isWhole: false }
}

/** A dimension's lines: the cells that differ in it alone, in its order. */
export function* linesOf({ dimensions, counts }: CountTable, dimension: number): Generator<readonly number[]> {
  const stride = stridesOf(dimensions)[dimension]!
  const { size } = dimensions[dimension]!
  for (let at = 0; at < counts.length; at++)
    if (Math.floor(at / stride) % size === 0) yield Array.from({ length: size }, (_, index) => at + index * stride)
}

/** Whether a value of a dimension is the sum of all its others in every line. */
const isSum = (table: CountTable, dimension: number, value: number): boolean => {
  for (const line of linesOf(table, dimension)) {
    const total = table.counts[line[value]!]
    if (total === null || total === undefined) continue
    const parts = line.flatMap((at, index) => (index === value ? [] : [table.counts[at] ?? null]))
    if (parts.every((part) => part === null)) continue
    if (parts.reduce<number>((sum, part) => sum + (part ?? 0), 0) !== total) return false
  }
  return true
}

/** A value that is the total though no word says so: 青海省 among its prefectures. */
export const findTotal = (table: CountTable, dimension: number): number => {
  const { size } = table.dimensions[dimension]!
  if (size < 3) return -1
  return Array.from({ length: size }, (_, value) => value).findIndex((value) => isSum(table, dimension, value))
}

/** A dimension whose total is not the sum of its parts: then it is not known what can be worked back from what. */
export const brokenTotal = (table: CountTable): number | undefined =>
  summed(table).find((dimension) => !isSum(table, dimension, table.dimensions[dimension]!.total))
