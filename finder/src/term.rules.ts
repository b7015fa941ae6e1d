/** A run of Chinese characters, or one word or number in other letters. */
interface Run {
  readonly kind: 'han' | 'word'
  readonly text: string
}

const RUNS = /(\p{Script=Han}+)|([[\p{L}\p{N}]--\p{Script=Han}]+)/gv
const MAX_WORD = 40

/** Letters as search compares them: full-width folded, lower case. */
export const foldedOf = (text: string): string => text.normalize('NFKC').toLowerCase().trim()

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

/** Lexemes a text is indexed under. The last character stands alone as well, so that one character can be searched by prefix. */
export const lexemesOf = (text: string): string[] =>
  runsOf(text).flatMap(({ kind, text: run }) =>
    kind === 'word' || run.length === 1 ? [run] : [...bigramsOf(run), charsOf(run).at(-1)!],
  )
