import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BoundColumn, Unreadable } from './adapter.ts'
import { type BuiltRun, buildRun } from './file-build.ts'
import type { Readable } from './file-folder.ts'
import { type Found, findFiles, type Manifest, type ManifestFile, Manifests, type Settling } from './file-manifest.ts'
import { patternOf } from './file-path.ts'
import { Pins } from './file-pins.ts'
import { examine, type FileFormat, formatOf } from './file-records.ts'
import { merged, mergeInto, REMOVE, type RunIndex, RunReader } from './file-run.ts'

/** Runs that are open at once; more are merged in groups first. */
const MAX_OPEN = 128
const GROUP = 64
/** Runs that nothing names any more stay so long, for readers under way. */
const IDLE_MS = 3_600_000
/** Raised when a run's form changes: old ones are then built anew. */
const FORM = 1

export interface ViewOptions {
  readonly folder: Readable
  readonly relation: string
  readonly columns: readonly BoundColumn[]
  readonly is_delivered: boolean
  readonly settling: Settling
  /** A folder of the agent that belongs to this root. */
  readonly state_dir: string
}

const sha = (text: string): string => createHash('sha256').update(text).digest('hex')

/** One row as the folder shows it. The line is a view, valid until the walk goes on. */
export interface Shown {
  readonly key: string
  readonly line: Buffer
  /** Places of the files that it may come from: one, unless there are very many. */
  readonly ranks: readonly [number, number]
}

interface OpenRun {
  readonly id: string
  readonly meta: RunIndex
  readonly first: number
  readonly rank: number
}

/** A relation of a folder under one plan: its files as runs, its rows in key order. */
export class FolderView {
  readonly #options: ViewOptions
  readonly #dir: string
  readonly #plan: string
  readonly manifests: Manifests
  readonly pins: Pins
  /** Since when files that were there are missed. */
  readonly #missing = new Map<string, number>()

