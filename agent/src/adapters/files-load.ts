import { createHash } from 'node:crypto'
import { linesOf } from '@sanjiang/seal'
import { type Opening, readThrough } from '../blob.send.ts'
import { Lanes } from '../lanes.ts'
import type { RandomFile } from '../random-file.ts'
import { AdapterFault, type Load, type Offset, TargetRefused, type TargetTable } from './adapter.ts'
import type { Folder } from './file-folder.ts'
import { pathTrouble } from './file-path.ts'
import { type Change, FileLines, FilesIndex, type Finish, freshState, OWN, type Placed } from './files-index.ts'
import { folded } from './files-view.ts'

const PARTS = `${OWN}/parts`
/** By then every part that an earlier process left and that is still wanted has been taken up. */
const ABANDONED_MS = 3_600_000
/** Files fetched at once. */
const UNDER_WAY = 3

export interface FilesLoadOptions {
  readonly folder: Folder
  /** Below the connection's root. */
  readonly path: string
  readonly subscription_id: string
  readonly table: TargetTable
  readonly files: NonNullable<TargetTable['files']>
}

interface Staged {
  readonly placed: Placed | null
  /** Complete, and waiting for its name; null when the file in place is the one. */
  readonly part: string | null
}

interface Wanted {
  readonly key: string
  readonly line: string
  readonly path: string
  readonly content: string
  readonly modified: string | null
}

const partOf = ({ path, content }: Pick<Wanted, 'path' | 'content'>): string =>
  `${PARTS}/${createHash('sha256').update(`${path}\n${content}`).digest('hex').slice(0, 32)}`

const msOf = (modified: string | null): number | null => {
  const at = modified === null ? Number.NaN : Date.parse(`${modified.replace(' ', 'T')}+08:00`)
  return Number.isNaN(at) ? null : at
}

/**
 * Puts files where their rows say. What a row names is fetched beside the folder's files and gets its name behind the commit, so that
 * readers see the old file or the new one, and a process that is killed anywhere goes on with the parts it has.
 */
export class FilesLoad implements Load {
  readonly #options: FilesLoadOptions
  readonly #lines: FileLines
  #index: FilesIndex | null = null
  #staged = new Map<string, Staged>()
  /** Paths given out in this transaction, as file systems may fold them. */
  #taken = new Map<string, string>()
  /** Parts of this transaction by what they hold. */
  #brought = new Map<string, string>()
  #run = 0
  #isOpen = false
  readonly #folders = new Set<string>()
  #since = Date.now()

  constructor(options: FilesLoadOptions) {
    this.#options = options
    const { table, files } = options
    this.#lines = new FileLines({ columns: table.columns.map(({ name }) => name), key: table.key, roles: files.roles })
  }

