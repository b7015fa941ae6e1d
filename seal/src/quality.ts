import type { DataType } from './row.ts'
import { type ByteTest, byteFormat } from './row-format.ts'
import { compareDecimals } from './row-key.ts'
import { ByteMemo, fieldText } from './row-memo.ts'
import { passWords } from './row-words.ts'
import { SealError } from './seal-error.ts'

// Quality rules at the border: bad rows are named one by one while the rest of the chunk goes on (T8.1).

/** A rule beyond the common ones, such as a check digit: `test` of a text must always answer the same. */
export interface ItemCheck {
  readonly rule: string
  readonly reason: string
  readonly test: (text: string) => boolean
}

export interface ItemRules {
  readonly name_en: string
  readonly data_type: DataType
  readonly required: boolean
  /** Characters of a text, digits of a number; null is unlimited. Nothing for dates, times and logical values. */
  readonly length: number | null
  readonly codes?: readonly string[]
  /** Both bounds included, canonical text; numbers by value, everything else as text. */
  readonly range?: { readonly min?: string | undefined; readonly max?: string | undefined }
  readonly checks?: readonly ItemCheck[]
}

export interface BadRow {
  /** From 0 in the chunk that was checked; `start` and `end` are its bytes there, without LF. */
  readonly line: number
  readonly start: number
  readonly end: number
  readonly item: string
  readonly rule: string
  /** In Chinese, and never the value itself. */
  readonly reason: string
}

export interface Checked {
  /** The good lines; the very same bytes when all are good. */
  readonly body: Uint8Array
  readonly rows: number
  /** First finding of each bad row. */
  readonly bad: readonly BadRow[]
}

interface Verdict {
  readonly rule: string
  readonly reason: string
}

const TAB = 9
const LF = 10
const BACKSLASH = 0x5c
const TEXT = new Set<DataType>(['C', 'M', 'G'])
const NUMBERS = new Set<DataType>(['N', 'Y', 'I', 'B', 'F'])

const REQUIRED: Verdict = { rule: 'required', reason: '必填项为空' }
const UNREADABLE: Verdict = { rule: 'format', reason: '文本编码不合规' }
const TYPE_NAMES: Partial<Record<DataType, string>> = {
  N: '数值',
  Y: '金额',
  I: '整数',
  B: '数值',
  F: '数值',
  D: '日期',
  T: '日期时间',
  L: '逻辑值',
}

const rangeCheck = ({ data_type, range }: ItemRules): ItemCheck[] => {
  if (range === undefined) return []
  const { min, max } = range
  const order = NUMBERS.has(data_type) ? compareDecimals : (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return [
    {
      rule: 'range',
      reason: `应在 ${min ?? '不限'} 至 ${max ?? '不限'} 之间`,
      test: (text) => (min === undefined || order(text, min) >= 0) && (max === undefined || order(text, max) <= 0),
    },
  ]
}

const codeCheck = ({ codes }: ItemRules): ItemCheck[] => {
  if (codes === undefined) return []
  const known = new Set(codes)
  return [{ rule: 'codes', reason: '不在代码表内', test: (text) => known.has(text) }]
}

/** What is wrong with the text of a field, remembered by its bytes. */
const textRules = (rules: ItemRules): ByteMemo<Verdict | undefined> | undefined => {
  const checks = [...codeCheck(rules), ...rangeCheck(rules), ...(rules.checks ?? [])]
  if (checks.length === 0) return undefined
  return new ByteMemo((bytes, start, end) => {
    const text = fieldText(bytes, start, end)
    return text === undefined || text === null ? UNREADABLE : checks.find(({ test }) => !test(text))
  })
}

/** Letters (code points) of a text field as stored, digits of a number. */
const lengthOf = (bytes: Uint8Array, start: number, end: number): number => {
  let length = 0
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number
    if ((byte & 0xc0) !== 0x80) length++
    // The letter behind it is counted with it.
    if (byte === BACKSLASH) i++
  }
  return length
}

const isBlank: ByteTest = (bytes, start, end) => {
  if (start === end) return true
  // Only what begins like white space can be nothing else: ASCII's own, or U+0085 to U+3000, or U+FEFF.
  const first = bytes[start] as number
  if ((first > 0x20 && first < 0x80 && first !== BACKSLASH) || (first > 0xe3 && first !== 0xef)) return false
  return fieldText(bytes, start, end)?.trim() === ''
}

