import { createHash } from 'node:crypto'
import { linesOf } from '@sanjiang/seal'
import { AdapterFault, type Load, type Offset, type TargetTable } from './adapter.ts'
import type { Folder, PartFile } from './file-folder.ts'
import { writeWorkbook } from './file-workbook.ts'
import { type DeliveredFormat, type RowFormat, rowFormat, splitLine } from './file-write.ts'

/** A file under work. `bytes` and `rows` are those of the last commit; what stands behind them was never committed. */
interface Part {
  readonly name: string
  readonly kind: 'snapshot' | 'delta'
  bytes: number
  rows: number
}

interface Finished {
  readonly part: string
  readonly name: string
  readonly sha256: string
}

/**
 * What `.sanjiang_offset.json` says: the one file whose replacement commits. Names in `finish` are given, and files in `remove` removed,
 * after it — and again whenever it is read, so that a process killed in between loses nothing and doubles nothing.
 */
interface State {
  readonly v: 1
  readonly subscription_id: string
  readonly offset: Offset | null
  readonly next_part: number
  readonly open: (Part & { readonly run_id: string }) | null
  readonly finish: readonly Finished[]
  readonly remove: readonly string[]
}

const STATE = '.sanjiang_offset.json'
const PART = /^\.\d+\.part(?:\.xlsx)?$/
const FLUSH = 262_144
export const DELIVERED = /^\d{12}-\d-(?:snapshot|delta)\.(?:csv|jsonl|xlsx)$/

const emptyState = (subscriptionId: string): State => ({
  v: 1,
  subscription_id: subscriptionId,
  offset: null,
  next_part: 1,
  open: null,
  finish: [],
  remove: [],
})

