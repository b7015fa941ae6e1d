import { setTimeout as sleep } from 'node:timers/promises'
import { FILE_COLUMNS, FILES_RELATION } from '@sanjiang/contract/exchange.terms'
import { unescapeField } from '@sanjiang/seal'
import {
  AdapterFault,
  type ChangeStream,
  type Column,
  type KeyRange,
  type Lines,
  type ReadOptions,
  type ReadPlan,
  type Relation,
  type Snapshot,
  type Source,
} from './adapter.ts'
import type { Folder } from './file-folder.ts'
import { bodiesOf } from './file-lines.ts'
import type { Settling } from './file-manifest.ts'
import { unpin } from './file-pins.ts'
import { batched } from './files-batch.ts'
import { FilesView, goneLine, type ListedFile, pathOrder } from './files-view.ts'

/** A long look is committed in pieces, each a state of its own: what went before need not be read again. */
const PIECE_MS = 5_000
/** The shape of the relation is asked for often; its files are counted now and then. */
const COUNTED_MS = 60_000

const TYPES: Readonly<Record<(typeof FILE_COLUMNS)[number], readonly [type: string, comment: string]>> = {
  path: ['varchar(1024)', '路径'],
  size: ['bigint', '大小'],
  modified: ['timestamp', '修改时间'],
  content: ['char(64)', '内容'],
}

export interface FilesSourceOptions {
  readonly folder: Folder
  readonly allowed: (relation: string) => readonly string[] | '*' | undefined
  readonly relations: readonly string[]
  readonly settling: Settling
  readonly poll_seconds: number
  readonly state_dir: string
}

interface Counted {
  readonly files: number
  readonly bytes: number
  readonly at: number
}

const keyOf = (keyLine: string | null): string | null =>
  keyLine === null ? null : pathOrder(unescapeField(keyLine) ?? '')

type Row = { readonly file: ListedFile; readonly line: Buffer | null }

/** A folder's files as they are: `files:scans/**`, a row per file. */
export class FilesSource implements Source {
  readonly #options: FilesSourceOptions
  readonly #views = new Map<string, FilesView>()
  readonly #counted = new Map<string, Counted>()

  constructor(options: FilesSourceOptions) {
    this.#options = options
  }

  async browse(): Promise<readonly Relation[]> {
    const found: Relation[] = []
    for (const name of this.#options.relations) found.push(await this.describe(name))
    return found
  }

  #view(relation: string): FilesView {
    if (this.#options.allowed(relation) === undefined)
      throw new AdapterFault('not_allowed', `本地允许清单中没有“${relation}”`)
    const pattern = relation.slice(FILES_RELATION.length)
    const { folder, settling, state_dir } = this.#options
    const view = this.#views.get(relation) ?? new FilesView({ folder, pattern, settling, state_dir })
    this.#views.set(relation, view)
    return view
  }

  #viewOf({ relation, columns }: ReadPlan): FilesView {
    const view = this.#view(relation)
    const allowed = this.#options.allowed(relation) as readonly string[] | '*'
    for (const { column } of columns) {
      if (!(FILE_COLUMNS as readonly string[]).includes(column))
        throw new AdapterFault('misconfigured', `文件没有“${column}”这一列；有 ${FILE_COLUMNS.join('、')}`)
      if (allowed !== '*' && !allowed.includes(column))
        throw new AdapterFault('not_allowed', `本地允许清单中没有列：${column}`)
    }
    const keys = columns.flatMap(({ column, is_key }) => (is_key ? [column] : []))
    if (keys.length !== 1 || keys[0] !== 'path')
      throw new AdapterFault('misconfigured', '原样文件以路径为键：请把 path 绑定为唯一的键')
    return view
  }

