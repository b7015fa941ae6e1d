import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type Checkpoint,
  canonical,
  checkpointHash,
  type Head,
  headsRoot,
  hex,
  NO_CHECKPOINT,
  readCheckpoint,
  signCheckpoint,
} from '@sanjiang/seal'
import type { House } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import type { Log } from '#kernel/log.ts'
import * as store from './checkpoint.store.ts'
import { closeSilentLogs, getPolicyVersion, listLeaves } from './log.store.ts'
import type { NodeKeys, NodeSigner } from './node.keys.ts'
import { HASHER, nodeHasher } from './node-hasher.ts'
import { GrowingTree, type Tile } from './tree.rules.ts'

const SILENT_SECONDS = 15
/** Read so many at a time. One checkpoint covers everything there is: an entry left for the next would look back-dated. */
const LEAVES_AT_ONCE = 10_000

interface Tracked {
  readonly tree: GrowingTree
  readonly head: Head
}

/** Where the chain stands: what the next checkpoint follows on. Discarded whenever anything goes wrong. */
interface Chain {
  readonly no: number
  readonly hash: string
  readonly at: string
  readonly signer: NodeSigner
  readonly logs: ReadonlyMap<string, Tracked>
}

interface Growth extends Tracked {
  readonly log_id: string
  readonly tiles: readonly Tile[]
}

/** A database older than what this node has signed, or another node's: signing on would fork history. */
export class ChainBroken extends Error {
  override readonly name = 'ChainBroken'
}

const SEEN = 'checkpoint.seen.json'
const seenFile = ({ dataDir, demo }: NodeKeys): string => join(dataDir, 'keys', demo ? `demo-${SEEN}` : SEEN)

