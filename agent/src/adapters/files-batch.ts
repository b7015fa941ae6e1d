import { setTimeout as pause } from 'node:timers/promises'

/** Rows do not wait longer than this for the next file, which may take hours. */
const LONGEST_HELD = 500

export interface Batch<T> {
  readonly body: Buffer
  readonly rows: number
  readonly items: readonly T[]
}

const soon = async (next: Promise<unknown>): Promise<boolean> => {
  const over = new AbortController()
  try {
    return await Promise.race([
      next.then(() => true),
      pause(LONGEST_HELD, false, { signal: over.signal }).catch(() => false),
    ])
  } finally {
    over.abort()
  }
}

/** Lines as bodies of at most `chunkBytes`, given early when the next line is long in coming. */
export async function* batched<T extends { readonly line: Buffer | null }>(
  lines: AsyncGenerator<T>,
  chunkBytes: number,
): AsyncGenerator<Batch<T>> {
  let items: T[] = []
  let bytes = 0
  const flush = (): Batch<T> => {
    const given = items.flatMap(({ line }) => line ?? [])
    const batch = { body: Buffer.concat(given), rows: given.length, items }
    items = []
    bytes = 0
    return batch
  }
  try {
    for (let next = lines.next(); ; next = lines.next()) {
      next.catch(() => undefined)
      while (items.length > 0 && !(await soon(next))) yield flush()
      const { done, value } = await next
      if (done) break
      const length = value.line?.length ?? 0
      if (bytes > 0 && bytes + length > chunkBytes) yield flush()
      items.push(value)
      bytes += length
    }
    if (items.length > 0) yield flush()
  } finally {
    await lines.return(undefined)
  }
}
