import type { Readable } from 'node:stream'
import type { ResourceContent, ResourceDraft, Standard } from '@sanjiang/contract/catalog'
import { Fault } from '#kernel/fault.ts'
import type { Annotation, Inspection, Layout, Mapping, ReadEntry, ReadOptions, WrittenEntry } from './workbook.ts'

export type * from './workbook.ts'

const coming = (): never => {
  throw new Fault('unavailable', '工作簿读写尚未接通')
}

/** What sheets a file has and what their columns look like; a file that cannot be read is refused with a Fault of field `file`. */
export const inspectWorkbook = async (_path: string, _options: ReadOptions): Promise<Inspection> => coming()

/** Entries of one sheet as they come, in memory that does not grow with the rows. */
export const readEntries = (_path: string, _options: ReadOptions & { mapping: Mapping }): AsyncIterable<ReadEntry> =>
  coming()

/** What a workbook says about an entry laid over what the entry says now: what it has no column for stays. */
export const overlay = (_present: ResourceContent, _draft: ResourceDraft): ResourceDraft => coming()

export const writeTemplate = async (_standard: Standard, _options: { organ: string | null }): Promise<Readable> =>
  coming()

export const writeWorkbook = (
  _standard: Standard,
  _layout: Layout,
  _entries: AsyncIterable<WrittenEntry> | Iterable<WrittenEntry>,
): Readable => coming()

/** The same file back, with a column of words behind the last one and the cells at fault marked. */
export const writeAnnotated = async (_path: string, _annotation: Annotation): Promise<Readable> => coming()
