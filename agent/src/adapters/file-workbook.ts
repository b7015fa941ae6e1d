import type { DataType } from '@sanjiang/seal'
import { AdapterFault, TargetRefused, type TargetTable } from './adapter.ts'
import { OPERATION } from './file-build.ts'
import type { Folder } from './file-folder.ts'
import { ZipWriter } from './file-zip-write.ts'

const MAX_SHEET_ROWS = 1_048_575
const MAX_CELL = 32_767
const BATCH_CHARS = 65_536
const NUMERIC = new Set<DataType>(['N', 'Y', 'I', 'B', 'F'])
/** What XML cannot hold, and what would be taken for the way it is written instead. */
const UNFIT = /(?![\t\n])\p{Cc}|[\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)/gu
const MARKUP: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

const cellText = (text: string): string => {
  if (text.length > MAX_CELL) throw new TargetRefused(text.slice(0, 200), 'XLSX 单元格最多 32767 个字符', undefined)
  return text
    .replace(UNFIT, (one) => `_x${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replace(/[&<>]/g, (one) => MARKUP[one] as string)
}

const letters = (column: number): string =>
  column < 26
    ? String.fromCharCode(65 + column)
    : letters(Math.floor(column / 26) - 1) + String.fromCharCode(65 + (column % 26))

const stringCell = (ref: string, text: string): string =>
  `<c r="${ref}" t="inlineStr"><is><t xml:space="preserve">${cellText(text)}</t></is></c>`

const cellOf = (ref: string, type: DataType, value: unknown): string => {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return `<c r="${ref}" t="b"><v>${value ? 1 : 0}</v></c>`
  const text = String(value)
  // A double holds 15 digits; longer numbers stay text so that none is lost.
  if (NUMERIC.has(type) && text.replace(/\D/g, '').length <= 15) return `<c r="${ref}"><v>${text}</v></c>`
  return stringCell(ref, text)
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

async function* sheetXml(
  waiting: AsyncIterable<Buffer>,
  { columns, has_operation }: WorkbookTable,
): AsyncIterable<string> {
  const shift = has_operation ? 1 : 0
  const refs = columns.map((_, index) => letters(index + shift))
  const headings = [...(has_operation ? [OPERATION] : []), ...columns.map(({ name }) => name)]
  const row = (no: number, cells: readonly string[]): string => `<row r="${no}">${cells.join('')}</row>`
  let xml =
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
    `<worksheet xmlns="${MAIN}"><sheetData>` +
    row(
      1,
      headings.map((name, index) => stringCell(`${letters(index)}1`, name)),
    )
  let no = 1
  for await (const text of linesOf(waiting)) {
    if (++no > MAX_SHEET_ROWS + 1) throw new AdapterFault('misconfigured', 'XLSX 每表最多 1048575 行，请改用 CSV 交付')
    const object = JSON.parse(text, NUMBERS_AS_TEXT) as Record<string, unknown>
    const cells = columns.map(({ name, data_type }, index) => cellOf(`${refs[index]}${no}`, data_type, object[name]))
    if (has_operation) cells.unshift(stringCell(`A${no}`, String(object[OPERATION])))
    xml += row(no, cells)
    if (xml.length < BATCH_CHARS) continue
    yield xml
    xml = ''
  }
  yield `${xml}</sheetData></worksheet>`
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
const PARTS: Readonly<Record<string, string>> = {
  '[Content_Types].xml':
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    `<Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/>` +
    `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPES}.worksheet+xml"/></Types>`,
  '_rels/.rels': `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="data" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
}

/** Makes a workbook of the waiting rows, row by row. */
export const writeWorkbook = async (
  folder: Folder,
  files: { readonly from: string; readonly to: string },
  table: WorkbookTable,
): Promise<void> => {
  const part = await folder.openPart(files.to, 0)
  try {
    const zip = new ZipWriter(part)
    for (const [name, xml] of Object.entries(PARTS))
      await zip.add(name, [`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${xml}`])
    await zip.add('xl/worksheets/sheet1.xml', sheetXml(folder.read(files.from), table))
    await zip.finish()
    await part.sync()
  } finally {
    await part.close()
  }
}
