import type { Module } from '#kernel/module.ts'
import { checkpointRoutes } from './checkpoint.routes.ts'
import { entryRoutes } from './entry.routes.ts'
import { tasks } from './ledger.jobs.ts'

export type { Receipt } from '@sanjiang/contract/ledger'
export { type AccessLog, closeProcessLog, openAccessLog, processLog, sealAccess } from './access.service.ts'
export { type Checkpointer, makeCheckpointer, startCheckpointing } from './checkpoint.service.ts'
export type { EntryDraft } from './entry.rules.ts'
export { readCitizenId } from './entry.service.ts'
export { listSealed, type SealedRow } from './entry.store.ts'
export { type LogOptions, type LogWriter, openLog } from './log.writer.ts'
export { type NodeKeys, openNodeKeys, type Subject, subjectHashes } from './node.keys.ts'
export { nodeHasher } from './node-hasher.ts'
export { proveInclusion } from './proof.service.ts'

export const ledger: Module = { name: 'ledger', routes: [...checkpointRoutes, ...entryRoutes], tasks }
