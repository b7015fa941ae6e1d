import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Report, WantedFeed } from '@sanjiang/contract/exchange.door'
import { AdapterFault, type Source } from './adapters/adapter.ts'
import { type Connections, troubleOf } from './connections.ts'
import { isFull } from './durable.ts'
import { blocksReading, type Drift, driftsOf, missingColumns, rememberedShape, sayDrifts } from './feed.drift.ts'
import { type FeedNote, noteOf } from './feed.note.ts'
import { slotOf } from './feed.plan.ts'
import { FeedRun, Held, type Progress, type WantedRun } from './feed.run.ts'
import { ChunkWriter } from './feed.writer.ts'
import { Forwarder, LogMoved } from './forward.ts'
import type { AgentKey } from './identity.ts'
import { isFenced, type Link, Refused } from './link.ts'
import type { FeedSpool } from './spool.feed.ts'
import { type Spool, sayShortage } from './spool.ts'
import { Standing } from './trouble.ts'

export interface Place {
  readonly stateDir: string
  readonly link: Link
  readonly key: AgentKey
  readonly spool: Spool
  readonly connections: Connections
  /** Something a report should tell. */
  readonly onChange: () => void
  /** Something this process cannot go on with. */
  readonly onFatal: (error: unknown) => void
}

class Drifted extends Error {}

const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 60_000
const ROOM_MS = 2_000
const LOOK_AT_SHAPE = 30_000

/** What decides how a feed is read: while it stays the same, a new assignment changes nothing for the run under way. */
const readingOf = ({ version, bindings, items, reject_threshold, is_reading }: WantedFeed): string =>
  JSON.stringify([version, bindings, items, reject_threshold, is_reading])

/** One feed of this agent: reads what is ordered into the spool, and brings the spool to the centre. */
export class FeedWorker {
  readonly #place: Place
  readonly #standing: Standing
  readonly #forwarding: Standing
  readonly #progress: Progress = { run_id: null, rows: 0, estimated_rows: null }
  readonly #stop = new AbortController()
  #wanted: WantedFeed
  #changed: () => void = () => {}
  #inner: AbortController | null = null
  #running: { run_id: string; reading: string } | null = null
  #log: FeedSpool | null = null
  #drifts: readonly Drift[] = []
  /** Of the feed, when it was last looked at: the centre may know a newer one already. */
  #version: number
  #isStreamLost = false
  /** Since when something read has not been with the centre, as far as reports looked. */
  #waitingSince: number | null = null
  #done: Promise<void> | null = null

  constructor(place: Place, wanted: WantedFeed) {
    this.#place = place
    this.#wanted = wanted
    this.#version = wanted.version
    this.#standing = new Standing(place.onChange)
    this.#forwarding = new Standing(place.onChange)
  }