  constructor(options: ViewOptions) {
    this.#options = options
    const { relation, columns, is_delivered } = options
    this.#plan = sha(JSON.stringify([FORM, patternOf(relation).sheet, columns, is_delivered])).slice(0, 16)
    this.#dir = join(options.state_dir, sha(`${relation}\n${this.#plan}`).slice(0, 24))
    this.manifests = new Manifests(this.#dir)
    this.pins = new Pins(this.#dir)
  }

  #run(id: string): string {
    return join(this.#dir, `${id}.run`)
  }

  #has(id: string): boolean {
    const state = statSync(`${this.#run(id)}.json`, { throwIfNoEntry: false })
    return state !== undefined && state.size > 0 && existsSync(this.#run(id))
  }

  #meta(id: string): BuiltRun | null {
    try {
      if (!this.#has(id)) return null
      return JSON.parse(readFileSync(`${this.#run(id)}.json`, 'utf8')) as BuiltRun
    } catch {
      return null
    }
  }

  /** Not synced: what a power cut leaves of it does not parse, and the run is built again. */
  #saveMeta(id: string, meta: BuiltRun): void {
    const path = `${this.#run(id)}.json`
    writeFileSync(`${path}.new`, JSON.stringify(meta), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }

  /**
   * The files as they are now, each with its run. A file that is still being written counts as what it was in `previous`; a new one is
   * waited for. `isPatient`: a file that is missing counts for a while as what it was, because some replace a file by removing it first.
   */
  async scan(
    previous: Manifest | null,
    signal: AbortSignal,
    { isPatient = false }: { readonly isPatient?: boolean } = {},
  ): Promise<readonly ManifestFile[]> {
    const { folder, relation, settling } = this.#options
    const known = new Map(previous?.files.map((file) => [file.path, file]))
    const all = await findFiles(folder, relation, settling)
    const files: ManifestFile[] = isPatient ? this.#missed(known, all) : []
    for (const found of all) {
      signal.throwIfAborted()
      const before = known.get(found.path)
      const isSame = before !== undefined && before.size === found.size && before.mtime === found.mtime
      if (isSame && this.#has(before.run)) files.push(before)
      else {
        const now = found.is_settled ? await this.#take(found, signal) : null
        if (now !== null) files.push(now)
        else if (before !== undefined) files.push(before)
      }
    }
    return files.sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  #missed(known: ReadonlyMap<string, ManifestFile>, all: readonly Found[]): ManifestFile[] {
    const present = new Set(all.map(({ path }) => path))
    const until = Date.now() - this.#options.settling.settle_seconds * 1000
    for (const path of this.#missing.keys()) if (!known.has(path) || present.has(path)) this.#missing.delete(path)
    return [...known.values()].filter(({ path }) => {
      if (present.has(path)) return false
      const since = this.#missing.get(path) ?? Date.now()
      this.#missing.set(path, since)
      return since > until
    })
  }

  /** Reads one file into a run; null when somebody wrote it meanwhile. */
  async #take(found: Found, signal: AbortSignal): Promise<ManifestFile | null> {
    const { folder, columns, is_delivered, relation } = this.#options
    const format = formatOf(found.path) as FileFormat
    const copy = await folder.localCopy(found.path, signal)
    try {
      const { digest, encoding } = await examine(copy.path, format)
      const run = sha(`${digest}\n${this.#plan}\n${format}`).slice(0, 32)
      if (!this.#has(run)) {
        const file = { path: copy.path, title: found.path, format, encoding, sheet: patternOf(relation).sheet }
        const built = await buildRun(file, { columns, is_delivered }, { path: this.#run(run), signal })
        this.#saveMeta(run, built)
      }
      const now = await folder.stat(found.path)
      if (now === null || now.size !== found.size || now.mtime !== found.mtime) return null
      return { path: found.path, size: found.size, mtime: found.mtime, digest, run }
    } finally {
      await copy.done()
    }
  }

  unreadable(file: ManifestFile): readonly Unreadable[] {
    return this.#meta(file.run)?.unreadable ?? []
  }

  /** Whether every run of a manifest is still there. */
  isWhole(files: readonly ManifestFile[]): boolean {
    return files.every(({ run }) => this.#has(run))
  }

  /** Runs from the last one on that says nothing before it counts. */
  #counting(files: readonly ManifestFile[]): OpenRun[] {
    const all = files.map(({ run }, rank) => {
      const meta = this.#meta(run)
      if (meta === null) throw new Error(`run ${run} is gone`)
      return { id: run, meta, first: rank, rank }
    })
    return all.slice(
      Math.max(
        0,
        all.findLastIndex(({ meta }) => meta.truncates),
      ),
    )
  }

  #grouped(runs: OpenRun[]): OpenRun[] {
    if (runs.length <= MAX_OPEN) return runs
    const groups: OpenRun[] = []
    for (let at = 0; at < runs.length; at += GROUP) {
      const members = runs.slice(at, at + GROUP)
      const id = sha(members.map((one) => one.id).join('\n')).slice(0, 32)
      let meta: RunIndex | null = this.#meta(id)
      if (meta === null) {
        const readers = members.map((one) => new RunReader(this.#run(one.id), one.meta, one.rank))
        try {
          meta = mergeInto(this.#run(id), readers)
        } finally {
          for (const reader of readers) reader.close()
        }
        this.#saveMeta(id, { ...meta, unreadable: [], truncates: false })
      }
      groups.push({ id, meta, first: (members[0] as OpenRun).first, rank: (members.at(-1) as OpenRun).rank })
    }
    return this.#grouped(groups)
  }

  #open(files: readonly ManifestFile[]): { readers: RunReader[]; ranks: Map<number, readonly [number, number]> } {
    const runs = this.#grouped(this.#counting(files))
    return {
      readers: runs.map(({ id, meta, rank }) => new RunReader(this.#run(id), meta, rank)),
      ranks: new Map(runs.map(({ first, rank }) => [rank, [first, rank]])),
    }
  }

  /**
   * Rows in key order, `from` excluded and `to` included; of a key that stands in several files the one of the file whose path sorts
   * last. Keys are order texts (`file-order.ts`).
   */
  *walk(files: readonly ManifestFile[], from: string | null = null, to: string | null = null): Generator<Shown> {
    const { readers, ranks } = this.#open(files)
    try {
      for (const reader of readers) reader.seek(from)
      for (const shown of merged(readers)) {
        if (to !== null && (shown.key as string) > to) return
        const place = ranks.get(shown.rank) as readonly [number, number]
        if (shown.operation !== REMOVE) yield { key: shown.key as string, line: shown.line, ranks: place }
      }
    } finally {
      for (const reader of readers) reader.close()
    }
  }

  /** The rows of single keys, given in ascending order. */
  *pick(files: readonly ManifestFile[], keys: readonly string[]): Generator<Buffer> {
    const { readers } = this.#open(files)
    try {
      for (const key of keys) {
        let winner: RunReader | null = null
        for (const reader of readers) {
          reader.seek(key, true)
          if (reader.key === key && (winner === null || reader.rank > winner.rank)) winner = reader
        }
        if (winner !== null && winner.operation !== REMOVE) yield winner.line
      }
    } finally {
      for (const reader of readers) reader.close()
    }
  }

  rowCount(files: readonly ManifestFile[]): number {
    return files.reduce((sum, { run }) => sum + (this.#meta(run)?.rows ?? 0), 0)
  }

  /** Removes manifests and runs that nothing needs. */
  prune(inUse: readonly ManifestFile[]): void {
    const kept = this.manifests.prune(this.pins.oldest())
    for (const { run } of inUse) kept.add(run)
    for (const name of readdirSync(this.#dir)) {
      const id = /^([0-9a-f]{32})\.run/.exec(name)?.[1]
      if (id === undefined || kept.has(id)) continue
      const path = join(this.#dir, name)
      const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)
      if (age > IDLE_MS) rmSync(path, { force: true })
    }
  }
}
