import { CellError, serialText } from '@sanjiang/tabular/xlsx'
import { NO, NOTHING, YES } from './code.data.ts'
import { wordKey } from './near.ts'

/** Rules of reading; what the standard's own rules say comes later and apart. */
export const READING = {
  W01: '表格软件的错误值',
  W02: '公式没有保存结果',
  W03: '号码被表格软件舍入',
  W04: '不在取值范围',
  W05: '不是数字',
  W06: '日期无法识别',
  W07: '超出可保存的长度',
  W08: '按通常含义读取',
  W09: '同一资源的各行不一致',
  W10: '整行未读取',
  W11: '公式取其保存的结果',
  W12: '隐藏行',
} as const
export type ReadingRule = keyof typeof READING
export const READING_CLAUSE = '工作簿读取规则'

/** Something to say about a cell. */
export interface Remark {
  readonly rule: ReadingRule
  readonly level: 'error' | 'warning'
  readonly message: string
}

/** A value as read, with what there is to say about it. */
export interface Read<T> {
  readonly value: T | null
  readonly remark?: Remark
}

const wrong = (rule: ReadingRule, message: string): Read<never> => ({
  value: null,
  remark: { rule, level: 'error', message },
})
const guessed = <T extends number | string>(value: T | null, message: string): Read<T> => ({
  value,
  remark: { rule: 'W08', level: 'warning', message },
})

/** From here on a spreadsheet has rounded the number. */
const LOSSY = 1e15
const quoted = (text: string): string => `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`
export const cellError = ({ text }: CellError): Read<never> => wrong('W01', `单元格是错误值 ${text}`)

export const isBlank = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'string' && value.trim() === '')

/** What stands in a cell as text; numbers and flags as they show. */
export const asText = (value: unknown): Read<string> => {
  if (value instanceof CellError) return cellError(value)
  if (typeof value === 'number') {
    if (Math.abs(value) >= LOSSY)
      return wrong('W03', `${value} 存成了数字，超过 15 位已被表格软件舍入，请改为文本格式后重新填写`)
    return { value: String(value) }
  }
  if (typeof value === 'boolean') return { value: value ? '是' : '否' }
  return { value: isBlank(value) ? null : String(value).trim() }
}

const SCIENTIFIC = /^\d(?:\.\d+)?e\+?\d{2}$/i

/** Codes of many digits: a text such as 9.1163E+17 is what a spreadsheet left of one. */
export const asNumberCode = (value: unknown): Read<string> => {
  const read = asText(value)
  if (read.value !== null && SCIENTIFIC.test(read.value))
    return wrong('W03', `${quoted(read.value)}是被表格软件改成科学计数的号码，请改为文本格式后重新填写`)
  return read
}

export const isNothing = (text: string): boolean => NOTHING.includes(wordKey(text))

const NUMBER = /^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d+)?$/i
const WITH_UNIT =
  /^([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(?:g|gb|万|万条|万行|条|位|字节|字符|个字符|个汉字|个字|byte|bytes)$/i
const PRECISION = /^(\d{1,5})\s*[,，.]\s*\d{1,3}$/

export const asNumber = (value: unknown, isLength: boolean): Read<number> => {
  if (value instanceof CellError) return cellError(value)
  if (typeof value === 'number') return { value }
  if (isBlank(value)) return { value: null }
  const text = String(value).normalize('NFKC').trim()
  const precision = isLength ? PRECISION.exec(text.replace(/^\((.*)\)$/, '$1')) : null
  if (precision) return guessed(Number(precision[1]), `${quoted(text)}取其总位数 ${precision[1]}`)
  if (/\d/.test(text) && NUMBER.test(text)) return { value: Number(text.replaceAll(',', '')) }
  const unit = WITH_UNIT.exec(text)
  if (unit)
    return guessed(Number(unit[1]!.replaceAll(',', '')), `${quoted(text)}按 ${unit[1]} 读取：只填数字，不带单位`)
  if (isNothing(text)) return guessed<number>(null, `${quoted(text)}按未填处理`)
  return wrong('W05', `${quoted(text)}不是数字`)
}

export const asFlag = (value: unknown): Read<boolean> => {
  if (value instanceof CellError) return cellError(value)
  if (typeof value === 'boolean') return { value }
  if (isBlank(value)) return { value: null }
  const key = wordKey(String(value))
  if (YES.includes(key)) return { value: true }
  if (NO.includes(key)) return { value: false }
  return NOTHING.includes(key) ? { value: false } : wrong('W04', `${quoted(String(value))}请改为“是”或“否”`)
}

const DATES = [
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[\sT]+[\d:.]+Z?)?$/,
  /^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?$/,
  /^(\d{4})(\d{2})(\d{2})$/,
]

const dayOf = (year: number, month: number, day: number): string | null => {
  const at = new Date(Date.UTC(year, month - 1, day))
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day || year < 1900 || year > 2999) return null
  return at.toISOString().slice(0, 10)
}

export const asDate = (value: unknown, is1904: boolean): Read<string> => {
  if (value instanceof CellError) return cellError(value)
  if (isBlank(value)) return { value: null }
  const text = String(value).normalize('NFKC').trim()
  for (const rule of DATES) {
    const [, year, month, day] = rule.exec(text) ?? []
    if (year === undefined) continue
    const date = dayOf(Number(year), Number(month), Number(day))
    return date === null ? wrong('W06', `没有${quoted(text)}这一天`) : { value: date }
  }
  // A serial number whose cell was not told to be a date; below 1954 it is hardly one.
  if (typeof value === 'number' && value >= 20_000 && value < 80_000)
    return { value: serialText(Math.floor(value), is1904) }
  if (isNothing(text)) return guessed<string>(null, `${quoted(text)}按未填处理`)
  return wrong('W06', `${quoted(text)}不是日期，请写成 2017-09-05`)
}

const PARTS = /"((?:[^"]|"")*)"|[^；;、,，\n]+/g

/** Several words in one cell; one that contains a separator stands in quotes. */
export const asList = (value: unknown): Read<string[]> => {
  const read = asText(value)
  if (read.value === null) return { value: [], remark: read.remark }
  const parts = Array.from(read.value.matchAll(PARTS), ([whole, inner]) =>
    inner === undefined ? whole.trim() : inner.replaceAll('""', '"'),
  )
  return { value: [...new Set(parts)].filter((one) => one !== '') }
}

export const writtenList = (words: readonly string[]): string =>
  words.map((word) => (/["；;、,，\n\r]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word)).join('；')
