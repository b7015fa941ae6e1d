import type { WantedFeed } from '@sanjiang/contract/exchange.door'
import { CHUNK_BYTES, NULL_FIELD } from '@sanjiang/seal'
import {
  AdapterFault,
  type Lines,
  type ReadOptions,
  type ReadPlan,
  type Source,
  type Written,
} from './adapters/adapter.ts'
import type { BlobLink } from './blob.send.ts'
import { Border, type Passed } from './feed.border.ts'
import { carrierOf } from './feed.carry.ts'
import { type FeedNote, finishedNote, type RunNote } from './feed.note.ts'
import { keyPlacesOf, placesOf, planOf, slotOf } from './feed.plan.ts'
import type { ChunkWriter } from './feed.writer.ts'
import { openKey } from './sealed-key.ts'

export type WantedRun = WantedFeed['runs'][number]

/** Too large a share of bad rows: the run stands still until the provider has looked at them. */
export class Held extends Error {
  constructor(rejected: number, rows: number, threshold: number) {
    const share = ((100 * rejected) / (rejected + rows)).toFixed(1)
    super(`已读 ${rejected + rows} 行中 ${rejected} 行不合规则(${share}%),超过阈值 ${threshold}%,批次暂扣`)
    this.name = 'Held'
  }
}

/** What a page shows of the run under way. */
export interface Progress {
  run_id: string | null
  rows: number
  estimated_rows: number | null
  /** Of the last increment that moved nothing although the source was written to. */
  unmoved?: { readonly run_id: string; readonly missed: number; readonly removed: number } | null
}

export interface Running {
  readonly feed: WantedFeed
  readonly source: Source
  readonly writer: ChunkWriter
  readonly secret: Buffer
  readonly link: BlobLink
  readonly signal: AbortSignal
  readonly progress: Progress
  /** Called at most about once a second in a change stream, when all read so far is on this machine's disk. */
  settled(): Promise<void>
}

interface Part {
  readonly body: Buffer
  readonly rows: number
  readonly position: string
  readonly tx_end?: boolean
  readonly committed_at?: string | undefined
  readonly rejects?: Passed['rejects']
}

const placeOf = ({ position, tx_end, committed_at }: Lines): Pick<Part, 'position' | 'tx_end' | 'committed_at'> => ({
  position,
  tx_end,
  committed_at,
})

/** Judged only when there is something to judge by; a run's end is judged whatever its size. */
const FEWEST_JUDGED = 1000
/** Below this a run that is cut short is cheaper read again than read in key order. */
const RESUME_FROM_ROWS = 200_000
const KEYS_AT_ONCE = 500
const CONFIRM_EVERY = 1_000

/** One pass of one run over the source. The note goes along with each chunk; `note` is what the next one starts from. */
export class FeedRun {
  readonly #of: Running
  readonly #plan: ReadPlan
  readonly #border: Border
  #note: FeedNote

  constructor(of: Running, note: FeedNote) {
    this.#of = of
    this.#plan = planOf(of.feed)
    this.#border = new Border(placesOf(of.feed), of.secret)
    this.#note = note
  }

  async execute(run: WantedRun): Promise<void> {
    const { progress } = this.#of
    progress.run_id = run.run_id
    progress.estimated_rows = null
    const begun = this.#begun(run)
    progress.rows = begun?.rows ?? 0
    if (run.kind === 'snapshot') await this.#snapshot(run, begun)
    else if (run.kind === 'increment') await this.#increment(run, begun)
    else if (run.kind === 'repair') await this.#repair(run)
    else await this.#changes(run)
  }