const textOf = async (bytes: AsyncIterable<Buffer>): Promise<string> => {
  const pieces: Buffer[] = []
  for await (const piece of bytes) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

/** A part being written in this process. */
class OpenPart {
  readonly part: Part
  readonly file: PartFile
  bytes: number
  rows: number
  #pending: string[] = []
  #chars = 0
  constructor(part: Part, file: PartFile) {
    this.part = part
    this.file = file
    this.bytes = part.bytes
    this.rows = part.rows
  }
  async add(text: string): Promise<void> {
    this.#pending.push(text)
    this.#chars += text.length
    if (this.#chars >= FLUSH) await this.flush()
  }
  async flush(): Promise<void> {
    const bytes = Buffer.from(this.#pending.join(''))
    this.#pending = []
    this.#chars = 0
    if (bytes.length > 0) await this.file.write(bytes)
    this.bytes += bytes.length
  }
  async sync(): Promise<void> {
    await this.flush()
    await this.file.sync()
  }
  /** Back to the last commit. */
  async revert(): Promise<void> {
    this.#pending = []
    this.#chars = 0
    this.bytes = this.part.bytes
    this.rows = this.part.rows
    await this.file.cut(this.bytes)
  }
}

export interface FileLoadOptions {
  readonly folder: Folder
  /** Below the root. */
  readonly path: string
  readonly subscription_id: string
  readonly table: TargetTable
  readonly format: DeliveredFormat
  /** Byte order mark at the start of CSV, by which spreadsheets recognise UTF-8. */
  readonly has_mark: boolean
}

/**
 * Delivers into a folder: `SEQ-N-snapshot.csv` is the whole, `SEQ-N-delta.csv` what changed since, with the operation as first column, each
 * with its SHA-256 beside; in order of their names they give the data. Readers never see a file that is not whole.
 */
export class FileLoad implements Load {
  readonly #options: FileLoadOptions
  readonly #rows: RowFormat
  #state: State | null = null
  #snapshot: (OpenPart & { run_id?: string }) | null = null
  #runId = ''
  /** Whole parts of this transaction, in order; the snapshot when `end` came. */
  #done: OpenPart[] = []
  #delta: OpenPart | null = null
  #nextPart = 1

  constructor(options: FileLoadOptions) {
    this.#options = options
    this.#rows = rowFormat(options.format, options.table.columns, options.has_mark)
  }

  #path(name: string): string {
    return `${this.#options.path}/${name}`
  }

  async #ready(): Promise<State> {
    if (this.#state !== null) return this.#state
    const { folder, subscription_id } = this.#options
    const found = await folder.stat(this.#path(STATE))
    const state =
      found === null ? emptyState(subscription_id) : (JSON.parse(await textOf(folder.read(this.#path(STATE)))) as State)
    if (state.subscription_id !== subscription_id)
      throw new AdapterFault('misconfigured', `文件夹“${this.#options.path}”已由另一订阅 ${state.subscription_id} 使用`)
    await this.#finish(state)
    for (const { name } of await folder.list(this.#options.path))
      if (PART.test(name) && name !== state.open?.name) await folder.remove(this.#path(name))
    this.#state = state
    this.#nextPart = state.next_part
    return state
  }

  /** Gives finished files their names; doing it again is harmless. */
  async #finish({ finish, remove }: State): Promise<void> {
    const { folder } = this.#options
    for (const { part, name, sha256 } of finish) {
      if ((await folder.stat(this.#path(part))) === null) continue
      await folder.replace(this.#path(`${name}.sha256`), Buffer.from(`${sha256}  ${name}\n`))
      await folder.rename(this.#path(part), this.#path(name))
    }
    for (const name of remove) {
      await folder.remove(this.#path(name))
      await folder.remove(this.#path(`${name}.sha256`))
    }
  }

  async offset(): Promise<Offset | null> {
    return (await this.#ready()).offset
  }

  async prepare(mayCreate: boolean): Promise<readonly string[]> {
    const { folder, path } = this.#options
    const name = path.slice(path.lastIndexOf('/') + 1)
    const parent = path.slice(0, Math.max(0, path.length - name.length - 1))
    const entry = (await folder.list(parent).catch(() => [])).find((one) => one.name === name)
    if (entry !== undefined && entry.kind !== 'folder') return [`“${path}”不是文件夹`]
    if (entry === undefined && !mayCreate) return [`文件夹“${path}”不存在，且未允许创建`]
    if (entry === undefined) await folder.makeFolder(path)
    try {
      await this.#ready()
      return []
    } catch (error) {
      if (error instanceof AdapterFault) return [error.message]
      throw error
    }
  }

  async #newPart(kind: Part['kind']): Promise<OpenPart> {
    const part: Part = { name: `.${this.#nextPart++}.part`, kind, bytes: 0, rows: 0 }
    const open = new OpenPart(part, await this.#options.folder.openPart(this.#path(part.name), 0))
    await open.add(this.#rows.head(kind === 'delta'))
    return open
  }

  async #discard(open: OpenPart): Promise<void> {
    await open.file.close()
    await this.#options.folder.remove(this.#path(open.part.name))
  }

  async begin(run_id: string): Promise<void> {
    await this.#ready()
    // Begun again, even by the same run, it is another reading: nothing of what came before counts.
    if (this.#snapshot !== null) await this.#discard(this.#snapshot)
    this.#runId = run_id
    this.#snapshot = await this.#newPart('snapshot')
  }

  /** After a restart the snapshot under way is taken up where it was committed. */
  async #resumed(): Promise<void> {
    const { open } = await this.#ready()
    if (open === null || this.#snapshot !== null || this.#done.some(({ part }) => part.name === open.name)) return
    const { name, kind, bytes, rows, run_id } = open
    this.#runId = run_id
    this.#snapshot = new OpenPart(
      { name, kind, bytes, rows },
      await this.#options.folder.openPart(this.#path(name), bytes),
    )
  }

  async #openDelta(): Promise<OpenPart> {
    this.#delta ??= await this.#newPart('delta')
    return this.#delta
  }

  async #add(to: OpenPart, body: Buffer, hasOperation: boolean): Promise<void> {
    const count = this.#options.table.columns.length
    for (const line of linesOf(body)) {
      const operation = hasOperation ? String.fromCharCode(line[0] as number) : to.part.kind === 'delta' ? '+' : null
      const fields = splitLine(hasOperation ? line.subarray(2) : line, count)
      await to.add(this.#rows.row(operation, fields))
      to.rows++
    }
  }

  async rows(body: Buffer): Promise<void> {
    await this.#resumed()
    await this.#add(this.#snapshot ?? (await this.#openDelta()), body, false)
  }

  async changes(body: Buffer): Promise<void> {
    await this.#resumed()
    await this.#add(await this.#openDelta(), body, true)
  }

  async end(): Promise<void> {
    await this.#resumed()
    if (this.#snapshot === null) throw new AdapterFault('misconfigured', '没有打开的全量')
    if (this.#delta !== null) this.#done.push(this.#delta)
    this.#delta = null
    this.#done.push(this.#snapshot)
    this.#snapshot = null
  }

  /** Makes a part the file that will get a name: synced, digested. */
  async #close(open: OpenPart, name: string): Promise<Finished> {
    const { folder, format, table } = this.#options
    await open.sync()
    await open.file.close()
    let part = open.part.name
    if (format === 'xlsx') {
      part = `${open.part.name}.xlsx`
      const files = { from: this.#path(open.part.name), to: this.#path(part) }
      await writeWorkbook(folder, files, { columns: table.columns, has_operation: open.part.kind === 'delta' })
      await folder.remove(files.from)
    }
    const hash = createHash('sha256')
    for await (const bytes of folder.read(this.#path(part))) hash.update(bytes)
    return { part, name, sha256: hash.digest('hex') }
  }

  async #superseded(seq: string): Promise<string[]> {
    const entries = await this.#options.folder.list(this.#options.path)
    return entries.flatMap(({ name }) => (DELIVERED.test(name) && name.slice(0, 12) < seq ? [name] : []))
  }

  async commit(offset: Offset): Promise<void> {
    const before = await this.#ready()
    const { folder, format, subscription_id } = this.#options
    const whole = this.#delta === null ? this.#done : [...this.#done, this.#delta]
    const seq = String(offset.seq).padStart(12, '0')
    const finish: Finished[] = []
    for (const [index, open] of whole.entries())
      finish.push(await this.#close(open, `${seq}-${index}-${open.part.kind}.${format}`))
    await this.#snapshot?.sync()
    const open = this.#snapshot
    const endsSnapshot = whole.some(({ part }) => part.kind === 'snapshot')
    const state: State = {
      v: 1,
      subscription_id,
      offset,
      next_part: this.#nextPart,
      open:
        open !== null
          ? { name: open.part.name, kind: 'snapshot', bytes: open.bytes, rows: open.rows, run_id: this.#runId }
          : endsSnapshot
            ? null
            : before.open,
      finish,
      // A new whole takes the place of everything before it.
      remove: endsSnapshot ? await this.#superseded(seq) : [],
    }
    await folder.replace(this.#path(STATE), Buffer.from(JSON.stringify(state)))
    this.#state = state
    this.#done = []
    this.#delta = null
    if (open !== null) {
      open.part.bytes = open.bytes
      open.part.rows = open.rows
    }
    await this.#finish(state)
  }

  async rollback(): Promise<void> {
    const open = this.#state?.open ?? null
    const all = [...this.#done, ...[this.#delta, this.#snapshot].filter((one) => one !== null)]
    this.#done = []
    this.#delta = null
    this.#snapshot = null
    for (const one of all) {
      if (one.part.name === open?.name) {
        await one.revert()
        this.#snapshot = one
        this.#runId = open.run_id
      } else await this.#discard(one)
    }
  }

  async close(): Promise<void> {
    await this.rollback()
    await this.#snapshot?.file.close()
    this.#snapshot = null
    this.#state = null
  }
}
