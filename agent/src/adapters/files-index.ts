import type { FileRoles } from '@sanjiang/contract/exchange.door'
import { escapeField, fieldsOf, keyLineOf } from '@sanjiang/seal'
import { AdapterFault, type Offset } from './adapter.ts'
import type { Folder } from './file-folder.ts'
import { folded } from './files-view.ts'

/** What is ours in a folder of files: below it, out of the way of readers. */
export const OWN = '.sanjiang'
const STATE = `${OWN}/offset.json`
/** Lines of the journal that say nothing any more, before it is written anew. */
const SLACK = 10_000

/** A file that stands in the folder. `size` and `mtime` are its own as it was placed: another pair means that somebody changed it. */
export interface Placed {
  /** As delivered, without LF: what is read back. */
  readonly line: string
  readonly path: string
  readonly content: string
  readonly size: number
  readonly mtime: string
  /** The snapshot that named it last. */
  readonly run: number
}

export interface Finish {
  readonly part: string
  readonly path: string
}

type Seen = Pick<Placed, 'path' | 'size' | 'mtime'>

/**
 * What `.sanjiang/offset.json` says: its replacement commits. Files in `finish` get their places, and those in `remove` go, after it — and
 * again whenever it is read. Which files are ours stands in the journal, of which `journal_bytes` count.
 */
export interface FilesState {
  readonly v: 1
  readonly subscription_id: string
  readonly roles: FileRoles
  readonly offset: Offset | null
  readonly run: number
  readonly is_open: boolean
  readonly journal: number
  readonly journal_bytes: number
  readonly finish: readonly Finish[]
  readonly remove: readonly Seen[]
}

export interface Change {
  readonly key: string
  /** Null: the row is gone. */
  readonly placed: Placed | null
}

type Entry = readonly ['+', line: string, size: number, mtime: string, run: number] | readonly ['-', key: string]

export const freshState = (subscriptionId: string, roles: FileRoles): FilesState => ({
  v: 1,
  subscription_id: subscriptionId,
  roles,
  offset: null,
  run: 0,
  is_open: false,
  journal: 0,
  journal_bytes: 0,
  finish: [],
  remove: [],
})

