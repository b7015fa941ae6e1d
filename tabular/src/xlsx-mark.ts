import { decoded } from './encoding.ts'
import { columnNo, readSheets } from './xlsx.ts'
import { lettersOf, textCell } from './xlsx-write.ts'
import { attributeOf } from './xml.ts'
import { ArchiveRefused, openZip, type Zip } from './zip.ts'
import { type ZipFile, zipBytes } from './zip-write.ts'

/** What is written into a workbook that stays as it is otherwise: one column of words, and colour on cells. */
export interface SheetMarks {
  readonly sheet: string
  /** Where the words go, from 0; what stands there is replaced. */
  readonly column: number
  /** Words by row. */
  readonly words: ReadonlyMap<number, string>
  /** Colours by row and column (from 0). */
  readonly colours: ReadonlyMap<number, ReadonlyMap<number, Colour>>
}
export type Colour = 'wrong' | 'doubtful'

const COLOURS: Readonly<Record<Colour, string>> = { wrong: 'FFFFC7CE', doubtful: 'FFFFEB9C' }
const MAX_STYLES = 16 * 1_048_576
const MAX_ROW = 8 * 1_048_576
const WIDTH = 60

const texts = (zip: Zip, name: string): AsyncIterable<string> =>
  decoded(zip.read(name), { encoding: 'utf-8', bom: 0, is_broken: false })

const wholeText = async (zip: Zip, name: string): Promise<string> => {
  let text = ''
  for await (const piece of texts(zip, name)) {
    text += piece
    if (text.length > MAX_STYLES) throw new ArchiveRefused('样式表过大')
  }
  return text
}

const CELL_XFS = /(<(\w+:)?cellXfs\b[^>]*>)([\s\S]*?)(<\/(?:\w+:)?cellXfs>)/
const FILLS = /(<(\w+:)?fills\b[^>]*>)([\s\S]*?)(<\/(?:\w+:)?fills>)/
const XF = /<(?:\w+:)?xf\b[^>]*?(?:\/>|>[\s\S]*?<\/(?:\w+:)?xf>)/g

/** Styles of the workbook, and those that are theirs with another fill. */
class Styles {
  readonly #text: string
  readonly #xfs: readonly string[]
  readonly #fillCount: number
  readonly #more: { readonly xml: string }[] = []
  readonly #known = new Map<string, number>()
  constructor(text: string) {
    this.#text = text
    this.#xfs = CELL_XFS.exec(text)?.[3]?.match(XF) ?? []
    this.#fillCount = FILLS.exec(text)?.[3]?.match(/<(?:\w+:)?fill\b/g)?.length ?? 0
  }

  /** Whether the workbook has styles at all that others can be made of. */
  get canColour(): boolean {
    return this.#xfs.length > 0 && this.#fillCount > 0
  }

