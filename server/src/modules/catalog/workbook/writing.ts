import { Readable } from 'node:stream'
import { REQUIREMENTS, type Standard } from '@sanjiang/contract/catalog'
import {
  type Cell,
  type CellValue,
  type ListRule,
  type Look,
  lettersOf,
  type SheetOut,
  workbookBytes,
} from '@sanjiang/tabular/xlsx-write'
import { type Column, codesOf, columnsOf } from './column.ts'
import { rowsOf } from './entry-cells.ts'
import { EXAMPLES } from './example.data.ts'
import { OWN_SHEETS } from './own-sheet.ts'
import type { Layout, WrittenEntry } from './workbook.ts'

const LAYOUT_TITLES: Readonly<Record<Layout, string>> = { full: '完整版', census: '普查版 30 列' }
const HEAD_ROWS = 2
/** How far down the lists reach; rows below are read all the same. */
const LIST_ROWS = 5_000

const look = (value: CellValue, one: Look): Cell => ({ value, look: one })

/** The standard by which a workbook was made is read again from this line. */
const titleOf = (standard: Standard, layout: Layout): string =>
  `政务信息资源目录（标准 ${standard.id} 第 ${standard.version} 版，${LAYOUT_TITLES[layout]}）`

const WIDTHS: Readonly<Record<string, number>> = { name: 32, summary: 48, share_condition: 32, provider_organ_id: 24 }
const widthOf = ({ key, kind, title }: Column): number =>
  WIDTHS[key] ??
  (kind === 'number' || kind === 'flag' || kind === 'date' ? 13 : Math.min(30, Math.max(15, title.length * 2)))

const headOf = (standard: Standard, layout: Layout, columns: readonly Column[]): Cell[][] => [
  [look(titleOf(standard, layout), 'title')],
  columns.map(({ title, is_required }) => look(title, is_required ? 'required' : 'heading')),
]

interface Code {
  readonly list: string
  readonly title: string
  readonly titles: readonly string[]
}

/** The lists of the columns, one column each on a sheet of their own. */
const codesUsed = (standard: Standard, columns: readonly Column[]): readonly Code[] => {
  const used = new Map<string, Code>()
  for (const { enumeration, title } of columns)
    if (enumeration !== null && !used.has(enumeration))
      used.set(enumeration, {
        list: enumeration,
        title,
        titles: codesOf(standard, enumeration).map((one) => one.title),
      })
  return [...used.values()].filter(({ titles }) => titles.length > 0)
}

const promptOf = ({ title, is_required, field }: Column): string =>
  `${title}：${is_required ? '必填' : REQUIREMENTS.titles[field?.required ?? 'no']}，从列表中选择`

const listsOf = (columns: readonly Column[], codes: readonly Code[]): ListRule[] =>
  columns.flatMap((column, index): ListRule[] => {
    const rule = {
      column: index,
      first_row: HEAD_ROWS + 1,
      last_row: LIST_ROWS,
      prompt: promptOf(column),
      is_strict: true,
    }
    if (column.kind === 'flag' || column.kind === 'is_open') return [{ ...rule, formula: '"是,否"' }]
    const place = codes.findIndex(({ list }) => list === column.enumeration)
    if (place === -1 || column.kind === 'codes') return []
    const letters = lettersOf(place)
    const last = codes[place]!.titles.length + 1
    return [{ ...rule, formula: `'${OWN_SHEETS.codes}'!$${letters}$2:$${letters}$${last}` }]
  })

const codeSheet = (codes: readonly Code[]): SheetOut => {
  const height = Math.max(0, ...codes.map(({ titles }) => titles.length))
  return {
    name: OWN_SHEETS.codes,
    widths: codes.map(() => 24),
    frozen_rows: 1,
    rows: [
      codes.map(({ title }) => look(title, 'heading')),
      ...Array.from({ length: height }, (_, row) => codes.map(({ titles }) => look(titles[row] ?? null, 'text'))),
    ],
  }
}

async function* entryRows(
  head: readonly Cell[][],
  entries: AsyncIterable<WrittenEntry> | Iterable<WrittenEntry>,
  sheet: Parameters<typeof rowsOf>[0],
): AsyncGenerator<readonly (CellValue | Cell)[]> {
  yield* head
  for await (const entry of entries) yield* rowsOf(sheet, entry)
}

interface Asked {
  readonly name: string
  readonly layout: Layout
  readonly entries: AsyncIterable<WrittenEntry> | Iterable<WrittenEntry>
  readonly columns: readonly Column[]
}