  async #scan(view: FilesView, signal: AbortSignal): Promise<readonly ListedFile[]> {
    const newest = view.manifests.positions().at(-1)
    return view.scan(newest === undefined ? null : view.manifests.load(newest), signal)
  }

  async #count(relation: string): Promise<Counted> {
    const known = this.#counted.get(relation)
    if (known !== undefined && Date.now() - known.at < COUNTED_MS) return known
    const files = await this.#scan(this.#view(relation), AbortSignal.timeout(600_000))
    const bytes = files.reduce((sum, { size }) => sum + size, 0)
    const counted = { files: files.length, bytes, at: Date.now() }
    this.#counted.set(relation, counted)
    return counted
  }

  async describe(relation: string): Promise<Relation> {
    const allowed = this.#options.allowed(relation)
    const { files, bytes } = await this.#count(relation)
    const columns: Column[] = FILE_COLUMNS.filter((name) => allowed === '*' || allowed?.includes(name)).map((name) => ({
      name,
      source_type: TYPES[name][0],
      nullable: false,
      key_no: name === 'path' ? 1 : null,
      comment: TYPES[name][1],
    }))
    return {
      name: relation,
      kind: 'folder',
      columns,
      estimated_rows: files,
      comment: `文件原样传输：${files} 个文件，${(bytes / 2 ** 20).toFixed(1)} MiB`,
      change_stream: { able: true, reason: '比较前后两次文件清单，增、改、删按路径得出' },
    }
  }

  async snapshot(
    plan: ReadPlan,
    { signal, slot }: { readonly signal: AbortSignal; readonly slot: string | null },
  ): Promise<Snapshot> {
    const view = this.#viewOf(plan)
    const files = await this.#scan(view, signal)
    const { position } = view.manifests.save(files, null)
    if (slot !== null) view.pins.pin(slot, position)
    view.prune()
    return {
      position,
      estimated_rows: files.length,
      async *batches({ after, chunk_bytes, unreadable, signal: stop, carry }) {
        for (const row of view.refused) unreadable(row)
        const from = keyOf(after ?? null)
        const left = from === null ? files : files.filter(({ path }) => pathOrder(path) > from)
        const rows = rowsOf(view, left, { plan, options: { signal: stop, ...(carry ? { carry } : {}) } })
        if (!carry) {
          for (const one of bodiesOf(view.glance(left, plan.columns), chunk_bytes))
            yield { ...one, position, tx_end: true }
          return
        }
        for await (const { body, rows: count } of batched(rows, chunk_bytes)) {
          stop.throwIfAborted()
          yield { body, rows: count, position, tx_end: true }
        }
      },
      close: async () => undefined,
    }
  }

  /** Rows of new and changed files; those that are gone are left to reconciliation, as with any increment. */
  async *increment(plan: ReadPlan, after: string, options: ReadOptions): AsyncIterable<Lines> {
    const view = this.#viewOf(plan)
    const base = view.manifests.load(after)
    const files = await view.scan(base, options.signal)
    const known = new Map(base?.files.map(({ path, digest }) => [path, digest]))
    const changed = files.filter(({ path, digest }) => known.get(path) !== digest)
    if (base !== null && changed.length === 0) return
    for (const row of view.refused) options.unreadable(row)
    const { position } = view.manifests.save(files, after)
    view.prune()
    for await (const { body, rows } of batched(rowsOf(view, changed, { plan, options }), options.chunk_bytes))
      yield { body, rows, position, tx_end: true }
  }

  changes(plan: ReadPlan, after: string, options: ReadOptions & { readonly slot: string }): ChangeStream {
    const view = this.#viewOf(plan)
    const { poll_seconds } = this.#options
    const stream = () => new FilesStream(view, plan, options).run(after, poll_seconds * 1000)
    return {
      [Symbol.asyncIterator]: () => stream()[Symbol.asyncIterator](),
      confirm(position) {
        view.pins.pin(options.slot, position)
        view.prune()
      },
    }
  }

  async forget(slot: string): Promise<void> {
    unpin(this.#options.state_dir, slot)
  }

  async bounds(plan: ReadPlan, rows: number): Promise<readonly string[]> {
    const files = await this.#scan(this.#viewOf(plan), AbortSignal.timeout(600_000))
    return files.filter((_, index) => index % rows === rows - 1 && index < files.length - 1).map(({ path }) => path)
  }

  async *#some(plan: ReadPlan, options: ReadOptions, isWanted: (order: string) => boolean): AsyncIterable<Lines> {
    const view = this.#viewOf(plan)
    const files = (await this.#scan(view, options.signal)).filter(({ path }) => isWanted(pathOrder(path)))
    const position = view.manifests.positions().at(-1) ?? ''
    for await (const { body, rows } of batched(rowsOf(view, files, { plan, options }), options.chunk_bytes))
      yield { body, rows, position, tx_end: true }
  }

  range(plan: ReadPlan, range: KeyRange, options: ReadOptions): AsyncIterable<Lines> {
    const [from, to] = [keyOf(range.from), keyOf(range.to)]
    return this.#some(plan, options, (order) => (from === null || order > from) && (to === null || order <= to))
  }

  async hashes(plan: ReadPlan): Promise<null> {
    this.#viewOf(plan)
    return null
  }

  rows(plan: ReadPlan, keys: readonly string[], options: ReadOptions): AsyncIterable<Lines> {
    const wanted = new Set(keys.map((key) => keyOf(key)))
    return this.#some(plan, options, (order) => wanted.has(order))
  }

  async close(): Promise<void> {
    await this.#options.folder.close()
  }
}

