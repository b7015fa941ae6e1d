import { hkdfSync } from 'node:crypto'
import type { RestKey } from '@sanjiang/seal/node'
import { nodeKey } from '#kernel/keys.ts'
import { HASHER } from './hasher.ts'

/** Secret that row handles of one grant are made with: nobody can join two grants' handles. */
export const handleSecret = (dataDir: string, grantId: string): Buffer =>
  Buffer.from(hkdfSync('sha256', nodeKey(dataDir, 'row-handles'), '', `row handle ${grantId}`, 32))

/** The key chunks are sealed with at rest; named by its own hash, so that a later one can stand beside it. */
export const restKey = (dataDir: string): RestKey => {
  const key = nodeKey(dataDir, 'exchange')
  return { key_id: Buffer.from(HASHER.hash(key)).toString('hex').slice(0, 16), key }
}
