import type { Anchor } from './bundle.ts'
import { hex } from './bytes.ts'
import {
  byLogId,
  type Checkpoint,
  checkpointHash,
  type Head,
  headLeaf,
  NO_CHECKPOINT,
  type SignedCheckpoint,
} from './checkpoint.ts'
import type { Findings, Place } from './finding.ts'
import type { Hasher } from './hasher.ts'
import { rootOf } from './merkle.ts'
import type { SignatureCheck } from './signature.ts'
import {
  allSeen,
  type JudgedSignature,
  rotatedKeys,
  type SeenCheckpoint,
  type Trust,
  type TrustKey,
  verifyCheckpoint,
} from './trust.ts'

export interface ChainContext {
  readonly trust: Trust
  readonly demo: boolean
  readonly hasher: Hasher
  readonly checkSignature: SignatureCheck
  readonly findings: Findings
}

interface Link extends SeenCheckpoint {
  readonly authentic: boolean
}

/** Follows the checkpoints: who signed them, that each names the one before, that the map of heads is whole. */
export class ChainCheck {
  keys: readonly TrustKey[]
  /** Last authentic checkpoint. */
  last: SeenCheckpoint | undefined
  /** Highest number with enough witnesses. */
  witnessed_no = 0
  first_no = 0
  /** False once a checkpoint was missing or not authentic: what it would have proved stays open. */
  whole = true
  readonly #context: ChainContext
  readonly #heads = new Map<string, { head: Head; leaf: Uint8Array }>()
  readonly #closed = new Set<string>()
  readonly #named = new Set<string>()
  #link: Link | undefined

  constructor(context: ChainContext) {
    this.#context = context
    this.keys = context.trust.keys
  }

  /** The instant before which no entry of the next range can have been written; empty at the very beginning. */
  get since(): string {
    return this.#link?.at ?? ''
  }

  /** Takes the state the bundle starts from; true when the signed heads_root proves every head. */
  async start(anchor: Anchor): Promise<boolean> {
    const { checkpoint } = anchor
    const { authentic } = await this.#judge(anchor)
    this.#compareSeen(checkpoint, authentic)
    this.#follow(checkpoint, authentic)
    for (const { log_id, size, root, closed } of anchor.heads) this.#hold({ log_id, size, root, closed })
    return authentic && this.#isMapWhole(checkpoint)
  }

  /** True when the checkpoint's heads may be believed. */
  async accept(signed: SignedCheckpoint): Promise<boolean> {
    const { checkpoint } = signed
    if (this.first_no === 0) this.first_no = checkpoint.no
    const { authentic, by } = await this.#judge(signed)
    const placed = this.#place(checkpoint, authentic)
    this.#compareSeen(checkpoint, authentic)
    if (!placed) return false
    this.#follow(checkpoint, authentic)
    if (!authentic) return false
    this.#rotate(checkpoint, by)
    this.#takeHeads(checkpoint)
    return true
  }