  /** The run as the log has it, when it can be gone on with. */
  #begun(run: WantedRun): RunNote | null {
    const { run: noted } = this.#note
    return noted?.run_id === run.run_id && noted.version === this.#of.feed.version ? noted : null
  }

  #options(): ReadOptions {
    const carry = carrierOf({ ...this.#of, border: this.#border })
    return { chunk_bytes: CHUNK_BYTES, signal: this.#of.signal, unreadable: this.#border.unreadable, carry }
  }

  async #begin(run: WantedRun, position: string, isHeld = false): Promise<RunNote> {
    const noted: RunNote = {
      run_id: run.run_id,
      kind: run.kind,
      version: this.#of.feed.version,
      position,
      last_key: null,
      rows: 0,
      rejected: 0,
      is_held: isHeld,
    }
    this.#note = { ...this.#note, run: noted }
    await this.#write('begin', run, { body: Buffer.alloc(0), rows: 0, position })
    return noted
  }

  async #end(run: WantedRun, position: string): Promise<void> {
    const rows = this.#note.run?.rows ?? 0
    if (this.#isOver(true)) await this.#hold(run, { body: Buffer.alloc(0), rows: 0, position })
    this.#note = finishedNote(this.#note, run.run_id)
    await this.#write('end', run, { body: Buffer.alloc(0), rows, position })
    await this.#of.writer.flush()
  }

  #write(kind: 'begin' | 'rows' | 'changes' | 'end', { run_id }: WantedRun, part: Part): Promise<void> {
    const { body, rows, position, tx_end = true, committed_at, rejects = [] } = part
    const note = rejects.length === 0 ? this.#note : { ...this.#note, rejects: { run_id, rows: rejects } }
    return this.#of.writer.add({ kind, run_id, body, rows, position, tx_end, committed_at, note })
  }

  /** Counts what passed the border into the note of the run. */
  #count({ rows, rejects }: Passed, change: Partial<RunNote> = {}): void {
    const run = this.#note.run as RunNote
    const counted = { ...run, rows: run.rows + rows, rejected: run.rejected + rejects.length, ...change }
    this.#note = { ...this.#note, run: counted }
    this.#of.progress.rows = counted.rows
  }

  #isOver(isLast: boolean): boolean {
    const { run } = this.#note
    const { reject_threshold } = this.#of.feed
    // What is read again by key was bad before: no share of it says anything of the table.
    if (run === null || run.is_held || run.rejected === 0 || run.kind === 'repair') return false
    const seen = run.rows + run.rejected
    return (isLast || seen >= FEWEST_JUDGED) && (100 * run.rejected) / seen > reject_threshold
  }

  /** The last chunk before a hold says that there is one, so that after the release the run goes on. */
  async #hold(run: WantedRun, part: { body: Buffer; rows: number; position: string; rejects?: Passed['rejects'] }) {
    const noted = this.#note.run as RunNote
    this.#note = { ...this.#note, run: { ...noted, is_held: true } }
    await this.#write('rows', run, part)
    await this.#of.writer.flush()
    throw new Held(noted.rejected, noted.rows, this.#of.feed.reject_threshold)
  }

  /** The rows chunk of a batch; when too many are bad it is the last, and says so. */
  async #rows(run: WantedRun, lines: Lines, change: Partial<RunNote>): Promise<void> {
    const passed = this.#border.pass('rows', lines.body)
    this.#count(passed, change)
    const part = { ...passed, position: lines.position }
    if (this.#isOver(false)) await this.#hold(run, part)
    if (passed.rows > 0 || passed.rejects.length > 0) await this.#write('rows', run, part)
  }

  async #snapshot(run: WantedRun, begun: RunNote | null): Promise<void> {
    const { source, feed, signal, progress } = this.#of
    this.#border.watchUniques({ hasOwnKey: await this.#hasOwnKey() })
    const slot = feed.mode === 'changes' ? slotOf(feed.feed_id) : null
    const written = feed.mode === 'cursor' ? await this.#written(null) : null
    const snapshot = await source.snapshot(this.#plan, { signal, slot })
    try {
      progress.unmoved = null
      progress.estimated_rows = snapshot.estimated_rows
      const isOrdered = (snapshot.estimated_rows ?? RESUME_FROM_ROWS) >= RESUME_FROM_ROWS && this.#hasKey()
      const isResumed = begun !== null && begun.last_key !== null && isOrdered
      const noted = isResumed ? begun : await this.#begin(run, snapshot.position, begun?.is_held)
      const after = isOrdered ? { after: isResumed ? begun.last_key : null } : {}
      for await (const lines of snapshot.batches({ ...this.#options(), ...after })) {
        const last_key = isOrdered ? this.#border.lastKey(lines.body) : null
        await this.#rows(run, { ...lines, position: noted.position }, { last_key })
      }
      // A stream that is already being read goes on where it was: an earlier base still waits for what lies between.
      const changes_after = slot === null ? null : (this.#note.changes_after ?? noted.position)
      const increment_after = feed.mode === 'cursor' ? noted.position : null
      this.#note = { ...this.#note, changes_after, increment_after, ...(written ? { written: written.mark } : {}) }
      await this.#end(run, noted.position)
    } finally {
      await snapshot.close()
    }
  }

  /** Whether the source's own key keeps two rows from having the feed's: then nobody needs to look. */
  async #hasOwnKey(): Promise<boolean> {
    const { columns } = await this.#of.source.describe(this.#plan.relation)
    const key = columns.flatMap(({ key_no, name }) => (key_no === null ? [] : [name]))
    const bound = this.#plan.columns.flatMap(({ is_key, column }) => (is_key ? [column] : []))
    return key.length > 0 && key.every((name) => bound.includes(name))
  }

  /** Asked beside the reading: where it cannot be told, the reconciliation finds what was missed. */
  async #written(since: { mark: string; after: string } | null): Promise<Written | null> {
    const { source } = this.#of
    return (await source.written?.(this.#plan, since).catch(() => null)) ?? null
  }

  #hasKey(): boolean {
    return this.#plan.columns.some(({ is_key }) => is_key)
  }

  async #increment(run: WantedRun, begun: RunNote | null): Promise<void> {
    const after = this.#note.increment_after ?? run.after
    if (after === null) throw new AdapterFault('stream_lost', '不知道上次增量读到哪里,需要重新全量')
    if (begun === null) await this.#begin(run, after)
    const { written: mark } = this.#note
    this.#border.watchUniques({ hasOwnKey: await this.#hasOwnKey() })
    const before = await this.#written(mark === undefined ? null : { mark, after })
    let position = after
    for await (const lines of this.#of.source.increment(this.#plan, after, this.#options())) {
      position = lines.position
      this.#note = { ...this.#note, increment_after: position }
      await this.#rows(run, lines, {})
    }
    const { missed = 0, removed = 0 } = before ?? {}
    // The next one is held against this moment, whether this one was found at fault or not: nothing is told twice.
    const isUnmoved = position === after
    if (before !== null && !(isUnmoved && before.is_at_rest)) this.#note = { ...this.#note, written: before.mark }
    this.#of.progress.unmoved = isUnmoved && missed + removed > 0 ? { run_id: run.run_id, missed, removed } : null
    await this.#end(run, position)
  }

  async #changes(run: WantedRun): Promise<void> {
    const { feed, source, settled } = this.#of
    const after = this.#note.changes_after ?? run.after
    if (after === null) throw new AdapterFault('stream_lost', '不知道变更流从哪里接上,需要重新全量')
    if (this.#begun(run) === null) await this.#begin(run, after)
    const stream = source.changes(this.#plan, after, { ...this.#options(), slot: slotOf(feed.feed_id) })
    let confirmed = after
    const confirm = async (): Promise<void> => {
      const reached = this.#note.changes_after
      if (reached === null || reached === confirmed) return
      await settled()
      stream.confirm(reached)
      confirmed = reached
    }
    let isConfirming = false
    const timer = setInterval(() => {
      if (isConfirming) return
      isConfirming = true
      confirm()
        .catch(() => {})
        .finally(() => {
          isConfirming = false
        })
    }, CONFIRM_EVERY)
    try {
      for await (const lines of stream) {
        const passed = this.#border.pass('changes', lines.body)
        this.#count(passed)
        // Within a transaction the place to go on from is still before it: it is read again as a whole.
        if (lines.tx_end) this.#note = { ...this.#note, changes_after: lines.position }
        await this.#write('changes', run, { ...passed, ...placeOf(lines) })
      }
    } finally {
      clearInterval(timer)
    }
  }

  /** Rows named by key as they are now; one that is gone is told as gone. */
  async #repair(run: WantedRun): Promise<void> {
    const keys = (run.keys ?? []).map((key) => openKey(this.#of.secret, key))
    const start = this.#note.changes_after ?? this.#note.increment_after ?? run.after ?? ''
    await this.#begin(run, start)
    this.#border.watchUniques({ hasOwnKey: await this.#hasOwnKey() })
    let position = start
    for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
      const asked = keys.slice(at, at + KEYS_AT_ONCE)
      const { body, seen, position: stood } = await this.#readKeys(asked, position)
      position = stood
      const gone = asked.filter((key) => !seen.has(key)).map((key) => `-\t${this.#goneLine(key)}\n`)
      const passed = this.#border.pass('changes', Buffer.concat([body, Buffer.from(gone.join(''))]))
      this.#count(passed)
      if (passed.rows > 0 || passed.rejects.length > 0) await this.#write('changes', run, { ...passed, position })
    }
    await this.#end(run, position)
  }

  async #readKeys(
    keys: readonly string[],
    from: string,
  ): Promise<{ body: Buffer; seen: Set<string>; position: string }> {
    const seen = new Set<string>()
    const parts: Buffer[] = []
    let position = from
    for await (const lines of this.#of.source.rows(this.#plan, keys, this.#options())) {
      if (lines.position > position) position = lines.position
      for (let start = 0; start < lines.body.length; ) {
        const end = lines.body.indexOf(10, start) + 1
        const line = lines.body.subarray(start, end)
        seen.add(this.#border.lastKey(line) as string)
        parts.push(Buffer.from('+\t'), line)
        start = end
      }
    }
    return { body: Buffer.concat(parts), seen, position }
  }

  #goneLine(key: string): string {
    const fields: string[] = this.#plan.columns.map(() => NULL_FIELD)
    const written = key.split('\t')
    keyPlacesOf(this.#plan).forEach((place, index) => {
      fields[place] = written[index] ?? NULL_FIELD
    })
    return fields.join('\t')
  }
}
