import type { SegmentLine } from './bundle.ts'
import { hex, utf8 } from './bytes.ts'
import { canonical } from './canonical.ts'
import type { Entry } from './entry.ts'
import { EntryFrame } from './entry-frame.ts'
import type { NewFinding, Place } from './finding.ts'
import type { Hasher } from './hasher.ts'
import { leafHash } from './merkle.ts'

/** An entry that is not simply the next one with its stored leaf. */
interface Odd {
  readonly line: number
  /** Where it stands in the segment. */
  readonly position: number
  readonly leaf: Uint8Array
  /** Undefined when the line is no entry of this log at all. */
  readonly entry: Entry | undefined
}

/** How many other numbers are tried for an entry whose hash fits nowhere; more would let a hostile file cost hours. */
const MAX_TRIES = 64
const MAX_ODD = 20_000

/**
 * Matches a segment's entries with the leaf hashes stored beside them. As long as each is the next one, with its leaf,
 * nothing is kept; the rest are kept until the segment ends and then explained as one of the tamperings.
 * Whether the stored leaves are themselves true is for the signed root to say (log-track).
 */
export class SegmentCheck {
  readonly line: SegmentLine
  readonly #hasher: Hasher
  readonly #frame: EntryFrame
  readonly #seen: Uint8Array
  readonly #odd: Odd[] = []
  #position = 0
  /** Entries beyond what a segment can hold; only counted. */
  #surplus = 0

  constructor(hasher: Hasher, line: SegmentLine) {
    this.#hasher = hasher
    this.line = line
    this.#frame = new EntryFrame(line.log_id)
    this.#seen = new Uint8Array(line.count)
  }

  /** The number the next entry should have. */
  get next(): number {
    return this.line.from + this.#position
  }