class ItemRule {
  readonly item: string
  readonly #rules: ItemRules
  readonly #isText: boolean
  readonly #limit: number
  readonly #format: ByteTest | undefined
  readonly #texts: ByteMemo<Verdict | undefined> | undefined

  constructor(rules: ItemRules) {
    this.item = rules.name_en
    this.#rules = rules
    this.#isText = TEXT.has(rules.data_type)
    this.#limit = this.#isText || NUMBERS.has(rules.data_type) ? (rules.length ?? Infinity) : Infinity
    this.#format = byteFormat(rules.data_type)
    this.#texts = textRules(rules)
  }

  /** Nothing can be wrong with such a field. */
  get isFree(): boolean {
    return !this.#rules.required && this.#limit === Infinity && this.#format === undefined && this.#texts === undefined
  }

  verdict(bytes: Uint8Array, start: number, end: number): Verdict | undefined {
    const size = end - start
    if (size === 2 && bytes[start] === BACKSLASH && bytes[start + 1] === 0x4e)
      return this.#rules.required ? REQUIRED : undefined
    if (this.#isText && (this.#rules.required || size === 0) && isBlank(bytes, start, end))
      return this.#rules.required ? REQUIRED : undefined
    if (this.#format !== undefined && !this.#format(bytes, start, end))
      return { rule: 'format', reason: `不是规范的${TYPE_NAMES[this.#rules.data_type]}` }
    if (size > this.#limit) {
      const signs = this.#isText ? 0 : this.#signs(bytes, start, end)
      const length = lengthOf(bytes, start, end) - signs
      if (length > this.#limit) return { rule: 'length', reason: `长度 ${length} 超过 ${this.#limit}` }
    }
    return this.#texts?.get(bytes, start, end)
  }

  /** Minus and point, which are no digits. */
  #signs(bytes: Uint8Array, start: number, end: number): number {
    let count = 0
    for (let i = start; i < end; i++) if ((bytes[i] as number) < 0x30) count++
    return count
  }
}

/** Good lines in between the bad ones, joined. */
const without = (body: Uint8Array, bad: readonly BadRow[]): Uint8Array => {
  const good = new Uint8Array(body.length - bad.reduce((sum, { start, end }) => sum + end + 1 - start, 0))
  let from = 0
  let at = 0
  for (const { start, end } of bad) {
    good.set(body.subarray(from, start), at)
    at += start - from
    from = end + 1
  }
  good.set(body.subarray(from), at)
  return good
}

/**
 * A validator of chunks: items in the lines' order. Removals pass, they have no values. Throws SealError when a line has
 * another number of fields.
 */
export const compileRules = (
  items: readonly ItemRules[],
): ((kind: 'rows' | 'changes', body: Uint8Array) => Checked) => {
  const rules = items.map((item) => new ItemRule(item)).map((rule) => (rule.isFree ? undefined : rule))
  const fields = items.length
  return (kind, body) => {
    if (body.length > 0 && body[body.length - 1] !== LF) throw new SealError('malformed', 'body', '最后一行没有换行')
    const bad: BadRow[] = []
    const view = new DataView(body.buffer, body.byteOffset, body.length)
    let rows = 0
    for (let i = 0; i < body.length; rows++) {
      const lineAt = i
      const isChecked = kind === 'rows' || body[i] === 0x2b
      if (kind === 'changes') i += 2
      let found: Verdict | undefined
      let item = ''
      for (let place = 0; place < fields; place++) {
        const start = i
        let byte = 0
        i = passWords(view, i)
        do byte = body[i++] as number
        while (byte > LF || byte < TAB)
        if ((byte === LF) !== (place === fields - 1))
          throw new SealError('malformed', 'body', `第 ${rows + 1} 行的字段数与挂接不符`)
        const rule = rules[place]
        if (rule === undefined || found !== undefined || !isChecked) continue
        found = rule.verdict(body, start, i - 1)
        if (found !== undefined) item = rule.item
      }
      if (found !== undefined)
        bad.push({ line: rows, start: lineAt, end: i - 1, item, rule: found.rule, reason: found.reason })
    }
    return bad.length === 0 ? { body, rows, bad } : { body: without(body, bad), rows: rows - bad.length, bad }
  }
}
