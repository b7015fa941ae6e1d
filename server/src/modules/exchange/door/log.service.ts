import type { Head } from '@sanjiang/contract/exchange.door'
import { DOOR, doorText, Supplied } from '@sanjiang/contract/exchange.door'
import { chunksRoot, hex } from '@sanjiang/seal'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { restKey } from '../delivery/grant-keys.ts'
import { HASHER } from '../delivery/hasher.ts'
import { isInUse } from './assignment.store.ts'
import { piecesOf, readJson } from './body.ts'
import * as store from './chunk.store.ts'
import type { AgentRequest } from './door.ts'
import { ownFeed } from './head.service.ts'
import { receiveChunks } from './intake.ts'
import { findLog, type LogFeed, toHead } from './log.store.ts'
import { withChunk } from './run.rules.ts'
import { afterChunks } from './run-turn.service.ts'
import { isSigned } from './signature.ts'

const seqOf = (text: string | undefined): number => {
  if (!/^\d{1,15}$/.test(text ?? '')) throw new Fault('malformed', '序号应为整数')
  return Number(text)
}

/** 409 with the head in its fields: where the agent goes on. */
const outOfOrder = (head: number, message: string): Fault =>
  new Fault('out_of_order', message, { fields: [{ field: 'head', rule: 'out_of_order', message: String(head) }] })

/** Those the log has already must be the same; what is behind its head must follow on it. */
const freshOf = async (tx: Tx, head: number, chunks: readonly store.NewChunk[]): Promise<store.NewChunk[]> => {
  const first = (chunks[0] as store.NewChunk).header
  if (first.seq > head) throw outOfOrder(head, `日志的下一块是第 ${head} 块`)
  const known = chunks.filter(({ header }) => header.seq < head)
  const range = { from: first.seq, to: first.seq + known.length - 1 }
  const digests = known.length > 0 ? await store.listDigests(tx, first.feed_id, range) : []
  for (const [index, { digest, header }] of known.entries())
    if (!digests[index]?.equals(digest))
      throw outOfOrder(head, `日志的第 ${header.seq} 块是另一内容，下一块是第 ${head} 块`)
  return chunks.slice(known.length)
}

const foldRuns = async (tx: Tx, feedId: string, chunks: readonly store.NewChunk[], at: string) => {
  const ids = [...new Set(chunks.map(({ header }) => header.run_id))]
  const runs = new Map((await store.listRuns(tx, feedId, ids)).map((run) => [run.run_id, run]))
  for (const { header } of chunks) {
    const run = runs.get(header.run_id)
    if (!run) throw new Fault('invalid', '数据块不属于任何下达的批次')
    runs.set(header.run_id, withChunk(run, header, at))
  }
  for (const run of runs.values()) await store.updateRun(tx, run)
  return [...runs.values()]
}

interface Append {
  readonly agentId: string
  readonly epoch: number
  readonly feedId: string
  readonly chunks: readonly store.NewChunk[]
}

/** Appends in one transaction under the feed's lock: two doors that get the same chunk leave one. */
const append = (ctx: Ctx, { agentId, epoch, feedId, chunks }: Append): Promise<Head> =>
  inTx(ctx, async (tx) => {
    const feed = await store.lockLog(tx, agentId, feedId)
    if (!feed) throw new Fault('not_found')
    if (feed.state === 'detached') throw new Fault('wrong_state', '挂接已解除')
    // A body may take minutes to arrive: another may have signed in meanwhile.
    if (!(await isInUse(tx, agentId, epoch))) throw new Fault('agent_fenced')
    const fresh = await freshOf(tx, feed.head, chunks)
    const last = fresh.at(-1)
    if (last) {
      const at = new Date().toISOString()
      await store.insertChunks(tx, fresh, at)
      await store.setHead(tx, last, at)
      const runs = await foldRuns(tx, feedId, fresh, at)
      await afterChunks(tx, ctx, { feed, runs, headers: fresh.map(({ header }) => header) })
    }
    return toHead((await findLog(tx, agentId, feedId)) as LogFeed)
  })

/** Bodies being taken at a time, some 50 MiB each: memory is what would run out first. */
const MAX_TAKING = 16
let taking = 0

export const putChunks = async (request: AgentRequest): Promise<Head> => {
  if (taking >= MAX_TAKING) throw new Fault('rate_limited', '正在接收的数据块过多，请稍后再试')
  taking += 1
  try {
    return await takeChunks(request)
  } finally {
    taking -= 1
  }
}

const takeChunks = async (request: AgentRequest): Promise<Head> => {
  const { ctx, agent, params, parts } = request
  const { feed_id, head } = await ownFeed(request)
  const first = seqOf(params.seq)
  if (first > head) throw outOfOrder(head, `日志的下一块是第 ${head} 块`)
  const expected = { feed_id, first, epoch: agent.epoch, key: restKey(parts.house.site.dataDir) }
  const chunks = await receiveChunks(piecesOf(request.request, DOOR.max_frame_bytes), expected)
  const order = { agentId: agent.agent_id, epoch: agent.epoch, feedId: feed_id, chunks }
  try {
    return await append(ctx, order)
  } catch (error) {
    if (!store.isMonthMissing(error)) throw error
    await store.ensureMonth(ctx.db, new Date().toISOString())
    return append(ctx, order)
  }
}

/** The provider's word for what it has supplied: held to the log, sealed in the ledger, counted; said again, only counted. */
export const supply = async (request: AgentRequest): Promise<Head> => {
  const { ctx, agent, parts } = request
  const feed = await ownFeed(request)
  const { feed_id } = feed
  const body = await readJson(request.request, Supplied)
  const { from, to, root, signature } = body
  if (to < from || to >= feed.head) throw new Fault('invalid', `日志到第 ${feed.head - 1} 块为止`)
  if (from > feed.supplied) throw outOfOrder(feed.head, `自第 ${feed.supplied} 块起尚无签名`)
  if (!isSigned(agent.public_key, doorText.supplied({ feed_id, from, to, root }), signature))
    throw new Fault('signature_invalid')
  const digests = await store.listDigests(ctx.db, feed_id, { from, to })
  if (hex(chunksRoot(HASHER, digests)) !== root) throw new Fault('digest_mismatch', '签名的根与日志不符')
  if (to >= feed.supplied) {
    await parts.ledger.append({ kind: 'chunk_supplied', body: await sealedWords(request, feed, body) })
    await store.setSupplied(ctx.db, feed_id, to + 1)
  }
  return toHead((await findLog(ctx.db, agent.agent_id, feed_id)) as LogFeed)
}

const sealedWords = async (
  { ctx, agent }: AgentRequest,
  feed: LogFeed,
  body: { from: number; to: number; root: string; signature: string },
) => {
  const resource = await ctx.db
    .selectFrom('catalog.published_resource')
    .select('code')
    .where('resource_id', '=', feed.resource_id)
    .executeTakeFirst()
  return {
    agent_id: agent.agent_id,
    feed_id: feed.feed_id,
    from: body.from,
    key_id: agent.key_id,
    provider_organ_id: feed.provider_organ_id,
    resource_code: resource?.code ?? null,
    root: body.root,
    signature: body.signature,
    to: body.to,
  }
}
