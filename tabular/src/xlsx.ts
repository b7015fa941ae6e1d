import type { RawRecord } from './csv.ts'
import { decoded } from './encoding.ts'
import { attributeOf, plainAttributeOf, xmlEvents } from './xml.ts'
import { ArchiveRefused, openZip, type Zip } from './zip.ts'

/** Text of a workbook's shared strings that is held in memory. */
const MAX_STRINGS = 192 * 1_048_576
const MAX_MERGES = 200_000
/** Cells that merged ranges may fill: overlapping ranges over whole sheets would never end. */
const MAX_FILLED = 20_000_000
/** Excel itself holds 32,767 characters. */
const MAX_CELL = 1_048_576
const MAX_COLUMNS = 16_384
const MAX_ROW = 16 * 1_048_576

export class CellError {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export interface Sheet {
  readonly name: string
  readonly is_hidden: boolean
}

export interface SheetRow extends RawRecord {
  readonly is_hidden: boolean
  /** Columns from 0 that hold formulas; their values are the results kept in the file. */
  readonly formulas: readonly number[]
}

export interface Workbook {
  readonly sheets: readonly Sheet[]
  /** Serial 0 is 1904-01-01 in workbooks of old Macintoshes. */
  readonly is_1904: boolean
  /**
   * Rows of a sheet; a merged cell's value stands in all cells that it covers. `has_unresolved`: also rows of nothing but formulas whose
   * results the file does not hold.
   */
  rows(sheet: string, asked?: { readonly has_unresolved: boolean }): AsyncIterable<SheetRow>
  /** How many rows of a sheet hold anything, by a look at its text alone. */
  countRows(sheet: string): Promise<number>
  close(): Promise<void>
}

const DAY_MS = 86_400_000
const two = (value: number): string => String(value).padStart(2, '0')

/** Wall date, or date and time, of a serial number; null outside of years 1900–9999. */
export const serialText = (serial: number, is1904: boolean): string | null => {
  // Excel believes in 1900-02-29: serials from 61 on are one ahead.
  const days = is1904 ? serial + 1_462 - 25_569 : (serial < 60 ? serial + 1 : serial) - 25_569
  const seconds = Math.round(days * 86_400)
  const at = new Date(seconds * 1000)
  if (!(serial >= 0 && serial < 2_958_466) || Number.isNaN(at.getTime())) return null
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
  if (serial < 1 && !is1904) return clock
  const day = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`
  return (seconds * 1000) % DAY_MS === 0 ? day : `${day} ${clock}`
}

/** Strings as one run of bytes with offsets: a million of them cost their bytes, not a million objects. */
class Strings {
  #bytes = Buffer.alloc(65_536)
  #ends = new Uint32Array(1024)
  #count = 0
  add(text: string): void {
    const start = this.#count === 0 ? 0 : (this.#ends[this.#count - 1] as number)
    const need = start + Buffer.byteLength(text)
    if (need > MAX_STRINGS) throw new ArchiveRefused('共享字符串过多，请拆分工作簿或改用 CSV')
    if (need > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(need, this.#bytes.length * 2))
      this.#bytes.copy(grown)
      this.#bytes = grown
    }
    if (this.#count === this.#ends.length) {
      const grown = new Uint32Array(this.#ends.length * 2)
      grown.set(this.#ends)
      this.#ends = grown
    }
    this.#bytes.write(text, start)
    this.#ends[this.#count++] = need
  }
  at(index: number): string | CellError {
    if (!(index >= 0 && index < this.#count)) return new CellError('共享字符串缺失')
    return this.#bytes.toString('utf8', index === 0 ? 0 : this.#ends[index - 1], this.#ends[index])
  }
}

const texts = (zip: Zip, name: string): AsyncIterable<string> =>
  decoded(zip.read(name), { encoding: 'utf-8', bom: 0, is_broken: false })

/** `_x000D_` is how SpreadsheetML writes a character that XML cannot hold. */
const unescapeCell = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text

const grown = (text: string, more: string): string => {
  if (text.length + more.length > MAX_CELL) throw new ArchiveRefused('有超长的单元格')
  return text + more
}

const readStrings = async (zip: Zip): Promise<Strings> => {
  const strings = new Strings()
  if (!zip.has('xl/sharedStrings.xml')) return strings
  let text = ''
  let inText = false
  let phonetic = 0
  for await (const events of xmlEvents(texts(zip, 'xl/sharedStrings.xml')))
    for (const event of events) {
      if (event.kind === 'text') {
        if (inText && phonetic === 0) text = grown(text, event.text)
      } else if (event.name === 't') inText = event.kind === 'open'
      else if (event.name === 'rPh') phonetic += event.kind === 'open' ? 1 : -1
      else if (event.name === 'si') {
        if (event.kind === 'close') strings.add(unescapeCell(text))
        text = ''
      }
    }
  return strings
}

/** Built-in formats 14–22 and 45–47 are dates and times; 27–36 and 50–58 are those of Chinese Excel. */
const BUILT_IN_DATE = /^(?:1[4-9]|2[0-2]|2[7-9]|3[0-6]|4[5-7]|5[0-8])$/

const isDateFormat = (code: string): boolean => {
  const bare = code.replace(/\[[^\]]*\]|"[^"]*"|\\.|_./g, '')
  return /[ymdhs年月日]/i.test(bare) && !/^general$/i.test(bare)
}

/** Which cell styles show their number as a date. */
const readDateStyles = async (zip: Zip): Promise<readonly boolean[]> => {
  const styles: boolean[] = []
  if (!zip.has('xl/styles.xml')) return styles
  const custom = new Map<string, boolean>()
  let inCells = false
  for await (const events of xmlEvents(texts(zip, 'xl/styles.xml')))
    for (const event of events) {
      if (event.kind === 'text') continue
      if (event.name === 'cellXfs') inCells = event.kind === 'open'
      if (event.kind !== 'open') continue
      if (event.name === 'numFmt')
        custom.set(attributeOf(event.tag, 'numFmtId') ?? '', isDateFormat(attributeOf(event.tag, 'formatCode') ?? ''))
      if (event.name !== 'xf' || !inCells) continue
      const id = attributeOf(event.tag, 'numFmtId') ?? '0'
      styles.push(custom.get(id) ?? BUILT_IN_DATE.test(id))
    }
  return styles
}

interface SheetPart extends Sheet {
  readonly part: string
}

export const readSheets = async (zip: Zip): Promise<{ sheets: SheetPart[]; is_1904: boolean }> => {
  if (!zip.has('xl/workbook.xml')) throw new ArchiveRefused('不是 XLSX 工作簿')
  const parts = new Map<string, string>()
  for await (const events of xmlEvents(texts(zip, 'xl/_rels/workbook.xml.rels')))
    for (const event of events)
      if (event.kind === 'open' && event.name === 'Relationship') {
        const target = attributeOf(event.tag, 'Target') ?? ''
        parts.set(attributeOf(event.tag, 'Id') ?? '', target.startsWith('/') ? target.slice(1) : `xl/${target}`)
      }
  const sheets: SheetPart[] = []
  let is1904 = false
  for await (const events of xmlEvents(texts(zip, 'xl/workbook.xml')))
    for (const event of events) {
      if (event.kind !== 'open') continue
      if (event.name === 'workbookPr') is1904 = /^(?:1|true)$/.test(attributeOf(event.tag, 'date1904') ?? '')
      if (event.name !== 'sheet') continue
      const part = parts.get(attributeOf(event.tag, 'id') ?? '')
      const state = attributeOf(event.tag, 'state') ?? 'visible'
      if (part !== undefined && zip.has(part))
        sheets.push({ name: attributeOf(event.tag, 'name') ?? '', is_hidden: state !== 'visible', part })
    }
  return { sheets, is_1904: is1904 }
}

/** Column of a cell reference, from 0. */
export const columnNo = (ref: string): number => {
  let no = 0
  for (let i = 0; i < ref.length; i++) {
    const code = ref.charCodeAt(i) & ~0x20
    if (code < 65 || code > 90) break
    no = no * 26 + code - 64
  }
  return no - 1
}
const rowNo = (ref: string): number => Number(/\d+$/.exec(ref)?.[0] ?? 0)

interface Merge {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
  value: unknown
}

/** Merged ranges stand behind the cells in the file, so they are looked for in a first pass. */
const readMerges = async (zip: Zip, part: string): Promise<Merge[]> => {
  const merges: Merge[] = []
  let rest = ''
  for await (const piece of texts(zip, part)) {
    const text = rest + piece
    for (const [, ref = ''] of text.matchAll(/<(?:\w+:)?mergeCell\s+ref="([^"]+)"/g)) {
      const [from = '', to = from] = ref.split(':')
      merges.push({ top: rowNo(from), bottom: rowNo(to), left: columnNo(from), right: columnNo(to), value: null })
    }
    if (merges.length > MAX_MERGES) throw new ArchiveRefused('合并单元格过多')
    const open = text.lastIndexOf('<')
    rest = open === -1 ? '' : text.slice(open, open + 4096)
    if (/mergeCell\s+ref="[^"]+"/.test(rest)) rest = ''
  }
  return merges.sort((a, b) => a.top - b.top)
}

/** Fills what merged cells cover, row after row. */
const filler = (merges: readonly Merge[]): ((line: number, values: unknown[]) => void) => {
  let next = 0
  let filled = 0
  let active: Merge[] = []
  return (line, values) => {
    while (next < merges.length && (merges[next] as Merge).top <= line) active.push(merges[next++] as Merge)
    if (active.length === 0) return
    active = active.filter((merge) => merge.bottom >= line)
    for (const merge of active) {
      if (line === merge.top) merge.value = values[merge.left] ?? null
      if (merge.value === null) continue
      const right = Math.min(merge.right, MAX_COLUMNS - 1)
      filled += Math.max(0, right - merge.left + 1)
      if (filled > MAX_FILLED) throw new ArchiveRefused('合并单元格过多')
      for (let column = merge.left; column <= right; column++) values[column] = merge.value
    }
  }
}

/** Excel keeps 15 digits; the 16th and 17th in the file are noise of the double. */
const numberOf = (text: string): number | CellError => {
  const value = Number(text)
  return Number.isFinite(value) ? Number(value.toPrecision(15)) : new CellError(text)
}

interface Reading {
  readonly strings: Strings
  readonly dates: readonly boolean[]
  readonly is_1904: boolean
  readonly has_unresolved: boolean
}

const cellValue = (cell: { type: string; style: number; text: string }, reading: Reading): unknown => {
  const { type, text } = cell
  if (type === 's') return reading.strings.at(Number(text))
  if (type === 'inlineStr' || type === 'str') return unescapeCell(text)
  if (text === '') return null
  if (type === 'b') return text === '1' || text === 'true'
  if (type === 'e') return new CellError(text)
  if (type === 'd') return text
  const value = numberOf(text)
  if (typeof value !== 'number' || !reading.dates[cell.style]) return value
  return serialText(value, reading.is_1904) ?? new CellError(text)
}

const NO_FORMULAS: readonly number[] = []

async function* sheetRows(zip: Zip, part: string, reading: Reading): AsyncGenerator<SheetRow> {
  const fill = filler(await readMerges(zip, part))
  let line = 0
  let column = -1
  let values: unknown[] = []
  let formulas: number[] = []
  let is_hidden = false
  let cell = { type: '', style: 0, text: '' }
  let inValue = false
  for await (const events of xmlEvents(texts(zip, part)))
    for (const event of events) {
      if (event.kind === 'text') {
        if (inValue) cell.text = grown(cell.text, event.text)
      } else if (event.name === 'v' || event.name === 't') inValue = event.kind === 'open'
      else if (event.name === 'f') {
        if (event.kind === 'open') formulas.push(column)
      } else if (event.name === 'c') {
        if (event.kind === 'close') {
          if (column < MAX_COLUMNS) values[column] = cellValue(cell, reading)
          continue
        }
        const { tag } = event
        const ref = plainAttributeOf(tag, 'r')
        column = ref === null ? column + 1 : columnNo(ref)
        cell = { type: plainAttributeOf(tag, 't') ?? 'n', style: Number(plainAttributeOf(tag, 's') ?? 0), text: '' }
      } else if (event.name === 'row') {
        if (event.kind === 'open') {
          const no = Number(attributeOf(event.tag, 'r') ?? line + 1)
          // Rows that are not written may still be covered by a merged cell, but such rows hold nothing else.
          line = no
          column = -1
          values = []
          formulas = []
          is_hidden = /\shidden="(?:1|true)"/.test(event.tag)
        } else {
          fill(line, values)
          const isUnresolved = reading.has_unresolved && formulas.some((index) => values[index] === null)
          if (isUnresolved || values.some((value) => value !== null && value !== undefined && value !== ''))
            yield { line, values, is_hidden, formulas: formulas.length > 0 ? formulas : NO_FORMULAS }
        }
      }
    }
}

const ROW_END = /<\/(?:\w+:)?row>/g
const HOLDS = /<(?:\w+:)?[vt][\s>]/

const countRows = async (zip: Zip, part: string): Promise<number> => {
  let count = 0
  let rest = ''
  for await (const piece of texts(zip, part)) {
    const text = rest + piece
    let start = 0
    for (const found of text.matchAll(ROW_END)) {
      if (HOLDS.test(text.slice(start, found.index))) count++
      start = found.index + found[0].length
    }
    rest = text.slice(start)
    if (rest.length > MAX_ROW) throw new ArchiveRefused('工作表中有超长的行')
  }
  return count
}

export const openWorkbook = async (path: string, maxUnpacked?: number): Promise<Workbook> => {
  const zip = await openZip(path, maxUnpacked)
  try {
    const { sheets, is_1904 } = await readSheets(zip)
    let reading: Promise<Omit<Reading, 'has_unresolved'>> | undefined
    return {
      sheets,
      is_1904,
      async *rows(name, { has_unresolved } = { has_unresolved: false }) {
        const sheet = sheets.find((one) => one.name === name)
        if (sheet === undefined) throw new ArchiveRefused(`没有工作表“${name}”`)
        reading ??= Promise.all([readStrings(zip), readDateStyles(zip)]).then(([strings, dates]) => ({
          strings,
          dates,
          is_1904,
        }))
        yield* sheetRows(zip, sheet.part, { ...(await reading), has_unresolved })
      },
      countRows: async (name) => {
        const sheet = sheets.find((one) => one.name === name)
        return sheet === undefined ? 0 : countRows(zip, sheet.part)
      },
      close: () => zip.close(),
    }
  } catch (error) {
    await zip.close()
    throw error
  }
}
