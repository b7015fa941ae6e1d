import { pinyin } from 'pinyin-pro'
import { FIELDS, type Grams, itemToken, organToken, placeToken } from './grams.ts'
import { nearTexts, type Place, type Speech, syllablesIn, textsLike } from './pattern.rules.ts'
import { ASKING, GENERAL, isShort } from './reading.words.ts'
import { bigramsOf, foldedOf, runsOf } from './term.rules.ts'
import type { Words } from './vocabulary.ts'

/** Each word with those that mean the same. */
export type Synonyms = ReadonlyMap<string, readonly string[]>

export const HOW = {
  itself: '原词',
  beginning: '词头',
  synonym: '同义词',
  organ: '部门名称',
  place: '地区',
  pinyin: '拼音',
  initials: '首字母',
  homophone: '同音',
  typo: '改一字',
} as const
export type How = keyof typeof HOW

/** One way in which a word may stand in an entry: of each group any one gram, of all groups together. */
export interface Way {
  readonly how: How
  readonly text: string
  readonly grams: readonly (readonly string[])[]
  readonly factor: number
  /** Fields that count. */
  readonly fields: number
}

/** One thing that was asked for. */
export interface Word {
  readonly text: string
  readonly ways: readonly Way[]
  /** Words like 信息 and 名单 count for little and may be missing. */
  readonly weight: number
}

export interface Reading {
  readonly q: string
  readonly words: readonly Word[]
  readonly dropped: readonly string[]
  /** Beginning of a code, when it looks like one. */
  readonly code?: string
  /** The whole query is the name of an item: the token of those that hold it. */
  readonly item?: string
}

export interface Reader {
  readonly grams: Grams
  readonly words: Words
  readonly synonyms: Synonyms
  /** Whether some entry that may be shown holds all these grams: nothing is corrected to what stands only in hidden entries. */
  readonly holdsAll: (grams: readonly string[]) => number
}

const CODE = /^[123]\d{2}[0-9A-Z]*(?:[-/]\d{0,10})?$/i
const FACTORS: Readonly<Record<How, number>> = {
  itself: 1,
  beginning: 0.85,
  synonym: 0.97,
  organ: 1,
  place: 1,
  pinyin: 0.9,
  initials: 0.85,
  homophone: 0.8,
  typo: 0.75,
}
const GENERAL_WEIGHT = 0.25
const EVERYWHERE = 63

const speechOf = ({ grams, words }: Reader): Speech => ({ words, frequencyOf: (gram) => grams.frequencyOf(gram) })

const single = (grams: readonly string[]): string[][] => grams.map((gram) => [gram])
const way = (how: How, text: string, grams: readonly (readonly string[])[]): Way => ({
  how,
  text,
  grams,
  factor: FACTORS[how],
  fields: EVERYWHERE,
})

const hanGrams = (text: string): string[] =>
  runsOf(text).flatMap((run) => (run.kind === 'han' ? bigramsOf(run.text) : [run.text]))

/** A piece of a run: a word that is known as such, or what lies between known words. */
interface Piece {
  readonly text: string
  readonly kind: 'asking' | 'general' | 'known' | 'plain'
}

const MAX_KNOWN = 14
const COST = { plain: 1, word: 0.5 } as const

type KindAt = (at: number, length: number) => Piece['kind'] | undefined

/** Of all ways to cut, the one that leaves the fewest characters over: 领 养老金, not 领养 老金. */
const cheapest = (chars: readonly string[], kindAt: KindAt): Piece[] => {
  const best: { cost: number; pieces: readonly Piece[] }[] = [{ cost: 0, pieces: [] }]
  for (let end = 1; end <= chars.length; end += 1) {
    const before = best[end - 1]!
    let choice = {
      cost: before.cost + COST.plain,
      pieces: [...before.pieces, { text: chars[end - 1]!, kind: 'plain' as Piece['kind'] }],
    }
    for (let length = Math.min(MAX_KNOWN, end); length > 0; length -= 1) {
      const { cost, pieces } = best[end - length]!
      if (cost + COST.word >= choice.cost) continue
      const kind = kindAt(end - length, length)
      if (kind)
        choice = {
          cost: cost + COST.word,
          pieces: [...pieces, { text: chars.slice(end - length, end).join(''), kind }],
        }
    }
    best.push(choice)
  }
  return [...best.at(-1)!.pieces]
}

