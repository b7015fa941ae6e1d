import { randomBytes } from 'node:crypto'
import { makeRowLeaves, ROW_HANDLE, type RowLeavesFacts, SealError } from '@sanjiang/seal'
import { openAtRest, sealAtRest } from '@sanjiang/seal/node'
import type { Db } from '#kernel/db.ts'
import { leavesKey } from './grant-keys.ts'
import { HASHER } from './hasher.ts'
import * as store from './leaves.store.ts'

const SALT = 32

/** What a chunk's delivery is kept under, so that no leaves can stand where another's were. */
const placeOf = ({ subscription_id, generation, seq, root }: store.LeavesPlace) => ({
  feed_id: `${subscription_id}|${generation}|${root}`,
  seq,
})

interface Made {
  readonly reader: { readonly subscription_id: string; readonly generation: number; readonly key: unknown }
  readonly seq: number
  readonly kind: 'rows' | 'changes'
  readonly items: readonly string[]
  readonly body: Uint8Array
}

/** The last month whose partition this process knows to be there; by database, so that tests hold several worlds apart. */
const prepared = new WeakMap<Db, string>()

/**
 * Makes and keeps the leaves of a chunk as it is about to be delivered: durable before the receipt that carries their root,
 * so that no receipt stands without what proves it. What the receipt says of them comes back.
 */
export const keepLeaves = async (
  { db, dataDir }: { readonly db: Db; readonly dataDir: string },
  { reader, seq, kind, items, body }: Made,
): Promise<RowLeavesFacts> => {
  const key = items[0] === ROW_HANDLE ? [0] : (reader.key as string[]).map((item) => items.indexOf(item))
  const salt = randomBytes(SALT)
  const { leaves, ...sealed } = makeRowLeaves(HASHER, { kind, key, salt, body })
  const { subscription_id, generation } = reader
  const place = { subscription_id, generation, seq, root: sealed.root }
  const made_at = new Date().toISOString()
  const month = made_at.slice(0, 7)
  if (prepared.get(db) !== month) await store.ensureLeavesMonth(db, made_at)
  prepared.set(db, month)
  await store.insertLeaves(db, {
    ...place,
    rows: sealed.rows,
    sealed: sealAtRest(leavesKey(dataDir), placeOf(place), Buffer.concat([salt, leaves])),
    made_at,
  })
  return { ...sealed, kind, key, items }
}

export interface KeptLeaves {
  readonly salt: Uint8Array
  readonly leaves: Uint8Array
}

/** Undefined when somebody changed what is kept, or its key is gone: then it proves nothing. */
export const openKept = (dataDir: string, place: store.LeavesPlace, sealed: Buffer): KeptLeaves | undefined => {
  const { key_id, key } = leavesKey(dataDir)
  try {
    const plain = openAtRest((id) => (id === key_id ? key : undefined), placeOf(place), sealed)
    return { salt: plain.subarray(0, SALT), leaves: plain.subarray(SALT) }
  } catch (error) {
    if (error instanceof SealError) return undefined
    throw error
  }
}