const textOf = async (bytes: AsyncIterable<Buffer>): Promise<Buffer> => {
  const pieces: Buffer[] = []
  for await (const piece of bytes) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Places of a file's items in the lines of a table. */
export class FileLines {
  readonly #path: number
  readonly #content: number
  readonly #modified: number
  readonly #key: readonly number[]

  constructor({ columns, key, roles }: { columns: readonly string[]; key: readonly string[]; roles: FileRoles }) {
    const placeOf = (name: string | null): number => (name === null ? -1 : columns.indexOf(name))
    this.#path = placeOf(roles.path)
    this.#content = placeOf(roles.content)
    this.#modified = placeOf(roles.modified)
    this.#key = key.map(placeOf)
  }

  get isWhole(): boolean {
    return this.#path >= 0 && this.#content >= 0
  }

  keyOf(line: string): string {
    return keyLineOf(line, this.#key)
  }

  read(line: string): { path: string; content: string; modified: string | null } {
    const fields = fieldsOf(line)
    return {
      path: fields[this.#path] ?? '',
      content: fields[this.#content] ?? '',
      modified: fields[this.#modified] ?? null,
    }
  }

  /** The line as it would be with another content. */
  withContent(line: string, content: string): string {
    const fields = line.split('\t')
    fields[this.#content] = escapeField(content)
    return fields.join('\t')
  }
}

/** The files of one subscription in a folder, as last committed. */
export class FilesIndex {
  readonly #folder: Folder
  readonly #root: string
  readonly #lines: FileLines
  readonly placed = new Map<string, Placed>()
  /** Keys by path as file systems may fold it. */
  readonly #byPath = new Map<string, string>()
  readonly #byContent = new Map<string, string>()
  state: FilesState
  #journalLines = 0

  private constructor(of: { folder: Folder; root: string; lines: FileLines; state: FilesState }) {
    this.#folder = of.folder
    this.#root = of.root
    this.#lines = of.lines
    this.state = of.state
  }

  static async stateOf(folder: Folder, root: string): Promise<FilesState | null> {
    const path = `${root}/${STATE}`
    if ((await folder.stat(path)) === null) return null
    return JSON.parse((await textOf(folder.read(path))).toString()) as FilesState
  }

  static async open(
    folder: Folder,
    root: string,
    { lines, fresh }: { lines: FileLines; fresh: FilesState },
  ): Promise<FilesIndex> {
    const state = (await FilesIndex.stateOf(folder, root)) ?? fresh
    if (state.subscription_id !== fresh.subscription_id)
      throw new AdapterFault('misconfigured', `文件夹“${root}”已由另一订阅 ${state.subscription_id} 使用`)
    const index = new FilesIndex({ folder, root, lines, state })
    await index.#readJournal()
    return index
  }

  path(below: string): string {
    return `${this.#root}/${below}`
  }

  #journal(number: number): string {
    return this.path(`${OWN}/journal-${number}.jsonl`)
  }

  async #readJournal(): Promise<void> {
    const { journal, journal_bytes } = this.state
    if (journal_bytes === 0) return
    const bytes = await textOf(this.#folder.read(this.#journal(journal)))
    if (bytes.length < journal_bytes) throw new AdapterFault('misconfigured', `“${this.#root}/${OWN}”里的记录不完整`)
    for (const text of bytes.toString('utf8', 0, journal_bytes).split('\n')) {
      if (text === '') continue
      this.#journalLines++
      const entry = JSON.parse(text) as Entry
      if (entry[0] === '-') this.#put({ key: entry[1], placed: null })
      else {
        const [, line, size, mtime, run] = entry
        const { path, content } = this.#lines.read(line)
        this.#put({ key: this.#lines.keyOf(line), placed: { line, path, content, size, mtime, run } })
      }
    }
  }

  #put({ key, placed }: Change): void {
    const before = this.placed.get(key)
    if (before !== undefined && this.#byPath.get(folded(before.path)) === key) this.#byPath.delete(folded(before.path))
    if (placed === null) this.placed.delete(key)
    else {
      this.placed.set(key, placed)
      this.#byPath.set(folded(placed.path), key)
      this.#byContent.set(placed.content, key)
    }
  }

  /** Whose row stands at a path, however its letters are written. */
  keyAt(path: string): string | undefined {
    return this.#byPath.get(folded(path))
  }

  /** A file that holds the same already. */
  withContent(content: string): Placed | undefined {
    const placed = this.placed.get(this.#byContent.get(content) ?? '')
    return placed?.content === content ? placed : undefined
  }

  async isAsPlaced({ path, size, mtime }: Seen): Promise<boolean> {
    const state = await this.#folder.stat(this.path(path))
    return state !== null && state.size === size && state.mtime === mtime
  }

  async #append(changes: readonly Change[], { journal, at }: { journal: number; at: number }): Promise<number> {
    if (changes.length === 0) return at
    const entries = changes.map(({ key, placed }): Entry => {
      return placed === null ? ['-', key] : ['+', placed.line, placed.size, placed.mtime, placed.run]
    })
    const bytes = Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
    const file = await this.#folder.openPart(this.#journal(journal), at)
    try {
      await file.write(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    return at + bytes.length
  }

  /** The commit: what changes, and what has to be moved and removed for it. */
  async commit(changes: readonly Change[], next: Omit<FilesState, 'journal' | 'journal_bytes'>): Promise<void> {
    const before = this.state
    const isLong = this.#journalLines + changes.length > 2 * (this.placed.size + changes.length) + SLACK
    const journal = isLong ? before.journal + 1 : before.journal
    const kept = isLong ? [...this.placed].map(([key, placed]): Change => ({ key, placed })) : []
    const all = [...kept, ...changes]
    const journal_bytes = await this.#append(all, { journal, at: isLong ? 0 : before.journal_bytes })
    const state: FilesState = { ...next, journal, journal_bytes }
    await this.#folder.replace(this.path(STATE), Buffer.from(JSON.stringify(state)))
    this.#journalLines = (isLong ? 0 : this.#journalLines) + all.length
    this.state = state
    for (const change of changes) this.#put(change)
    await this.finish()
    if (isLong) await this.#folder.remove(this.#journal(before.journal))
  }

  /** Gives files their places and removes those that are gone; doing it again is harmless. */
  async finish(): Promise<void> {
    // First what goes: a folder may come where a file was, and a name may change in its capitals only.
    for (const gone of this.state.remove) {
      // Changed by somebody since: then it is theirs now.
      if (!(await this.isAsPlaced(gone))) continue
      await this.#folder.remove(this.path(gone.path))
      await this.#removeEmpty(gone.path)
    }
    const folders = new Set<string>()
    for (const { part, path } of this.state.finish) {
      if ((await this.#folder.kindOf(this.path(part))) === null) continue
      const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
      if (folder !== '') await this.#folder.makeFolder(this.path(folder))
      await this.#folder.move(this.path(part), this.path(path))
      folders.add(folder)
    }
    for (const folder of folders) await this.#folder.syncFolder(folder === '' ? this.#root : this.path(folder))
  }

  async #removeEmpty(path: string): Promise<void> {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
      await this.#folder.removeFolder(this.path(path.slice(0, at)))
  }
}
