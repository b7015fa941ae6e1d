/** The values of one facet for every dataset, as numbers in one row: those of dataset `i` stand from `starts[i]` to `starts[i + 1]`. */
export interface Column {
  readonly values: readonly string[]
  readonly codes: ReadonlyMap<string, number>
  readonly starts: Int32Array
  readonly flat: Int32Array
}

export const columnOf = (perDataset: readonly (readonly string[])[]): Column => {
  const codes = new Map<string, number>()
  const flat: number[] = []
  const starts = new Int32Array(perDataset.length + 1)
  for (const [at, values] of perDataset.entries()) {
    for (const value of new Set(values)) {
      const code = codes.get(value) ?? codes.size
      codes.set(value, code)
      flat.push(code)
    }
    starts[at + 1] = flat.length
  }
  return { values: [...codes.keys()], codes, starts, flat: Int32Array.from(flat) }
}

/** How many of those marked have each value, the most frequent first, then by value. */
export const countColumn = ({ values, starts, flat }: Column, mask: Uint8Array): [value: string, count: number][] => {
  const counts = new Int32Array(values.length)
  for (let at = 0; at < mask.length; at += 1)
    if (mask[at]) for (let one = starts[at]!; one < starts[at + 1]!; one += 1) counts[flat[one]!]! += 1
  return values
    .map((value, code): [string, number] => [value, counts[code]!])
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}

/** Marks those that have one of the values that pass. */
export const maskColumn = (column: Column, passes: (value: string) => boolean): Uint8Array => {
  const { values, starts, flat } = column
  const isWanted = Uint8Array.from(values, (value) => (passes(value) ? 1 : 0))
  const mask = new Uint8Array(starts.length - 1)
  for (let at = 0; at < mask.length; at += 1)
    for (let one = starts[at]!; one < starts[at + 1]!; one += 1) mask[at]! |= isWanted[flat[one]!]!
  return mask
}
