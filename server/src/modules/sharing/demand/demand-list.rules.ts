import { nameKey } from '@sanjiang/contract/catalog'
import { ACCESS_MODES, type DemandDraft, FREQUENCIES, PURPOSES } from '@sanjiang/contract/sharing'

/** Headings of the 需求清单 template and what people call them. */
const HEADINGS: Record<string, readonly string[]> = {
  name: ['所需信息资源名称', '信息资源名称', '资源名称', '需求名称', '所需数据', '名称'],
  supplier: ['提供方', '信息资源提供方', '提供部门', '数据提供部门', '来源部门', '责任部门'],
  description: ['资源描述', '信息资源摘要', '需求描述', '描述', '说明'],
  items: ['信息项', '所需信息项', '数据项', '字段'],
  is_obtained: ['是否已获取', '是否获取', '是否已取得'],
  access_mode: ['建议获取方式', '获取方式', '共享方式'],
  frequency: ['期望使用频率', '使用频率', '更新频率', '频率'],
  purpose: ['用途', '使用用途', '数据用途'],
  inner_unit: ['所需内设机构', '所需机构', '所需(内设)机构', '内设机构', '处室', '使用处室'],
}
const COLUMN_OF = new Map(
  Object.entries(HEADINGS).flatMap(([field, words]) => words.map((word) => [nameKey(word), field] as const)),
)

export const MAX_ROWS = 500

export interface ListedRow {
  readonly line: number
  readonly supplier: string
  readonly draft: DemandDraft
  readonly faults: readonly string[]
}

const QUOTE = '"'

/** Comma- or tab-separated cells, quoted or not; an unclosed quote takes what is left. */
export const cellsOf = (text: string): string[][] => {
  const source = text
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n')
  const first = source.slice(0, source.indexOf('\n') === -1 ? source.length : source.indexOf('\n'))
  const comma = first.includes('\t') ? '\t' : ','
  const rows: string[][] = [[]]
  let cell = ''
  let isQuoted = false
  const endCell = () => {
    rows.at(-1)!.push(cell.trim())
    cell = ''
  }
  for (let at = 0; at < source.length; at++) {
    const sign = source[at]!
    if (isQuoted) {
      if (sign !== QUOTE) cell += sign
      else if (source[at + 1] === QUOTE) {
        cell += QUOTE
        at++
      } else isQuoted = false
    } else if (sign === QUOTE && cell.trim() === '') {
      isQuoted = true
      cell = ''
    } else if (sign === comma) endCell()
    else if (sign === '\n') {
      endCell()
      rows.push([])
    } else cell += sign
  }
  endCell()
  return rows
}

const codeOf = <C extends string>(titles: Record<C, string>, text: string): C | undefined =>
  (Object.entries(titles) as [C, string][]).find(([code, title]) => text === code || text === title)?.[0] ??
  (Object.entries(titles) as [C, string][]).find(
    ([, title]) => text.includes(title) || (text !== '' && title.includes(text)),
  )?.[0]

const MODE_WORDS: Record<string, DemandDraft['access_mode']> = {
  服务: 'api',
  数据库: 'table',
  库: 'table',
  文件下载: 'file',
}
const YES = new Set(['是', '已获取', '已取得', 'y', 'yes', '√', '1'])

interface Defaults {
  readonly wanted_on: string
  readonly purpose_ref: string
}

// Letters that cannot be stored or shown: a file read in the wrong encoding, or no text at all.
const isJunk = (text: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd]/.test(text)

const toRow = (line: number, field: (name: string) => string, defaults: Defaults): ListedRow => {
  const faults: string[] = []
  const name = field('name')
  if (nameKey(name).length < 2) faults.push('所需信息资源名称不能为空')
  if (name.length > 200) faults.push('名称超过 200 个字')
  const purpose = field('purpose')
  const purpose_code = codeOf(PURPOSES.titles, purpose)
  const frequency = field('frequency')
  const frequency_code = codeOf(FREQUENCIES.titles, frequency)
  if (frequency && !frequency_code) faults.push(`看不懂的使用频率“${frequency.slice(0, 20)}”`)
  const mode = field('access_mode')
  const access_mode = codeOf(ACCESS_MODES.titles, mode) ?? MODE_WORDS[mode]
  if (mode && !access_mode) faults.push(`看不懂的获取方式“${mode.slice(0, 20)}”`)
  const items = field('items')
    .split(/[、，,；;\s]+/)
    .filter(Boolean)
  if (items.length > 60) faults.push('信息项超过 60 个')
  const all = [name, field('supplier'), field('description'), purpose, field('inner_unit'), ...items].join('')
  if (isJunk(all)) faults.push('含有无法识别的字符，请检查文件编码')
  const description = [field('description'), purpose_code ? '' : purpose].filter(Boolean).join('；')
  if (description.length > 2000) faults.push('描述超过 2000 个字')
  return {
    line,
    supplier: field('supplier').slice(0, 200),
    faults,
    draft: {
      ...defaults,
      name: name.slice(0, 200),
      description: description.slice(0, 2000),
      items: items.map((item) => item.slice(0, 100)),
      purpose_code: purpose_code ?? 'work_reference',
      inner_unit: field('inner_unit').slice(0, 100),
      access_mode,
      frequency: frequency_code,
      is_obtained: YES.has(field('is_obtained').toLowerCase()),
    },
  }
}

const fieldsOf = (cells: readonly string[]): (string | undefined)[] => cells.map((cell) => COLUMN_OF.get(nameKey(cell)))

export type ReadList = { readonly rows: ListedRow[] } | { readonly fault: string }

/** Reads a 需求清单: the heading row is looked for among the first ten, so that a title above it does not matter. */
export const readList = (text: string, defaults: Defaults): ReadList => {
  const table = cellsOf(text)
  const head = table.slice(0, 10).findIndex((cells) => fieldsOf(cells).includes('name'))
  if (head === -1) return { fault: '没有找到表头：至少要有“所需信息资源名称”一列' }
  const fields = fieldsOf(table[head]!)
  const body = table
    .map((cells, index) => ({ cells, line: index + 1 }))
    .slice(head + 1)
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
  if (body.length > MAX_ROWS) return { fault: `一次最多 ${MAX_ROWS} 行，这里有 ${body.length} 行` }
  const at = (cells: readonly string[]) => (name: string) => cells[fields.indexOf(name)] ?? ''
  return { rows: body.map(({ cells, line }) => toRow(line, at(cells), defaults)) }
}
