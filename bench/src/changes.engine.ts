// The engine in one process: the source's log as lines, the grant applied, a digest per chunk, and the target's stage and merge.
import { randomUUID } from 'node:crypto'
import { postgres } from '@sanjiang/agent/adapters/postgres'
import { CHUNK_BYTES } from '@sanjiang/seal'
import { SOURCE_TABLE, targetTable } from './snapshot.data.ts'
import { PLAN, projection, seal } from './snapshot.seal.ts'

export interface ChangesOrder {
  readonly source: string
  readonly target: string
  readonly table: string
  readonly slot: string
}

const stop = new AbortController()
const { signal } = stop

const follow = async ({ source: from, target: to, table, slot }: ChangesOrder): Promise<void> => {
  const source = await postgres.openSource({ url: from }, { read: { [SOURCE_TABLE]: '*' }, write: [] })
  const target = await postgres.openTarget({ url: to }, { read: {}, write: ['public.*'] })
  const snapshot = await source.snapshot(PLAN, { signal, slot })
  await snapshot.close()
  const run_id = randomUUID()
  const load = await target.load(run_id, targetTable(table))
  const unreadable = (): never => {
    throw new Error('a row of the bench has no canonical line')
  }
  const stream = source.changes(PLAN, snapshot.position, { chunk_bytes: CHUNK_BYTES, signal, slot, unreadable })
  let seq = 0
  try {
    for await (const lines of stream) {
      if (lines.rows > 0) {
        seal('changes', lines, { run_id, seq })
        const { body } = projection.project('changes', lines.body)
        await load.changes(Buffer.from(body.buffer, body.byteOffset, body.length))
        seq += 1
      }
      if (!lines.tx_end) continue
      if (lines.rows > 0) await load.commit({ seq, run_id, position: lines.position })
      stream.confirm(lines.position)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await load.close()
    await source.forget(slot)
    await Promise.all([source.close(), target.close()])
  }
}

process.on('message', async (order: ChangesOrder | 'stop') => {
  if (order === 'stop') stop.abort()
  else {
    await follow(order)
    process.disconnect()
  }
})
process.send?.('ready')
