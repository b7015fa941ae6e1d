import { randomUUID } from 'node:crypto'
import type { Lines } from '@sanjiang/agent/adapters/adapter'
import { type ChunkHeader, compileProjection, headerBytes } from '@sanjiang/seal'
import { nodeChunkDigest, nodeHasher } from '@sanjiang/seal/node'
import { GRANTED, ITEMS, KEY, SOURCE_TABLE } from './snapshot.data.ts'

// What an engine in one process does between the source and the target: the grant applied, and a digest per chunk.

export const projection = compileProjection({
  items: ITEMS.map(({ column }) => column),
  grant: GRANTED.map(({ column, mask }) => ({ name_en: column, mask_rule: mask ?? 'none' })),
  conditions: [],
  key: [KEY],
  hasher: nodeHasher('sha256'),
  lends: true,
})
export const PLAN = {
  relation: SOURCE_TABLE,
  columns: ITEMS.map(({ column, data_type }) => ({ column, item: column, data_type, is_key: column === KEY })),
  cursor_column: null,
}
const FEED = randomUUID()

/** The chunk as it would stand in the log, and its digest. */
export const seal = (
  kind: 'rows' | 'changes',
  lines: Lines,
  { run_id, seq }: { run_id: string; seq: number },
): Buffer => {
  const header: ChunkHeader = {
    v: 1,
    feed_id: FEED,
    seq,
    run_id,
    epoch: 1,
    kind,
    feed_version: 1,
    items: PLAN.columns.map(({ item }) => item),
    rows: lines.rows,
    bytes: lines.body.length,
    position: lines.position,
    tx_end: lines.tx_end,
    at: new Date().toISOString(),
  }
  return nodeChunkDigest(headerBytes(header), lines.body)
}
