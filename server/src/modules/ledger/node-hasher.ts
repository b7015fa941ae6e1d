import { nodeHasher } from '@sanjiang/seal/node'

export { nodeHasher }

/** What new logs are hashed with. Each log names its own, so that a later choice leaves the older ones verifiable. */
export const HASHER = nodeHasher('sha256')
