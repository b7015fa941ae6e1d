import type { Standard, StandardCode } from '@sanjiang/contract/catalog'
import { WORDS } from './code.data.ts'
import { codesOf } from './column.ts'
import { nearest, wordKey } from './near.ts'

/** A code as found; `guess` says in words what was made of an unclear one. */
export interface FoundCode {
  readonly code: string
  readonly guess: string | null
}

interface Lexicon {
  /** Codes, titles, the code numbers of other systems, and what officers write. */
  readonly words: ReadonlyMap<string, StandardCode>
  /** Titles long enough to be misspelt and still be themselves: 安全开放 and 完全开放 differ by one character too. */
  readonly long: readonly (readonly [string, StandardCode])[]
}

const EDGES = /^[“"'《【[(（]+|[”"'》】\])）。.;；,，、]+$/g
const keyOf = (text: string): string => wordKey(text).replace(EDGES, '')

const kept = new WeakMap<Standard, Map<string, Lexicon>>()

const make = (codes: readonly StandardCode[], others: Readonly<Record<string, readonly string[]>>): Lexicon => {
  const words = new Map<string, StandardCode>()
  const add = (text: string, code: StandardCode) => {
    const key = keyOf(text)
    if (key !== '' && !words.has(key)) words.set(key, code)
  }
  for (const code of codes) add(code.code, code)
  for (const code of codes) {
    add(code.title, code)
    add(code.title.replace(/[（(].*$/, ''), code)
  }
  for (const code of codes) {
    add(code.external_code, code)
    // 01 and 1 are the same number in two systems.
    if (/^\d$/.test(code.external_code)) add(`0${code.external_code}`, code)
  }
  for (const code of codes) for (const word of others[code.code] ?? []) add(word, code)
  const titled = codes.map((code) => [keyOf(code.title), code] as const)
  return { words, long: titled.filter(([title]) => [...title].length >= 5 && !/^[\x20-\x7e]+$/.test(title)) }
}

const lexiconOf = (standard: Standard, enumeration: string): Lexicon => {
  const lists = kept.get(standard) ?? new Map<string, Lexicon>()
  kept.set(standard, lists)
  const present = lists.get(enumeration)
  if (present) return present
  const lexicon = make(codesOf(standard, enumeration), WORDS[enumeration] ?? {})
  lists.set(enumeration, lexicon)
  return lexicon
}

/** 1 无条件共享, 01-无条件, C（字符型）, 字符型C: a code and its title in one cell, which must not contradict each other. */
const SPLITS = [
  /^([a-z0-9]{1,3})[\s\-—_.、:：|/]*(.*[^\x20-\x7e].*)$/i,
  /^(.*[^\x20-\x7e].*?)[\s\-—_.、:：|/（(]*([a-z0-9]{1,3})[)）]?$/i,
]

const splitCode = (text: string, words: Lexicon['words']): StandardCode | 'contradiction' | null => {
  for (const rule of SPLITS) {
    const [, one, other] = rule.exec(text.normalize('NFKC').trim()) ?? []
    if (one === undefined || other === undefined) continue
    const [first, second] = [words.get(keyOf(one)), words.get(keyOf(other))]
    if (first && second) return first === second ? first : 'contradiction'
  }
  return null
}

/** A word with a remark in brackets behind it: 无条件共享（免费）, 不予共享(涉密). */
const bare = (text: string): string => text.normalize('NFKC').replace(/[(（].*$/s, '')

/** What code of an enumeration a cell means; null when nobody could tell. */
export const findCode = (standard: Standard, enumeration: string, text: string): FoundCode | null => {
  const { words, long } = lexiconOf(standard, enumeration)
  const exact = words.get(keyOf(text)) ?? splitCode(text, words)
  if (exact === 'contradiction') return null
  if (exact) return { code: exact.code, guess: null }
  const short = words.get(keyOf(bare(text)))
  if (short) return { code: short.code, guess: `按“${short.title}”读取，括号中的说明未读取` }
  const near = nearest(keyOf(text), long)
  return near ? { code: near.code, guess: `疑为“${near.title}”的笔误，按此读取` } : null
}

export const titleOfCode = (standard: Standard, enumeration: string, code: string): string =>
  codesOf(standard, enumeration).find((one) => one.code === code)?.title ?? code

/**
 * How a code is written so that reading it gives the same code again: by its title, unless another code has that title or the code is none of the
 * standard's.
 */
export const writtenCode = (standard: Standard, enumeration: string, code: string): string => {
  const title = titleOfCode(standard, enumeration, code)
  return findCode(standard, enumeration, title)?.code === code ? title : code
}
