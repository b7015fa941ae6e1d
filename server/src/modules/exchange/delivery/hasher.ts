import { nodeHasher } from '@sanjiang/seal/node'

export const HASHER = nodeHasher('sha256')
