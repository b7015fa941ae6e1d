import { type ChunkHeader, type ChunkKind, headerBytes } from '@sanjiang/seal'
import { compressBody, nodeChunkDigest, sealAtRest } from '@sanjiang/seal/node'
import { restKey } from '#modules/exchange/delivery/grant-keys.ts'
import type { World } from './harness.ts'

interface Put {
  readonly feed_id: string
  readonly run_id: string
  readonly kind: ChunkKind
  readonly items: string[]
  readonly lines?: readonly string[]
  readonly position: string
}

/** Puts a chunk into a feed's log as the door would; answers its seq. */
export const putChunk = async (
  world: World,
  { feed_id, run_id, kind, items, lines = [], position }: Put,
): Promise<number> => {
  const [row] = await world.sql<{ head: string }>('select head from exchange.feed where feed_id = $1', [feed_id])
  const seq = Number(row!.head)
  const body = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  const at = new Date().toISOString()
  const more = { kind, feed_version: 1, items, rows: lines.length, bytes: body.length, position, tx_end: true, at }
  const header: ChunkHeader = { v: 1, feed_id, seq, run_id, epoch: 1, ...more }
  const bytes = headerBytes(header)
  const sealed = sealAtRest(restKey(world.dataDir), header, await compressBody(body))
  const month = `${at.slice(0, 7)}-01`
  const digest = nodeChunkDigest(bytes, body)
  await world.sql(
    `insert into exchange.chunk (feed_id, seq, month, run_id, kind, digest, rows, bytes, stored_bytes, position, tx_end, header, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true, $11, $12)`,
    [
      feed_id,
      seq,
      month,
      run_id,
      kind,
      digest,
      lines.length,
      body.length,
      sealed.length,
      position,
      `${Buffer.from(bytes)}`,
      at,
    ],
  )
  if (body.length > 0)
    await world.sql('insert into exchange.chunk_body (feed_id, seq, month, body) values ($1, $2, $3, $4)', [
      feed_id,
      seq,
      month,
      sealed,
    ])
  await world.sql('update exchange.feed set head = $2 where feed_id = $1', [feed_id, seq + 1])
  if (kind === 'begin')
    await world.sql(`update exchange.run set state = 'running', first_seq = $2, position = $3 where run_id = $1`, [
      run_id,
      seq,
      position,
    ])
  return seq
}

export const baseRunOf = async (world: World, subscriptionId: string): Promise<string> => {
  const [row] = await world.sql<{ base_run_id: string }>(
    'select base_run_id from exchange.subscription where subscription_id = $1',
    [subscriptionId],
  )
  return row!.base_run_id
}