  /** Takes the next entry if it is simply that, with its stored leaf. */
  acceptNext(prefixed: Uint8Array, leaf: Uint8Array): boolean {
    const position = this.#position
    if (position >= this.line.count || !this.#isLeaf(position, leaf) || !this.#frame.holds(prefixed, this.next))
      return false
    this.#seen[position] = 1
    this.#position++
    return true
  }

  /** Any other entry; `entry` is undefined when the line does not read as one. */
  acceptOdd(line: number, leaf: Uint8Array, entry: Entry | undefined): void {
    const position = this.#position++
    if (this.#odd.length >= MAX_ODD) this.#surplus++
    else this.#odd.push({ line, position, leaf, entry })
  }

  /**
   * What is wrong with the segment, and the number after the highest accounted for. `expected` is the number the log
   * stood at before, from which gaps are counted.
   */
  close(expected: number): { findings: NewFinding[]; next_seq: number } {
    const sound = this.#odd.length === 0 && this.#position === this.line.count && expected === this.line.from
    if (sound) return { findings: [], next_seq: expected + this.line.count }
    const reading = new SegmentReading(this.#hasher, { line: this.line, seen: this.#seen, expected })
    reading.read(this.#odd)
    if (this.#surplus > 0) reading.find('insertion', {}, `本段多出 ${this.#surplus} 行，超出清点上限，未逐条列出`)
    return { findings: reading.findings, next_seq: reading.gaps() }
  }

  #isLeaf(position: number, leaf: Uint8Array): boolean {
    const { leaves } = this.line
    const at = position * 32
    for (let i = 0; i < 32; i++) if (leaves[at + i] !== leaf[i]) return false
    return true
  }
}

/** The explaining of one segment's odd entries. */
class SegmentReading {
  readonly findings: NewFinding[] = []
  readonly #hasher: Hasher
  readonly #line: SegmentLine
  readonly #expected: number
  /** Numbers accounted for by an entry, wherever it stands. */
  readonly #taken = new Set<number>()
  readonly #leafAt = new Map<string, number>()
  #shift = 1

  constructor(hasher: Hasher, { line, seen, expected }: { line: SegmentLine; seen: Uint8Array; expected: number }) {
    this.#hasher = hasher
    this.#line = line
    this.#expected = expected
    for (let i = 0; i < line.count; i++) {
      if (seen[i] === 1) this.#taken.add(line.from + i)
      else this.#leafAt.set(hex(line.leaves.subarray(i * 32, i * 32 + 32)), i)
    }
  }

  find(kind: NewFinding['kind'], where: Place, message: string): void {
    this.findings.push({ kind, where: { log_id: this.#line.log_id, ...where }, message })
  }

  read(odd: readonly Odd[]): void {
    const changed: Odd[] = []
    const genuine: Odd[] = []
    for (const row of odd) {
      if (row.entry !== undefined && row.entry.log_id !== this.#line.log_id) this.#foreign(row)
      else if (row.entry !== undefined && this.#leafAt.has(hex(row.leaf))) genuine.push(row)
      else changed.push(row)
    }
    this.#order(genuine)
    this.#renumbered(changed)
  }

  #foreign({ line, entry }: Odd): void {
    this.find(
      'insertion',
      { line, seq: this.#expected },
      `第 ${line} 行是另一本日志 ${entry?.log_id} 的条目，被插入本日志`,
    )
  }

  /** Entries whose content is as stored: they may be out of order or doubled, and their own numbers show the gaps. */
  #order(rows: readonly Odd[]): void {
    const bySeq = new Map<number, Odd>()
    const kept: Odd[] = []
    for (const row of rows) {
      const seq = (row.entry as Entry).seq
      if (this.#taken.has(seq)) this.#doubled(row, seq)
      else {
        this.#taken.add(seq)
        bySeq.set(seq, row)
        kept.push(row)
      }
    }
    const paired = new Set<Odd>()
    for (const row of kept) {
      const seq = (row.entry as Entry).seq
      const other = bySeq.get(this.#line.from + row.position)
      if (other === undefined || other === row || paired.has(row)) continue
      if (this.#line.from + other.position !== seq) continue
      paired.add(row).add(other)
      this.#swapped(row, other)
    }
    let highest = -1
    for (const row of kept) {
      const seq = (row.entry as Entry).seq
      if (seq < highest && !paired.has(row))
        this.find('swap', { line: row.line, seq }, `第 ${seq} 条被移到了第 ${highest} 条之后`)
      else if (!paired.has(row)) highest = seq
    }
  }

  #doubled({ line }: Odd, seq: number): void {
    this.find('insertion', { line, seq }, `第 ${seq} 条出现两次，第 ${line} 行是多出的一条`)
  }

  #swapped(a: Odd, b: Odd): void {
    const [first, second] = [a.entry as Entry, b.entry as Entry].sort((x, y) => x.seq - y.seq) as [Entry, Entry]
    const where = { line: Math.min(a.line, b.line), seq: first.seq, to_seq: second.seq }
    this.find('swap', where, `第 ${first.seq} 条与第 ${second.seq} 条被互相调换`)
  }

  /** Entries whose content fits no stored leaf: perhaps only the number was rewritten, else the content was. */
  #renumbered(rows: readonly Odd[]): void {
    const moved: { row: Odd; own: number; was: number }[] = []
    const edited: Odd[] = []
    for (const row of rows) {
      const was = row.entry === undefined ? undefined : this.#numberBefore(row.entry)
      if (was === undefined || row.entry === undefined) edited.push(row)
      else moved.push({ row, own: row.entry.seq, was })
    }
    for (const { was } of moved) this.#taken.add(was)
    this.#moved(moved)
    for (const row of edited) this.#edited(row)
  }

  /** The number under which this content hashes to a stored leaf, trying the shift found last first. */
  #numberBefore(entry: Entry): number | undefined {
    const tries = new Set([entry.seq + this.#shift, entry.seq + 1, entry.seq - 1])
    for (const i of this.#leafAt.values()) if (tries.size < MAX_TRIES) tries.add(this.#line.from + i)
    for (const seq of tries) {
      if (seq < 0 || seq === entry.seq) continue
      if (!this.#leafAt.has(hex(leafHash(this.#hasher, utf8(canonical({ ...entry, seq })))))) continue
      this.#shift = seq - entry.seq
      return seq
    }
    return undefined
  }

  #moved(moved: readonly { row: Odd; own: number; was: number }[]): void {
    const byOwn = new Map(moved.map((move) => [move.own, move]))
    let run: { line: number; own: number; last: number; shift: number } | undefined
    for (const { row, own, was } of moved) {
      const partner = byOwn.get(was)
      if (partner !== undefined && partner.was === own) {
        if (own < was) this.#swappedContent(row, own, was)
        continue
      }
      if (run !== undefined && own === run.last + 1 && was - own === run.shift) run.last = own
      else {
        if (run !== undefined) this.#run(run)
        run = { line: row.line, own, last: own, shift: was - own }
      }
    }
    if (run !== undefined) this.#run(run)
  }

  #swappedContent({ line }: Odd, own: number, was: number): void {
    this.find('swap', { line, seq: own, to_seq: was }, `第 ${own} 条与第 ${was} 条的内容被互相调换`)
  }

  #run({ line, own, last, shift }: { line: number; own: number; last: number; shift: number }): void {
    const range =
      own === last
        ? `第 ${own} 条原为第 ${own + shift} 条`
        : `第 ${own}–${last} 条原为第 ${own + shift}–${last + shift} 条`
    this.find('renumbering', { line, seq: own, to_seq: last }, `条目被重新编号：${range}`)
  }

  #edited(row: Odd): void {
    const { from, count, leaves, log_id } = this.#line
    const seq = row.entry?.seq ?? from + row.position
    const index = seq - from
    if (index < 0 || index >= count || this.#taken.has(seq)) {
      this.find('insertion', { line: row.line, seq }, `第 ${row.line} 行自称第 ${seq} 条，台账中没有它的位置，系插入`)
      return
    }
    this.#taken.add(seq)
    this.findings.push({
      kind: 'edit',
      where: { line: row.line, log_id, seq },
      expected: hex(leaves.subarray(index * 32, index * 32 + 32)),
      found: hex(row.leaf),
      message:
        row.entry === undefined
          ? `第 ${seq} 条已不能读作条目，内容被改动`
          : `第 ${seq} 条的内容与存档的叶散列不符，被改动`,
    })
  }

  /** Reports the numbers nothing accounts for, up to the highest seen, and returns the number after it. */
  gaps(): number {
    const { log_id } = this.#line
    const numbers = [...this.#taken].sort((a, b) => a - b)
    let next = this.#expected
    for (const seq of numbers) {
      if (seq > next) this.findings.push(missing(log_id, next, seq))
      next = Math.max(next, seq + 1)
    }
    return next
  }
}

/** Entries [from, to) of a log are not there. */
export const missing = (log_id: string, from: number, to: number): NewFinding => ({
  kind: 'removal',
  where: { log_id, seq: from, to_seq: to - 1 },
  message: to - from === 1 ? `第 ${from} 条被删除` : `第 ${from}–${to - 1} 条（${to - from} 条）被删除`,
})

/** The same at the end of what the bundle holds of a log. */
export const cutOff = (log_id: string, from: number, to: number): NewFinding => ({
  kind: 'truncation',
  where: { log_id, seq: from, to_seq: to - 1 },
  message: `日志末尾被截去：缺第 ${from}${to - from === 1 ? '' : `–${to - 1}`} 条`,
})
