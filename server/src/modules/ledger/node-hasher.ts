import { hash } from 'node:crypto'
import type { Hasher } from '@sanjiang/seal'

/** One-shot hashing in OpenSSL; a hash object per leaf would cost three times as much. */
export const nodeHasher = (alg: Hasher['alg']): Hasher => ({ alg, hash: (bytes) => hash(alg, bytes, 'buffer') })

/** What new logs are hashed with. Each log names its own, so that a later choice leaves the older ones verifiable. */
export const HASHER = nodeHasher('sha256')
