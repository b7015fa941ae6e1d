import type { FileRoles } from '@sanjiang/contract/exchange.door'
import type { DataType } from '@sanjiang/seal'
import type { RandomFile } from '../random-file.ts'

/** A column as the source's own catalogue describes it. */
export interface Column {
  readonly name: string
  /** The engine's own words: `character varying(40)`, `int(11)`. */
  readonly source_type: string
  readonly nullable: boolean
  /** Place in the primary key from 1, or null. */
  readonly key_no: number | null
  readonly comment: string
}

/** A table, view or watched folder as `name` addresses it: `public.person`, `hr.person`, `inbox/*.csv`. */
export interface Relation {
  readonly name: string
  readonly kind: 'table' | 'view' | 'folder' | 'service'
  readonly columns: readonly Column[]
  readonly estimated_rows: number | null
  readonly comment: string
  /** Whether a change stream could be read here, and if not, the sentence that says why. */
  readonly change_stream: { readonly able: boolean; readonly reason: string }
}

export interface BoundColumn {
  readonly column: string
  /** English name of the catalogued item. */
  readonly item: string
  readonly data_type: DataType
  readonly is_key: boolean
}

/** What to read: columns in the order of the lines. Names are quoted by the adapter; nothing here is SQL text. */
export interface ReadPlan {
  readonly relation: string
  readonly columns: readonly BoundColumn[]
  /** For increments: a column that grows whenever a row is written. */
  readonly cursor_column: string | null
}

/**
 * Whole canonical lines, at most `chunk_bytes` unless one line is longer. Without rows only the position has moved on. Outside
 * change streams the body is a buffer of its own: whoever gets it may give its memory back.
 */
export interface Lines {
  readonly body: Buffer
  readonly rows: number
  /** Where the source stood after the last line; ascends as text. */
  readonly position: string
  /** False while a source transaction goes on in the next batch; always true outside change streams. */
  readonly tx_end: boolean
  /** When the source committed the first of these rows, as its own log says; left out where that is not told. */
  readonly committed_at?: string
}

/** A row that has no canonical line: it is told, never sent. */
export interface Unreadable {
  readonly key: string
  readonly item: string
  readonly reason: string
}

export interface ReadOptions {
  readonly chunk_bytes: number
  readonly signal: AbortSignal
  /** The caller is done with a batch's body when it asks for the next: an adapter may then write over it. */
  readonly lends?: boolean
  /** Called for a row that cannot be written canonically (`\0`, infinite, year 10000). */
  readonly unreadable: (row: Unreadable) => void
  /** Brings a file that a row names to the centre before the row is given; absent where only the row is wanted. */
  readonly carry?: (file: CarriedFile) => Promise<string | null>
}

/** A file as it is, beside its row. */
export interface CarriedFile {
  /** What it held when it was read last and looked the same; null when it has to be read. */
  readonly known: string | null
  open(): Promise<RandomFile>
  /** The row of the file once its content's name is known, without LF. */
  lineFor(content: string): string
}

/** One instant of the relation. `position` is where a change stream or increment goes on; close() frees what holds it. */
export interface Snapshot {
  readonly position: string
  readonly estimated_rows: number | null
  /** Lines in no order unless `after` is given: then in ascending key order behind that key line (null: from the start), to resume. */
  batches(options: ReadOptions & { readonly after?: string | null }): AsyncIterable<Lines>
  close(): Promise<void>
}

/** Range of the key order: `from` excluded, `to` included; null is open. Bounds are key lines (canonical fields joined by TAB). */
export interface KeyRange {
  readonly from: string | null
  readonly to: string | null
}

export interface RangeHash extends KeyRange {
  readonly rows: number
  /** SHA-256, hex, of the lines joined in key order, each with its LF. */
  readonly hash: string
}

export interface Source {
  /** Relations the allow-list lets anybody see. */
  browse(): Promise<readonly Relation[]>
  describe(relation: string): Promise<Relation>
  /** `slot` names what a change stream will hold on to: made before the instant shown, so that nothing falls between. */
  snapshot(plan: ReadPlan, options: { readonly signal: AbortSignal; readonly slot: string | null }): Promise<Snapshot>
  /** Rows written since `after` (a position of an earlier call), equal cursor values included; the last position is where to go on. */
  increment(plan: ReadPlan, after: string, options: ReadOptions): AsyncIterable<Lines>
  /**
   * What the engine itself knows of writes to the relation, beside any cursor: `mark` names this moment. Since an earlier mark, `missed`
   * rows were written that no increment behind `after` will bring, and `removed` went. Null, or left out,
   * where the engine cannot tell.
   */
  written?(plan: ReadPlan, since: { readonly mark: string; readonly after: string } | null): Promise<Written | null>
  /**
   * The change stream from `after` on, without end: lines with an operation first. `confirm` tells the source what it may
   * forget. Fails with `stream_lost` when the source no longer has that place.
   */
  changes(plan: ReadPlan, after: string, options: ReadOptions & { readonly slot: string }): ChangeStream
  /** Ends what the source keeps for a change stream of that name. */
  forget(slot: string): Promise<void>
  /** Upper bounds of ranges of `rows` rows each in key order; the last range is open. */
  bounds(plan: ReadPlan, rows: number): Promise<readonly string[]>
  /** Rows in key order, as lines. */
  range(plan: ReadPlan, range: KeyRange, options: ReadOptions): AsyncIterable<Lines>
  /** Hashes computed inside the engine, or null where this adapter cannot. Must equal hashing `range`. */
  hashes(plan: ReadPlan, ranges: readonly KeyRange[]): Promise<readonly RangeHash[] | null>
  /** Rows by key lines; a key that is gone is left out. */
  rows(plan: ReadPlan, keys: readonly string[], options: ReadOptions): AsyncIterable<Lines>
  close(): Promise<void>
}

