import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { csvRecords } from '@sanjiang/tabular/csv'
import { type Detected, decoded, EncodingDetector } from '@sanjiang/tabular/encoding'
import { openWorkbook, type Workbook } from '@sanjiang/tabular/xlsx'
import { ArchiveRefused } from '@sanjiang/tabular/zip'
import { type Fault, invalid } from '#kernel/fault.ts'
import type { Row } from './cell.ts'
import type { WorkbookFormat } from './workbook.ts'

/** The only sheet of a text file. */
export const CSV_SHEET = 'CSV'
/** More rows than any department has entries; one import is one transaction. */
export const MAX_ROWS = 100_000
/** Rows beyond the limit fit into this twice over. */
const MAX_UNPACKED = 512 * 1_048_576
const READ_BYTES = 1_048_576
const SAMPLE_BYTES = 4096

export interface SourceSheet {
  readonly name: string
  readonly is_hidden: boolean
}

/** A file opened as sheets of rows. */
export interface Source {
  readonly format: WorkbookFormat
  readonly is_1904: boolean
  readonly sheets: readonly SourceSheet[]
  rows(sheet: string): AsyncIterable<Row>
  /** How many rows hold anything. */
  countRows(sheet: string): Promise<number>
  close(): Promise<void>
}

const refuse = (message: string): Fault => invalid('file', 'W00', message, '工作簿读取规则')

/** Words of the archive's reader as a refusal of the file. */
const asRefusal = (error: unknown): never => {
  if (error instanceof ArchiveRefused) throw refuse(`文件无法读取：${error.message}`)
  throw error
}

/** `asRefusal` for rows on their way. */
export async function* refusing<T>(rows: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* rows
  } catch (error) {
    asRefusal(error)
  }
}

const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex')
const ENCRYPTED = Buffer.from('EncryptedPackage', 'utf16le')
const OTHERS: readonly (readonly [magic: Buffer, name: string])[] = [
  [Buffer.from('%PDF'), 'PDF 文件'],
  [Buffer.from('Rar!'), 'RAR 压缩包'],
  [Buffer.from('7z\xbc\xaf', 'latin1'), '7z 压缩包'],
  [Buffer.from('\x89PNG', 'latin1'), '图片'],
  [Buffer.from('\xff\xd8\xff', 'latin1'), '图片'],
]
const HTML = /^\s*<(?:!doctype html|html|table|\?xml[^>]*>\s*<(?:html|workbook))/i

const contains = async (path: string, mark: Buffer): Promise<boolean> => {
  let rest = Buffer.alloc(0)
  for await (const piece of createReadStream(path, { highWaterMark: READ_BYTES })) {
    const bytes = Buffer.concat([rest, piece as Buffer])
    if (bytes.includes(mark)) return true
    rest = bytes.subarray(-mark.length)
  }
  return false
}

const headOf = async (path: string): Promise<Buffer> => {
  const file = await open(path, 'r')
  try {
    const buffer = Buffer.alloc(SAMPLE_BYTES)
    const { bytesRead } = await file.read(buffer, 0, SAMPLE_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** What the file is, by its bytes; its name only helps to word the refusal. */
const kindOf = async (path: string, fileName: string): Promise<WorkbookFormat> => {
  const head = await headOf(path)
  if (head.length === 0) throw refuse('文件是空的')
  if (head.subarray(0, OLE.length).equals(OLE)) {
    if (await contains(path, ENCRYPTED)) throw refuse('文件设有打开密码，请去掉密码后重新上传')
    throw refuse('旧版 .xls 工作簿无法读取，请在表格软件中另存为 .xlsx')
  }
  if (head.subarray(0, 2).toString('latin1') === 'PK') return 'xlsx'
  const other = OTHERS.find(([magic]) => head.subarray(0, magic.length).equals(magic))
  if (other) throw refuse(`这是${other[1]}，不是工作簿；请上传 .xlsx 或 .csv`)
  if (HTML.test(head.toString('latin1'))) throw refuse('这是以 .xls 之名保存的网页，请在表格软件中另存为 .xlsx')
  if (/\.(?:xlsx|xlsm)$/i.test(fileName)) throw refuse('文件不完整，或不是 .xlsx 工作簿')
  return 'csv'
}

const pieces = (path: string): AsyncIterable<Buffer> => createReadStream(path, { highWaterMark: READ_BYTES })

const encodingOf = async (path: string): Promise<Detected> => {
  const detector = new EncodingDetector()
  let hasNul = false
  for await (const bytes of pieces(path)) {
    detector.take(bytes)
    hasNul ||= bytes.includes(0)
  }
  let found = detector.end()
  if (found === null) {
    for await (const bytes of pieces(path)) detector.takeAgain(bytes)
    found = detector.endAgain()
  }
  if (hasNul && !found.encoding.startsWith('utf-16')) throw refuse('不是文本文件，也不是工作簿；请上传 .xlsx 或 .csv')
  return found
}

const NO_FORMULAS: readonly number[] = []

async function* csvRows(path: string, encoding: Detected): AsyncGenerator<Row> {
  for await (const { record, values, trouble } of csvRecords(decoded(pieces(path), encoding)))
    yield { row: record, values, formulas: NO_FORMULAS, is_hidden: false, trouble }
}

const openCsv = async (path: string): Promise<Source> => {
  const encoding = await encodingOf(path)
  return {
    format: 'csv',
    is_1904: false,
    sheets: [{ name: CSV_SHEET, is_hidden: false }],
    rows: () => csvRows(path, encoding),
    countRows: async () => {
      let count = 0
      for await (const _ of csvRows(path, encoding)) count++
      return count
    },
    close: async () => undefined,
  }
}

async function* bookRows(book: Workbook, sheet: string): AsyncGenerator<Row> {
  for await (const { line, values, formulas, is_hidden } of book.rows(sheet, { has_unresolved: true }))
    yield { row: line, values, formulas, is_hidden }
}

const openXlsx = async (path: string): Promise<Source> => {
  try {
    const book = await openWorkbook(path, MAX_UNPACKED)
    return {
      format: 'xlsx',
      is_1904: book.is_1904,
      sheets: book.sheets,
      rows: (sheet) => refusing(bookRows(book, sheet)),
      countRows: (sheet) => book.countRows(sheet).catch(asRefusal),
      close: () => book.close(),
    }
  } catch (error) {
    return asRefusal(error)
  }
}

export const openSource = async (path: string, fileName: string): Promise<Source> =>
  (await kindOf(path, fileName)) === 'xlsx' ? openXlsx(path) : openCsv(path)

export const noSuchSheet = (sheet: string): Fault => refuse(`文件里没有工作表“${sheet}”`)
export const tooManyRows = (): Fault =>
  invalid('file', 'C13', `一次最多导入 ${MAX_ROWS} 行，请拆分后分次导入`, '目录校验规则 C13')
