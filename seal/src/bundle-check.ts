import {
  type Anchor,
  type BundleCounts,
  endMessage,
  LinesDigest,
  type Manifest,
  readEnd,
  readManifest,
  readSegment,
} from './bundle.ts'
import { fromUtf8, hex } from './bytes.ts'
import { ChainCheck } from './chain-check.ts'
import { type Checkpoint, readSignedCheckpoint } from './checkpoint.ts'
import { type Entry, parseEntry } from './entry.ts'
import { InstantMark } from './entry-frame.ts'
import { Findings, type NewFinding, type Place } from './finding.ts'
import type { Hasher } from './hasher.ts'
import type { Line } from './lines.ts'
import { LogTrack } from './log-track.ts'
import { Frontier } from './merkle.ts'
import { ReceiptCheck } from './receipt-check.ts'
import { parseRecord, recordField, SealError } from './seal-error.ts'
import { SegmentCheck } from './segment.ts'
import { judgeSignatures, latestSeen, type Trust } from './trust.ts'
import type { Report, VerifyDeps } from './verify.ts'

const SKEW_MS = 60_000
const [LETTER_A, LETTER_S, LETTER_C, LETTER_E] = [0x61, 0x73, 0x63, 0x65]

const shifted = (at: string, ms: number): string => (at === '' ? '' : new Date(Date.parse(at) + ms).toISOString())

/** What exists once the manifest has been read. */
interface Work {
  readonly manifest: Manifest
  readonly hasher: Hasher
  readonly chain: ChainCheck
  readonly digest: LinesDigest
}

interface OpenSegment {
  readonly check: SegmentCheck
  readonly track: LogTrack
}

/** The verifier's state: which line may come next, the logs' trees, the chain, and what was found. */
export class BundleCheck {
  bytes = 0
  readonly #trust: Trust
  readonly #deps: VerifyDeps
  readonly #findings = new Findings()
  readonly #counts = { lines: 0, segments: 0, entries: 0, checkpoints: 0 }
  readonly #tracks = new Map<string, LogTrack>()
  readonly #receipts: ReceiptCheck
  readonly #skew: number
  #logs = 0
  #work: Work | undefined
  #segment: OpenSegment | undefined
  #ended = false
  #line = 0
  /** Entries before this instant cannot belong after the last checkpoint. */
  readonly #floor = new InstantMark()

  constructor(trust: Trust, deps: VerifyDeps) {
    this.#trust = trust
    this.#deps = deps
    this.#skew = deps.skew_ms ?? SKEW_MS
    this.#receipts = new ReceiptCheck(trust.receipts ?? [])
  }

