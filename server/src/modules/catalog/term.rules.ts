import { pinyin } from 'pinyin-pro'

/** A run of Chinese characters, or one word or number in other letters. */
interface Run {
  readonly kind: 'han' | 'word'
  readonly text: string
}

const RUNS = /(\p{Script=Han}+)|([[\p{L}\p{N}]--\p{Script=Han}]+)/gv
const MAX_WORD = 40

/** Text as search sees it: full-width folded, lower case, punctuation only as a border. */
export const runsOf = (text: string): Run[] =>
  Array.from(text.normalize('NFKC').toLowerCase().replaceAll('_', ' ').matchAll(RUNS), ([, han, word]) =>
    han ? { kind: 'han', text: han } : { kind: 'word', text: word!.slice(0, MAX_WORD) },
  )

const charsOf = (text: string): string[] => Array.from(text)

/** Every two neighbouring characters: finds words without knowing any, also across what a dictionary would call borders. */
export const bigramsOf = (han: string): string[] => {
  const chars = charsOf(han)
  return chars.length === 1 ? chars : chars.slice(1).map((char, index) => chars[index]! + char)
}

const readLexemes = (text: string): string[] =>
  runsOf(text).flatMap(({ kind, text: run }) =>
    kind === 'word' ? [run] : run.length === 1 ? [run] : [...bigramsOf(run), charsOf(run).at(-1)!],
  )

// Items and organs repeat without end (姓名, 公民身份号码 …): a few thousand texts make up most of a province.
const MEMORY = 20_000
const remembered = new Map<string, string[]>()

/** Lexemes a text is indexed under. The last character stands alone as well, so that one character can be searched by prefix. */
const lexemesOf = (text: string): string[] => {
  const known = remembered.get(text)
  if (known) return known
  const lexemes = readLexemes(text)
  if (remembered.size >= MEMORY) remembered.clear()
  remembered.set(text, lexemes)
  return lexemes
}

export interface TermSource {
  readonly name: string
  readonly items: readonly { readonly name: string; readonly name_en: string }[]
  /** The providing organ's name, former names and aliases, and the entry's own keywords. */
  readonly words: readonly string[]
  readonly summary: string
}

/** A lexeme as tsvector and tsquery literals want it. Runs hold letters and digits alone, so nothing is to be escaped. */
export const quote = (lexeme: string): string => `'${lexeme}'`

/**
 * `tsvector` literal of an entry. Weight and position say where a lexeme stands: A name, B items, C organ and keywords, D
 * summary; positions carry nothing else, which keeps the vector small.
 */
export const termsOf = ({ name, items, words, summary }: TermSource): string => {
  const places = new Map<string, string[]>()
  const add = (text: string, mark: string): void => {
    for (const lexeme of lexemesOf(text)) {
      const marks = places.get(lexeme)
      if (!marks) places.set(lexeme, [mark])
      else if (marks.at(-1) !== mark) marks.push(mark)
    }
  }
  add(name, '1A')
  for (const item of items) {
    add(item.name, '2B')
    add(item.name_en, '2B')
  }
  for (const word of words) add(word, '3C')
  add(summary, '4D')
  return Array.from(places, ([lexeme, marks]) => `${quote(lexeme)}:${marks.join(',')}`).join(' ')
}

const syllablesOf = (han: string): string[] => pinyin(han, { toneType: 'none', type: 'array', v: true })

const MAX_SOUND = 24
/** Suffixes that begin at a syllable: a prefix search among them is a search anywhere in the name. */
const suffixes = (syllables: readonly string[], letter: string): string[] =>
  syllables.map((_, index) => letter + syllables.slice(index).join('').slice(0, MAX_SOUND))

/** `p…` full pinyin, `i…` initials, `s..` two characters around a third: what a misheard or mistyped word is found by. */
export const soundsOf = (names: readonly string[]): string => {
  const lexemes = new Set<string>()
  for (const { kind, text } of names.flatMap(runsOf)) {
    if (kind === 'word') continue
    const syllables = syllablesOf(text)
    for (const one of suffixes(syllables, 'p')) lexemes.add(one)
    for (const one of suffixes(
      syllables.map((syllable) => syllable[0] ?? ''),
      'i',
    ))
      lexemes.add(one)
    const chars = charsOf(text)
    for (const [index, char] of chars.slice(2).entries()) lexemes.add(`s${chars[index]}${char}`)
  }
  return Array.from(lexemes, quote).join(' ')
}

/** Pinyin of a Chinese run, for finding what merely sounds the same. */
export const soundOf = (han: string): string => syllablesOf(han).join('').slice(0, MAX_SOUND)

export const skipsOf = (han: string): string[] => {
  const chars = charsOf(han)
  return chars.slice(2).map((char, index) => `s${chars[index]}${char}`)
}