const readSeen = (keys: NodeKeys): { no: number; hash: string } | undefined => {
  try {
    return JSON.parse(readFileSync(seenFile(keys), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const writeSeen = async (keys: NodeKeys, { no, hash }: { no: number; hash: string }): Promise<void> => {
  const file = seenFile(keys)
  const handle = await open(`${file}.new`, 'w', 0o600)
  try {
    await handle.writeFile(JSON.stringify({ no, hash }))
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
}

const nodesOf = (frontier: Buffer): string[] =>
  Array.from({ length: frontier.length / 32 }, (_, i) => frontier.toString('hex', i * 32, i * 32 + 32))

/**
 * The open logs' trees as stored, which only the signed heads_root makes trustworthy: whoever owns the database could
 * else have history rewritten and have the node sign on from there.
 */
const trackedFrom = (rows: readonly store.HeadRow[], checkpoint: Checkpoint): Map<string, Tracked> => {
  const all = rows.map(({ log_id, size, root, frontier, is_closed }) => {
    const tree = treeFrom(size, frontier)
    const head: Head = { log_id, size, root: hex(root), closed: is_closed }
    if (tree === undefined || hex(tree.root()) !== head.root) throw headsChanged(checkpoint)
    return { tree, head }
  })
  const root = headsRoot(
    HASHER,
    all.map(({ head }) => head),
  )
  if (root !== checkpoint.heads_root) throw headsChanged(checkpoint)
  return new Map(all.filter(({ head }) => !head.closed).map((tracked) => [tracked.head.log_id, tracked]))
}

const treeFrom = (size: number, frontier: Buffer): GrowingTree | undefined => {
  try {
    return GrowingTree.from(HASHER, { size, nodes: nodesOf(frontier) })
  } catch {
    return undefined
  }
}

const headsChanged = ({ no }: Checkpoint): ChainBroken =>
  new ChainBroken(`第 ${no} 号检查点的日志状态被改动，与已签署的总根不符；不再签署，请导出并离线验证`)

/** Strictly later than the checkpoint before, even if the clock was set back. */
const timeAfter = (before: string): string => {
  const now = new Date().toISOString()
  return now > before ? now : new Date(Date.parse(before) + 1).toISOString()
}

export interface Checkpointer {
  /** Signs a checkpoint if anything changed; its number, or null. Throws `ChainBroken` rather than fork. */
  tick(): Promise<number | null>
}

class NodeCheckpointer implements Checkpointer {
  readonly #db: Db
  readonly #keys: NodeKeys
  readonly #log: Log
  readonly #silentSeconds: number
  #chain: Chain | undefined

  constructor({ db, log }: Pick<House, 'db' | 'log'>, keys: NodeKeys, silentSeconds: number) {
    this.#db = db
    this.#keys = keys
    this.#log = log
    this.#silentSeconds = silentSeconds
  }

  async tick(): Promise<number | null> {
    const before = this.#chain
    this.#chain = undefined
    const next = await this.#db.transaction().execute(async (tx) => {
      if (!(await store.tryCheckpointLock(tx))) return undefined
      const chain = await this.#current(tx, before)
      const advanced = await this.#advance(tx, chain)
      return { chain: advanced ?? chain, isNew: advanced !== undefined }
    })
    if (!next) return null
    this.#chain = next.chain
    if (!next.isNew) return null
    await writeSeen(this.#keys, next.chain)
    return next.chain.no
  }

  /** The chain as the database has it; what is held in memory is used only while it is still the latest. */
  async #current(tx: Tx, held: Chain | undefined): Promise<Chain> {
    const latest = await store.findLatestCheckpoint(tx)
    if (held && held.no === (latest?.no ?? 0) && (!latest || held.hash === latest.hash)) return held
    const chain = latest ? await this.#load(tx, latest) : this.#beginning()
    const seen = readSeen(this.#keys)
    if (seen && (await this.#hashOf(tx, seen.no)) !== seen.hash)
      throw new ChainBroken(
        `数据库里没有本节点签过的第 ${seen.no} 号检查点：库被回退或调换。为免历史分叉不再签署；确系经批准的恢复，请先存档再移走 ${seenFile(this.#keys)}`,
      )
    return chain
  }

  #beginning(): Chain {
    return { no: 0, hash: NO_CHECKPOINT, at: '', signer: this.#keys.signers[0]!, logs: new Map() }
  }

  async #hashOf(tx: Tx, no: number): Promise<string | undefined> {
    const row = await store.findCheckpoint(tx, no)
    return row && checkpointHash(HASHER, readCheckpoint(JSON.parse(row.body)))
  }

  async #load(tx: Tx, row: store.CheckpointRow): Promise<Chain> {
    const checkpoint = readCheckpoint(JSON.parse(row.body))
    if (checkpoint.node_id !== this.#keys.node_id)
      throw new ChainBroken(`此库的账本属于节点 ${checkpoint.node_id}，不是本节点 ${this.#keys.node_id}`)
    const logs = trackedFrom(await store.listHeadsAsOf(tx, row.no), checkpoint)
    const { no, at } = checkpoint
    return { no, at, hash: checkpointHash(HASHER, checkpoint), signer: this.#signerAfter(checkpoint, row), logs }
  }

  #signerAfter(checkpoint: Checkpoint, row: store.CheckpointRow): NodeSigner {
    const signatures = row.signatures as unknown as { key_id: string }[]
    const wanted = checkpoint.next_key?.key_id ?? signatures[0]?.key_id
    const signer = this.#keys.signers.find(({ key_id }) => key_id === wanted)
    if (!signer) throw new ChainBroken(`没有第 ${checkpoint.no} 号检查点之后应使用的签名密钥 ${wanted}`)
    return signer
  }

  async #advance(tx: Tx, chain: Chain): Promise<Chain | undefined> {
    // The time before any size is read: what this checkpoint does not cover was not committed then.
    const at = timeAfter(chain.at)
    for (const { log_id, role } of await closeSilentLogs(tx, this.#silentSeconds))
      this.#log.warn({ log_id, role }, 'ledger log closed: its writer is silent')
    const growths: Growth[] = []
    const empty: string[] = []
    for (const row of await store.listUnsettledLogs(tx)) {
      const growth = await this.#grow(tx, row, chain.logs.get(row.log_id))
      if (growth) growths.push(growth)
      else if (row.closed_at !== null && row.size === 0) empty.push(row.log_id)
    }
    if (empty.length > 0) await store.setLogsSettled(tx, empty, chain.no)
    return growths.length > 0 ? this.#sign(tx, chain, { at, growths }) : undefined
  }

  /** Follows one log to the size its writer committed; nothing when it did not change. */
  async #grow(
    tx: Tx,
    row: Awaited<ReturnType<typeof store.listUnsettledLogs>>[number],
    tracked: Tracked | undefined,
  ): Promise<Growth | undefined> {
    const { log_id, size, closed_at } = row
    const tree = tracked?.tree ?? new GrowingTree(nodeHasher(row.hash_alg as 'sha256'))
    const tiles: Tile[] = []
    while (tree.size < size) {
      const until = Math.min(size, tree.size + LEAVES_AT_ONCE)
      const wanted = until - tree.size
      const leaves = await listLeaves(tx, log_id, [tree.size, until])
      for (const leaf of leaves) tiles.push(...tree.append(leaf))
      if (leaves.length === wanted) continue
      // Someone took rows out before they were ever signed. What precedes the hole is signed, and the hole stays visible.
      this.#log.error({ log_id, at: tree.size, wanted, found: leaves.length }, 'ledger entries are missing')
      break
    }
    if (tracked && size < tracked.head.size) this.#log.error({ log_id, size }, 'ledger log is shorter than signed')
    const closed = closed_at !== null && tree.size === size
    if (tree.size === (tracked?.head.size ?? 0) && !(closed && tree.size > 0)) return undefined
    return { log_id, tree, tiles, head: { log_id, size: tree.size, root: hex(tree.root()), closed } }
  }

  async #sign(tx: Tx, chain: Chain, { at, growths }: { at: string; growths: readonly Growth[] }): Promise<Chain> {
    const changed = new Map(growths.map((growth) => [growth.log_id, growth]))
    const others = [...chain.logs.values()].filter(({ head }) => !changed.has(head.log_id)).map(({ head }) => head)
    const heads = growths.map(({ head }) => head)
    const newest = this.#keys.signers.at(-1)!
    const checkpoint: Checkpoint = {
      v: 1,
      node_id: this.#keys.node_id,
      demo: this.#keys.demo,
      hash_alg: HASHER.alg,
      no: chain.no + 1,
      at,
      prev: chain.hash,
      policy_version: await getPolicyVersion(tx),
      ...(newest.key_id === chain.signer.key_id ? {} : { next_key: newest.named }),
      heads,
      heads_root: headsRoot(HASHER, [...others, ...heads]),
    }
    await this.#store(tx, chain.signer, { checkpoint, growths })
    const logs = new Map<string, Tracked>([...chain.logs, ...changed])
    for (const { log_id, closed } of heads) if (closed) logs.delete(log_id)
    return { no: checkpoint.no, at, hash: checkpointHash(HASHER, checkpoint), signer: newest, logs }
  }

  async #store(
    tx: Tx,
    signer: NodeSigner,
    { checkpoint, growths }: { checkpoint: Checkpoint; growths: readonly Growth[] },
  ): Promise<void> {
    const { no, at } = checkpoint
    const signed = await signCheckpoint(signer, checkpoint)
    const hash = checkpointHash(HASHER, checkpoint)
    const signatures = JSON.stringify(signed.signatures)
    await store.insertCheckpoint(tx, { no, at, hash, body: canonical(signed.checkpoint), signatures })
    await store.insertHeads(
      tx,
      growths.map(({ log_id, tree, head }) => ({
        log_id,
        no,
        size: head.size,
        root: Buffer.from(head.root, 'hex'),
        frontier: Buffer.from(tree.state().nodes.join(''), 'hex'),
        is_closed: head.closed,
      })),
    )
    const tiles = growths.flatMap(({ log_id, tiles }) => tiles.map((tile) => ({ ...tile, log_id })))
    await store.insertTiles(tx, tiles)
    const closed = growths.filter(({ head }) => head.closed).map(({ log_id }) => log_id)
    if (closed.length > 0) await store.setLogsSettled(tx, closed, no)
  }
}

export const makeCheckpointer = (
  house: Pick<House, 'db' | 'log'>,
  keys: NodeKeys,
  silentSeconds = SILENT_SECONDS,
): Checkpointer => new NodeCheckpointer(house, keys, silentSeconds)

const EVERY_MS = 1_000
const COMPLAIN_MS = 60_000

/**
 * The worker's loop: one signed checkpoint a second over every log that changed. May run in several workers; a lock
 * lets one at a time. `stop` signs what is left.
 */
export const startCheckpointing = (
  house: Pick<House, 'db' | 'log'>,
  keys: NodeKeys,
  everyMs = EVERY_MS,
): { stop(): Promise<void> } => {
  const checkpointer = makeCheckpointer(house, keys)
  const stopping = new AbortController()
  let complainedAt = 0
  const attempt = async (): Promise<void> => {
    try {
      await checkpointer.tick()
      complainedAt = 0
    } catch (error) {
      if (Date.now() - complainedAt < COMPLAIN_MS) return
      complainedAt = Date.now()
      house.log.error({ err: error }, 'no checkpoint')
    }
  }
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await attempt()
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
    await attempt()
  }
  const running = run()
  return {
    stop: () => {
      stopping.abort()
      return running
    },
  }
}