  async #ready(): Promise<FilesIndex> {
    if (this.#index !== null) return this.#index
    const { folder, path, subscription_id, files } = this.#options
    const fresh = freshState(subscription_id, files.roles)
    const index = await FilesIndex.open(folder, path, { lines: this.#lines, fresh })
    await folder.makeFolder(`${path}/${PARTS}`)
    await index.finish()
    this.#index = index
    this.#run = index.state.run
    this.#isOpen = index.state.is_open
    return index
  }

  async offset(): Promise<Offset | null> {
    return (await this.#ready()).state.offset
  }

  async prepare(mayCreate: boolean): Promise<readonly string[]> {
    const { folder, path } = this.#options
    if (!this.#lines.isWhole) return ['授权没有给出明文的路径和内容，文件无处可放']
    const kind = await folder.kindOf(path).catch(() => null)
    if (kind !== null && kind !== 'folder') return [`“${path}”不是文件夹`]
    if (kind === null && !mayCreate) return [`文件夹“${path}”不存在，且未允许创建`]
    if (kind === null) await folder.makeFolder(path)
    try {
      await this.#ready()
      return []
    } catch (error) {
      if (error instanceof AdapterFault) return [error.message]
      throw error
    }
  }

  async begin(): Promise<void> {
    const index = await this.#ready()
    this.#run = index.state.run + 1
    this.#isOpen = true
  }

  async rows(body: Buffer): Promise<void> {
    await this.#put(Array.from(linesOf(body), (line) => Buffer.from(line).toString()))
  }

  async changes(body: Buffer): Promise<void> {
    let puts: string[] = []
    for (const bytes of linesOf(body)) {
      const text = Buffer.from(bytes).toString()
      if (text.startsWith('+')) puts.push(text.slice(2))
      else {
        await this.#put(puts)
        puts = []
        if (text.startsWith('!')) await this.#removeAll(() => true)
        else await this.#remove(this.#lines.keyOf(text.slice(2)))
      }
    }
    await this.#put(puts)
  }

  async end(): Promise<void> {
    await this.#ready()
    await this.#removeAll(({ run }) => run < this.#run)
    this.#isOpen = false
  }

  async #remove(key: string): Promise<void> {
    const index = await this.#ready()
    const known = this.#staged.get(key)?.placed ?? index.placed.get(key)
    if (known === undefined || known === null) return
    this.#taken.delete(folded(known.path))
    this.#staged.set(key, { placed: null, part: null })
  }

  async #removeAll(isMeant: (placed: Placed) => boolean): Promise<void> {
    const index = await this.#ready()
    for (const [key, placed] of index.placed) if (!this.#staged.has(key) && isMeant(placed)) await this.#remove(key)
    for (const [key, { placed }] of this.#staged) if (placed !== null && isMeant(placed)) await this.#remove(key)
  }

  /** Fetches what these rows name, several files at once. */
  async #put(lines: readonly string[]): Promise<void> {
    const lanes = new Lanes(UNDER_WAY)
    const underWay = new Set<string>()
    try {
      for (const line of lines) {
        const wanted = { line, key: this.#lines.keyOf(line), ...this.#lines.read(line) }
        // The later row of a key counts; a content that is on its way is taken from where it comes to lie.
        if (underWay.has(wanted.key) || underWay.has(wanted.content)) await lanes.settle()
        underWay.add(wanted.key).add(wanted.content)
        await this.#assertPlace(wanted)
        this.#taken.set(folded(wanted.path), wanted.key)
        await lanes.run(async () => void this.#staged.set(wanted.key, await this.#bring(wanted)))
      }
    } finally {
      // Nobody writes behind a failure's back.
      await lanes.settle()
    }
  }

  #refuse({ line }: Wanted, reason: string): never {
    throw new TargetRefused(line, reason, null)
  }

  /** A place where a file may stand, and where nobody else's does. */
  async #assertPlace(wanted: Wanted): Promise<void> {
    const index = await this.#ready()
    const { path, key } = wanted
    const trouble = pathTrouble(path) ?? (path.split('/').includes(OWN) ? `“${OWN}”由前置节点自用` : null)
    if (trouble !== null) this.#refuse(wanted, `不能放置文件：${trouble}`)
    const holder = this.#holderOf(index, path)
    if (holder !== undefined && holder !== key) this.#refuse(wanted, '已有文件与它只有大小写或字符写法之别')
    await this.#assertFolders(wanted)
    const kind = await this.#options.folder.kindOf(index.path(path))
    if (kind === null || index.placed.get(index.keyAt(path) ?? '')?.path === path) return
    if (kind !== 'file' || !(await this.#holds(path, wanted.content)))
      this.#refuse(wanted, '目标处已有同名的文件或文件夹，不是本订阅放入的，没有覆盖')
  }

  /** Whose row has a path, as this transaction leaves it. */
  #holderOf(index: FilesIndex, path: string): string | undefined {
    const taken = this.#taken.get(folded(path))
    const own = index.keyAt(path)
    if (taken !== undefined || own === undefined) return taken
    const staged = this.#staged.get(own)
    return staged === undefined || (staged.placed && folded(staged.placed.path) === folded(path)) ? own : undefined
  }

  async #assertFolders(wanted: Wanted): Promise<void> {
    const index = await this.#ready()
    const { path } = wanted
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at)
      if (this.#folders.has(folder)) continue
      const isGoing = this.#staged.get(index.keyAt(folder) ?? '')?.placed === null
      const kind = await this.#options.folder.kindOf(index.path(folder))
      if (this.#taken.has(folded(folder)) || (!isGoing && (kind === 'file' || kind === 'other')))
        this.#refuse(wanted, `“${folder}”不是文件夹`)
      if (kind === 'folder') this.#folders.add(folder)
    }
  }

  /** A file that somebody else put there and that holds just this may be taken for ours. */
  async #holds(path: string, content: string): Promise<boolean> {
    const index = await this.#ready()
    const open: Opening = () => this.#options.folder.open(index.path(path), 'read')
    return (await readThrough(open, null)).recipe === content
  }

  async #bring(wanted: Wanted): Promise<Staged> {
    const index = await this.#ready()
    const before = index.placed.get(wanted.key)
    const isThere =
      before !== undefined &&
      before.path === wanted.path &&
      before.content === wanted.content &&
      (await index.isAsPlaced(before))
    if (isThere) return this.#keep(wanted, before)
    const part = partOf(wanted)
    const { folder, files } = this.#options
    const others = [this.#brought.get(wanted.content), before?.path, index.withContent(wanted.content)?.path]
    const old: RandomFile[] = []
    const file = await folder.open(index.path(part), 'write')
    try {
      for (const path of new Set(others)) {
        if (path === undefined || path === part) continue
        const opened = await folder.open(index.path(path), 'read').catch(() => null)
        if (opened !== null) old.push(opened)
      }
      await files.fetch(wanted.content, { part: file, old }).catch((error: unknown) => {
        throw files.isGone(error) ? new TargetRefused(wanted.line, '平台上已没有这个文件的内容', error) : error
      })
      const ms = msOf(wanted.modified)
      if (ms !== null) await file.date(ms)
      this.#brought.set(wanted.content, part)
      return { placed: { ...placedOf(wanted), ...(await file.state()), run: this.#run }, part }
    } finally {
      for (const one of [file, ...old]) await one.close()
    }
  }

  /** The file in place is the one; only its time may be another. */
  async #keep(wanted: Wanted, before: Placed): Promise<Staged> {
    const index = await this.#ready()
    this.#options.files.arrived(wanted.content)
    const ms = msOf(wanted.modified)
    if (ms === null || before.line === wanted.line)
      return { placed: { ...before, ...placedOf(wanted), run: this.#run }, part: null }
    const file = await this.#options.folder.open(index.path(wanted.path), 'write')
    try {
      await file.date(ms)
      return { placed: { ...placedOf(wanted), ...(await file.state()), run: this.#run }, part: null }
    } finally {
      await file.close()
    }
  }

  async commit(offset: Offset): Promise<void> {
    const index = await this.#ready()
    const changes: Change[] = []
    const finish: Finish[] = []
    const remove: Placed[] = []
    const kept = new Set([...this.#staged.values()].flatMap(({ placed }) => placed?.path ?? []))
    for (const [key, { placed, part }] of this.#staged) {
      changes.push({ key, placed })
      if (placed !== null && part !== null) finish.push({ part, path: placed.path })
      const before = index.placed.get(key)
      if (before !== undefined && before.path !== placed?.path && !kept.has(before.path)) remove.push(before)
    }
    const gone = remove.map(({ path, size, mtime }) => ({ path, size, mtime }))
    const { subscription_id } = this.#options
    const { roles } = this.#options.files
    const state = { v: 1, subscription_id, roles, offset, run: this.#run, is_open: this.#isOpen } as const
    await index.commit(changes, { ...state, finish, remove: gone })
    this.#clear()
    if (Date.now() - this.#since > ABANDONED_MS) await this.#sweepParts(index)
  }

  #clear(): void {
    this.#staged = new Map()
    this.#taken = new Map()
    this.#brought = new Map()
    this.#folders.clear()
  }

  /** Parts of tries that were given up. */
  async #sweepParts(index: FilesIndex): Promise<void> {
    this.#since = Number.POSITIVE_INFINITY
    for (const { name } of await this.#options.folder.list(index.path(PARTS)))
      await this.#options.folder.remove(index.path(`${PARTS}/${name}`))
  }

  async rollback(): Promise<void> {
    this.#clear()
    this.#run = this.#index?.state.run ?? 0
    this.#isOpen = this.#index?.state.is_open ?? false
  }

  async close(): Promise<void> {
    this.#clear()
    this.#index = null
  }
}

const placedOf = ({ line, path, content }: Wanted): Pick<Placed, 'line' | 'path' | 'content'> => ({
  line,
  path,
  content,
})
