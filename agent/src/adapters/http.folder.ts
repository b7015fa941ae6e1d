import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AdapterFault } from './adapter.ts'
import type { FileState, FolderEntry, LocalCopy, Readable } from './file-folder.ts'
import type { HttpClient } from './http.client.ts'
import type { HttpConfig, HttpRelation } from './http.config.ts'
import { flat, pagesOf, Shifted } from './http.pages.ts'

// A pass over all pages of a list is kept as a file of JSON lines on the agent's own disk: from there the adapter of folders
// sorts it, reads it in key order, resumes it and compares it with the pass before.

const SPOOLED = /^spool-[0-9a-f]+\.jsonl$/
const AGAIN_MS = 1_000
const TRIES = 3

interface Pass {
  readonly token: string
  path: string | null
  /** When its last page was in, and later when it was sorted; null while it is being read or has not begun. */
  done_at: number | null
  /** Readers that are sorting it: so long it stays, stale or not. */
  readers: number
  is_stale: boolean
  columns: ReadonlySet<string>
  rows: number
}

export interface Spooled {
  readonly path: string
  readonly rows: number
  /** Columns that at least one record had. */
  readonly columns: ReadonlySet<string>
}

export class HttpFolder implements Readable {
  readonly #config: HttpConfig
  readonly #client: HttpClient
  readonly #allowed: (relation: string) => readonly string[] | '*'
  readonly #passes = new Map<string, Pass>()
  readonly #turns = new Map<string, Promise<unknown>>()
  readonly #closing = new AbortController()
  readonly #start = randomBytes(6).toString('hex')
  #count = 0

  constructor(config: HttpConfig, client: HttpClient, allowed: (relation: string) => readonly string[] | '*') {
    this.#config = config
    this.#client = client
    this.#allowed = allowed
    for (const name of readdirSync(config.state_dir))
      if (SPOOLED.test(name)) rmSync(join(config.state_dir, name), { force: true })
  }

  relation(name: string): HttpRelation {
    const relation = this.#config.relations.get(name)
    if (relation === undefined)
      throw new AdapterFault('no_such_relation', `本机配置里没有接口“${name}”(${name}.path = …)`)
    return relation
  }

  /** The next who asks reads all pages anew, unless they were read within `seconds`. */
  expire(name: string, seconds = 0): void {
    const pass = this.#passes.get(name)
    if (pass?.done_at == null || Date.now() - pass.done_at < seconds * 1000) return
    if (pass.readers > 0) pass.is_stale = true
    else this.#drop(name, pass)
  }

  #drop(name: string, { path }: Pass): void {
    this.#passes.delete(name)
    if (path !== null) rmSync(path, { force: true })
  }

  /** What the last pass saw. */
  seen(name: string): Pick<Spooled, 'rows' | 'columns'> {
    const { rows, columns } = this.#pass(name)
    return { rows, columns }
  }

  #pass(name: string): Pass {
    this.expire(name, this.#config.reuse_seconds)
    const known = this.#passes.get(name)
    if (known !== undefined) return known
    this.#count += 1
    const begun = { path: null, done_at: null, readers: 0, is_stale: false, columns: new Set<string>(), rows: 0 }
    const pass: Pass = { token: `${this.#start}-${this.#count}`, ...begun }
    this.#passes.set(name, pass)
    return pass
  }

  async list(path: string): Promise<readonly FolderEntry[]> {
    if (path !== '') return []
    return [...this.#config.relations.keys()].map((name) => ({ name: `${name}.jsonl`, kind: 'file' }))
  }

  /** A pass is a version of the file; while it is still good, the file has not changed. */
  async stat(path: string): Promise<FileState | null> {
    const name = path.replace(/\.jsonl$/, '')
    return this.#config.relations.has(name) ? { size: 1, mtime: this.#pass(name).token, mtime_ms: 0 } : null
  }

  async localCopy(path: string, signal?: AbortSignal): Promise<LocalCopy> {
    const name = path.replace(/\.jsonl$/, '')
    const before = this.#turns.get(name) ?? Promise.resolve()
    const mine = before.catch(() => undefined).then(() => this.#fetched(name, signal ?? this.#closing.signal))
    this.#turns.set(name, mine)
    const pass = await mine
    const done = async (): Promise<void> => {
      pass.readers -= 1
      pass.done_at = Date.now()
      if (pass.is_stale && pass.readers === 0) this.#drop(name, pass)
    }
    return { path: pass.path as string, done }
  }

  async #fetched(name: string, signal: AbortSignal): Promise<Pass> {
    const pass = this.#pass(name)
    if (pass.path === null) {
      const spooled = await this.spool(this.relation(name), null, signal)
      Object.assign(pass, spooled, { done_at: Date.now() })
    }
    pass.readers += 1
    return pass
  }

  /** Reads all pages into a file of JSON lines; when the list moved under the reading, again from the start. */
  async spool(relation: HttpRelation, since: string | null, signal: AbortSignal): Promise<Spooled> {
    const either = AbortSignal.any([signal, this.#closing.signal])
    for (let tries = 1; ; tries += 1)
      try {
        return await this.#spoolOnce(relation, since, either)
      } catch (error) {
        if (!(error instanceof Shifted)) throw error
        if (tries >= TRIES)
          throw new AdapterFault('unreachable', `${error.message};重读 ${tries} 次仍是如此,稍后再试`, { cause: error })
        await pause(AGAIN_MS, undefined, { signal: either })
      }
  }

  async #spoolOnce(relation: HttpRelation, since: string | null, signal: AbortSignal): Promise<Spooled> {
    const path = join(this.#config.state_dir, `spool-${randomBytes(8).toString('hex')}.jsonl`)
    const allowed = this.#allowed(relation.name)
    const isWanted = (column: string): boolean => allowed === '*' || allowed.includes(column)
    const columns = new Set<string>()
    let rows = 0
    const out = await open(path, 'w', 0o600)
    try {
      for await (const records of pagesOf(this.#client, this.#config, { relation, since, signal })) {
        let lines = ''
        for (const record of records) {
          const row = flat(record, isWanted)
          for (const column in row) columns.add(column)
          // What is no record stays what it is, and is told with its line.
          lines += `${JSON.stringify(row ?? record)}\n`
        }
        await out.appendFile(lines)
        rows += records.length
      }
      return { path, rows, columns }
    } catch (error) {
      rmSync(path, { force: true })
      throw error
    } finally {
      await out.close()
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled(this.#turns.values())
    for (const [name, pass] of this.#passes) this.#drop(name, pass)
    await this.#client.close()
  }
}

/** Names a file of the agent's state after what it is about. */
export const stateFile = (config: HttpConfig, kind: string, about: string): string =>
  join(config.state_dir, `${kind}-${createHash('sha256').update(about).digest('hex').slice(0, 24)}`)
