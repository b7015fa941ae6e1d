import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { canonicalField, escapeField, NULL_FIELD } from '@sanjiang/seal'
import { FileMoved, readThrough } from '../blob.send.ts'
import type { BoundColumn, ReadOptions, Unreadable } from './adapter.ts'
import { type Folder, isMissing } from './file-folder.ts'
import { findFiles, type Manifest, type ManifestFile, Manifests, type Settling } from './file-manifest.ts'
import { orderOf } from './file-order.ts'
import { Pins } from './file-pins.ts'
import { Recipes } from './files-recipes.ts'

/** Files that are on their way to the centre at once; rows keep their order. */
const UNDER_WAY = 3
/** Stands for a content nobody has read: the row is only looked at, or will be turned back. */
const UNREAD = '0'.repeat(64)

/** A file as a row has it. */
export interface ListedFile extends ManifestFile {
  /** Last change, whole seconds: what every system can keep. */
  readonly seconds: number
}

export interface FilesViewOptions {
  readonly folder: Folder
  /** Without `files:`. */
  readonly pattern: string
  readonly settling: Settling
  readonly state_dir: string
}

export type Carrying = Pick<ReadOptions, 'carry' | 'signal'>

const ORDER = orderOf(['C'])
/** Paths in the order of key lines. */
export const pathOrder = (path: string): string => ORDER([path])

/** Paths that some file systems take for the same. */
export const folded = (path: string): string => path.normalize('NFC').toLowerCase()

const modifiedText = ({ seconds }: ListedFile): string | null => {
  const field = canonicalField('T', new Date(seconds * 1000))
  return typeof field === 'string' ? field : null
}

/** The line of a file under a plan, without LF. */
export const lineOfFile = (columns: readonly BoundColumn[], file: ListedFile, content: string): string =>
  columns
    .map(({ column }) => {
      if (column === 'path') return escapeField(file.path)
      if (column === 'size') return String(file.size)
      return column === 'modified' ? escapeField(modifiedText(file)) : content
    })
    .join('\t')

export const goneLine = (columns: readonly BoundColumn[], path: string): Buffer =>
  Buffer.from(`-\t${columns.map(({ column }) => (column === 'path' ? escapeField(path) : NULL_FIELD)).join('\t')}\n`)

/** The files behind `files:PATTERN`, each a row. What a file holds is read when its row is asked for. */
export class FilesView {
  readonly #options: FilesViewOptions
  readonly manifests: Manifests
  readonly pins: Pins
  readonly #recipes: Recipes
  readonly #missing = new Map<string, number>()
  #refused: Unreadable[] = []

  constructor(options: FilesViewOptions) {
    this.#options = options
    const id = createHash('sha256').update(`files:${options.pattern}`).digest('hex').slice(0, 24)
    const dir = join(options.state_dir, id)
    this.manifests = new Manifests(dir)
    this.pins = new Pins(dir)
    this.#recipes = new Recipes(dir)
  }

  /** Files that were found in the last look and have no row. */
  get refused(): readonly Unreadable[] {
    return this.#refused
  }

  /**
   * The files as they are now, in key order. One that is being written counts as what it was in `previous`; one that is missing too, for
   * as long as a file takes to settle, because some replace a file by removing it first.
   */
  async scan(previous: Manifest | null, signal: AbortSignal): Promise<readonly ListedFile[]> {
    const { folder, pattern, settling } = this.#options
    const refused: Unreadable[] = []
    const refuse = (path: string, reason: string): void => {
      refused.push({ key: escapeField(path), item: 'path', reason })
    }
    const known = new Map((previous?.files as readonly ListedFile[] | undefined)?.map((file) => [file.path, file]))
    const all = await findFiles(folder, pattern, settling, { isAny: true, refuse })
    signal.throwIfAborted()
    const files = this.#missed(known, new Set(all.map(({ path }) => path)))
    const names = new Map<string, string>()
    for (const { path, size, mtime, mtime_ms, is_settled } of all) {
      const twin = names.get(folded(path))
      if (twin !== undefined) refuse(path, `与“${twin}”只有大小写或字符写法之别，在部分系统上是同一文件`)
      else {
        names.set(folded(path), path)
        const listed = { path, size, mtime, digest: `${size}-${mtime}`, run: '', seconds: Math.floor(mtime_ms / 1000) }
        const before = known.get(path)
        if (is_settled || before?.digest === listed.digest) files.push(listed)
        else if (before !== undefined) files.push(before)
      }
    }
    this.#refused = refused
    this.#recipes.keep(new Set(files.map(({ path }) => path)))
    return files
      .map((file) => ({ file, order: pathOrder(file.path) }))
      .sort((a, b) => (a.order < b.order ? -1 : 1))
      .map(({ file }) => file)
  }

