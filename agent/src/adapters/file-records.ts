import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { csvRecords, type RawRecord } from '@sanjiang/tabular/csv'
import { type Detected, decoded, EncodingDetector } from '@sanjiang/tabular/encoding'
import { openWorkbook } from '@sanjiang/tabular/xlsx'
import { ArchiveRefused } from '@sanjiang/tabular/zip'
import { AdapterFault } from './adapter.ts'
import { headingPlace, headingsOf } from './file-heading.ts'
import { jsonRecords } from './file-json.ts'

export type FileFormat = 'csv' | 'jsonl' | 'xlsx'

const FORMATS: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  xlsx: 'xlsx',
  xlsm: 'xlsx',
}
export const formatOf = (path: string): FileFormat | null =>
  FORMATS[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? null

const READ_BYTES = 1_048_576
/** Rows in which the heading of a sheet, and the keys of JSON objects, are looked for. */
const HEAD_ROWS = 20
const HEAD_OBJECTS = 200

const bytesOf = (path: string): AsyncIterable<Buffer> => createReadStream(path, { highWaterMark: READ_BYTES })

export interface Examined {
  readonly digest: string
  readonly encoding: Detected | null
}

/** Digest and encoding of a file, from all of its bytes. */
export const examine = async (path: string, format: FileFormat): Promise<Examined> => {
  const hash = createHash('sha256')
  const detector = format === 'xlsx' ? null : new EncodingDetector()
  for await (const bytes of bytesOf(path)) {
    hash.update(bytes)
    detector?.take(bytes)
  }
  const digest = hash.digest('hex')
  if (detector === null) return { digest, encoding: null }
  let encoding = detector.end()
  if (encoding === null) {
    for await (const bytes of bytesOf(path)) detector.takeAgain(bytes)
    encoding = detector.endAgain()
  }
  return { digest, encoding }
}

export interface Table {
  readonly headings: readonly string[]
  /** Values stand in the order of the headings. */
  readonly rows: AsyncIterable<RawRecord>
  /** Numbers may be dates counted from 1900 or 1904. */
  readonly serials: '1900' | '1904' | null
}

export interface TableFile {
  /** On this machine. */
  readonly path: string
  /** As the department knows it. */
  readonly title: string
  readonly format: FileFormat
  readonly encoding: Detected | null
  readonly sheet: string | null
}

async function* empty(): AsyncIterable<RawRecord> {}

async function* followed(first: readonly RawRecord[], rest: AsyncIterator<RawRecord>): AsyncIterable<RawRecord> {
  try {
    yield* first
    for (let one = await rest.next(); !one.done; one = await rest.next()) yield one.value
  } finally {
    await rest.return?.()
  }
}

const headOf = async <T>(records: AsyncIterator<T>, count: number): Promise<T[]> => {
  const head: T[] = []
  while (head.length < count) {
    const one = await records.next()
    if (one.done) break
    head.push(one.value)
  }
  return head
}

const textsOf = (file: TableFile): AsyncIterable<string> =>
  decoded(bytesOf(file.path), file.encoding ?? { encoding: 'utf-8', bom: 0, is_broken: false })

const openCsv = async (file: TableFile): Promise<Table> => {
  const records = csvRecords(textsOf(file))[Symbol.asyncIterator]()
  const [first] = await headOf(records, 1)
  if (first === undefined) return { headings: [], rows: empty(), serials: null }
  if (first.trouble !== undefined) throw new AdapterFault('misconfigured', `${file.title}：${first.trouble}`)
  return { headings: headingsOf(first.values), rows: followed([], records), serials: null }
}

const openJson = async (file: TableFile, columns: readonly string[] | null): Promise<Table> => {
  const records = jsonRecords(textsOf(file))[Symbol.asyncIterator]()
  const head = await headOf(records, HEAD_OBJECTS)
  const headings = columns ?? [...new Set(head.flatMap(({ object }) => Object.keys(object)))]
  const asRow = ({ line, object, trouble }: (typeof head)[number]): RawRecord => ({
    line,
    values: headings.map((name) => (Object.hasOwn(object, name) ? object[name] : null)),
    ...(trouble === undefined ? {} : { trouble }),
  })
  const rest: AsyncIterator<RawRecord> = {
    async next() {
      const one = await records.next()
      return one.done ? { done: true, value: undefined } : { done: false, value: asRow(one.value) }
    },
    async return() {
      await records.return?.()
      return { done: true, value: undefined }
    },
  }
  return { headings, rows: followed(head.map(asRow), rest), serials: null }
}

const openSheet = async (file: TableFile): Promise<Table> => {
  const book = await openWorkbook(file.path)
  const sheet =
    file.sheet === null ? book.sheets.find((one) => !one.is_hidden) : book.sheets.find((one) => one.name === file.sheet)
  if (sheet === undefined) {
    await book.close()
    const named = file.sheet === null ? '没有可见的工作表' : `没有工作表“${file.sheet}”`
    throw new AdapterFault('misconfigured', `${file.title}：${named}`)
  }
  const records = book.rows(sheet.name)[Symbol.asyncIterator]()
  const closing: AsyncIterator<RawRecord> = {
    next: () => records.next(),
    async return() {
      await records.return?.()
      await book.close()
      return { done: true, value: undefined }
    },
  }
  const serials = book.is_1904 ? '1904' : '1900'
  const head = await headOf(records, HEAD_ROWS)
  const place = headingPlace(head.map(({ values }) => values))
  const heading = head[place]
  if (heading === undefined) {
    await book.close()
    return { headings: [], rows: empty(), serials }
  }
  return { headings: headingsOf(heading.values), rows: followed(head.slice(place + 1), closing), serials }
}

/** Opens a file as a table. `columns`: what JSON objects are asked for; others find their headings themselves. */
export const openTable = async (file: TableFile, columns: readonly string[] | null): Promise<Table> => {
  try {
    if (file.format === 'xlsx') return await openSheet(file)
    return await (file.format === 'csv' ? openCsv(file) : openJson(file, columns))
  } catch (error) {
    if (error instanceof ArchiveRefused) throw new AdapterFault('misconfigured', `${file.title}：${error.message}`)
    throw error
  }
}