  /** Takes one line. Only signatures are waited for: entries, the many, are judged at once. */
  take(line: Line): Promise<void> | undefined {
    this.#line = line.no
    if (this.#ended) return this.#fault('malformed', { line: line.no }, '结束行之后还有内容')
    const { prefixed } = line
    const letter = prefixed[1] === 0x7b && prefixed[2] === 0x22 ? prefixed[3] : 0
    if (this.#segment !== undefined && letter === LETTER_A) return this.#entry(this.#segment, line)
    if (this.#work === undefined) return this.#guard(() => this.#begin(line))
    if (letter === LETTER_S) return this.#guard(() => this.#openSegment(line))
    if (letter === LETTER_C) return this.#guard(() => this.#checkpoint(line))
    if (letter === LETTER_E) return this.#guard(() => this.#end(line))
    if (this.#segment !== undefined) return this.#entry(this.#segment, line)
    return this.#fault('malformed', { line: line.no }, '此处不应有这一行')
  }

  /** Reading cannot go on: a line beyond all bounds. */
  stopped(error: SealError): void {
    this.#fault('malformed', { line: this.#line + 1 }, error.message)
  }

  #fault(kind: NewFinding['kind'], where: Place, message: string): undefined {
    this.#findings.add({ kind, where, message })
    return undefined
  }

  async #guard(read: () => Promise<void> | undefined): Promise<void> {
    try {
      await read()
    } catch (error) {
      if (!(error instanceof SealError || error instanceof TypeError)) throw error
      const field = error instanceof SealError && error.field !== '' ? `${error.field}：` : ''
      this.#fault('malformed', { line: this.#line }, `第 ${this.#line} 行：${field}${error.message}`)
      if (this.#work === undefined) this.#ended = true
    }
  }

  async #begin(line: Line): Promise<void> {
    const manifest = readManifest(recordField(parseRecord(fromUtf8(line.bytes)), 'manifest'))
    const hasher = this.#deps.hasherFor(manifest.hash_alg)
    const { checkSignature } = this.#deps
    const findings = this.#findings
    const chain = new ChainCheck({ trust: this.#trust, demo: manifest.demo, hasher, checkSignature, findings })
    this.#work = { manifest, hasher, chain, digest: new LinesDigest(hasher) }
    this.#count(line)
    if (manifest.node_id !== this.#trust.node_id)
      this.#fault(
        'forged',
        { line: line.no },
        `文件自称节点 ${manifest.node_id}，信任文件所信的是 ${this.#trust.node_id}`,
      )
    if (manifest.anchor !== null) await this.#startFrom(manifest.anchor, this.#work)
    this.#floor.text = shifted(chain.since, -this.#skew)
  }

  async #startFrom(anchor: Anchor, { hasher, chain }: Work): Promise<void> {
    for (const { log_id, size, root, frontier } of anchor.heads) {
      const tree = Frontier.from(hasher, { size, nodes: frontier })
      if (hex(tree.root()) !== root)
        this.#fault('forged', { line: 1, log_id, checkpoint_no: anchor.checkpoint.no }, '起点的边缘节点与其根不符')
      this.#logs++
      this.#tracks.set(log_id, new LogTrack(hasher, { log_id, frontier: tree }))
      this.#receipts.start(log_id, size)
    }
    if (!(await chain.start(anchor)))
      this.#fault('forged', { line: 1, checkpoint_no: anchor.checkpoint.no }, '起点各日志的状态未得到起点检查点的证明')
  }

  #count(line: Line): void {
    this.#counts.lines++
    this.#work?.digest.add(this.#work.hasher.hash(line.prefixed))
  }

  #openSegment(line: Line): undefined {
    this.#count(line)
    this.#closeSegment()
    const { hasher } = this.#work as Work
    const segment = readSegment(recordField(parseRecord(fromUtf8(line.bytes)), 'segment'))
    this.#counts.segments++
    this.#segment = { check: new SegmentCheck(hasher, segment), track: this.#trackOf(segment.log_id) }
  }

  #trackOf(log_id: string): LogTrack {
    const known = this.#tracks.get(log_id)
    if (known !== undefined) return known
    const { hasher } = this.#work as Work
    const track = new LogTrack(hasher, { log_id, frontier: new Frontier(hasher) })
    this.#logs++
    this.#tracks.set(log_id, track)
    return track
  }