  #missed(known: ReadonlyMap<string, ListedFile>, present: ReadonlySet<string>): ListedFile[] {
    const until = Date.now() - this.#options.settling.settle_seconds * 1000
    for (const path of this.#missing.keys()) if (!known.has(path) || present.has(path)) this.#missing.delete(path)
    return [...known.values()].filter(({ path }) => {
      if (present.has(path)) return false
      const since = this.#missing.get(path) ?? Date.now()
      this.#missing.set(path, since)
      return since > until
    })
  }

  /** Opens a file that is still as it was listed. */
  async #open(file: ListedFile) {
    const opened = await this.#options.folder.open(file.path, 'read')
    const { size, mtime } = await opened.state()
    if (size === file.size && mtime === file.mtime) return opened
    await opened.close()
    throw new FileMoved()
  }

  async #contentOf(file: ListedFile, columns: readonly BoundColumn[], { carry }: Carrying): Promise<string> {
    const known = this.#recipes.get(file)
    const open = () => this.#open(file)
    const lineFor = (content: string): string => lineOfFile(columns, file, content)
    const content = carry ? await carry({ known, open, lineFor }) : (known ?? (await readThrough(open, null)).recipe)
    if (content === null) return UNREAD
    this.#recipes.put(file, content)
    return content
  }

  /** The line of a file; null when it is no longer as it was listed: the next look finds what it has become. */
  async #lineOf(file: ListedFile, columns: readonly BoundColumn[], carrying: Carrying): Promise<string | null> {
    if (!columns.some(({ column }) => column === 'content')) return lineOfFile(columns, file, '')
    try {
      return lineOfFile(columns, file, await this.#contentOf(file, columns, carrying))
    } catch (error) {
      if (error instanceof FileMoved || isMissing(error) || isMissingThere(error)) return null
      throw error
    }
  }

  /** Lines in the order of the files, several files being read at once. */
  async *lines(
    files: Iterable<ListedFile>,
    columns: readonly BoundColumn[],
    carrying: Carrying,
  ): AsyncGenerator<{ readonly file: ListedFile; readonly line: string | null }> {
    const ahead: Promise<{ file: ListedFile; line: string | null }>[] = []
    for (const file of files) {
      carrying.signal.throwIfAborted()
      const line = this.#lineOf(file, columns, carrying).then((text) => ({ file, line: text }))
      line.catch(() => undefined)
      ahead.push(line)
      if (ahead.length >= UNDER_WAY) yield await (ahead.shift() as (typeof ahead)[number])
    }
    for (const line of ahead) yield await line
  }

  /** Lines for a look only: contents that nobody has read yet are not read for it. */
  *glance(files: Iterable<ListedFile>, columns: readonly BoundColumn[]): Generator<Buffer> {
    for (const file of files) yield Buffer.from(`${lineOfFile(columns, file, this.#recipes.get(file) ?? UNREAD)}\n`)
  }

  prune(): void {
    this.manifests.prune(this.pins.oldest())
  }
}

const NO_SUCH_FILE = 2
/** In the words of an SFTP server. */
const isMissingThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === NO_SUCH_FILE
