import { fieldsOf, keyLineOf } from '@sanjiang/seal'
import {
  AdapterFault,
  type BoundColumn,
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
import { changeStream } from './file-changes.ts'
import type { Readable } from './file-folder.ts'
import { guessType } from './file-heading.ts'
import { bodiesOf } from './file-lines.ts'
import { findFiles, type ManifestFile, type Settling } from './file-manifest.ts'
import { orderOf } from './file-order.ts'
import { patternOf } from './file-path.ts'
import { unpin } from './file-pins.ts'
import { examine, type FileFormat, formatOf, openTable } from './file-records.ts'
import { FolderView, type Shown } from './file-view.ts'

/** Files and rows that `describe` looks at. */
const SAMPLE_FILES = 3
const SAMPLE_ROWS = 500

export interface FileSourceOptions {
  readonly folder: Readable
  /** Columns of a relation that may be read; undefined: none. */
  readonly allowed: (relation: string) => readonly string[] | '*' | undefined
  /** Relations that may be browsed. */
  readonly relations: readonly string[]
  /** The pattern of files behind a relation's name. */
  readonly patternFor: (relation: string) => string
  readonly settling: Settling
  readonly poll_seconds: number
  readonly state_dir: string
  /** Reads back what a delivery wrote. */
  readonly is_delivered: boolean
}

function* linesOfShown(shown: Iterable<Shown>): Generator<Buffer> {
  for (const { line } of shown) yield line
}

interface Sample {
  readonly headings: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
  readonly bytes: number
}

/** Keys in the form of the walk. */
const orderOfKeys = (columns: readonly BoundColumn[]): ((keyLine: string) => string) => {
  const keys = columns.filter(({ is_key }) => is_key)
  const order = orderOf((keys.length > 0 ? keys : columns).map(({ data_type }) => data_type))
  return (keyLine) => order(fieldsOf(keyLine))
}

const keyPlacesOf = (columns: readonly BoundColumn[]): number[] => {
  const places = columns.flatMap(({ is_key }, index) => (is_key ? [index] : []))
  return places.length > 0 ? places : columns.map((_, index) => index)
}

export class FileSource implements Source {
  readonly #options: FileSourceOptions
  readonly #views = new Map<string, FolderView>()

  constructor(options: FileSourceOptions) {
    this.#options = options
  }

  #allowed(relation: string): readonly string[] | '*' {
    const columns = this.#options.allowed(relation)
    if (columns === undefined) throw new AdapterFault('not_allowed', `本地允许清单中没有“${relation}”`)
    return columns
  }

  async browse(): Promise<readonly Relation[]> {
    const found: Relation[] = []
    for (const name of this.#options.relations) {
      try {
        found.push(await this.describe(name))
      } catch (error) {
        if (!(error instanceof AdapterFault) || error.code !== 'no_such_relation') throw error
      }
    }
    return found
  }

  async #sample(path: string, sheet: string | null, size: number): Promise<Sample> {
    const copy = await this.#options.folder.localCopy(path)
    try {
      const format = formatOf(path) as FileFormat
      const { encoding } = await examine(copy.path, format)
      const table = await openTable({ path: copy.path, title: path, format, encoding, sheet }, null)
      const rows: (readonly unknown[])[] = []
      for await (const { values } of table.rows) if (rows.push(values) >= SAMPLE_ROWS) break
      return { headings: table.headings, rows, bytes: size }
    } finally {
      await copy.done()
    }
  }

  async describe(relation: string): Promise<Relation> {
    const allowed = this.#allowed(relation)
    const pattern = this.#options.patternFor(relation)
    const { sheet } = patternOf(pattern)
    const files = await findFiles(this.#options.folder, pattern, this.#options.settling)
    if (files.length === 0) throw new AdapterFault('no_such_relation', `“${relation}”下没有可读的文件`)
    const newest = [...files].sort((a, b) => b.mtime_ms - a.mtime_ms).slice(0, SAMPLE_FILES)
    const samples: Sample[] = []
    for (const { path, size } of newest) samples.push(await this.#sample(path, sheet, size))
    const names = [...new Set(samples.flatMap(({ headings }) => headings))]
    const columns: Column[] = names
      .filter((name) => allowed === '*' || allowed.includes(name))
      .map((name) => {
        const values = samples.flatMap(({ headings, rows }) => {
          const place = headings.indexOf(name)
          return place === -1 ? [null] : rows.map((row) => row[place])
        })
        const { type, has_empty } = guessType(values)
        return { name, source_type: type, nullable: has_empty, key_no: null, comment: '' }
      })
    const [first] = samples
    const isPartial = first !== undefined && first.rows.length >= SAMPLE_ROWS
    const sampled = first?.rows.reduce((sum, row) => sum + row.join().length + 1, 0) ?? 0
    const total = files.reduce((sum, { size }) => sum + size, 0)
    const bytesPerRow = isPartial ? sampled / SAMPLE_ROWS : (first?.bytes ?? 0) / Math.max(1, first?.rows.length ?? 1)
    return {
      name: relation,
      kind: 'folder',
      columns,
      estimated_rows: bytesPerRow > 0 ? Math.round(total / bytesPerRow) : null,
      comment: `${files.length} 个文件`,
      change_stream: { able: true, reason: '比较前后两次文件内容，增、改、删按主键得出' },
    }
  }

  #view(plan: ReadPlan): FolderView {
    const allowed = this.#allowed(plan.relation)
    const asked = [...plan.columns.map(({ column }) => column), ...(plan.cursor_column ? [plan.cursor_column] : [])]
    const beyond = asked.filter((column) => allowed !== '*' && !allowed.includes(column))
    if (beyond.length > 0) throw new AdapterFault('not_allowed', `本地允许清单中没有列：${beyond.join('、')}`)
    const id = JSON.stringify([plan.relation, plan.columns])
    let view = this.#views.get(id)
    if (view === undefined) {
      const { folder, is_delivered, settling, state_dir, patternFor } = this.#options
      const { columns } = plan
      const relation = patternFor(plan.relation)
      view = new FolderView({ folder, relation, columns, is_delivered, settling, state_dir })
      this.#views.set(id, view)
    }
    return view
  }

  /** What is there now; nobody goes on from it. */
  async #now(plan: ReadPlan, signal: AbortSignal): Promise<{ view: FolderView; files: readonly ManifestFile[] }> {
    const view = this.#view(plan)
    const newest = view.manifests.positions().at(-1)
    const files = await view.scan(newest === undefined ? null : view.manifests.load(newest), signal)
    return { view, files }
  }

  async snapshot(
    plan: ReadPlan,
    { signal, slot }: { readonly signal: AbortSignal; readonly slot: string | null },
  ): Promise<Snapshot> {
    const { view, files } = await this.#now(plan, signal)
    const { position } = view.manifests.save(files, null)
    if (slot !== null) view.pins.pin(slot, position)
    view.prune(files)
    const order = orderOfKeys(plan.columns)
    return {
      position,
      estimated_rows: view.rowCount(files),
      async *batches({ after, chunk_bytes, unreadable, signal: stop }) {
        for (const file of files) for (const row of view.unreadable(file)) unreadable(row)
        const rows = view.walk(files, after === null || after === undefined ? null : order(after))
        for (const { body, rows: count } of bodiesOf(linesOfShown(rows), chunk_bytes)) {
          stop.throwIfAborted()
          yield { body, rows: count, position, tx_end: true }
        }
      },
      close: async () => undefined,
    }
  }

  /** Rows of new and changed files. Rows that are gone are left to reconciliation; a change stream sees them. */
  async *increment(plan: ReadPlan, after: string, options: ReadOptions): AsyncIterable<Lines> {
    const view = this.#view(plan)
    const base = view.manifests.load(after)
    const files = await view.scan(base, options.signal)
    const known = new Map(base?.files.map(({ path, run }) => [path, run]))
    const isChanged = files.map(({ path, run }) => known.get(path) !== run)
    if (base !== null && !isChanged.includes(true)) return
    const { position } = view.manifests.save(files, after)
    view.prune(files)
    files.forEach((file, rank) => {
      if (isChanged[rank]) for (const row of view.unreadable(file)) options.unreadable(row)
    })
    function* changed(): Generator<Buffer> {
      for (const { line, ranks } of view.walk(files))
        if (isChanged.slice(ranks[0], ranks[1] + 1).includes(true)) yield line
    }
    for (const { body, rows } of bodiesOf(changed(), options.chunk_bytes)) {
      options.signal.throwIfAborted()
      yield { body, rows, position, tx_end: true }
    }
  }

  changes(plan: ReadPlan, after: string, options: ReadOptions & { readonly slot: string }): ChangeStream {
    const { poll_seconds } = this.#options
    return changeStream({ view: this.#view(plan), columns: plan.columns, after, options, poll_seconds })
  }

  async forget(slot: string): Promise<void> {
    unpin(this.#options.state_dir, slot)
  }

  async bounds(plan: ReadPlan, rows: number): Promise<readonly string[]> {
    const { view, files } = await this.#now(plan, AbortSignal.timeout(3_600_000))
    const places = keyPlacesOf(plan.columns)
    const bounds: string[] = []
    let count = 0
    let last = ''
    for (const { line } of view.walk(files)) {
      if (count > 0 && count % rows === 0) bounds.push(keyLineOf(last, places))
      count++
      if (count % rows === 0) last = line.toString('utf8', 0, line.length - 1)
    }
    return bounds
  }

  async *range(plan: ReadPlan, range: KeyRange, options: ReadOptions): AsyncIterable<Lines> {
    const { view, files } = await this.#now(plan, options.signal)
    const position = view.manifests.positions().at(-1) ?? ''
    const order = orderOfKeys(plan.columns)
    const bound = (key: string | null): string | null => (key === null ? null : order(key))
    const shown = view.walk(files, bound(range.from), bound(range.to))
    for (const { body, rows } of bodiesOf(linesOfShown(shown), options.chunk_bytes)) {
      options.signal.throwIfAborted()
      yield { body, rows, position, tx_end: true }
    }
  }

  /** The rows are sorted here anyway: hashing `range` is as fast as anything. */
  async hashes(plan: ReadPlan): Promise<null> {
    this.#view(plan)
    return null
  }

  async *rows(plan: ReadPlan, keys: readonly string[], options: ReadOptions): AsyncIterable<Lines> {
    const { view, files } = await this.#now(plan, options.signal)
    const position = view.manifests.positions().at(-1) ?? ''
    const order = orderOfKeys(plan.columns)
    const wanted = [...new Set(keys.map(order))].sort((a, b) => (a < b ? -1 : 1))
    for (const { body, rows } of bodiesOf(view.pick(files, wanted), options.chunk_bytes)) {
      options.signal.throwIfAborted()
      yield { body, rows, position, tx_end: true }
    }
  }

  async close(): Promise<void> {
    await this.#options.folder.close()
  }
}