/** Characters left over beside each other are one piece. */
const joined = (pieces: readonly Piece[]): Piece[] =>
  pieces.reduce<Piece[]>((done, piece) => {
    const last = done.at(-1)
    if (piece.kind !== 'plain' || last?.kind !== 'plain') done.push(piece)
    else done[done.length - 1] = { text: last.text + piece.text, kind: 'plain' }
    return done
  }, [])

/** Cuts a run at words that are known: asked with, general, of the synonym table, names of places and organs. */
const piecesOf = ({ grams, words, synonyms }: Reader, run: string): Piece[] => {
  const chars = Array.from(run)
  const isWord = (from: string | undefined, to: string | undefined) =>
    from !== undefined && to !== undefined && words.knows(from + to)
  const kindAt = (at: number, length: number): Piece['kind'] | undefined => {
    const text = chars.slice(at, at + length).join('')
    if (ASKING.has(text)) {
      if (!isShort(text)) return 'asking'
      if (isWord(chars[at - 1], text) || isWord(text, chars[at + 1])) return undefined
      // 对像 is a word mistyped, not something asked 对.
      return at + 2 === chars.length && !ASKING.has(chars[at + 1]!) ? undefined : 'asking'
    }
    if (length > 1 && GENERAL.has(text)) return 'general'
    const isKnown =
      synonyms.has(text) || grams.frequencyOf(organToken(text)) > 0 || grams.frequencyOf(placeToken(text)) > 0
    return length > 1 && isKnown ? 'known' : undefined
  }
  return joined(cheapest(chars, kindAt))
}

const soundOf = (char: string): string => pinyin(char, { toneType: 'none', type: 'array', v: true })[0] ?? ''

/** A character left out is likelier than one mistaken: all that was typed stands in the word still. */
const keepsAll = (typed: string, near: string): boolean => {
  let at = 0
  for (const char of near) if (typed.startsWith(char, at)) at += char.length
  return at === typed.length
}
const KEPT = 0.02

