import type {
  ChangeStream,
  KeyRange,
  Lines,
  RangeHash,
  ReadOptions,
  ReadPlan,
  Relation,
  Snapshot,
  Source,
} from './adapter.ts'

interface Either {
  readonly tables: Source
  readonly files: Source
  readonly isFiles: (of: { readonly relation: string }) => Promise<boolean>
}

/** A folder whose relations are read as tables, or as the files they are. */
export class EitherSource implements Source {
  readonly #of: Either
  constructor(of: Either) {
    this.#of = of
  }

  async #source(of: { readonly relation: string }): Promise<Source> {
    return (await this.#of.isFiles(of)) ? this.#of.files : this.#of.tables
  }

  async browse(): Promise<readonly Relation[]> {
    return [...(await this.#of.tables.browse()), ...(await this.#of.files.browse())]
  }

  async describe(relation: string): Promise<Relation> {
    return (await this.#source({ relation })).describe(relation)
  }

  async snapshot(plan: ReadPlan, options: Parameters<Source['snapshot']>[1]): Promise<Snapshot> {
    return (await this.#source(plan)).snapshot(plan, options)
  }

  async *increment(plan: ReadPlan, after: string, options: ReadOptions): AsyncIterable<Lines> {
    yield* (await this.#source(plan)).increment(plan, after, options)
  }

  changes(plan: ReadPlan, after: string, options: ReadOptions & { readonly slot: string }): ChangeStream {
    let stream: ChangeStream | null = null
    const source = this.#source(plan)
    return {
      async *[Symbol.asyncIterator]() {
        stream = (await source).changes(plan, after, options)
        yield* stream
      },
      confirm: (position) => stream?.confirm(position),
    }
  }

  async forget(slot: string): Promise<void> {
    await this.#of.tables.forget(slot)
  }

  async bounds(plan: ReadPlan, rows: number): Promise<readonly string[]> {
    return (await this.#source(plan)).bounds(plan, rows)
  }

  async *range(plan: ReadPlan, range: KeyRange, options: ReadOptions): AsyncIterable<Lines> {
    yield* (await this.#source(plan)).range(plan, range, options)
  }

  async hashes(plan: ReadPlan, ranges: readonly KeyRange[]): Promise<readonly RangeHash[] | null> {
    return (await this.#source(plan)).hashes(plan, ranges)
  }

  async *rows(plan: ReadPlan, keys: readonly string[], options: ReadOptions): AsyncIterable<Lines> {
    yield* (await this.#source(plan)).rows(plan, keys, options)
  }

  /** Both share the folder. */
  close(): Promise<void> {
    return this.#of.tables.close()
  }
}
