import { parseCitizenId } from '@sanjiang/contract/codes'

export interface Identifier {
  readonly kind: 'citizen_id' | 'phone' | 'bank_card' | 'plate'
  readonly title: string
  /** Masked: the refusal must not repeat what it refuses. */
  readonly shown: string
}

const mask = (text: string): string => `${text.slice(0, 3)}…${text.slice(-2)}`

const passesLuhn = (digits: string): boolean => {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

interface Pattern {
  readonly kind: Identifier['kind']
  readonly title: string
  readonly find: RegExp
  readonly holds: (text: string, today: string) => boolean
}

// Borders are "no digit or letter beside it": a resource code or a document number must not read as somebody's card.
const PATTERNS: readonly Pattern[] = [
  {
    kind: 'citizen_id',
    title: '公民身份号码',
    find: /(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])/g,
    holds: (text, today) => parseCitizenId(text.toUpperCase(), today).ok,
  },
  { kind: 'phone', title: '手机号码', find: /(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])/g, holds: () => true },
  { kind: 'bank_card', title: '银行卡号', find: /(?<![0-9A-Za-z])[3-6]\d{15,18}(?![0-9A-Za-z])/g, holds: passesLuhn },
  {
    kind: 'plate',
    title: '车辆号牌',
    find: /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·\s]?(?=[0-9A-HJ-NP-Z]*\d)[0-9A-HJ-NP-Z]{5,6}(?![0-9A-Za-z])/g,
    holds: () => true,
  },
]

/** Digits as people type them: full-width, grouped by spaces or hyphens, with what no eye sees between them. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, '')
    .replace(/(?<=\d)(?: {1,2}|[-\u2010-\u2015\u2212])(?=\d)/g, '')

/** What in a text identifies a person: checked by check digits where there are any, so that numbers of other kinds pass (T4.2, T16.3). */
export const identifiersIn = (text: string, today: string): Identifier[] => {
  const read = plain(text)
  const found = PATTERNS.flatMap(({ kind, title, find, holds }) =>
    Array.from(read.matchAll(find), ([one]) => one)
      .filter((one) => holds(one, today))
      .map((one): Identifier => ({ kind, title, shown: mask(one) })),
  )
  // A citizen id may also pass Luhn as a card number; it is told once, as what it is.
  const citizens = new Set(found.filter(({ kind }) => kind === 'citizen_id').map(({ shown }) => shown))
  return found.filter(({ kind, shown }) => kind !== 'bank_card' || !citizens.has(shown))
}

const REMOVED = '〔已去除〕'

/** The text with every identifier taken out; as it was typed where there is none, with plain digits where there is one. */
export const withoutIdentifiers = (text: string, today: string): string => {
  if (identifiersIn(text, today).length === 0) return text
  const digits = plain(text.replace(/[，。；：！？（）]/g, (mark) => `\ue000${mark.charCodeAt(0)}\ue000`))
  const cleared = PATTERNS.reduce(
    (read, { find, holds }) => read.replace(find, (one) => (holds(one, today) ? REMOVED : one)),
    digits,
  )
  // Reading digits makes half-width marks of full ones; those of a sentence stay as they were.
  return cleared.replace(/\ue000(\d+)\ue000/g, (_, code: string) => String.fromCharCode(Number(code)))
}