  start(): void {
    this.#done = this.#live().catch((error) => {
      if (!this.#stop.signal.aborted) this.#place.onFatal(error)
    })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#inner?.abort()
    await this.#done
  }

  update(wanted: WantedFeed): void {
    this.#wanted = wanted
    const chosen = this.#chosen()
    const running = this.#running
    if (running && (chosen?.run_id !== running.run_id || readingOf(wanted) !== running.reading)) this.#inner?.abort()
    this.#changed()
  }

  report(): Report['feeds'][number] {
    const waiting = this.#log?.backlogBytes ?? 0
    this.#waitingSince = waiting === 0 ? null : (this.#waitingSince ?? Date.now())
    return {
      feed_id: this.#wanted.feed_id,
      version: this.#version,
      run_id: this.#progress.run_id,
      spooled_seq: this.#log?.next ?? 0,
      rows: this.#progress.rows,
      estimated_rows: this.#progress.estimated_rows,
      lag_seconds: this.#waitingSince === null ? 0 : (Date.now() - this.#waitingSince) / 1000,
      trouble: this.#standing.trouble ?? this.#forwarding.trouble,
      unmoved: this.#progress.unmoved ?? null,
      drifts: [...this.#drifts],
    }
  }

  get isBusy(): boolean {
    return this.#running !== null && this.#progress.estimated_rows !== null
  }

  /** Begins anew from the centre's head whenever the two logs do not fit together. */
  async #live(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const round = new AbortController()
      const stop = (): void => round.abort()
      signal.addEventListener('abort', stop, { once: true })
      try {
        await this.#round(round)
      } catch (error) {
        if (signal.aborted) throw error
        if (isFull(error)) await this.#roomMade(signal)
        else if (error instanceof LogMoved) await this.#beginAnew(error)
        else throw error
      } finally {
        signal.removeEventListener('abort', stop)
        round.abort()
      }
    }
  }

  async #roomMade(signal: AbortSignal): Promise<void> {
    this.#forwarding.stuck('provider', 'disk_full', sayShortage('disk_full'))
    await pause(ROOM_MS, undefined, { signal }).catch(() => {})
  }

  async #beginAnew(error: LogMoved): Promise<void> {
    this.#forwarding.stuck('platform', 'log_moved', error.message)
    const log = this.#log as FeedSpool
    const { head } = await this.#forwarder(log, this.#stop.signal).head()
    await log.startAt(head)
    this.#forwarding.well('log_moved')
  }

  #forwarder(spool: FeedSpool, signal: AbortSignal): Forwarder {
    const { link, key } = this.#place
    return new Forwarder({ feedId: this.#wanted.feed_id, link, key, spool, standing: this.#forwarding }, signal)
  }

  async #round(round: AbortController): Promise<void> {
    const log = await this.#place.spool.feed(this.#wanted.feed_id)
    this.#log = log
    const forwarder = this.#forwarder(log, round.signal)
    if (log.isEmpty) await log.startAt((await forwarder.head()).head)
    const forwarding = forwarder.run()
    const reading = this.#readAll(log, round.signal)
    try {
      await Promise.race([forwarding, reading])
    } finally {
      round.abort()
      this.#inner?.abort()
      await Promise.allSettled([forwarding, reading])
    }
  }

  #chosen(): WantedRun | null {
    const wanted = this.#wanted
    if (!wanted.is_reading) return null
    const finished = new Set(noteOf(this.#log?.lastNote).finished)
    const open = wanted.runs.filter(({ run_id }) => !finished.has(run_id))
    return open.find(({ kind }) => kind !== 'changes') ?? open[0] ?? null
  }

  async #readAll(log: FeedSpool, signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const run = this.#chosen()
      if (run === null) {
        this.#progress.run_id = null
        this.#standing.well()
        await this.#change(signal)
        continue
      }
      try {
        await this.#read(run, log, signal)
        failures = 0
      } catch (error) {
        if (signal.aborted) return
        if (this.#inner?.signal.aborted) continue
        if (isFenced(error) || isFatal(error)) throw error
        this.#tell(error)
        if (error instanceof Held) await this.#released(signal)
        else await this.#pauseOrChange(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures++), signal)
      } finally {
        this.#running = null
      }
    }
  }

  #tell(error: unknown): void {
    if (error instanceof Held) this.#standing.stuck('provider', 'quality', error.message)
    else if (isFull(error)) this.#standing.stuck('provider', 'disk_full', sayShortage('disk_full'))
    else if (error instanceof Refused) this.#standing.stuck('platform', error.code, error.message)
    else if (error instanceof Drifted) this.#standing.stuck('provider', 'drift', error.message)
    else {
      const { code, message } = troubleOf(error)
      if (code === 'stream_lost') this.#isStreamLost = true
      else if (code !== 'misconfigured') this.#place.connections.failed(this.#wanted.connection, error)
      this.#standing.stuck('provider', code, message)
    }
  }

  async #read(run: WantedRun, log: FeedSpool, signal: AbortSignal): Promise<void> {
    const inner = new AbortController()
    this.#inner = inner
    const feed = this.#wanted
    this.#running = { run_id: run.run_id, reading: readingOf(feed) }
    const source = await this.#place.connections.source(feed.connection)
    await this.#assertShape(source)
    const note = await this.#noteFor(run, source, log)
    const { spool, link, key } = this.#place
    const writer = new ChunkWriter({
      feedId: feed.feed_id,
      version: feed.version,
      items: feed.bindings.map(({ item }) => item),
      epoch: link.epoch,
      spool,
      log,
      standing: this.#standing,
      signal: AbortSignal.any([inner.signal, signal]),
    })
    const watch = setInterval(() => void this.#watchShape(source, inner), LOOK_AT_SHAPE)
    const readSignal = AbortSignal.any([inner.signal, signal])
    const settled = (): Promise<void> => log.settled()
    try {
      this.#standing.well()
      const running = {
        feed,
        source,
        writer,
        secret: key.secret,
        link,
        signal: readSignal,
        progress: this.#progress,
        settled,
      }
      await new FeedRun(running, note).execute(run)
    } catch (error) {
      await this.#assertShape(source)
      throw error
    } finally {
      clearInterval(watch)
      await writer.flush().catch(() => {})
    }
  }

  /** After a lost stream a snapshot makes a new place to go on from. */
  async #noteFor(run: WantedRun, source: Source, log: FeedSpool): Promise<FeedNote> {
    const note = noteOf(log.lastNote)
    if (!this.#isStreamLost || run.kind !== 'snapshot') return note
    await source.forget(slotOf(this.#wanted.feed_id))
    this.#isStreamLost = false
    return { ...note, changes_after: null }
  }

  async #look(source: Source): Promise<readonly Drift[]> {
    const { relation, bindings, version, feed_id } = this.#wanted
    this.#version = version
    const described = await source.describe(relation)
    const file = join(this.#place.stateDir, `shape-${feed_id}.json`)
    const shape = await rememberedShape(file, version, described)
    const drifts = driftsOf(shape, described, bindings)
    const named = new Set(drifts.map(({ column }) => column))
    return [...missingColumns(described, bindings).filter(({ column }) => !named.has(column)), ...drifts]
  }

  async #assertShape(source: Source): Promise<void> {
    this.#drifts = await this.#look(source)
    const blocking = this.#drifts.filter(blocksReading)
    if (blocking.length > 0) throw new Drifted(sayDrifts(this.#wanted.relation, blocking))
  }

  async #watchShape(source: Source, inner: AbortController): Promise<void> {
    const drifts = await this.#look(source).catch(() => this.#drifts)
    if (JSON.stringify(drifts) === JSON.stringify(this.#drifts)) return
    this.#drifts = drifts
    this.#place.onChange()
    // The next attempt finds the same and says so.
    if (drifts.some(blocksReading)) inner.abort()
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((done) => {
      const finish = (): void => {
        signal.removeEventListener('abort', finish)
        this.#changed = () => {}
        done()
      }
      signal.addEventListener('abort', finish, { once: true })
      this.#changed = finish
    })
  }

  async #pauseOrChange(ms: number, signal: AbortSignal): Promise<void> {
    const stop = new AbortController()
    const reading = readingOf(this.#wanted)
    const chosen = this.#chosen()?.run_id
    const waiting = pause(ms, undefined, { signal: stop.signal }).catch(() => {})
    while (!signal.aborted) {
      const change = this.#change(signal)
      const isOver = await Promise.race([waiting.then(() => true), change.then(() => false)])
      if (isOver || readingOf(this.#wanted) !== reading || this.#chosen()?.run_id !== chosen) break
    }
    stop.abort()
  }

  /** A held feed goes on when the centre has stopped it and wants it again. */
  async #released(signal: AbortSignal): Promise<void> {
    const version = this.#wanted.version
    while (!signal.aborted && this.#wanted.is_reading && this.#wanted.version === version) await this.#change(signal)
  }
}

/** The disk could not be written to in a way nobody can mend from here. */
const isFatal = (error: unknown): boolean =>
  ['EIO', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '') && !(error instanceof AdapterFault)
