import { type Json, SealError } from './seal-error.ts'

/** Deeper values are refused: a nested bomb must not exhaust the stack of whoever verifies it. */
const MAX_DEPTH = 64

const writeArray = (values: readonly unknown[], depth: number): string => {
  let text = '['
  for (let i = 0; i < values.length; i++) {
    try {
      text += (i === 0 ? '' : ',') + write(values[i], depth + 1)
    } catch (error) {
      throw error instanceof SealError ? error.within(i) : error
    }
  }
  return `${text}]`
}

const isPlain = (value: unknown): boolean =>
  typeof value === 'string' || value === null || typeof value === 'boolean' || Number.isSafeInteger(value)

/**
 * The text of a flat object whose keys stand sorted already, as the engine writes it; undefined where that is not the
 * canonical text. A third of the cost of going member by member, and what nearly every receipt is.
 */
const writeFlat = (value: object): string | undefined => {
  let last = ''
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key]
    const isList = Array.isArray(member) && member.every((one) => typeof one === 'string')
    if (key < last || Object.is(member, -0) || !(isPlain(member) || isList)) return undefined
    last = key
  }
  const text = JSON.stringify(value)
  // Only a lone surrogate is written as \ud…; a text that says so itself goes the long way too.
  return text.includes('\\ud') ? undefined : text
}

const writeObject = (value: object, depth: number): string => {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new SealError('not_canonical', '', '只接受普通对象，不接受日期、映射等类的实例')
  const flat = writeFlat(value)
  if (flat !== undefined) return flat
  let text = '{'
  // RFC 8785 §3.2.3: keys sort by UTF-16 code units, which is what sort() does.
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key]
    if (member === undefined) continue
    try {
      text += `${text.length === 1 ? '' : ','}${writeText(key)}:${write(member, depth + 1)}`
    } catch (error) {
      throw error instanceof SealError ? error.within(key) : error
    }
  }
  return `${text}}`
}

const writeText = (text: string): string => {
  if (!text.isWellFormed()) throw new SealError('not_canonical', '', '文本含不成对的代理字符')
  return JSON.stringify(text)
}

const write = (value: unknown, depth: number): string => {
  if (typeof value === 'string') return writeText(value)
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return String(value)
    throw new SealError('not_canonical', '', '数值只接受安全整数；小数、大数请写成文本')
  }
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value !== 'object') throw new SealError('not_canonical', '', `不接受 ${typeof value} 类型的值`)
  if (depth >= MAX_DEPTH) throw new SealError('not_canonical', '', `嵌套不得超过 ${MAX_DEPTH} 层`)
  return Array.isArray(value) ? writeArray(value, depth) : writeObject(value, depth)
}

/**
 * The one text of a value (RFC 8785, restricted): keys sorted, no spaces, integers only, text left as it is (no NFC:
 * a name must be sealed as it was exchanged). Undefined members are left out.
 * Throws SealError `not_canonical` naming the field.
 */
export const canonical = (value: unknown): string => write(value, 0)

/** Parses text and requires it to be the canonical text of what it says, so that one value has one hash. */
export const parseCanonical = (text: string): Json => {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch {
    throw new SealError('malformed', '', '不是 JSON')
  }
  if (canonical(value) !== text)
    throw new SealError('not_canonical', '', '不是规范形式（键序、空格、重复键或数值写法）')
  return value
}
