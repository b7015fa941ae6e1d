import { digestAt, partCount, type Recipe } from '@sanjiang/seal'
import type { Db, Tx } from '#kernel/db.ts'
import * as store from './blob.store.ts'
import type { Packs } from './packs.ts'

/** Digests held in memory at once; a larger store is gone through in several passes, by how digests begin. */
const HELD = 1_000_000
const PREFIXES = 256
/** Doors may have other clocks than the worker. */
const SKEW_MS = 3_600_000

/** Instants: files that everybody has, files at the latest, parts that no file has been closed with. */
export interface SweepAges {
  readonly fetchedBefore: string
  readonly cap: string
  readonly loose: string
}

export interface Swept {
  readonly files: number
  readonly parts: number
  readonly packs: number
}

interface Store {
  readonly db: Db
  readonly packs: Packs
  recipeOf(name: Buffer): Promise<Recipe | null>
}

interface Pass {
  readonly from: number
  readonly to: number
}

const latin = (digest: Uint8Array): string => Buffer.from(digest).toString('latin1')

const addLive = async (live: Set<string>, { of, names, pass }: { of: Store; names: readonly Buffer[]; pass: Pass }) => {
  const keep = (digest: Uint8Array): void => {
    const first = digest[0] as number
    if (first >= pass.from && first < pass.to) live.add(latin(digest))
  }
  for (const name of names) {
    keep(name)
    const recipe = await of.recipeOf(name)
    for (let part = 0; recipe !== null && part < partCount(recipe); part++) keep(digestAt(recipe, part))
  }
}

/** Looked at without keeping anybody waiting; what was closed meanwhile is looked at again under the lock. */
const sweepParts = async (of: Store, pass: Pass, loose: string): Promise<number> => {
  const live = new Set<string>()
  const began = new Date(Date.now() - SKEW_MS).toISOString()
  await addLive(live, { of, names: await store.liveRecipes(of.db, null), pass })
  let parts = 0
  for (let prefix = pass.from; prefix < pass.to; prefix++) {
    const dead = (await store.partsOlderThan(of.db, prefix, loose)).filter(({ digest }) => !live.has(latin(digest)))
    if (dead.length === 0) continue
    parts += await of.db.transaction().execute(async (tx: Tx) => {
      await store.lockForSweep(tx)
      await addLive(live, { of, names: await store.liveRecipes(tx, began), pass })
      const gone = dead.flatMap(({ digest }) => (live.has(latin(digest)) ? [] : [digest]))
      if (gone.length > 0) await store.deleteParts(tx, gone)
      return gone.length
    })
  }
  return parts
}

/** Files that everybody has go first, then parts that no file needs, then packs in which nothing is left. */
export const sweep = async (of: Store, ages: SweepAges): Promise<Swept> => {
  const { db, packs } = of
  const before = { before: ages.fetchedBefore, cap: ages.cap }
  const files = await db.transaction().execute((tx) => store.deleteFetchedFiles(tx, before))
  const passes = Math.min(PREFIXES, Math.max(1, Math.ceil((await store.countParts(db)) / HELD)))
  let parts = 0
  for (let no = 0; no < passes; no++) {
    const [from, to] = [no, no + 1].map((one) => Math.floor((one * PREFIXES) / passes)) as [number, number]
    parts += await sweepParts(of, { from, to }, ages.loose)
  }
  const live = await store.livePacks(db)
  // A young pack may hold parts of another process whose rows are not written yet.
  const gone = (await packs.olderThan(ages.loose)).filter((pack) => !live.has(pack))
  for (const pack of gone) await packs.remove(pack)
  return { files, parts, packs: gone.length }
}
