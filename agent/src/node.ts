import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Assignment, DOOR, type Question, type Report } from '@sanjiang/contract/exchange.door'
import { answerTo } from './answer.ts'
import type { AgentConfig } from './config.ts'
import { Connections, troubleOf } from './connections.ts'
import { isFull, writeDurably } from './durable.ts'
import { FeedWorker, type Place } from './feed.worker.ts'
import { type AgentKey, readIdentity, readKey } from './identity.ts'
import { isFenced, isPassing, Link, Refused } from './link.ts'
import { LoadWorker } from './load.worker.ts'
import { Spool, sayShortage } from './spool.ts'
import { VERSION } from './version.ts'

const EMPTY: Assignment = { version: '', feeds: [], loads: [], questions: [] }
/** While something moves a page wants to see it move; else the poll waits at the centre for news. */
const BUSY_WAIT = 2
const QUIET_WAIT = 25
const LONGEST_PAUSE = 60_000
/** Troubles that come and go at once are told once. */
const GATHER_MS = 200

/** The whole agent: polls for what is wanted, has it done, and reports. */
export class AgentNode {
  readonly #config: AgentConfig
  readonly #link: Link
  readonly #connections: Connections
  readonly #spool: Spool
  readonly #place: Place
  readonly #feeds = new Map<string, FeedWorker>()
  readonly #loads = new Map<string, LoadWorker>()
  readonly #answering = new Set<string>()
  readonly #stop = new AbortController()
  readonly #say: (line: string) => void
  #assignment: Assignment = EMPTY
  #poll: AbortController | null = null
  #fatal: unknown = null
  #isAway = false
  /** What is followed comes from the disk: the centre has not been heard yet. */
  #isRemembered = true
  #isTelling = false

