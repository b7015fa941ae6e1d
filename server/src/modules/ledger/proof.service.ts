import type { ConsistencyProof, InclusionProof } from '@sanjiang/contract/ledger'
import {
  consistencyProof,
  consistencyRanges,
  type Hasher,
  hex,
  inclusionProof,
  inclusionRanges,
  type LeafRange,
  type NodeReader,
  rangeHash,
  subtreesOf,
} from '@sanjiang/seal'
import type { Ctx } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { toCheckpoint } from './checkpoint.rules.ts'
import { findCheckpoint, findLatestHead, type HeadRow, listTiles } from './checkpoint.store.ts'
import { findLog, listLeaves } from './log.store.ts'
import { nodeHasher } from './node-hasher.ts'
import { storedNodesOf, subtreeRoot } from './tree.rules.ts'

const damaged = (): Fault =>
  new Fault('wrong_state', '账本数据有缺失，无法出具证明；请导出该时期并离线验证，以查明缺失之处')

/**
 * Fetches beforehand what the ranges fold from, at most 256 rows per subtree, so that proving costs the same for a log of
 * a thousand entries and of a billion.
 */
const readerFor = async (
  db: Db,
  hasher: Hasher,
  { logId, ranges }: { logId: string; ranges: readonly LeafRange[] },
) => {
  const roots = new Map<string, Uint8Array>()
  for (const subtree of ranges.flatMap((range) => subtreesOf(range))) {
    const stored = storedNodesOf(subtree)
    const end = stored.start + stored.count
    const nodes = await (stored.level === 0 ? listLeaves(db, logId, [stored.start, end]) : listTiles(db, logId, stored))
    if (nodes.length !== stored.count) throw damaged()
    roots.set(`${subtree.level}/${subtree.index}`, subtreeRoot(hasher, nodes))
  }
  const read: NodeReader = (level, index) => roots.get(`${level}/${index}`)!
  return { hasher, read }
}

const getSealed = async (db: Db, logId: string): Promise<{ head: HeadRow; hasher: Hasher; hash_alg: string }> => {
  const log = await findLog(db, logId)
  if (!log) throw new Fault('not_found')
  const head = await findLatestHead(db, logId)
  if (!head) throw new Fault('wrong_state', '该日志尚未被检查点覆盖，请一秒后再试')
  return { head, hasher: nodeHasher(log.hash_alg as 'sha256'), hash_alg: log.hash_alg }
}

/** That the entry stands in the log as of its latest signed head. */
export const proveInclusion = async ({ db }: Ctx, logId: string, seq: number): Promise<InclusionProof> => {
  const { head, hasher, hash_alg } = await getSealed(db, logId)
  if (seq >= head.size) {
    const log = await findLog(db, logId)
    if (seq >= log!.size) throw new Fault('not_found', '该日志没有这一条')
    throw new Fault('wrong_state', '该条目尚未被检查点覆盖，请一秒后再试')
  }
  const [leaf] = await listLeaves(db, logId, [seq, seq + 1])
  if (!leaf) throw damaged()
  const reading = await readerFor(db, hasher, { logId, ranges: inclusionRanges(seq, head.size) })
  const path = inclusionProof(reading, seq, head.size).map(hex)
  const checkpoint = toCheckpoint((await findCheckpoint(db, head.no))!)
  const { size, root } = head
  return { log_id: logId, seq, leaf: hex(leaf), size, root: hex(root), path, hash_alg, checkpoint }
}

const rootAt = async (db: Db, hasher: Hasher, { logId, size }: { logId: string; size: number }): Promise<string> => {
  if (size === 0) return hex(hasher.hash(new Uint8Array(0)))
  const range: LeafRange = [0, size]
  const { read } = await readerFor(db, hasher, { logId, ranges: [range] })
  return hex(rangeHash(hasher, read, range))
}

/** That the log at size `from` is a prefix of the log at size `to`; without `to`, of its latest signed head. */
export const proveConsistency = async (
  { db }: Ctx,
  logId: string,
  { from, to: wanted }: { from: number; to?: number },
): Promise<ConsistencyProof> => {
  const { head, hasher, hash_alg } = await getSealed(db, logId)
  const to = wanted ?? head.size
  if (to > head.size) throw invalid('to', 'range', `不能超过已签署的 ${head.size} 条`)
  if (from > to) throw invalid('from', 'range', 'from 不能大于 to')
  const reading = await readerFor(db, hasher, { logId, ranges: consistencyRanges(from, to) })
  return {
    log_id: logId,
    from_size: from,
    from_root: await rootAt(db, hasher, { logId, size: from }),
    to_size: to,
    to_root: to === head.size ? hex(head.root) : await rootAt(db, hasher, { logId, size: to }),
    path: consistencyProof(reading, from, to).map(hex),
    hash_alg,
  }
}