  #closeSegment(): void {
    this.#segment?.track.extend(this.#segment.check, this.#findings)
    this.#segment = undefined
  }

  #entry({ check, track }: OpenSegment, line: Line): undefined {
    const { hasher, digest } = this.#work as Work
    const { no, prefixed } = line
    const leaf = hasher.hash(prefixed)
    digest.add(leaf)
    this.#counts.lines++
    this.#counts.entries++
    const seq = check.next
    const plain = check.acceptNext(prefixed, leaf)
    const late = plain && track.latest.compare(prefixed) >= 0 && this.#floor.compare(prefixed) >= 0
    if (late) {
      track.latest.take(prefixed)
      track.latest_seq = seq
      if (!this.#receipts.isEmpty) this.#receipts.meet({ log_id: track.log_id, seq, line: no }, leaf, this.#findings)
      return
    }
    const entry = readable(line.bytes)
    if (!plain) check.acceptOdd(no, leaf, entry)
    if (entry === undefined) return
    this.#early(entry, no, track)
    const { log_id, seq: own } = entry
    if (!this.#receipts.isEmpty) this.#receipts.meet({ log_id, seq: own, line: no }, leaf, this.#findings)
  }

  /** Instants may step back by the skew, as clocks do. */
  #early(entry: Entry, line: number, track: LogTrack): void {
    const { log_id, seq, at } = entry
    const [latest, floor] = [track.latest.text, this.#floor.text]
    if (at >= latest) {
      track.latest.text = at
      track.latest_seq = seq
    }
    if (at >= floor && at >= shifted(latest, -this.#skew)) return
    const bound = at < floor ? `上一个检查点的时间 ${this.#work?.chain.since}` : `同一日志前面条目的时间 ${latest}`
    this.#fault('backdated', { line, log_id, seq }, `第 ${seq} 条自称写于 ${at}，早于${bound}`)
  }

  async #checkpoint(line: Line): Promise<void> {
    this.#count(line)
    this.#closeSegment()
    this.#counts.checkpoints++
    const { chain } = this.#work as Work
    const signed = readSignedCheckpoint(parseRecord(fromUtf8(line.bytes)))
    if (!(await chain.accept(signed))) return
    for (const head of signed.checkpoint.heads) this.#settle(head.log_id, signed.checkpoint)
    this.#floor.text = shifted(chain.since, -this.#skew)
  }

  #settle(log_id: string, checkpoint: Checkpoint): void {
    const head = checkpoint.heads.find((candidate) => candidate.log_id === log_id)
    if (head === undefined) return
    const track = this.#trackOf(log_id)
    track.settle(head, checkpoint, this.#findings)
    this.#receipts.settle(head)
    const [at, seq] = [track.latest.text, track.latest_seq]
    if (at > shifted(checkpoint.at, this.#skew)) {
      this.#fault(
        'backdated',
        { log_id, seq },
        `第 ${seq} 条自称写于 ${at}，晚于覆盖它的检查点 ${checkpoint.no} 的时间 ${checkpoint.at}`,
      )
      track.latest.text = checkpoint.at
    }
    if (head.closed) this.#tracks.delete(log_id)
  }

  async #end(line: Line): Promise<void> {
    this.#closeSegment()
    this.#ended = true
    const { digest, chain, manifest } = this.#work as Work
    const { end, signatures } = readEnd(parseRecord(fromUtf8(line.bytes)))
    const where = { line: line.no }
    const counted = Object.entries(this.#counts).every(([name, count]) => end[name as keyof BundleCounts] === count)
    if (!counted || end.digest !== digest.digest() || end.produced_at !== manifest.produced_at)
      this.#fault('damaged', where, '文件各行与结束行的计数或摘要不符：导出之后文件有过变化')
    const signed = { message: endMessage(end), at: end.produced_at, signatures }
    const judged = await judgeSignatures(signed, chain.keys, this.#deps.checkSignature)
    for (const { key_id, state } of judged)
      if (state === 'wrong') this.#fault('forged', where, `结束行上密钥 ${key_id} 的签名不成立`)
    // A node may have taken a new key since the last checkpoint of this period; then its old one has signed as well.
    if (!judged.some(({ role, state }) => role === 'node' && state !== 'wrong'))
      this.#fault('unverifiable', where, '结束行没有可信的节点签名：条目不受影响，但导出时间与时期只是文件自称')
  }

  finish(): Report {
    const work = this.#work
    if (work === undefined) this.#fault('malformed', { line: 1 }, '没有清单行，不是台账导出文件')
    else {
      if (!this.#ended)
        this.#fault('truncation', { line: this.#line }, `文件在第 ${this.#line} 行之后被截断，没有结束行`)
      this.#closeSegment()
      this.#leaveLogs(work)
      this.#compareRange(work)
      this.#compareSeen(work)
      this.#comparePeriod(work)
      const from = shifted(work.manifest.anchor?.checkpoint.at ?? '', this.#skew)
      this.#receipts.leave({ from, to: shifted(work.chain.last?.at ?? '', -this.#skew) }, this.#findings)
    }
    return this.#report(work)
  }

  #leaveLogs({ chain }: Work): void {
    if (chain.whole) for (const track of this.#tracks.values()) track.leave(this.#findings)
    else if ([...this.#tracks.values()].some((track) => track.hasPending))
      this.#fault('unverifiable', {}, '有检查点缺失或不真实，其后未再被覆盖的条目无从核验')
  }

  #compareRange({ manifest, chain }: Work): void {
    const { first_no, last_no } = manifest.checkpoints
    const last = chain.last?.no ?? 0
    if (manifest.anchor === null && first_no !== 1)
      this.#fault('removal', { checkpoint_no: 1 }, `检查点 ${first_no} 之前的历史没有起点可以承接`)
    if (chain.first_no !== 0 && chain.first_no !== first_no)
      this.#fault('removal', { checkpoint_no: first_no }, `清单称从检查点 ${first_no} 起，实际从 ${chain.first_no} 起`)
    if (last < last_no && chain.whole)
      this.#fault('truncation', { checkpoint_no: last + 1 }, `清单称到检查点 ${last_no}，实际只到 ${last}`)
    if (chain.last === undefined) this.#fault('forged', {}, '没有一个真实的检查点')
    const needed = this.#trust.require_witness ?? 0
    if (needed > 0 && chain.witnessed_no === 0)
      this.#fault('unwitnessed', { checkpoint_no: last }, `没有检查点得到 ${needed} 方见证`)
  }

  /** That nothing of the period can be missing at either end, and that it is the period asked for. */
  #comparePeriod({ manifest, chain }: Work): void {
    const { period, anchor, produced_at } = manifest
    const wanted = this.#deps.period
    if (wanted !== undefined && (wanted.from !== period.from || wanted.to !== period.to))
      this.#fault('replay', { line: 1 }, `要的是 ${wanted.from} 至 ${wanted.to}，文件是 ${period.from} 至 ${period.to}`)
    if (anchor !== null && anchor.checkpoint.at >= period.from)
      this.#fault(
        'removal',
        { checkpoint_no: anchor.checkpoint.no },
        `时期从 ${period.from} 起，而文件的起点在其后（${anchor.checkpoint.at}）`,
      )
    const last = chain.last
    if (last !== undefined && last.at < period.to && period.to < produced_at)
      this.#fault(
        'unverifiable',
        { checkpoint_no: last.no },
        `时期到 ${period.to} 止，文件的最后一个检查点在其前（${last.at}）：其后是否还有条目，要由之后的检查点证明`,
      )
  }

  #compareSeen({ manifest, chain }: Work): void {
    const seen = latestSeen(this.#trust)
    const { last } = chain
    if (seen === undefined || last === undefined) return
    const before = manifest.anchor?.checkpoint.no ?? 0
    if (before > seen.no)
      this.#fault(
        'gap',
        { checkpoint_no: seen.no + 1 },
        `上次见到检查点 ${seen.no}，本文件从 ${before} 之后起，其间未核验`,
      )
    if (last.no >= seen.no || this.#deps.presented_as === 'past') return
    const older = `只到检查点 ${last.no}（${last.at}），而上次已见到 ${seen.no}（${seen.at}）`
    if (manifest.produced_at <= seen.at)
      this.#fault('replay', { checkpoint_no: last.no }, `这是 ${manifest.produced_at} 导出的旧文件，${older}`)
    else this.#fault('rollback', { checkpoint_no: last.no }, `节点的状态被回退：${older}`)
  }

  #report(work: Work | undefined): Report {
    const { chain, manifest } = work ?? {}
    return {
      ok: this.#findings.faults === 0,
      node_id: manifest?.node_id ?? '',
      demo: manifest?.demo ?? false,
      produced_at: manifest?.produced_at ?? '',
      counts: { ...this.#counts, logs: this.#logs, bytes: this.bytes },
      checkpoints: { first_no: chain?.first_no ?? 0, last_no: chain?.last?.no ?? 0 },
      ...(chain?.last === undefined ? {} : { last: chain.last }),
      witnessed_no: chain?.witnessed_no ?? 0,
      receipts: { met: this.#receipts.met, outside: this.#receipts.outside },
      keys: chain?.keys ?? this.#trust.keys,
      findings: this.#findings.list,
      untold: this.#findings.untold,
    }
  }
}

const readable = (bytes: Uint8Array): Entry | undefined => {
  try {
    return parseEntry(fromUtf8(bytes))
  } catch {
    return undefined
  }
}