  coloured(style: number, colour: Colour): number {
    const key = `${style} ${colour}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const fill = this.#fillCount + (colour === 'wrong' ? 0 : 1)
    const base = (this.#xfs[style] ?? this.#xfs[0] ?? '').replace(/\s(?:fillId|applyFill)="[^"]*"/g, '')
    const no = this.#xfs.length + this.#more.length
    this.#more.push({ xml: base.replace(/^<((?:\w+:)?xf)\b/, `<$1 fillId="${fill}" applyFill="1"`) })
    this.#known.set(key, no)
    return no
  }

  text(): string {
    const grown = (head: string, count: number) => head.replace(/\scount="[^"]*"/, ` count="${count}"`)
    const fill = (prefix: string, colour: Colour) =>
      `<${prefix}fill><${prefix}patternFill patternType="solid"><${prefix}fgColor rgb="${COLOURS[colour]}"/><${prefix}bgColor indexed="64"/></${prefix}patternFill></${prefix}fill>`
    return this.#text
      .replace(
        FILLS,
        (_, head: string, prefix: string | undefined, inner: string, tail: string) =>
          grown(head, this.#fillCount + 2) +
          inner +
          fill(prefix ?? '', 'wrong') +
          fill(prefix ?? '', 'doubtful') +
          tail,
      )
      .replace(
        CELL_XFS,
        (_, head: string, __: unknown, inner: string, tail: string) =>
          grown(head, this.#xfs.length + this.#more.length) + inner + this.#more.map(({ xml }) => xml).join('') + tail,
      )
  }
}

const CELL = /<(\w+:)?c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?c>)/g

interface CellXml {
  readonly column: number
  readonly xml: string
}

const withStyle = (xml: string, style: number): string => {
  const bare = xml.replace(/^(<(?:\w+:)?c\b[^>]*?)\ss="[^"]*"/, '$1')
  return bare.replace(/^<((?:\w+:)?c)\b/, `<$1 s="${style}"`)
}

interface RowMarks {
  readonly row: number
  readonly prefix: string
  readonly words: string | undefined
  readonly colours: ReadonlyMap<number, Colour>
  readonly column: number
}

const markedCells = (inner: string, marks: RowMarks, styles: Styles): string => {
  const cells: CellXml[] = []
  let last = -1
  for (const [xml, , attributes = ''] of inner.matchAll(CELL)) {
    const ref = attributeOf(attributes, 'r')
    last = ref === null ? last + 1 : columnNo(ref)
    const colour = styles.canColour ? marks.colours.get(last) : undefined
    const style = Number(attributeOf(attributes, 's') ?? 0)
    if (last !== marks.column)
      cells.push({ column: last, xml: colour ? withStyle(xml, styles.coloured(style, colour)) : xml })
  }
  const present = new Set(cells.map(({ column }) => column))
  const { prefix } = marks
  for (const [column, colour] of marks.colours)
    if (styles.canColour && !present.has(column) && column !== marks.column)
      cells.push({
        column,
        xml: `<${prefix}c r="${lettersOf(column)}${marks.row}" s="${styles.coloured(0, colour)}"/>`,
      })
  if (marks.words !== undefined) {
    const xml = textCell(lettersOf(marks.column) + marks.row, marks.words)
    cells.push({ column: marks.column, xml: prefix === '' ? xml : xml.replace(/<(\/?)(c|is|t)\b/g, `<$1${prefix}$2`) })
  }
  return cells
    .sort((one, other) => one.column - other.column)
    .map(({ xml }) => xml)
    .join('')
}

const ROW = /<((?:\w+:)?)row\b([^>]*?)(\/>|>)/

const NONE: ReadonlyMap<number, Colour> = new Map()

interface Rewriting {
  readonly marks: SheetMarks
  readonly styles: Styles
}

/** One row with its marks; `text` begins at its tag. */
const markedRow = (text: string, row: number, { marks, styles }: Rewriting): string => {
  const [tag = '', prefix = '', attributes = '', end] = ROW.exec(text) ?? []
  const one: RowMarks = {
    row,
    prefix,
    words: marks.words.get(row),
    colours: marks.colours.get(row) ?? NONE,
    column: marks.column,
  }
  const head = `<${prefix}row${attributes.replace(/\sspans="[^"]*"/, '')}>`
  const inner = end === '/>' ? '' : text.slice(tag.length, text.lastIndexOf('</'))
  return `${head}${markedCells(inner, one, styles)}</${prefix}row>`
}

/** The column of words is made wide enough, where the sheet says how wide its columns are. */
const widened = (preamble: string, column: number): string => {
  const [, inner] = /<(?:\w+:)?cols>([\s\S]*?)<\/(?:\w+:)?cols>/.exec(preamble) ?? []
  const lasts = Array.from((inner ?? '').matchAll(/\bmax="(\d+)"/g), ([, max]) => Number(max))
  if (inner === undefined || Math.max(0, ...lasts) > column) return preamble
  return preamble.replace(
    /<\/((?:\w+:)?)cols>/,
    `<$1col min="${column + 1}" max="${column + 1}" width="${WIDTH}" customWidth="1"/></$1cols>`,
  )
}

async function* markedSheet(pieces: AsyncIterable<string>, rewriting: Rewriting): AsyncGenerator<string> {
  let text = ''
  let row = 0
  let isInRows = false
  for await (const piece of pieces) {
    text += piece
    let out = ''
    for (;;) {
      const found = ROW.exec(text)
      if (!found) break
      const [tag, , attributes = '', end] = found
      const close =
        end === '/>' ? found.index + tag.length : text.indexOf('>', text.indexOf(`</${found[1]}row`, found.index)) + 1
      if (end !== '/>' && text.indexOf(`</${found[1]}row`, found.index) === -1) break
      const before = text.slice(0, found.index)
      out += isInRows ? before : widened(before, rewriting.marks.column)
      isInRows = true
      row = Number(attributeOf(attributes, 'r') ?? row + 1)
      out += markedRow(text.slice(found.index, close), row, rewriting)
      text = text.slice(close)
    }
    // What cannot be the beginning of a row goes out at once; a row is kept until it is whole.
    const open = text.search(/<(?:\w+:)?row\b/)
    const keep = open === -1 ? Math.max(0, text.lastIndexOf('<')) : open
    if (isInRows && keep > 0) {
      out += text.slice(0, keep)
      text = text.slice(keep)
    }
    if (text.length > MAX_ROW) throw new ArchiveRefused('工作表中有超长的行')
    if (out !== '') yield out
  }
  yield text
}

async function* oneText(text: () => string): AsyncGenerator<string> {
  yield text()
}

async function* partsOf(zip: Zip, all: readonly SheetMarks[]): AsyncGenerator<ZipFile> {
  const { sheets } = await readSheets(zip)
  const stylesPart = 'xl/styles.xml'
  const styles = new Styles(zip.has(stylesPart) ? await wholeText(zip, stylesPart) : '')
  const byPart = new Map(sheets.map(({ name, part }) => [part, all.find(({ sheet }) => sheet === name)]))
  for (const name of zip.names) {
    const marks = byPart.get(name)
    if (name === stylesPart || name.endsWith('/')) continue
    yield { path: name, content: marks ? markedSheet(texts(zip, name), { marks, styles }) : zip.read(name) }
  }
  // Last, when every sheet has said which styles it needs.
  if (zip.has(stylesPart)) yield { path: stylesPart, content: oneText(() => styles.text()) }
}

/** The same workbook with marks on some of its sheets, piece by piece. */
export async function* markedBytes(path: string, all: readonly SheetMarks[]): AsyncGenerator<Buffer> {
  const zip = await openZip(path)
  try {
    yield* zipBytes(partsOf(zip, all))
  } finally {
    await zip.close()
  }
}
