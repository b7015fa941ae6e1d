import type { DataType } from '@sanjiang/seal'
import { CellTooLong, type CellValue, workbookBytes } from '@sanjiang/tabular/xlsx-write'
import { AdapterFault, TargetRefused, type TargetTable } from './adapter.ts'
import { OPERATION } from './file-build.ts'
import type { Folder } from './file-folder.ts'

const MAX_SHEET_ROWS = 1_048_575
const NUMERIC = new Set<DataType>(['N', 'Y', 'I', 'B', 'F'])

const cellOf = (type: DataType, value: unknown): CellValue => {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return value
  return NUMERIC.has(type) ? { digits: String(value) } : String(value)
}

async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncIterable<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of bytes) {
    const parts = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = parts.pop() as string
    yield* parts
  }
}

const NUMBERS_AS_TEXT = (_: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' ? context?.source : value

interface WorkbookTable {
  readonly columns: TargetTable['columns']
  readonly has_operation: boolean
}

async function* sheetRows(
  waiting: AsyncIterable<Buffer>,
  { columns, has_operation }: WorkbookTable,
): AsyncIterable<CellValue[]> {
  const names = columns.map(({ name }) => name)
  yield has_operation ? [OPERATION, ...names] : names
  let no = 0
  for await (const text of linesOf(waiting)) {
    if (++no > MAX_SHEET_ROWS) throw new AdapterFault('misconfigured', 'XLSX 每表最多 1048575 行，请改用 CSV 交付')
    const object = JSON.parse(text, NUMBERS_AS_TEXT) as Record<string, unknown>
    const cells = columns.map(({ name, data_type }) => cellOf(data_type, object[name]))
    yield has_operation ? [String(object[OPERATION]), ...cells] : cells
  }
}

/** Makes a workbook of the waiting rows, row by row. */
export const writeWorkbook = async (
  folder: Folder,
  files: { readonly from: string; readonly to: string },
  table: WorkbookTable,
): Promise<void> => {
  const part = await folder.openPart(files.to, 0)
  try {
    const rows = sheetRows(folder.read(files.from), table)
    for await (const bytes of workbookBytes([{ name: 'data', rows }])) await part.write(bytes)
    await part.sync()
  } catch (error) {
    if (error instanceof CellTooLong) throw new TargetRefused(error.text.slice(0, 200), error.message, undefined)
    throw error
  } finally {
    await part.close()
  }
}
