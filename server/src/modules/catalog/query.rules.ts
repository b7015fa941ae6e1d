import { bigramsOf, foldedOf, runsOf, soundOf } from './term.rules.ts'

/** What must hold of an entry; `search.match.ts` finds those of which it does. */
export type Need =
  /** A lexeme, or the beginning of one, standing in any of the places. */
  | { readonly kind: 'term'; readonly lexeme: string; readonly isPrefix?: boolean; readonly isInName?: boolean }
  /** The name, or the provider's short name, sounds so from some syllable on: in full, or by initials. */
  | { readonly kind: 'sound'; readonly letters: string; readonly isInitials?: boolean }
  /** The name holds this with one character other, missing, too many, or two changed over. */
  | { readonly kind: 'near'; readonly text: string }
  | { readonly kind: 'code'; readonly prefix: string }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Need[] }
  | { readonly kind: 'some'; readonly parts: readonly Need[]; readonly count: number }

/** One way of meeting a query. */
export interface Attempt {
  readonly match: 'code' | 'all' | 'pinyin' | 'partial' | 'typo'
  readonly need: Need
}

/** Groups of words that mean the same. */
export type Synonyms = ReadonlyMap<string, readonly string[]>

const all = (parts: readonly Need[]): Need => (parts.length === 1 ? parts[0]! : { kind: 'all', parts })
const any = (parts: readonly Need[]): Need => (parts.length === 1 ? parts[0]! : { kind: 'any', parts })
const term = (lexeme: string): Need => ({ kind: 'term', lexeme })

const hanNeed = (han: string): Need =>
  Array.from(han).length === 1
    ? { kind: 'term', lexeme: han, isPrefix: true, isInName: true }
    : all(bigramsOf(han).map(term))

const MAX_VARIANTS = 6
/** The run itself, and with each synonym it contains replaced by its equals. */
const variantsOf = (han: string, synonyms: Synonyms): string[] => {
  const variants = new Set([han])
  for (const [word, equals] of synonyms) {
    if (!han.includes(word)) continue
    for (const equal of equals) if (variants.size < MAX_VARIANTS) variants.add(han.replace(word, equal))
  }
  return [...variants]
}

// A word being typed is a prefix, and so is "cit" for citizen_id.
const wordNeed = (word: string): Need => ({ kind: 'term', lexeme: word, isPrefix: true })

const runNeed = ({ kind, text }: ReturnType<typeof runsOf>[number]): Need =>
  kind === 'han' ? hanNeed(text) : wordNeed(text)

const everyRun = (q: string, synonyms: Synonyms): Need =>
  all(
    runsOf(q).map((run) =>
      run.kind === 'word'
        ? wordNeed(run.text)
        : any(variantsOf(run.text, synonyms).flatMap((one) => runsOf(one).map(runNeed))),
    ),
  )

const MAX_LEXEMES = 24
// One different character costs two lexemes, so little more than half may be asked for.
const SHARE_NEEDED = 0.55

/** Minimum match: 55 % of the lexemes. */
const mostOf = (q: string): Need | undefined => {
  const lexemes = [
    ...new Set(
      runsOf(q).flatMap(({ kind, text }) => (kind === 'word' ? [text] : text.length > 1 ? bigramsOf(text) : [])),
    ),
  ].slice(0, MAX_LEXEMES)
  if (lexemes.length < 3) return undefined
  return { kind: 'some', parts: lexemes.map(term), count: Math.ceil(lexemes.length * SHARE_NEEDED) }
}

const isLatin = (q: string): boolean => /^[a-z' ]+$/i.test(q)

const pinyinOf = (q: string): Need[] => {
  const letters = q
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '')
    .slice(0, 24)
  if (letters.length < 2) return []
  return [
    { kind: 'sound', letters },
    { kind: 'sound', letters, isInitials: true },
  ]
}

const CODE = /^[123]\d{2}[0-9A-Z]*(?:[-/]\d{0,10})?$/i

/** Every run of three or more characters by its sound: two sound like something in every other name. */
const soundsLike = (q: string): Need | undefined => {
  const runs = runsOf(q)
  const isLong = ({ kind, text }: (typeof runs)[number]) => kind === 'han' && Array.from(text).length > 2
  if (!runs.some(isLong)) return undefined
  return all(runs.map((run) => (isLong(run) ? { kind: 'sound', letters: soundOf(run.text) } : runNeed(run))))
}

/** One character of the name read otherwise. */
const oneWrong = (q: string): Need | undefined => {
  const [run, ...more] = runsOf(q)
  if (!run || more.length > 0 || run.kind !== 'han') return undefined
  const count = Array.from(run.text).length
  return count < 3 || count > 12 ? undefined : { kind: 'near', text: run.text }
}

/** In which ways, one after the other, a query is tried until something is found. */
export const attemptsOf = (q: string, synonyms: Synonyms): Attempt[] => {
  const text = q.trim()
  if (runsOf(text).length === 0) return []
  const words = everyRun(text, synonyms)
  const attempts: { readonly match: Attempt['match']; readonly need: Need | undefined }[] = [
    {
      match: 'code',
      need: CODE.test(text) ? { kind: 'code', prefix: text.replace('-', '/').toUpperCase() } : undefined,
    },
    isLatin(text) ? { match: 'pinyin', need: any([words, ...pinyinOf(text)]) } : { match: 'all', need: words },
    { match: 'typo', need: soundsLike(text) },
    { match: 'partial', need: mostOf(text) },
    { match: 'typo', need: oneWrong(text) },
  ]
  return attempts.filter((one): one is Attempt => one.need !== undefined)
}

/** What to highlight: the query's own runs. */
export const highlightsOf = (q: string): string[] => [...new Set(runsOf(q).map(({ text }) => text))]

/** What orders hits, whichever way they were found. */
export interface Rank {
  /** The query as names are compared with it. */
  readonly text: string
  /** Where these stand counts; words are beginnings. */
  readonly lexemes: readonly { readonly lexeme: string; readonly isPrefix: boolean }[]
  /** What counts towards a name, each as the lexemes it is made of: the words where there are several, else the pairs of characters of the one. */
  readonly marks: readonly (readonly number[])[]
}

const MAX_RANKED = 16
const MAX_MARKS = 6
export const rankOf = (q: string): Rank => {
  const lexemes: { lexeme: string; isPrefix: boolean }[] = []
  const numberOf = (lexeme: string, isPrefix: boolean): number => {
    const known = lexemes.findIndex((one) => one.lexeme === lexeme)
    return known >= 0 ? known : lexemes.push({ lexeme, isPrefix }) - 1
  }
  const runs = [...new Map(runsOf(q).map((run) => [run.text, run])).values()]
  const perRun = runs.map(({ kind, text }) =>
    kind === 'word'
      ? [numberOf(text, true)]
      : bigramsOf(text).map((one) => numberOf(one, Array.from(one).length === 1)),
  )
  const marks = perRun.length > 1 ? perRun : perRun.flat().map((one) => [one])
  const isKept = (one: number): boolean => one < MAX_RANKED
  return {
    text: foldedOf(q),
    lexemes: lexemes.filter((_, index) => isKept(index)),
    marks: marks.filter((mark) => mark.every(isKept)).slice(0, MAX_MARKS),
  }
}