  #fault(kind: Parameters<Findings['add']>[0]['kind'], where: Place, message: string): void {
    this.#context.findings.add({ kind, where, message })
  }

  /** Signed by a believed node key — `by` — of this node, in this mode, with this hash. */
  async #judge(signed: SignedCheckpoint): Promise<{ authentic: boolean; by: string }> {
    const { trust, demo, hasher, checkSignature } = this.#context
    const { checkpoint } = signed
    const judged = await verifyCheckpoint(signed, this.keys, checkSignature)
    const own = checkpoint.node_id === trust.node_id && checkpoint.demo === demo && checkpoint.hash_alg === hasher.alg
    const genuine = judged.find(({ role, state }) => role === 'node' && state === 'valid')
    if (genuine === undefined) this.#unsigned(checkpoint, judged)
    else if (!own)
      this.#fault(
        'forged',
        { checkpoint_no: checkpoint.no },
        `检查点 ${checkpoint.no} 的节点、演示标记或杂凑算法与清单不符`,
      )
    this.#witnesses(checkpoint, judged)
    return { authentic: genuine !== undefined && own, by: genuine?.key_id ?? '' }
  }

  #unsigned({ no }: Checkpoint, judged: readonly JudgedSignature[]): void {
    const where = { checkpoint_no: no }
    const nodes = judged.filter(({ role }) => role !== 'witness')
    const wrong = nodes.find(({ state }) => state === 'wrong')
    const other = nodes.find(({ state }) => state === 'unknown_key' || state === 'out_of_term')
    if (wrong !== undefined) this.#fault('forged', where, `检查点 ${no} 上密钥 ${wrong.key_id} 的签名不成立`)
    else if (other === undefined) this.#fault('forged', where, `检查点 ${no} 没有节点签名`)
    else if (!this.#named.has(other.key_id)) {
      // Once per key: a node rewritten under another key has it on every checkpoint.
      this.#named.add(other.key_id)
      const why = other.state === 'out_of_term' ? '不在有效期内' : '不在信任文件中，也未经原密钥交接'
      this.#fault('key_change', where, `检查点 ${no} 起由密钥 ${other.key_id} 签名，该密钥${why}`)
    }
  }

  #witnesses({ no }: Checkpoint, judged: readonly JudgedSignature[]): void {
    const needed = this.#context.trust.require_witness ?? 0
    const witnesses = judged.filter(({ role }) => role === 'witness')
    for (const { key_id, state } of witnesses)
      if (state === 'wrong')
        this.#fault('forged', { checkpoint_no: no }, `检查点 ${no} 上见证方 ${key_id} 的签名不成立`)
    const valid = new Set(witnesses.filter(({ state }) => state === 'valid').map(({ key_id }) => key_id))
    if (needed > 0 && valid.size >= needed) this.witnessed_no = Math.max(this.witnessed_no, no)
  }

  /** Number, predecessor and time; false when this checkpoint does not continue the chain at all. */
  #place(checkpoint: Checkpoint, authentic: boolean): boolean {
    const { no, prev, at } = checkpoint
    const link = this.#link ?? { no: 0, hash: NO_CHECKPOINT, at: '', authentic: true }
    const where = { checkpoint_no: no }
    if (no <= link.no) {
      const same = checkpointHash(this.#context.hasher, checkpoint) === link.hash
      if (same || no < link.no) this.#fault('insertion', where, `检查点 ${no} 重复出现或次序颠倒`)
      else if (authentic) this.#fault('fork', where, `检查点 ${no} 有两个不同的版本，历史分叉`)
      return false
    }
    if (no > link.no + 1) {
      this.#fault('removal', { checkpoint_no: link.no + 1 }, `检查点 ${link.no + 1}–${no - 1} 缺失`)
      this.whole = false
    } else if (prev !== link.hash && link.authentic && authentic)
      this.#fault('fork', where, `检查点 ${no} 承接的不是文件中的检查点 ${link.no}，历史分叉`)
    // Strictly: a key that was replaced at an instant must not sign another checkpoint of that same instant.
    if (authentic && at <= link.at)
      this.#fault('backdated', where, `检查点 ${no} 的时间 ${at} 不晚于前一个的 ${link.at}`)
    return true
  }

  #follow(checkpoint: Checkpoint, authentic: boolean): void {
    const hash = checkpointHash(this.#context.hasher, checkpoint)
    this.#link = { no: checkpoint.no, hash, at: checkpoint.at, authentic }
    if (authentic) this.last = { no: checkpoint.no, hash, at: checkpoint.at }
    else this.whole = false
  }

  #compareSeen(checkpoint: Checkpoint, authentic: boolean): void {
    const { trust, hasher, findings } = this.#context
    const seen = allSeen(trust).filter(({ no }) => no === checkpoint.no)
    if (seen.length === 0 || !authentic) return
    const found = checkpointHash(hasher, checkpoint)
    const other = seen.find(({ hash }) => hash !== found)
    if (other === undefined) return
    const message = `检查点 ${other.no} 与上次所见的不同：同一编号有两段历史`
    findings.add({ kind: 'fork', where: { checkpoint_no: other.no }, expected: other.hash, found, message })
  }

  #rotate({ no, at, next_key }: Checkpoint, by: string): void {
    if (next_key === undefined) return
    this.keys = rotatedKeys(this.keys, { by, at, next: next_key })
    this.#fault('rotation', { checkpoint_no: no }, `检查点 ${no} 由密钥 ${by} 交接给 ${next_key.key_id}`)
  }

  #takeHeads(checkpoint: Checkpoint): void {
    for (const head of checkpoint.heads) {
      if (this.#closed.has(head.log_id))
        this.#fault(
          'forged',
          { log_id: head.log_id, checkpoint_no: checkpoint.no },
          `检查点 ${checkpoint.no} 改动了已关闭的日志`,
        )
      this.#hold(head)
    }
    // After a missing checkpoint its changes are unknown, and with them the map; that fault is already told.
    if (this.whole && !this.#isMapWhole(checkpoint))
      this.#fault('forged', { checkpoint_no: checkpoint.no }, `检查点 ${checkpoint.no} 的总根与各日志状态不符`)
    for (const head of checkpoint.heads)
      if (head.closed) {
        this.#heads.delete(head.log_id)
        this.#closed.add(head.log_id)
      }
  }

  #hold(head: Head): void {
    this.#heads.set(head.log_id, { head, leaf: headLeaf(this.#context.hasher, head) })
  }

  #isMapWhole({ heads_root }: Checkpoint): boolean {
    const sorted = [...this.#heads.values()].sort((a, b) => byLogId(a.head, b.head))
    return (
      hex(
        rootOf(
          this.#context.hasher,
          sorted.map(({ leaf }) => leaf),
        ),
      ) === heads_root
    )
  }
}
