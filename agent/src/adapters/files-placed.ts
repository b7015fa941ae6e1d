import { readThrough } from '../blob.send.ts'
import {
  AdapterFault,
  type ChangeStream,
  type KeyRange,
  type Lines,
  type ReadOptions,
  type ReadPlan,
  type Relation,
  type Snapshot,
  type Source,
} from './adapter.ts'
import type { Folder } from './file-folder.ts'
import { orderOf } from './file-order.ts'
import { batched } from './files-batch.ts'
import { FileLines, FilesIndex, type Placed } from './files-index.ts'

interface PlacedOptions {
  readonly folder: Folder
  readonly mayRead: (relation: string) => boolean
}

/** Whether a folder holds files that a subscription placed. */
export const isPlaced = async (folder: Folder, relation: string): Promise<boolean> =>
  (await FilesIndex.stateOf(folder, relation).catch(() => null)) !== null

interface Look {
  readonly mark: string
  readonly index: FilesIndex
  readonly lines: FileLines
  readonly rows: readonly { readonly order: string; readonly key: string; readonly placed: Placed }[]
}

const onlyCompared = (): never => {
  throw new AdapterFault('not_allowed', '送达的文件只用于对账，不作数据源')
}

/**
 * Reads back what stands in the folder, for reconciliation: the row of each file as it was delivered, as long as the file is as it was placed;
 * one that somebody changed is read and named by what it holds now, one that is missing has no row.
 */
export class PlacedSource implements Source {
  readonly #options: PlacedOptions
  readonly #looks = new Map<string, Look>()

  constructor(options: PlacedOptions) {
    this.#options = options
  }

  async #look({ relation, columns }: ReadPlan): Promise<Look> {
    if (!this.#options.mayRead(relation)) throw new AdapterFault('not_allowed', `本地允许清单中没有“${relation}”`)
    const state = await FilesIndex.stateOf(this.#options.folder, relation)
    if (state === null) throw new AdapterFault('no_such_relation', `“${relation}”下没有送达的文件`)
    const mark = `${state.journal} ${state.journal_bytes}`
    const known = this.#looks.get(relation)
    if (known?.mark === mark) return known
    const keys = columns.filter(({ is_key }) => is_key)
    const names = { columns: columns.map(({ item }) => item), key: keys.map(({ item }) => item), roles: state.roles }
    const lines = new FileLines(names)
    const index = await FilesIndex.open(this.#options.folder, relation, { lines, fresh: state })
    const order = orderOf(keys.map(({ data_type }) => data_type))
    const rows = [...index.placed]
      .map(([key, placed]) => ({ key, placed, order: order(key.split('\t')) }))
      .sort((a, b) => (a.order < b.order ? -1 : 1))
    const look = { mark, index, lines, rows }
    this.#looks.set(relation, look)
    return look
  }

  async #lineOf({ index, lines }: Look, placed: Placed): Promise<string | null> {
    if (await index.isAsPlaced(placed)) return placed.line
    const path = index.path(placed.path)
    if ((await this.#options.folder.kindOf(path)) !== 'file') return null
    const { recipe } = await readThrough(() => this.#options.folder.open(path, 'read'), null)
    return recipe === placed.content ? placed.line : lines.withContent(placed.line, recipe)
  }

  async *#lines(look: Look, isWanted: (order: string) => boolean): AsyncGenerator<{ line: Buffer | null }> {
    for (const { order, placed } of look.rows) {
      if (!isWanted(order)) continue
      const line = await this.#lineOf(look, placed)
      yield { line: line === null ? null : Buffer.from(`${line}\n`) }
    }
  }

  async *#some(plan: ReadPlan, options: ReadOptions, isWanted: (order: string) => boolean): AsyncIterable<Lines> {
    const look = await this.#look(plan)
    for await (const { body, rows } of batched(this.#lines(look, isWanted), options.chunk_bytes)) {
      options.signal.throwIfAborted()
      yield { body, rows, position: '', tx_end: true }
    }
  }

  #orderOf({ columns }: ReadPlan): (key: string) => string {
    const order = orderOf(columns.flatMap(({ is_key, data_type }) => (is_key ? [data_type] : [])))
    return (key) => order(key.split('\t'))
  }

  range(plan: ReadPlan, { from, to }: KeyRange, options: ReadOptions): AsyncIterable<Lines> {
    const order = this.#orderOf(plan)
    const [low, high] = [from === null ? null : order(from), to === null ? null : order(to)]
    return this.#some(plan, options, (one) => (low === null || one > low) && (high === null || one <= high))
  }

  rows(plan: ReadPlan, keys: readonly string[], options: ReadOptions): AsyncIterable<Lines> {
    const wanted = new Set(keys.map(this.#orderOf(plan)))
    return this.#some(plan, options, (one) => wanted.has(one))
  }

  async bounds(plan: ReadPlan, rows: number): Promise<readonly string[]> {
    const look = await this.#look(plan)
    return look.rows.flatMap(({ key }, at) => (at % rows === rows - 1 && at < look.rows.length - 1 ? [key] : []))
  }

  async hashes(): Promise<null> {
    return null
  }

  async browse(): Promise<readonly Relation[]> {
    return []
  }

  describe(): Promise<Relation> {
    return onlyCompared()
  }

  snapshot(): Promise<Snapshot> {
    return onlyCompared()
  }

  increment(): AsyncIterable<Lines> {
    return onlyCompared()
  }

  changes(): ChangeStream {
    return onlyCompared()
  }

  async forget(): Promise<void> {}
  async close(): Promise<void> {}
}
