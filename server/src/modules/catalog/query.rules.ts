import { bigramsOf, quote, runsOf, skipsOf, soundOf } from './term.rules.ts'

/** One way of meeting a query: text searches that must hold, as tsquery literals over an entry's terms and sounds. */
export interface Attempt {
  readonly match: 'code' | 'all' | 'pinyin' | 'partial' | 'typo'
  /** Any of these; inside one, both must hold. */
  readonly either: readonly { readonly terms?: string; readonly sounds?: string; readonly code?: string }[]
}

/** Groups of words that mean the same. */
export type Synonyms = ReadonlyMap<string, readonly string[]>

const all = (parts: readonly string[]): string => (parts.length === 1 ? parts[0]! : `(${parts.join(' & ')})`)
const any = (parts: readonly string[]): string => (parts.length === 1 ? parts[0]! : `(${parts.join(' | ')})`)

const hanQuery = (han: string): string =>
  Array.from(han).length === 1 ? `${quote(han)}:*A` : all(bigramsOf(han).map(quote))

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
const wordQuery = (word: string): string => `${quote(word)}:*`

const everyRun = (q: string, synonyms: Synonyms): string =>
  all(
    runsOf(q).map(({ kind, text }) =>
      kind === 'word'
        ? wordQuery(text)
        : any(
            variantsOf(text, synonyms).flatMap((one) =>
              runsOf(one).map((run) => (run.kind === 'han' ? hanQuery(run.text) : wordQuery(run.text))),
            ),
          ),
    ),
  )

const MAX_LEXEMES = 9
// One different character costs two lexemes, so little more than half may be asked for.
const SHARE_NEEDED = 0.55

const combinations = <T>(list: readonly T[], size: number): T[][] => {
  if (size === 0) return [[]]
  if (size > list.length) return []
  const [head, ...rest] = list
  return [...combinations(rest, size - 1).map((one) => [head as T, ...one]), ...combinations(rest, size)]
}

/** Minimum match: 55 % of the lexemes, written out as a disjunction that GIN answers from its posting lists alone. */
const mostOf = (q: string): string | undefined => {
  const lexemes = [
    ...new Set(
      runsOf(q).flatMap(({ kind, text }) => (kind === 'word' ? [text] : text.length > 1 ? bigramsOf(text) : [])),
    ),
  ].slice(0, MAX_LEXEMES)
  if (lexemes.length < 3) return undefined
  const need = Math.ceil(lexemes.length * SHARE_NEEDED)
  return any(combinations(lexemes.map(quote), need).map(all))
}

const isLatin = (q: string): boolean => /^[a-z' ]+$/i.test(q)

const pinyinOf = (q: string): Attempt['either'] => {
  const letters = q.toLowerCase().replaceAll(/[^a-z]/g, '')
  if (letters.length < 2) return []
  return [{ sounds: `${quote(`p${letters.slice(0, 24)}`)}:*` }, { sounds: `${quote(`i${letters.slice(0, 24)}`)}:*` }]
}

const CODE = /^[123]\d{2}[0-9A-Z]*(?:[-/]\d{0,10})?$/i

/** Every run of three or more characters by its sound: two sound like something in every other name. */
const soundsLike = (q: string): Attempt['either'] => {
  const runs = runsOf(q)
  const isLong = ({ kind, text }: (typeof runs)[number]) => kind === 'han' && Array.from(text).length > 2
  const long = runs.filter(isLong)
  if (long.length === 0) return []
  const others = runs.filter((run) => !isLong(run))
  return [
    {
      sounds: all(long.map(({ text }) => `${quote(`p${soundOf(text)}`)}:*`)),
      ...(others.length > 0
        ? { terms: all(others.map(({ kind, text }) => (kind === 'han' ? hanQuery(text) : wordQuery(text)))) }
        : {}),
    },
  ]
}

/** One character of the name read otherwise: what touches it may differ, its neighbours must stand two apart. */
const oneWrong = (q: string): Attempt['either'] => {
  const [run, ...more] = runsOf(q)
  if (!run || more.length > 0 || run.kind !== 'han') return []
  const count = Array.from(run.text).length
  if (count < 3 || count > 12) return []
  const bigrams = bigramsOf(run.text).map((one) => `${quote(one)}:A`)
  const skips = skipsOf(run.text).map(quote)
  return Array.from({ length: count }, (_, wrong) => {
    const kept = bigrams.filter((__, index) => index !== wrong && index + 1 !== wrong)
    const isEdge = wrong === 0 || wrong === count - 1
    if (isEdge) return count > 3 ? { terms: all(kept) } : {}
    return { sounds: skips[wrong - 1]!, ...(kept.length > 0 ? { terms: all(kept) } : {}) }
  }).filter((one) => Object.keys(one).length > 0)
}

/** In which ways, one after the other, a query is tried until something is found. */
export const attemptsOf = (q: string, synonyms: Synonyms): Attempt[] => {
  const text = q.trim()
  if (runsOf(text).length === 0) return []
  const words = { terms: everyRun(text, synonyms) }
  const partial = mostOf(text)
  const attempts: Attempt[] = [
    ...(CODE.test(text) ? [{ match: 'code', either: [{ code: text.replace('-', '/').toUpperCase() }] } as const] : []),
    ...(isLatin(text)
      ? [{ match: 'pinyin', either: [words, ...pinyinOf(text)] } as const]
      : [{ match: 'all', either: [words] } as const]),
    { match: 'typo', either: soundsLike(text) },
    { match: 'partial', either: partial ? [{ terms: partial }] : [] },
    { match: 'typo', either: oneWrong(text) },
  ]
  return attempts.filter(({ either }) => either.length > 0)
}

/** What to highlight: the query's own runs. */
export const highlightsOf = (q: string): string[] => [...new Set(runsOf(q).map(({ text }) => text))]

/** Query whose rank orders hits: any of the lexemes, whichever way they were found. */
export const rankQuery = (q: string): string => {
  const lexemes = new Set(
    runsOf(q).flatMap(({ kind, text }) => (kind === 'word' ? [wordQuery(text)] : bigramsOf(text).map(quote))),
  )
  return any([...lexemes].slice(0, 16))
}

const MAX_MARKS = 6
/** What counts towards a name: the words where there are several, else the pairs of characters of the one. */
export const marksOf = (q: string): string[] => {
  const runs = highlightsOf(q)
  return (runs.length > 1 ? runs : runs.flatMap(bigramsOf)).slice(0, MAX_MARKS)
}
