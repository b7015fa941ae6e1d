import { hkdfSync } from 'node:crypto'
import type { RestKey } from '@sanjiang/seal/node'
import { nodeKey } from '#kernel/keys.ts'
import { HASHER } from './hasher.ts'

/** Secret that row handles of one grant are made with: nobody can join two grants' handles. */
export const handleSecret = (dataDir: string, grantId: string): Buffer =>
  Buffer.from(hkdfSync('sha256', nodeKey(dataDir, 'row-handles'), '', `row handle ${grantId}`, 32))

const restKeyOf = (key: Buffer): RestKey => ({
  key_id: Buffer.from(HASHER.hash(key)).toString('hex').slice(0, 16),
  key,
})

/** The key chunks are sealed with at rest; named by its own hash, so that a later one can stand beside it. */
export const restKey = (dataDir: string): RestKey => restKeyOf(nodeKey(dataDir, 'exchange'))

/** Of its own: row leaves outlive the chunks, and whoever may read those need not read these. */
export const leavesKey = (dataDir: string): RestKey => restKeyOf(nodeKey(dataDir, 'row-leaves'))