const entrySheet = (standard: Standard, { name, layout, entries, columns }: Asked): SheetOut => {
  return {
    name,
    widths: columns.map(widthOf),
    looks: columns.map(() => 'text'),
    frozen_rows: HEAD_ROWS,
    lists: listsOf(columns, codesUsed(standard, columns)),
    rows: entryRows(headOf(standard, layout, columns), entries, { standard, layout, columns }),
  }
}

/** Entries as a workbook that can be filled in further and imported again; an untouched one says the same again. */
export const writeWorkbook = (
  standard: Standard,
  layout: Layout,
  entries: AsyncIterable<WrittenEntry> | Iterable<WrittenEntry>,
): Readable => {
  const columns = columnsOf(standard, layout)
  const codes = codesUsed(standard, columns)
  const sheets = [entrySheet(standard, { name: OWN_SHEETS.entries, layout, entries, columns }), codeSheet(codes)]
  return Readable.from(workbookBytes(sheets), { objectMode: false })
}

const HINTS: Readonly<Record<string, string>> = {
  text: '文字',
  code: '从列表中选择',
  codes: '代码表中的一个或几个，之间用“；”分开',
  class: '分类代码，如 101007；也可写分类名称',
  credit_code: '18 位统一社会信用代码，单元格须为文本格式',
  number: '只填数字，不带单位；普查数量不掌握的填 0',
  flag: '填“是”或“否”',
  date: '如 2017-09-05；发布日期由平台在发布时填写',
  list: '多个之间用“；”分开',
  is_open: '填“是”或“否”；填“是”并写了开放条件的为有条件开放',
  basis: '法律《名称》第几条（文号）',
  basis_part: '不予共享时填写',
}

const GUIDE = [
  '一个资源占一行或几行：第一行填资源，每一行填一个信息项；同一资源以下各行的资源列留空即可。',
  '红字的列必填。带列表的列请从列表中选择；列的次序可以变，也可以删去用不到的列：没有的列在导入时保持条目原样。',
  '已有代码的条目（由平台导出的）按代码更新；没有代码的按提供方和名称查找，找不到的是新条目。代码、发布日期由平台给出，请勿改动。',
  '不予共享须有法律、行政法规或党中央、国务院政策依据。信息项的共享类型只能比资源更严。',
  '上传后先校验，不写入目录：每一处问题都标在单元格上，可下载带“校验结果”列的原文件，改好再传。',
]

const guideSheet = (standard: Standard, columns: readonly Column[]): SheetOut => ({
  name: OWN_SHEETS.guide,
  widths: [28, 14, 12, 14, 60],
  rows: [
    [look(`填写说明：${standard.title}（${standard.document_no}），${standard.dialect}`, 'title')],
    ...GUIDE.map((line) => [look(line, 'plain')]),
    [],
    ['列', '属于', '要求', '最长（字）', '怎样填'].map((text) => look(text, 'heading')),
    ...columns.map(({ title, is_item, is_required, field, kind, key }) => [
      look(title, 'text'),
      look(is_item ? '信息项' : key.startsWith('census.') ? '普查' : '资源', 'text'),
      look(is_required ? '必填' : REQUIREMENTS.titles[field?.required ?? 'no'], 'text'),
      look(field?.max_length ?? null, 'text'),
      look(HINTS[kind] ?? '', 'text'),
    ]),
  ],
})

export interface TemplateAsked {
  /** Whose template it is; stands in the examples. */
  readonly organ: string | null
  readonly layout?: Layout
}

/** An empty workbook of the standard: lists in its columns, two examples, how to fill in, and the codes. */
export const writeTemplate = async (
  standard: Standard,
  { organ, layout = 'full' }: TemplateAsked,
): Promise<Readable> => {
  // What is not in the catalogue yet has no revision.
  const columns = columnsOf(standard, layout).filter(({ kind }) => kind !== 'revision')
  const examples = EXAMPLES.map((content) => ({
    code: null,
    content,
    provider_name: organ ?? '（提供方全称）',
    provider_code: null,
    published_on: null,
    revision: null,
  }))
  const sheets = [
    entrySheet(standard, { name: OWN_SHEETS.entries, layout, entries: [], columns }),
    entrySheet(standard, { name: OWN_SHEETS.examples, layout, entries: examples, columns }),
    guideSheet(standard, columns),
    codeSheet(codesUsed(standard, columns)),
  ]
  return Readable.from(workbookBytes(sheets), { objectMode: false })
}
