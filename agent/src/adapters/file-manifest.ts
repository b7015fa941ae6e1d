import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FileState, Readable } from './file-folder.ts'
import { pathTrouble, patternOf } from './file-path.ts'
import { formatOf } from './file-records.ts'

export interface ManifestFile {
  readonly path: string
  readonly size: number
  readonly mtime: string
  readonly digest: string
  /** Name of its run. */
  readonly run: string
}

/** What a folder held when it was read. */
export interface Manifest {
  readonly position: string
  readonly files: readonly ManifestFile[]
}

export interface Found extends FileState {
  readonly path: string
  /** Nobody writes it any more, as far as can be seen. */
  readonly is_settled: boolean
}

const MAX_DEPTH = 32
const MAX_FILES = 200_000
/** Manifests without a reader that stay, for increments that go on from them. */
const KEPT = 4
/** Written by others while they write, by us, or by editors. */
const PASSED_OVER = /^[.~]|\.(?:part|tmp|new|partial|crdownload|sha256|done)$/i

/** What a name that is not UTF-8 is read as. */
const UNREADABLE_NAME = '\ufffd'

export interface Settling {
  /** A file that has not changed for so long is taken as whole. */
  readonly settle_seconds: number
  /** Instead of waiting: only files beside which `NAME.done` stands. */
  readonly done_marker: boolean
}

export interface Taking {
  /** Files of any form, not only those that are read as tables. */
  readonly isAny: boolean
  /** A file that is there and cannot be named in a row, and why. */
  readonly refuse: (path: string, reason: string) => void
}
const TABLES: Taking = { isAny: false, refuse: () => undefined }

/** Files of a relation, sorted by path. */
export const findFiles = async (
  folder: Readable,
  relation: string,
  settling: Settling,
  { isAny, refuse }: Taking = TABLES,
): Promise<Found[]> => {
  const pattern = patternOf(relation)
  const found: Found[] = []
  const walk = async (path: string, depth: number): Promise<void> => {
    const entries = await folder.list(path)
    const names = new Set(entries.map(({ name }) => name))
    for (const { name, kind } of entries) {
      const full = path === '' ? name : `${path}/${name}`
      if (PASSED_OVER.test(name)) continue
      const trouble = name.includes(UNREADABLE_NAME) ? '文件名不是 UTF-8' : pathTrouble(full)
      if (trouble !== null) {
        if (kind !== 'other' && pattern.matches(full)) refuse(full, trouble)
        continue
      }
      if (kind === 'folder' && depth < Math.min(pattern.depth, MAX_DEPTH)) await walk(full, depth + 1)
      if (kind !== 'file' || !pattern.matches(full) || !(isAny || formatOf(full))) continue
      const state = await folder.stat(full)
      if (state === null) continue
      const isOld = Math.abs(Date.now() - state.mtime_ms) >= settling.settle_seconds * 1000
      found.push({ path: full, ...state, is_settled: settling.done_marker ? names.has(`${name}.done`) : isOld })
      if (found.length > MAX_FILES) throw new RangeError(`文件超过 ${MAX_FILES} 个`)
    }
  }
  await walk(pattern.folder, 0)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

const NAME = /^manifest-([0-9a-f]{16}-[0-9a-f]{16})\.json$/

/** Manifests of one relation under one plan, in a folder of the agent. A position is a count and the digest of what it names. */
export class Manifests {
  readonly #dir: string
  #last: string
  constructor(dir: string) {
    this.#dir = dir
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    this.#last = this.positions().at(-1)?.slice(0, 16) ?? '0'.repeat(16)
  }

  positions(): string[] {
    return readdirSync(this.#dir)
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .sort()
  }

  load(position: string): Manifest | null {
    if (!/^[0-9a-f]{16}-[0-9a-f]{16}$/.test(position)) return null
    try {
      return JSON.parse(readFileSync(this.#path(position), 'utf8')) as Manifest
    } catch {
      return null
    }
  }

  /** The manifest of these files; a new position unless the newest names the same. */
  save(files: readonly ManifestFile[], after: string | null): Manifest {
    const digest = createHash('sha256').update(JSON.stringify(files.map(({ path, digest: one }) => [path, one])))
    const mark = digest.digest('hex').slice(0, 16)
    const newest = this.positions().at(-1)
    const before = [this.#last, after?.slice(0, 16) ?? '', newest?.slice(0, 16) ?? ''].sort().at(-1) as string
    if (newest?.endsWith(mark) && newest.startsWith(before)) {
      const same = this.load(newest)
      // Times may differ where contents do not.
      if (same !== null) return this.#write({ position: newest, files })
    }
    // The clock keeps positions ascending when this folder of the agent was lost; the count, when the clock stands or goes back.
    const count = BigInt(`0x${before}`) + 1n
    const now = BigInt(Date.now()) * 1000n
    this.#last = (count > now ? count : now).toString(16).padStart(16, '0')
    return this.#write({ position: `${this.#last}-${mark}`, files })
  }

  #write(manifest: Manifest): Manifest {
    const path = this.#path(manifest.position)
    writeFileSync(`${path}.new`, JSON.stringify(manifest), { flush: true, mode: 0o600 })
    renameSync(`${path}.new`, path)
    return manifest
  }

  #path(position: string): string {
    return join(this.#dir, `manifest-${position}.json`)
  }

  /** Keeps what change streams stand at and after, and the newest few; returns the runs that those name. */
  prune(pinned: string | null): Set<string> {
    const positions = this.positions()
    const kept = positions.filter(
      (position, index) => index >= positions.length - KEPT || (pinned !== null && position >= pinned),
    )
    for (const position of positions) if (!kept.includes(position)) rmSync(this.#path(position), { force: true })
    return new Set(kept.flatMap((position) => this.load(position)?.files.map(({ run }) => run) ?? []))
  }
}
