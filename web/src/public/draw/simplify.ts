export type Position = readonly [x: number, y: number]
/** A closed line: its last position is its first. */
export type Ring = readonly Position[]

// A number is found far faster than a text; positions are within 0…99,999 both ways and no finer than tenths.
const keyOf = ([x, y]: Position): number => x * 1e6 + y

/** Squared distance of a position from the segment a–b. */
const offset = (p: Position, a: Position, b: Position): number => {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length))
  return (p[0] - a[0] - along * dx) ** 2 + (p[1] - a[1] - along * dy) ** 2
}

const farthest = (line: readonly Position[], from: number, to: number): { at: number; distance: number } => {
  let [at, distance] = [from, -1]
  for (let index = from + 1; index < to; index++) {
    const found = offset(line[index]!, line[from]!, line[to]!)
    if (found > distance) [at, distance] = [index, found]
  }
  return { at, distance }
}

/** Douglas and Peucker: both ends stay, and whatever lies farther than the tolerance from what is left. */
export const simplifyLine = (line: readonly Position[], tolerance: number): Position[] => {
  const kept = new Uint8Array(line.length)
  kept[0] = kept[line.length - 1] = 1
  const open: [number, number][] = [[0, line.length - 1]]
  for (let part = open.pop(); part; part = open.pop()) {
    const { at, distance } = farthest(line, ...part)
    if (distance <= tolerance * tolerance) continue
    kept[at] = 1
    open.push([part[0], at], [at, part[1]])
  }
  return line.filter((_, index) => kept[index] === 1)
}

/** Positions where borders meet: more than two ways lead on from there. */
const junctions = (rings: readonly Ring[]): ReadonlySet<number> => {
  const ways = new Map<number, readonly [number, number | undefined]>()
  const meeting = new Set<number>()
  const join = (a: number, b: number): void => {
    const known = ways.get(a)
    if (!known) ways.set(a, [b, undefined])
    else if (known[0] !== b && known[1] === undefined) ways.set(a, [known[0], b])
    else if (known[0] !== b && known[1] !== b) meeting.add(a)
  }
  for (const ring of rings)
    for (let index = 1; index < ring.length; index++) {
      const [a, b] = [keyOf(ring[index - 1]!), keyOf(ring[index]!)]
      if (a === b) continue
      join(a, b)
      join(b, a)
    }
  return meeting
}

/** The ring begun at its first junction; one that meets no other is begun at its least position, wherever it was begun before. */
const begun = (ring: Ring, isJunction: (position: Position) => boolean): Position[] => {
  const open = ring.slice(0, -1)
  const meeting = open.findIndex(isJunction)
  const start = meeting >= 0 ? meeting : open.reduce((least, one, at) => (isLess(one, open[least]!) ? at : least), 0)
  return [...open.slice(start), ...open.slice(0, start), open[start]!]
}

const isLess = (a: Position, b: Position): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])

// Two neighbours walk their border in opposite directions and must keep the same positions of it.
const simplifyArc = (arc: readonly Position[], tolerance: number): Position[] => {
  const isClosed = keyOf(arc[0]!) === keyOf(arc.at(-1)!)
  const [head, tail] = isClosed ? [arc[1]!, arc.at(-2)!] : [arc[0]!, arc.at(-1)!]
  const isTurned = isLess(tail, head)
  const line = isTurned ? arc.toReversed() : arc
  const middle = isClosed ? farthest(line, 0, line.length - 1).at : 0
  const kept = isClosed
    ? [
        ...simplifyLine(line.slice(0, middle + 1), tolerance).slice(0, -1),
        ...simplifyLine(line.slice(middle), tolerance),
      ]
    : simplifyLine(line, tolerance)
  return isTurned ? kept.toReversed() : kept
}

/** Rings with fewer positions, none farther than the tolerance from where it was; a border two rings share stays one border. */
export const simplifyRings = (rings: readonly Ring[], tolerance: number): Ring[] => {
  const meeting = junctions(rings)
  const isJunction = (position: Position) => meeting.has(keyOf(position))
  return rings.map((ring) => {
    if (ring.length < 4) return ring
    const whole = begun(ring, isJunction)
    const out: Position[] = [whole[0]!]
    for (let from = 0, at = 1; at < whole.length; at++)
      if (at === whole.length - 1 || isJunction(whole[at]!)) {
        out.push(...simplifyArc(whole.slice(from, at + 1), tolerance).slice(1))
        from = at
      }
    return out
  })
}
