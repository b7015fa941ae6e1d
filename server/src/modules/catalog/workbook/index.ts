import type { Readable } from 'node:stream'
import type { Standard } from '@sanjiang/contract/catalog'
import { Fault } from '#kernel/fault.ts'
import type { Annotation, Layout, WrittenEntry } from './workbook.ts'

export { overlay } from './overlay.rules.ts'
export { cellOf, faultsOf, inspectWorkbook, readEntries } from './reading.ts'
export type * from './workbook.ts'

const coming = (): never => {
  throw new Fault('unavailable', '工作簿写出尚未接通')
}
export const writeTemplate = async (_standard: Standard, _options: { organ: string | null }): Promise<Readable> =>
  coming()
export const writeWorkbook = (
  _standard: Standard,
  _layout: Layout,
  _entries: AsyncIterable<WrittenEntry> | Iterable<WrittenEntry>,
): Readable => coming()
export const writeAnnotated = async (_path: string, _annotation: Annotation): Promise<Readable> => coming()
