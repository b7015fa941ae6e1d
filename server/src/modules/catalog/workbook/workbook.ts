import type { ClassNode, ResourceContent, ResourceDraft, Standard } from '@sanjiang/contract/catalog'

// What the workbook engine hands over. It reads and writes files only: who may do it, what is stored and what the database knows
// belongs to the import. One resource is one row or several; the first carries the resource, each carries one item.

/** Counted from 1: column 3 is C. */
export interface CellRef {
  readonly sheet: string
  readonly row: number
  readonly column: number
}

/** What could not be read, or was read by a guess (`warning`), at its cell. Rules of reading are W01… */
export interface CellFault {
  readonly cell: CellRef
  /** As in a finding: `share_type`, `items.3.name`, `census.total_storage_gb`; `` where a whole row or sheet is meant. */
  readonly field: string
  readonly rule: string
  readonly message: string
  readonly clause: string
  readonly level: 'error' | 'warning'
}

export interface ColumnChoice {
  readonly column: number
  readonly heading: string
  /** A field that the workbook knows (`WORKBOOK_FIELDS`), or null: the column is passed over. */
  readonly field: string | null
  readonly how: 'exact' | 'synonym' | 'similar' | 'chosen' | 'ignored'
}

export interface Mapping {
  readonly sheet: string
  /** The last row of the headings. */
  readonly heading_row: number
  readonly columns: readonly ColumnChoice[]
}

export interface SheetProposal {
  readonly sheet: string
  /** Rows below the headings that hold anything. */
  readonly row_count: number
  readonly is_hidden: boolean
  /** Null: nothing in it looks like a heading row of entries. */
  readonly mapping: Mapping | null
  /** Required fields for which no column was found. */
  readonly missing_fields: readonly string[]
  /** What is taken for granted for want of a column, in sentences. */
  readonly notes: readonly string[]
}

export type WorkbookFormat = 'xlsx' | 'csv'

export interface Inspection {
  readonly format: WorkbookFormat
  /** Recorded in a workbook that the platform wrote. */
  readonly standard: { readonly id: string; readonly version: number } | null
  readonly sheets: readonly SheetProposal[]
}

export interface ReadEntry {
  readonly sheet: string
  readonly first_row: number
  readonly last_row: number
  /**
   * As the form would save it. A field whose column the sheet has not is left out (`overlay` keeps what the entry said before);
   * one whose cell is empty is null.
   */
  readonly draft: ResourceDraft
  /** The code column, to find an existing entry by. */
  readonly code: string | null
  readonly provider_name: string | null
  readonly provider_code: string | null
  /** As written in the file; the platform sets its own day at publication. */
  readonly published_on: string | null
  /** The mark of what was exported; null where it was removed or is none, and then nothing is compared. */
  readonly revision: string | null
  /** Path of a finding → its cell. */
  readonly cells: ReadonlyMap<string, CellRef>
  readonly faults: readonly CellFault[]
}

export interface ReadOptions {
  readonly file_name: string
  readonly standard: Standard
  /** The classification, where classes may be named by their titles. */
  readonly classes?: readonly Pick<ClassNode, 'code' | 'title' | 'is_leaf'>[]
}

export type Layout = 'full' | 'census'

/** An entry as it is exported. */
export interface WrittenEntry {
  readonly code: string | null
  readonly content: ResourceContent
  readonly provider_name: string
  readonly provider_code: string | null
  readonly published_on: string | null
  /** `R12-3fa9c1d27b`: the number of the revision, and a digest of what the entry says at it. */
  readonly revision: string | null
}

/** What the import says about the rows of one entry; shown in the column behind the last. */
export interface RowStatus {
  /** Left out: of the only sheet. */
  readonly sheet?: string
  readonly first_row: number
  readonly last_row: number
  readonly title: string
}

export interface Annotation {
  readonly file_name: string
  /** Of the sheets to be marked. */
  readonly mapping: Mapping | readonly Mapping[]
  readonly faults: AsyncIterable<CellFault> | Iterable<CellFault>
  readonly statuses: Iterable<RowStatus>
}
