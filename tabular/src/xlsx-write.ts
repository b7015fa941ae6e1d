import { type ZipFile, zipBytes } from './zip-write.ts'

const MAX_CELL = 32_767
const BATCH_CHARS = 65_536
/** A double holds 15 digits; longer numbers stay text so that none is lost. */
const MAX_DIGITS = 15
/** What XML cannot hold, and what would be taken for the way it is written instead. */
const UNFIT = /(?![\t\n])\p{Cc}|[\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)/gu
const MARKUP: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A text too long for a cell of a workbook. */
export class CellTooLong extends Error {
  readonly text: string
  constructor(text: string) {
    super('XLSX 单元格最多 32767 个字符')
    this.name = 'CellTooLong'
    this.text = text
  }
}

export const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (one) => MARKUP[one] as string)

/** Text as SpreadsheetML holds it: `_x000D_` for a character that XML cannot hold. */
export const cellText = (text: string): string => {
  if (text.length > MAX_CELL) throw new CellTooLong(text)
  return escapeXml(text.replace(UNFIT, (one) => `_x${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`))
}

/** Letters of a column counted from 0. */
export const lettersOf = (column: number): string =>
  column < 26
    ? String.fromCharCode(65 + column)
    : lettersOf(Math.floor(column / 26) - 1) + String.fromCharCode(65 + (column % 26))

/** Looks a cell can have; every one writes text as text (`@`), so that nothing typed later is turned into a date or number. */
export const LOOKS = ['plain', 'text', 'heading', 'required', 'title', 'note', 'wrong', 'doubtful', 'number'] as const
export type Look = (typeof LOOKS)[number]

/** Digits that are written as a number although they came as text. */
export interface Digits {
  readonly digits: string
}
export type CellValue = string | number | boolean | Digits | null | undefined
export interface Cell {
  readonly value: CellValue
  readonly look: Look
}
const isCell = (cell: CellValue | Cell): cell is Cell => typeof cell === 'object' && cell !== null && 'look' in cell

export interface ListRule {
  /** Columns counted from 0. */
  readonly column: number
  readonly first_row: number
  readonly last_row: number
  /** A formula that gives the list, such as `代码表!$B$2:$B$9`. */
  readonly formula: string
  readonly prompt: string
  /** Whether other values are stopped, or only asked about. */
  readonly is_strict: boolean
}

export interface SheetOut {
  readonly name: string
  readonly rows: AsyncIterable<readonly (CellValue | Cell)[]> | Iterable<readonly (CellValue | Cell)[]>
  readonly widths?: readonly number[]
  /** How cells of a column look unless they say otherwise. */
  readonly looks?: readonly Look[]
  readonly frozen_rows?: number
  /** Ranges such as `A1:D1`. */
  readonly merges?: readonly string[]
  readonly lists?: readonly ListRule[]
}

const styled = (look: Look): string => (look === 'plain' ? '' : ` s="${LOOKS.indexOf(look)}"`)

export const textCell = (ref: string, text: string, style = ''): string =>
  `<c r="${ref}"${style} t="inlineStr"><is><t xml:space="preserve">${cellText(text)}</t></is></c>`

const cellXml = (ref: string, value: CellValue, look: Look): string => {
  if (value === null || value === undefined) return look === 'plain' ? '' : `<c r="${ref}"${styled(look)}/>`
  if (typeof value === 'boolean') return `<c r="${ref}"${styled(look)} t="b"><v>${value ? 1 : 0}</v></c>`
  if (typeof value === 'string') return textCell(ref, value, styled(look))
  const text = typeof value === 'number' ? String(value) : value.digits
  if (text.replace(/\D/g, '').length > MAX_DIGITS) return textCell(ref, text, styled(look))
  return `<c r="${ref}"${look === 'text' ? styled('number') : styled(look)}><v>${text}</v></c>`
}

const viewXml = (rows: number): string =>
  `<sheetViews><sheetView workbookViewId="0"><pane ySplit="${rows}" topLeftCell="A${rows + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`

const columnsXml = ({ widths, looks }: SheetOut): string =>
  `<cols>${widths!.map((width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}"${styled(looks?.[index] ?? 'plain').replace(' s=', ' style=')} customWidth="1"/>`).join('')}</cols>`

const listXml = ({ column, first_row, last_row, formula, prompt, is_strict }: ListRule): string => {
  const letters = lettersOf(column)
  return (
    `<dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" errorStyle="${is_strict ? 'stop' : 'warning'}" ` +
    `error="请从列表中选择" prompt="${escapeXml(prompt.slice(0, 250))}" sqref="${letters}${first_row}:${letters}${last_row}">` +
    `<formula1>${escapeXml(formula)}</formula1></dataValidation>`
  )
}

const tailXml = ({ merges = [], lists = [] }: SheetOut): string =>
  (merges.length > 0
    ? `<mergeCells count="${merges.length}">${merges.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`
    : '') +
  (lists.length > 0 ? `<dataValidations count="${lists.length}">${lists.map(listXml).join('')}</dataValidations>` : '')