const MAX_NEAR = 4
/** What a word that nothing holds was probably meant to be. */
const corrections = (reader: Reader, text: string): Way[] => {
  const length = Array.from(text).length
  if (length < 2 || length > 14) return []
  return nearTexts(speechOf(reader), text, soundOf)
    .map((near) => ({ ...near, count: reader.holdsAll(hanGrams(near.text)) }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => Number(b.isHomophone) - Number(a.isHomophone) || b.count - a.count)
    .slice(0, MAX_NEAR)
    .map((near) => {
      const one = way(near.isHomophone ? 'homophone' : 'typo', near.text, single(hanGrams(near.text)))
      return keepsAll(text, near.text) ? { ...one, factor: one.factor + KEPT } : one
    })
}

/** Where 低保 stands there is no need to look for 低保户 as well. */
const shortest = ([text, ...equals]: readonly string[]): string[] =>
  equals.filter((one) => !one.includes(text!) && !equals.some((other) => other !== one && one.includes(other)))

/** What a word that is known as such may be met by besides its own characters. */
const waysOfKnown = ({ grams, synonyms }: Reader, text: string): Way[] => [
  ...shortest([text, ...(synonyms.get(text) ?? [])]).map((equal) => way('synonym', equal, single(hanGrams(equal)))),
  ...(grams.frequencyOf(organToken(text)) > 0 ? [way('organ', text, [[organToken(text)]])] : []),
  ...(grams.frequencyOf(placeToken(text)) > 0 ? [way('place', text, [[placeToken(text)]])] : []),
]

/** One character is looked for in names alone, wherever it stands in them. */
const oneCharacter = ({ words }: Reader, text: string): Word => {
  const grams = [text, ...words.stepsFrom(text).map(({ gram }) => gram)]
  return { text, ways: [{ ...way('itself', text, [grams]), fields: FIELDS.name.bit }], weight: 1 }
}

const hanWord = (reader: Reader, text: string, weight: number): Word => {
  if (Array.from(text).length === 1) return oneCharacter(reader, text)
  const grams = hanGrams(text)
  const ways = [way('itself', text, single(grams)), ...waysOfKnown(reader, text)]
  // A nickname stands by chance in other organs' names: 计委 in 卫计委.
  if (ways.some(({ how }) => how === 'organ')) ways[0] = { ...ways[0]!, fields: EVERYWHERE & ~FIELDS.organ.bit }
  const isMet = ways.length > 1 || reader.holdsAll(grams) > 0
  return { text, ways: isMet ? ways : [...ways, ...corrections(reader, text)], weight }
}

/** 健康 and 档案 stay together where the catalogue has them together. */
const withGeneral = (reader: Reader, pieces: readonly Piece[]): Piece[] =>
  pieces.reduce<Piece[]>((done, piece) => {
    const last = done.at(-1)
    const text = (last?.text ?? '') + piece.text
    const isOne =
      last?.kind === 'plain' &&
      piece.kind === 'general' &&
      Array.from(text).length > 3 &&
      reader.holdsAll(hanGrams(text)) > 0
    if (isOne) done[done.length - 1] = { text, kind: 'plain' }
    else done.push(piece)
    return done
  }, [])

/** Nothing holds it, in no way: perhaps a wrong character has hidden a known word, and the run was cut where it should not. */
const isUnmet = ({ holdsAll }: Reader, { text, ways, weight }: Word): boolean =>
  weight === 1 && ways.length === 1 && ways[0]!.how === 'itself' && holdsAll(hanGrams(text)) === 0

/** What stands in the catalogue just so is one word, whatever known words it may hold; places and organs are told apart. */
const isOneWord = (reader: Reader, run: string, pieces: readonly Piece[]): boolean => {
  const { grams } = reader
  const isNamed = ({ text }: Piece) =>
    grams.frequencyOf(placeToken(text)) > 0 || grams.frequencyOf(organToken(text)) > 0
  return pieces.length > 1 && !pieces.some(isNamed) && reader.holdsAll(hanGrams(run)) > 0
}

const wordsOfRun = (reader: Reader, run: string): { words: Word[]; dropped: string[] } => {
  const cut = withGeneral(reader, piecesOf(reader, run))
  const pieces: readonly Piece[] = isOneWord(reader, run, cut) ? [{ text: run, kind: 'plain' }] : cut
  const dropped = pieces.filter(({ kind }) => kind === 'asking').map(({ text }) => text)
  const words = pieces
    .filter(({ kind }) => kind !== 'asking')
    .map(({ text, kind }) => hanWord(reader, text, kind === 'general' ? GENERAL_WEIGHT : 1))
  const mended = pieces.length > 1 && words.some((word) => isUnmet(reader, word)) ? corrections(reader, run) : []
  if (mended.length === 0) return { words, dropped }
  return {
    words: [{ text: run, ways: [way('itself', run, single(hanGrams(run))), ...mended], weight: 1 }],
    dropped: [],
  }
}

const MAX_TEXTS = 6
const chosenTexts = (reader: Reader, how: How, patterns: readonly (readonly Place[])[]): Way[] =>
  [...new Set(patterns.flatMap((places) => textsLike(speechOf(reader), places).slice(0, 40)))]
    .map((text) => ({ text, count: reader.holdsAll(bigramsOf(text)) || Number(reader.synonyms.has(text)) }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, MAX_TEXTS)
    .map(({ text }) => way(how, text, single(bigramsOf(text))))

const withEquals = (reader: Reader, ways: readonly Way[]): Way[] =>
  ways.flatMap((one) => [
    one,
    ...waysOfKnown(reader, one.text).map((equal) => ({ ...equal, factor: equal.factor * one.factor * 0.95 })),
  ])

const MAX_BEGINNINGS = 60
const latinWays = (reader: Reader, letters: string): Way[] => {
  const ways = waysOfKnown(reader, letters)
  const { grams, words } = reader
  if (grams.frequencyOf(letters) > 0) ways.push(way('itself', letters, [[letters]]))
  const longer = letters.length > 2 ? words.wordsFrom(letters, MAX_BEGINNINGS).filter((word) => word !== letters) : []
  if (longer.length > 0) ways.push(way('beginning', letters, [longer]))
  if (ways.length > 0 || letters.length < 5) return ways
  return words.wordsNear(letters).map((near) => way('typo', near, [[near]]))
}

const soundWays = (reader: Reader, letters: string): Way[] => {
  if (!/^[a-z]{2,40}$/.test(letters)) return []
  const spelt = chosenTexts(
    reader,
    'pinyin',
    syllablesIn(reader.words, letters).filter((places) => places.length > 1),
  )
  if (spelt.length > 0) return withEquals(reader, spelt)
  if (letters.length < 3 || letters.length > 10) return []
  return withEquals(reader, chosenTexts(reader, 'initials', [Array.from(letters, (initial) => ({ initial }))]))
}

const latinWord = (reader: Reader, letters: string): Word => ({
  text: letters,
  ways: [...latinWays(reader, letters), ...soundWays(reader, letters)],
  weight: 1,
})

/** Chinese and letters without a gap: 婚yin. */
const mixedWord = (reader: Reader, text: string): Word | undefined => {
  const patterns = runsOf(text).reduce<Place[][]>(
    (begun, { kind, text: run }) => {
      const parts: Place[][] = kind === 'han' ? [Array.from(run, (char) => ({ char }))] : syllablesIn(reader.words, run)
      const initials: Place[] = kind === 'word' && run.length < 6 ? Array.from(run, (initial) => ({ initial })) : []
      return begun.flatMap((places) =>
        [...parts, ...(initials.length > 0 ? [initials] : [])].map((part) => [...places, ...part]),
      )
    },
    [[]],
  )
  const ways = chosenTexts(reader, 'pinyin', patterns)
  return ways.length > 0 ? { text, ways: withEquals(reader, ways), weight: 1 } : undefined
}

const TOKENS = /[\p{Script=Han}\p{L}\p{N}_]+/gv
const isLetters = (token: string): boolean => /^[a-z]+$/.test(token)

const wordsOfToken = (reader: Reader, token: string): { words: Word[]; dropped: string[] } => {
  const runs = runsOf(token)
  if (runs.length > 1 && /[a-z]/.test(token) && /\p{Script=Han}/v.test(token)) {
    const mixed = mixedWord(reader, token)
    if (mixed) return { words: [mixed], dropped: [] }
  }
  const parts = runs.map(({ kind, text }, at) => {
    if (kind === 'word') return { words: [latinWord(reader, text)], dropped: [] }
    // 2016年: the year is the number, 年 says nothing more.
    const isAfterNumber = at > 0 && /^\d+$/.test(runs[at - 1]!.text)
    const rest = isAfterNumber ? text.replace(/^年度?/, '') : text
    return rest ? wordsOfRun(reader, rest) : { words: [], dropped: [] }
  })
  return { words: parts.flatMap(({ words }) => words), dropped: parts.flatMap(({ dropped }) => dropped) }
}

/** Letters with gaps are tried as one: `hun yin deng ji`. */
const joinedLetters = (reader: Reader, tokens: readonly string[]): Word | undefined => {
  if (tokens.length < 2 || !tokens.every(isLetters)) return undefined
  const ways = soundWays(reader, tokens.join(''))
  return ways.some(({ how }) => how !== 'initials') ? { text: tokens.join(' '), ways, weight: 1 } : undefined
}

// Nobody asks longer; what is pasted by mistake is not to keep anybody waiting.
const MAX_CHARACTERS = 80
/** How a query is understood: what is looked for and in which ways each word may be met. */
export const readQuery = (reader: Reader, q: string): Reading => {
  const text = Array.from(foldedOf(q)).slice(0, MAX_CHARACTERS).join('')
  const code = CODE.test(text) ? { code: text.replace('-', '/').toUpperCase() } : {}
  const isItem = /[^a-z]/.test(text) && reader.grams.frequencyOf(itemToken(text)) > 0
  const item = isItem ? { item: itemToken(text) } : {}
  const tokens = Array.from(text.matchAll(TOKENS), ([token]) => token)
  const joined = joinedLetters(reader, tokens)
  const parts = joined ? [{ words: [joined], dropped: [] }] : tokens.map((token) => wordsOfToken(reader, token))
  const words = parts.flatMap((part) => part.words)
  return { q: text, words, dropped: parts.flatMap(({ dropped }) => dropped), ...code, ...item }
}

/** What to highlight: the query itself where nothing of it was dropped, its words, and what they were met as. */
export const termsIn = (q: string, reading: Reading | undefined): string[] => {
  const runs = reading && reading.dropped.length === 0 ? runsOf(q).map(({ text }) => text) : []
  const ways = reading?.words.flatMap((word) => word.ways.filter(({ how }) => how !== 'beginning')) ?? []
  return [...new Set([...runs, ...ways.map(({ text }) => text)])]
}

/** The query as its characters alone, nothing dropped and nothing cut: for when the better reading finds nothing. */
export const readPlainly = (reader: Reader, { q }: Reading): Reading => ({
  q,
  words: runsOf(q).map(({ kind, text }) =>
    kind === 'word'
      ? latinWord(reader, text)
      : { text, ways: [way('itself', text, single(bigramsOf(text)))], weight: 1 },
  ),
  dropped: [],
})