  private constructor(config: AgentConfig, key: AgentKey, parts: { link: Link; say: (line: string) => void }) {
    this.#config = config
    this.#link = parts.link
    this.#say = parts.say
    const onChange = (): void => this.#tellSoon()
    this.#connections = new Connections(config, onChange)
    this.#spool = new Spool(join(config.state, 'spool'), config.spool)
    this.#place = {
      stateDir: config.state,
      link: parts.link,
      key,
      spool: this.#spool,
      connections: this.#connections,
      onChange,
      onFatal: (error) => this.#fail(error),
    }
  }

  static async open(config: AgentConfig, say: (line: string) => void): Promise<AgentNode> {
    await mkdir(join(config.state, 'spool'), { recursive: true, mode: 0o700 })
    const key = await readKey(config.state)
    const link = new Link(config, key, await readIdentity(config.state))
    return new AgentNode(config, key, { link, say })
  }

  #fail(error: unknown): void {
    this.#fatal ??= error
    this.stop()
  }

  stop(): void {
    this.#stop.abort()
    this.#poll?.abort()
  }

  #tellSoon(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    setTimeout(() => {
      this.#isTelling = false
      this.#poll?.abort()
    }, GATHER_MS).unref()
  }

  get #assignmentFile(): string {
    return join(this.#config.state, 'assignment.json')
  }

  /** Runs until it is stopped; throws what it cannot go on with. */
  async run(): Promise<void> {
    await this.#remember()
    try {
      for (let failures = 0; !this.#stop.signal.aborted; ) {
        try {
          await this.#pollOnce()
          failures = 0
          this.#well()
        } catch (error) {
          if (this.#stop.signal.aborted) break
          if (this.#poll?.signal.aborted) continue
          if (isFenced(error) || !(isPassing(error) || error instanceof Refused)) throw error
          this.#away(error)
          await this.#rest(Math.min(LONGEST_PAUSE, 1000 * 2 ** failures++))
        }
      }
    } finally {
      await this.#close()
    }
    if (this.#fatal) throw this.#fatal
  }

  #rest(ms: number): Promise<void> {
    return pause(ms, undefined, { signal: this.#stop.signal }).catch(() => {})
  }

  #away(error: unknown): void {
    if (this.#isAway) return
    this.#isAway = true
    const what = isFull(error) ? sayShortage('disk_full') : (error as Error).message
    this.#say(`${what};已读的留在本机缓存,恢复后自动继续`)
  }

  #well(): void {
    if (this.#isAway) this.#say('与交换平台恢复联系')
    this.#isAway = false
  }

  /** After a restart the work goes on as last wanted, even while the centre is away. */
  async #remember(): Promise<void> {
    const text = await readFile(this.#assignmentFile, 'utf8').catch(() => null)
    if (text !== null) this.#follow({ ...(JSON.parse(text) as Assignment), questions: [] })
  }

  report(): Omit<Report, 'have' | 'wait_seconds'> {
    return {
      backlog_bytes: this.#spool.backlogBytes,
      connections: this.#connections.report(),
      feeds: [...this.#feeds.values()].map((one) => one.report()),
      loads: [...this.#loads.values()].map((one) => one.report()),
    }
  }

  async #pollOnce(): Promise<void> {
    const poll = new AbortController()
    this.#poll = poll
    const isBusy = [...this.#feeds.values(), ...this.#loads.values()].some((one) => one.isBusy)
    const report: Report = {
      ...this.report(),
      have: this.#assignment === EMPTY || this.#isRemembered ? null : this.#assignment.version,
      wait_seconds: isBusy ? BUSY_WAIT : QUIET_WAIT,
    }
    void this.#keepStatus()
    const ask = { method: 'POST', path: DOOR.assignment, json: report, signal: poll.signal, timeoutMs: 60_000 } as const
    const wanted = await this.#link.askJson<Assignment>(ask)
    this.#isRemembered = false
    if (wanted.version !== this.#assignment.version)
      await writeDurably(this.#assignmentFile, JSON.stringify({ ...wanted, questions: [] }))
    this.#follow(wanted)
  }

  /** For `sanjiang-agent status`: what this process knows of itself, as of the last poll. */
  async #keepStatus(): Promise<void> {
    const { identity, epoch } = this.#link
    const { agent_id, name, organ_name } = identity
    const status = {
      at: new Date().toISOString(),
      pid: process.pid,
      version: VERSION,
      agent_id,
      name,
      organ_name,
      epoch,
    }
    const text = JSON.stringify({ ...status, is_away: this.#isAway, ...this.report() }, null, 2)
    await writeDurably(join(this.#config.state, 'status.json'), text).catch(() => {})
  }

  #follow(wanted: Assignment): void {
    this.#assignment = wanted
    for (const feed of wanted.feeds) {
      const known = this.#feeds.get(feed.feed_id)
      if (known) known.update(feed)
      else this.#begin(this.#feeds, feed.feed_id, new FeedWorker(this.#place, feed))
    }
    for (const load of wanted.loads) {
      const known = this.#loads.get(load.subscription_id)
      if (known) known.update(load)
      else this.#begin(this.#loads, load.subscription_id, new LoadWorker(this.#place, load))
    }
    this.#drop(this.#feeds, new Set(wanted.feeds.map(({ feed_id }) => feed_id)))
    this.#drop(this.#loads, new Set(wanted.loads.map(({ subscription_id }) => subscription_id)))
    for (const question of wanted.questions) void this.#answer(question)
  }

  #begin<W extends { start(): void }>(workers: Map<string, W>, id: string, worker: W): void {
    workers.set(id, worker)
    worker.start()
  }

  #drop(workers: Map<string, { stop(): Promise<void> }>, wanted: ReadonlySet<string>): void {
    for (const [id, worker] of workers) {
      if (wanted.has(id)) continue
      workers.delete(id)
      void worker.stop()
    }
  }

  async #answer(question: Question): Promise<void> {
    const { question_id } = question
    if (this.#answering.has(question_id)) return
    this.#answering.add(question_id)
    try {
      const json = await this.#judge(question)
      const ask = { method: 'POST', path: DOOR.answer(question_id), json, signal: this.#stop.signal } as const
      await this.#link.ask(ask)
    } catch {
      // Whoever asked hears that the agent is away; the question comes again with the next assignment if it still stands.
    } finally {
      setTimeout(() => this.#answering.delete(question_id), 10_000).unref()
    }
  }

  async #judge(question: Question): Promise<unknown> {
    const { feeds, loads } = this.#assignment
    try {
      const asked = { connections: this.#connections, feeds, loads, signal: this.#stop.signal }
      return { value: await answerTo(question, asked), trouble: null }
    } catch (error) {
      const { code, message } = troubleOf(error)
      const party = question.connection ? 'provider' : 'platform'
      return { value: null, trouble: { code, party, message: message.slice(0, 2000), at: new Date().toISOString() } }
    }
  }

  async #close(): Promise<void> {
    this.stop()
    await Promise.allSettled([...this.#feeds.values(), ...this.#loads.values()].map((one) => one.stop()))
    await this.#keepStatus()
    await this.#connections.close()
    await this.#spool.close()
    await this.#link.close()
  }
}
