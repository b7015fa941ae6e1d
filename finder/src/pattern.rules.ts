import type { Step, Words } from './vocabulary.ts'

/** The words there are, and how often each pair of characters stands. */
export interface Speech {
  readonly words: Words
  readonly frequencyOf: (gram: string) => number
}

/** One place of a word as somebody wrote it: the character itself, how it is read, the letter its reading begins with, or anything. */
export type Place =
  | { readonly char: string }
  | { readonly sound: string; readonly isOpen?: boolean }
  | { readonly initial: string }
  | { readonly any: true }

const MAX_PATHS = 400

const meets = (place: Place, char: string, sound: string): boolean => {
  if ('char' in place) return place.char === char
  if ('sound' in place) return place.isOpen ? sound.startsWith(place.sound) : sound === place.sound
  if ('initial' in place) return sound.startsWith(place.initial)
  return true
}

const firstSteps = (words: Words, [first, second]: readonly Place[]): readonly Step[] => {
  const candidates =
    'char' in first!
      ? words.stepsFrom(first.char)
      : 'sound' in first!
        ? words.stepsBySound(first.sound)
        : 'initial' in first!
          ? words.stepsBySound(`${first.initial}*`)
          : 'char' in second!
            ? words.stepsTo(second.char)
            : []
  return candidates.filter(({ from, to, sounds }) => meets(first!, from, sounds[0]) && meets(second!, to, sounds[1]))
}

interface Path {
  readonly text: string
  readonly last: string
  readonly rarest: number
}

const byFrequency = (a: Path, b: Path): number => b.rarest - a.rarest || (a.text < b.text ? -1 : 1)

/** Texts that follow the steps of the vocabulary and meet every place, the most frequent first. */
export const textsLike = ({ words, frequencyOf }: Speech, places: readonly Place[]): string[] => {
  if (places.length < 2) return []
  let paths: Path[] = firstSteps(words, places).map(({ gram, to }) => ({
    text: gram,
    last: to,
    rarest: frequencyOf(gram),
  }))
  for (const place of places.slice(2)) {
    if (paths.length > MAX_PATHS) paths = paths.toSorted(byFrequency).slice(0, MAX_PATHS)
    paths = paths.flatMap(({ text, last, rarest }) =>
      words
        .stepsFrom(last)
        .filter(({ to, sounds }) => meets(place, to, sounds[1]))
        .map(({ gram, to }) => ({ text: text + to, last: to, rarest: Math.min(rarest, frequencyOf(gram)) })),
    )
  }
  return paths.toSorted(byFrequency).map(({ text }) => text)
}

const MAX_SYLLABLES = 12
/** Ways of reading letters as syllables, the last perhaps unfinished: `hunyindeng` is hun yin deng. */
export const syllablesIn = (words: Words, letters: string): Place[][] => {
  const found: Place[][] = []
  const walk = (at: number, places: Place[]): void => {
    if (found.length >= 8 || places.length > MAX_SYLLABLES) return
    if (at === letters.length) {
      found.push(places)
      return
    }
    for (let length = Math.min(6, letters.length - at); length > 0; length -= 1) {
      const sound = letters.slice(at, at + length)
      if (words.isSyllable(sound)) walk(at + length, [...places, { sound }])
    }
    const rest = letters.slice(at)
    if (places.length > 1 && rest.length < 5 && !words.isSyllable(rest))
      found.push([...places, { sound: rest, isOpen: true }])
  }
  walk(0, [])
  return found
}

/** What a word may have been meant to be that differs by one character: wrong, missing, one too many, or two swapped. */
export const nearTexts = (
  speech: Speech,
  word: string,
  soundOf: (char: string) => string,
): { text: string; isHomophone: boolean }[] => {
  const chars = Array.from(word)
  const grams = chars.slice(1).map((char, at) => chars[at]! + char)
  const unknown = grams.flatMap((gram, at) => (speech.frequencyOf(gram) > 0 ? [] : [at]))
  const first = unknown[0]
  const last = unknown.at(-1)
  if (first === undefined || last === undefined || last - first > 2) return []
  const found = new Map<string, boolean>()
  const add = (texts: readonly string[], isHomophone: boolean) => {
    for (const text of texts) if (text !== word && !found.has(text)) found.set(text, isHomophone)
  }
  const places = chars.map((char): Place => ({ char }))
  const { length } = chars
  // A wrong character touches every pair that is unknown.
  for (let at = Math.max(0, last); at <= Math.min(length - 1, first + 1); at += 1) {
    const sound = soundOf(chars[at]!)
    add(textsLike(speech, places.with(at, { sound })), true)
    const isEdge = at === 0 || at === length - 1
    if (length > 2 && (!isEdge || length > 3)) add(textsLike(speech, places.with(at, { any: true })), false)
    if (length > 3) add(textsLike(speech, places.toSpliced(at, 1)), false)
  }
  for (const at of unknown) {
    if (unknown.length === 1 && length > 3) add(textsLike(speech, places.toSpliced(at + 1, 0, { any: true })), false)
    const swapped = places.toSpliced(at, 2, places[at + 1]!, places[at]!)
    if (length > 2) add(textsLike(speech, swapped), false)
  }
  return Array.from(found, ([text, isHomophone]) => ({ text, isHomophone }))
}