export interface Written {
  readonly mark: string
  /** No sign of any write: whoever asks keeps its earlier mark, since signs come late. */
  readonly is_at_rest: boolean
  readonly missed: number
  readonly removed: number
}

export interface ChangeStream extends AsyncIterable<Lines> {
  confirm(position: string): void
}

/** A consumer's table as the exchange fills it. Column names are item names; the key is `row_handle` or the key items. */
export interface TargetTable {
  readonly table: string
  readonly columns: readonly { readonly name: string; readonly data_type: DataType; readonly length: number | null }[]
  readonly key: readonly string[]
  /** For folders: what files are written. */
  readonly format?: 'csv' | 'jsonl' | 'xlsx'
  /** For files as they are: what the rows' items say of a file, and how its content comes here. */
  readonly files?: {
    readonly roles: FileRoles
    fetch(content: string, place: { readonly part: RandomFile; readonly old: readonly RandomFile[] }): Promise<void>
    /** Told of content that need not be fetched. */
    arrived(content: string): void
    /** Whether a failure means that the centre has the content no more. */
    isGone(error: unknown): boolean
  }
}

export interface Offset {
  readonly seq: number
  readonly run_id: string
  readonly position: string
}

/**
 * Loads one subscription. Everything between two commits is one transaction of the target, the offset with it.
 * A load that fails leaves the target as the last commit left it.
 */
export interface Load {
  /** Committed offset, or null before the first commit. */
  offset(): Promise<Offset | null>
  /** Creates the table when it is absent; else reports what does not fit as sentences. */
  prepare(mayCreate: boolean): Promise<readonly string[]>
  /** Opens a snapshot: rows go straight into an empty table, else into a shadow that `end` merges, deletes included. */
  begin(run_id: string): Promise<void>
  /** Upserts of whole rows (canonical lines). A body is lent until the promise is settled. */
  rows(body: Buffer): Promise<void>
  /** Lines with an operation first. */
  changes(body: Buffer): Promise<void>
  /** Closes the snapshot opened by `begin`. */
  end(): Promise<void>
  commit(offset: Offset): Promise<void>
  rollback(): Promise<void>
  close(): Promise<void>
}

export interface Target {
  load(subscription_id: string, table: TargetTable): Promise<Load>
  /** The target read back as a source: for reconciliation under the same grant. */
  readonly source: Source
  close(): Promise<void>
}

/** A row the target refused: the loader bisects to it and says why. */
export class TargetRefused extends Error {
  readonly line: string
  readonly constraint: string
  constructor(line: string, constraint: string, cause: unknown) {
    super(`目标拒收一行:${constraint}`, { cause })
    this.name = 'TargetRefused'
    this.line = line
    this.constraint = constraint
  }
}

export type AdapterFaultCode =
  | 'unreachable'
  | 'denied'
  | 'not_allowed'
  | 'no_such_relation'
  | 'stream_lost'
  | 'misconfigured'

/** A fault of the connection, in a sentence for the department's own officer. */
export class AdapterFault extends Error {
  readonly code: AdapterFaultCode
  constructor(code: AdapterFaultCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'AdapterFault'
    this.code = code
  }
}

/** One engine: a file in this folder exports one of these, and `adapter.conformance.ts` holds it to the rules. */
export interface Adapter {
  readonly kind: string
  openSource(config: Readonly<Record<string, unknown>>, allow: AllowList): Promise<Source>
  openTarget(config: Readonly<Record<string, unknown>>, allow: AllowList): Promise<Target>
}

/** The department's own list, in the agent's file: relations and their columns (`*` for all). The centre cannot widen it. */
export interface AllowList {
  readonly read: Readonly<Record<string, readonly string[] | '*'>>
  /** Tables that may be written, or schemas as `schema.*`. */
  readonly write: readonly string[]
}
