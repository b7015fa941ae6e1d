import { hex } from './bytes.ts'
import type { Checkpoint, Head } from './checkpoint.ts'
import { InstantMark } from './entry-frame.ts'
import type { Findings, NewFinding } from './finding.ts'
import type { Hasher } from './hasher.ts'
import { Frontier, subtreesOf } from './merkle.ts'
import { cutOff, type SegmentCheck } from './segment.ts'

export interface TrackStart {
  readonly log_id: string
  readonly frontier: Frontier
}

/**
 * One log followed through a bundle. Its tree grows from the stored leaf hashes; at each authentic checkpoint the signed
 * root says whether they are true. If so, what the segments found is exact; if not, the leaves were changed as well and
 * the place is the range since the checkpoint before, narrowed where a stored frontier survives.
 */
export class LogTrack {
  readonly log_id: string
  readonly #hasher: Hasher
  #frontier: Frontier
  /** Size at the last authentic checkpoint: everything before it has been judged. */
  #base: number
  /** False after a range whose true hashes nobody can know; then roots can no longer be recomputed. */
  #known = true
  #next_seq: number
  #pending: NewFinding[] = []
  #stored: readonly string[] | undefined
  #tail: NewFinding | undefined
  /** Instant and number of the latest entry so far: a log's entries are written in order by one process. */
  readonly latest = new InstantMark()
  latest_seq = 0

  constructor(hasher: Hasher, { log_id, frontier }: TrackStart) {
    this.log_id = log_id
    this.#hasher = hasher
    this.#frontier = frontier
    this.#base = frontier.size
    this.#next_seq = frontier.size
  }

  /** The number its next entry should have. */
  get next_seq(): number {
    return this.#next_seq
  }

  get hasPending(): boolean {
    return this.#frontier.size > this.#base || this.#pending.length > 0
  }

  /** Takes a finished segment in. */
  extend(segment: SegmentCheck, findings: Findings): void {
    const { leaves, count, frontier } = segment.line
    if (count > 0 && this.#tail !== undefined) {
      findings.retitle(this.#tail, {
        ...this.#tail,
        kind: 'removal',
        message: this.#tail.message.replace('日志末尾被截去', '中段被删除'),
      })
      this.#tail = undefined
    }
    const { findings: found, next_seq } = segment.close(this.#next_seq)
    this.#pending.push(...found)
    this.#next_seq = next_seq
    for (let i = 0; i < count; i++) this.#frontier.append(leaves.subarray(i * 32, i * 32 + 32))
    this.#stored = frontier
  }

  /** Settles everything since the last authentic checkpoint against a signed head. */
  settle(head: Head, checkpoint: Checkpoint, findings: Findings): void {
    const proved = this.#known && this.#frontier.size === head.size && hex(this.#frontier.root()) === head.root
    if (!proved) this.#explain(head, checkpoint, findings)
    for (const finding of this.#pending) findings.add(finding)
    this.#pending = []
    this.#stored = undefined
    this.#base = head.size
    this.#next_seq = head.size
  }

  /** At the end of the bundle: entries no checkpoint covers. */
  leave(findings: Findings): void {
    for (const finding of this.#pending) findings.add(finding)
    if (this.#frontier.size > this.#base && this.#pending.length === 0)
      findings.add({
        kind: 'insertion',
        where: { log_id: this.log_id, seq: this.#base, to_seq: this.#frontier.size - 1 },
        message: `第 ${this.#base}–${this.#frontier.size - 1} 条没有任何检查点覆盖`,
      })
  }

  #explain(head: Head, checkpoint: Checkpoint, findings: Findings): void {
    const where = { log_id: this.log_id, checkpoint_no: checkpoint.no }
    if (head.size < this.#base) {
      const message = `检查点 ${checkpoint.no} 把日志从 ${this.#base} 条退回到 ${head.size} 条`
      findings.add({ kind: 'rollback', where: { ...where, seq: head.size }, message })
    } else if (this.#known || this.#next_seq !== head.size) this.#locate(head, checkpoint)
    const resumed = this.#resume(head)
    if (!resumed && this.#known) {
      const message = `第 ${head.size} 条起，因前段真实散列已失，只能核对存档叶散列与签名，不能再重算根`
      findings.add({ kind: 'unverifiable', where: { ...where, seq: head.size }, message })
    }
    this.#known = resumed
    if (!resumed) this.#frontier = unknownTree(this.#hasher, head.size)
  }

  /** The signed root does not follow from the stored leaves. */
  #locate(head: Head, { no }: Checkpoint): void {
    const { log_id } = this
    const explained = this.#pending.length > 0
    if (this.#next_seq < head.size) {
      this.#tail = cutOff(log_id, this.#next_seq, head.size)
      const range = `检查点 ${no} 签名的大小为 ${head.size}；若其后编号被整体前移，删改之处在第 ${this.#base}–${head.size - 1} 条之间`
      this.#pending.push({ ...this.#tail, message: `${this.#tail.message}（${range}）` })
      this.#tail = this.#pending.at(-1)
    } else if (this.#next_seq > head.size && !explained) {
      const message = `比检查点 ${no} 签名的 ${head.size} 条多出 ${this.#next_seq - head.size} 条，插入之处在第 ${this.#base} 条之后`
      this.#pending.push({
        kind: 'insertion',
        where: { log_id, seq: this.#base, to_seq: this.#next_seq - 1, checkpoint_no: no },
        message,
      })
    } else if (!explained && this.#frontier.size >= this.#base) {
      const [from, to] = this.#narrow(head)
      const range = from === to - 1 ? `第 ${from} 条` : `第 ${from}–${to - 1} 条之间`
      this.#pending.push({
        kind: 'edit',
        where: { log_id, seq: from, to_seq: to - 1, checkpoint_no: no },
        expected: head.root,
        found: hex(this.#frontier.root()),
        message: `${range}被改动（条目连同存档的叶散列），与检查点 ${no} 签名的根不符`,
      })
    }
  }

  /** The stored frontier, if the signed root proves it, shows which subtree differs. */
  #narrow(head: Head): readonly [number, number] {
    const kept = this.#storedFrontier(head)
    if (kept === undefined || this.#frontier.size !== head.size) return [this.#base, head.size]
    const ours = this.#frontier.state().nodes
    let start = 0
    for (const [i, node] of kept.state().nodes.entries()) {
      const size = 2 ** Math.floor(Math.log2(head.size - start))
      if (node !== ours[i]) return [Math.max(start, this.#base), start + size]
      start += size
    }
    return [this.#base, head.size]
  }

  #storedFrontier(head: Head): Frontier | undefined {
    if (this.#stored === undefined) return undefined
    try {
      const frontier = Frontier.from(this.#hasher, { size: head.size, nodes: this.#stored })
      return hex(frontier.root()) === head.root ? frontier : undefined
    } catch {
      return undefined
    }
  }

  #resume(head: Head): boolean {
    const stored = this.#storedFrontier(head)
    if (stored !== undefined) this.#frontier = stored
    return stored !== undefined
  }
}

/** A tree of the right size whose hashes are unknown: it keeps counting where nothing can be recomputed. */
const unknownTree = (hasher: Hasher, size: number): Frontier => {
  const nodes = subtreesOf([0, size]).map(() => '0'.repeat(64))
  return Frontier.from(hasher, { size, nodes })
}
