export type Before = (one: number, other: number) => boolean

/** The first `count` of `0 … length - 1` in the order of `before`: a heap with the last of those kept on top. */
export const firstOf = (length: number, count: number, before: Before): number[] => {
  const heap: number[] = []
  const sink = (from: number): void => {
    for (let at = from; ; ) {
      let last = at
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && before(heap[last]!, heap[child]!)) last = child
      if (last === at) return
      ;[heap[at], heap[last]] = [heap[last]!, heap[at]!]
      at = last
    }
  }
  for (let one = 0; one < length; one += 1) {
    if (heap.length < count) {
      heap.push(one)
      if (heap.length === count) for (let at = count >>> 1; at >= 0; at -= 1) sink(at)
    } else if (count > 0 && before(one, heap[0]!)) {
      heap[0] = one
      sink(0)
    }
  }
  return heap.sort((one, other) => (before(one, other) ? -1 : 1))
}