async function* sheetXml(sheet: SheetOut): AsyncGenerator<string> {
  let xml = `${DECLARATION}<worksheet xmlns="${MAIN}">`
  if (sheet.frozen_rows) xml += viewXml(sheet.frozen_rows)
  if (sheet.widths) xml += columnsXml(sheet)
  xml += '<sheetData>'
  const letters: string[] = []
  let no = 0
  for await (const cells of sheet.rows) {
    no++
    xml += `<row r="${no}">`
    for (const [index, cell] of cells.entries()) {
      letters[index] ??= lettersOf(index)
      const ref = letters[index] + no
      xml += isCell(cell) ? cellXml(ref, cell.value, cell.look) : cellXml(ref, cell, sheet.looks?.[index] ?? 'plain')
    }
    xml += '</row>'
    if (xml.length < BATCH_CHARS) continue
    yield xml
    xml = ''
  }
  yield `${xml}</sheetData>${tailXml(sheet)}</worksheet>`
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

const solid = (rgb: string): string =>
  `<fill><patternFill patternType="solid"><fgColor rgb="FF${rgb}"/><bgColor indexed="64"/></patternFill></fill>`
const WRAPPED = '<alignment vertical="top" wrapText="1"/>'
const CENTRED = '<alignment horizontal="center" vertical="center" wrapText="1"/>'
const xf = (parts: { format: number; font: number; fill: number; border: number }, alignment: string): string =>
  `<xf numFmtId="${parts.format}" fontId="${parts.font}" fillId="${parts.fill}" borderId="${parts.border}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">${alignment}</xf>`
const TEXT_FORMAT = 49
const XFS: Readonly<Record<Look, string>> = {
  plain: '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
  text: xf({ format: TEXT_FORMAT, font: 0, fill: 0, border: 0 }, WRAPPED),
  heading: xf({ format: TEXT_FORMAT, font: 1, fill: 2, border: 1 }, CENTRED),
  required: xf({ format: TEXT_FORMAT, font: 2, fill: 2, border: 1 }, CENTRED),
  title: xf({ format: TEXT_FORMAT, font: 3, fill: 0, border: 0 }, '<alignment vertical="center"/>'),
  note: xf({ format: TEXT_FORMAT, font: 4, fill: 0, border: 0 }, WRAPPED),
  wrong: xf({ format: TEXT_FORMAT, font: 0, fill: 3, border: 0 }, WRAPPED),
  doubtful: xf({ format: TEXT_FORMAT, font: 0, fill: 4, border: 0 }, WRAPPED),
  number: xf({ format: 0, font: 0, fill: 0, border: 0 }, WRAPPED),
}
const font = (more: string, size = 11): string =>
  `<font>${more}<sz val="${size}"/><name val="宋体"/></font>`.replace(
    /<font>(<b\/>)?(<color [^>]*>)?(<sz [^>]*>)/,
    '<font>$1$3$2',
  )
const EDGE = ['left', 'right', 'top', 'bottom'].map((side) => `<${side} style="thin"><color rgb="FFBFBFBF"/></${side}>`)
const STYLES =
  `<styleSheet xmlns="${MAIN}"><fonts count="5">${font('')}${font('<b/>')}${font('<b/><color rgb="FFC00000"/>')}${font('<b/>', 14)}${font('<color rgb="FF7F7F7F"/>')}</fonts>` +
  `<fills count="5"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>${solid('E8EEF7')}${solid('FFC7CE')}${solid('FFEB9C')}</fills>` +
  `<borders count="2"><border><left/><right/><top/><bottom/></border><border>${EDGE.join('')}</border></borders>` +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  `<cellXfs count="${LOOKS.length}">${LOOKS.map((look) => XFS[look]).join('')}</cellXfs></styleSheet>`

const sheetPath = (index: number): string => `xl/worksheets/sheet${index + 1}.xml`

const frame = (sheets: readonly SheetOut[]): readonly (readonly [path: string, xml: string])[] => [
  [
    '[Content_Types].xml',
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>` +
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
      `<Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/>` +
      `<Override PartName="/xl/styles.xml" ContentType="${TYPES}.styles+xml"/>` +
      sheets
        .map((_, index) => `<Override PartName="/${sheetPath(index)}" ContentType="${TYPES}.worksheet+xml"/>`)
        .join('') +
      '</Types>',
  ],
  [
    '_rels/.rels',
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ],
  [
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets
      .map(({ name }, index) => `<sheet name="${escapeXml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`)
      .join('')}</sheets></workbook>`,
  ],
  [
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="${PACKAGE}/relationships">${sheets
      .map(
        (_, index) =>
          `<Relationship Id="rId${index + 1}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
      )
      .join(
        '',
      )}<Relationship Id="rId${sheets.length + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
  ],
  ['xl/styles.xml', STYLES],
]

function* partsOf(sheets: readonly SheetOut[]): Generator<ZipFile> {
  for (const [path, xml] of frame(sheets)) yield { path, content: [DECLARATION + xml] }
  for (const [index, sheet] of sheets.entries()) yield { path: sheetPath(index), content: sheetXml(sheet) }
}

/** A workbook piece by piece, its sheets row by row in the order given. */
export const workbookBytes = (sheets: readonly SheetOut[]): AsyncGenerator<Buffer> => zipBytes(partsOf(sheets))
