import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import type { TaskData } from '#kernel/jobs.ts'
import * as store from './cluster.store.ts'
import { keyOf } from './key.rules.ts'

const ENTRIES = 500
const PAIRS = 5_000
const KEYS = 1_000

/** Takes entries until none is left, each batch in a transaction of its own; returns how many there were. */
const untilDone = async (step: () => Promise<number>): Promise<number> => {
  let count = 0
  for (let done = await step(); done > 0; done = await step()) count += done
  return count
}

const keyEntries = (ctx: Ctx): Promise<number> =>
  inTx(ctx, async (tx) => {
    await store.lockClusters(tx)
    const ids = await store.listUnkeyed(tx, ENTRIES)
    if (ids.length === 0) return 0
    const lexicon = await store.readLexicon(tx)
    const pairs = await store.listNewPairs(tx, ids)
    await store.writeKeys(
      tx,
      pairs.map((pair) => ({ ...pair, ...keyOf(pair, lexicon) })),
    )
    await store.noteKeyed(tx, ids)
    return ids.length
  })

const recountDue = (ctx: Ctx): Promise<number> =>
  inTx(ctx, async (tx) => {
    await store.lockClusters(tx)
    const keys = await store.takeDue(tx, KEYS)
    if (keys.length > 0) await store.recount(tx, keys)
    return keys.length
  })

/** The words have changed: every name is keyed anew. Cut off, it is simply run again. */
const rekeyAll = async (ctx: Ctx): Promise<void> => {
  const lexicon = await store.readLexicon(ctx.db)
  let last: store.Pair | null = null
  for (;;) {
    const pairs: store.Pair[] = await store.listPairsAfter(ctx.db, last, PAIRS)
    if (pairs.length === 0) return
    await inTx(ctx, async (tx) => {
      await store.lockClusters(tx)
      await store.writeKeys(
        tx,
        pairs.map((pair) => ({ ...pair, ...keyOf(pair, lexicon) })),
      )
    })
    last = pairs.at(-1)!
  }
}

/**
 * Brings the clusters up to date with the catalogue: keys what was published, changed or withdrawn, then counts the keys that
 * this touched. Both leave behind what is still to do, so a job that is killed is finished by the next.
 */
export const refreshClusters = async (ctx: Ctx, data: TaskData = {}): Promise<number> => {
  if (data.type === 'catalog.synonym.replaced') await rekeyAll(ctx)
  const keyed = await untilDone(() => keyEntries(ctx))
  await untilDone(() => recountDue(ctx))
  return keyed
}