async function* rowsOf(
  view: FilesView,
  files: Iterable<ListedFile>,
  { plan, options }: { readonly plan: ReadPlan; readonly options: Pick<ReadOptions, 'carry' | 'signal'> },
): AsyncGenerator<Row> {
  for await (const { file, line } of view.lines(files, plan.columns, options))
    yield { file, line: line === null ? null : Buffer.from(`${line}\n`) }
}

const PUT = Buffer.from('+\t')

/** What each look at the folder finds different from the last. */
class FilesStream {
  readonly #view: FilesView
  readonly #plan: ReadPlan
  readonly #options: ReadOptions & { readonly slot: string }
  readonly #told = new Set<string>()

  constructor(view: FilesView, plan: ReadPlan, options: ReadOptions & { readonly slot: string }) {
    this.#view = view
    this.#plan = plan
    this.#options = options
  }

  #tell(): boolean {
    const news = this.#view.refused.filter(({ key, reason }) => !this.#told.has(`${key}\n${reason}`))
    for (const row of news) {
      this.#told.add(`${row.key}\n${row.reason}`)
      this.#options.unreadable(row)
    }
    return news.length > 0
  }

  async *run(after: string, pollMs: number): AsyncGenerator<Lines> {
    const { signal, slot } = this.#options
    let base = this.#view.manifests.load(after)
    if (base === null) throw new AdapterFault('stream_lost', '前置节点已没有上次读取的文件清单，需重新全量')
    this.#view.pins.pin(slot, base.position)
    while (!signal.aborted) {
      const files = await this.#view.scan(base, signal)
      if (this.#tell()) yield { body: Buffer.alloc(0), rows: 0, position: base.position, tx_end: true }
      const known = new Map((base.files as readonly ListedFile[]).map((file) => [file.path, file]))
      const changed = files.filter(({ path, digest }) => known.get(path)?.digest !== digest)
      const present = new Set(files.map(({ path }) => path))
      const gone = [...known.values()].filter(({ path }) => !present.has(path))
      if (changed.length === 0 && gone.length === 0) {
        await sleep(pollMs, undefined, { signal }).catch(() => undefined)
        continue
      }
      let position: string = base.position
      for await (const lines of this.#look(known, { changed, gone, position })) {
        if (lines.tx_end) position = lines.position
        yield lines
      }
      base = this.#view.manifests.load(position)
      if (base === null) throw new AdapterFault('stream_lost', '文件清单不在了，需重新全量')
    }
  }

  async *#rows({
    changed,
    gone,
  }: {
    changed: readonly ListedFile[]
    gone: readonly ListedFile[]
  }): AsyncGenerator<Row> {
    for (const file of gone) yield { file, line: goneLine(this.#plan.columns, file.path) }
    const given = { plan: this.#plan, options: this.#options }
    for await (const { file, line } of rowsOf(this.#view, changed, given))
      yield { file, line: line === null ? null : Buffer.concat([PUT, line]) }
  }

  async *#look(
    known: Map<string, ListedFile>,
    look: { changed: readonly ListedFile[]; gone: readonly ListedFile[]; position: string },
  ): AsyncGenerator<Lines> {
    const gone = new Set(look.gone.map(({ path }) => path))
    let { position } = look
    let since = Date.now()
    let left = look.changed.length + look.gone.length
    for await (const { body, rows, items } of batched(this.#rows(look), this.#options.chunk_bytes)) {
      for (const { file } of items) {
        if (gone.has(file.path)) known.delete(file.path)
        else known.set(file.path, file)
      }
      left -= items.length
      const tx_end = left === 0 || Date.now() - since >= PIECE_MS
      if (tx_end) {
        position = this.#view.manifests.save(inOrder(known.values()), position).position
        since = Date.now()
      }
      yield { body, rows, position: tx_end ? position : behind(position), tx_end }
    }
  }
}

/** A place after a look's and before the next one's, for what is not committed yet: nobody goes on from there. */
const behind = (position: string): string =>
  `${(BigInt(`0x${position.slice(0, 16)}`) + 1n).toString(16).padStart(16, '0')}-${'0'.repeat(16)}`

const inOrder = (files: Iterable<ListedFile>): ListedFile[] =>
  [...files]
    .map((file) => ({ file, order: pathOrder(file.path) }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ file }) => file)
