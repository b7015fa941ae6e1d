import type { Need } from '../query.rules.ts'
import { type Bits, joinBits, keepBits, noBits, setBit } from './bits.ts'
import { ANYWHERE, NAME, type SearchIndex, WORD } from './search.index.ts'

/** Documents of a provider, whatever else they say. */
const addProvided = (index: SearchIndex, organId: string, into: Bits): void => {
  const provider = index.values.provider_organ_id.find(organId)
  if (provider === undefined) return
  for (const document of index.provided.read(provider)) setBit(into, document)
}

const addTerm = (index: SearchIndex, lexeme: number, { places, into }: { places: number; into: Bits }): void => {
  for (const value of index.terms.read(lexeme)) if ((value & places) !== 0) setBit(into, value >>> 4)
  if ((places & WORD) !== 0)
    for (const organId of index.organsByLexeme.get(lexeme) ?? []) addProvided(index, organId, into)
}

/** Numbers of the lexemes meant: the one, or all that begin so. */
export const lexemesMeant = ({ lexicon }: SearchIndex, lexeme: string, isPrefix = false): number[] => {
  if (isPrefix) return lexicon.startingWith(lexeme)
  const number = lexicon.find(lexeme)
  return number === undefined ? [] : [number]
}

type Spelled = (values: ArrayLike<number>, from: number, end: number) => boolean
interface Spelling {
  /** By number of syllable: may the letters begin with it? */
  readonly begins: Uint8Array
  readonly isSpelled: Spelled
}

const inFull = ({ syllables }: SearchIndex, letters: string): Spelling => ({
  begins: Uint8Array.from(syllables.values, (one) =>
    one !== '' && (letters.startsWith(one) || one.startsWith(letters)) ? 1 : 0,
  ),
  isSpelled: (values, from, end) => {
    let done = 0
    for (let at = from; at < end && values[at] !== 0; at += 1) {
      const syllable = syllables.values[values[at]!]!
      if (letters.length - done <= syllable.length) return syllable.startsWith(letters.slice(done))
      if (!letters.startsWith(syllable, done)) return false
      done += syllable.length
    }
    return false
  },
})

const byInitials = ({ syllables }: SearchIndex, letters: string): Spelling => ({
  begins: Uint8Array.from(syllables.values, (one) => (one[0] === letters[0] ? 1 : 0)),
  isSpelled: (values, from, end) => {
    if (end - from < letters.length) return false
    for (let at = 0; at < letters.length; at += 1) {
      const syllable = values[from + at]!
      if (syllable === 0 || syllables.values[syllable]![0] !== letters[at]) return false
    }
    return true
  },
})

const sounding = (index: SearchIndex, need: Extract<Need, { kind: 'sound' }>): Bits => {
  const found = noBits(index.count)
  const { begins, isSpelled } = (need.isInitials ? byInitials : inFull)(index, need.letters)
  // A few thousand syllables of a few hundred kinds per thousand names: one pass costs less than keeping them sorted.
  const { values, starts } = index.sounds.all
  for (let document = 0; document < index.count; document += 1) {
    const end = starts[document + 1]!
    for (let at = starts[document]!; at < end; at += 1)
      if (begins[values[at]!] === 1 && isSpelled(values, at, end)) {
        setBit(found, document)
        break
      }
  }
  for (const [organId, { sound }] of index.organs)
    if (sound.some((one, at) => begins[one] === 1 && isSpelled(sound, at, sound.length)))
      addProvided(index, organId, found)
  return found
}

/** Whether `text` stands at `from`, but for one character other, missing, too many, or two changed over. */
const isNearAt = (text: Uint16Array, values: Uint16Array, { from, end }: { from: number; end: number }): boolean => {
  const runsOn = (at: number, of: number): boolean => {
    if (end - at < text.length - of) return false
    for (let next = of; next < text.length; next += 1) if (values[at + next - of] !== text[next]) return false
    return true
  }
  let same = 0
  while (same < text.length && from + same < end && values[from + same] === text[same]) same += 1
  if (same === text.length) return true
  const at = from + same
  // Of three characters two neighbours are too little to go by, and what stands or lacks at an edge is no error at all.
  const isShort = text.length < 4
  const isInside = same > 0 && same + 1 < text.length
  if ((isInside || !isShort) && at < end && values[at] !== 0 && runsOn(at + 1, same + 1)) return true
  if (same === 0) return false
  if (isInside && !isShort && runsOn(at, same + 1)) return true
  if (!isShort && values[at] !== 0 && runsOn(at + 1, same)) return true
  return (
    same + 1 < text.length && values[at] === text[same + 1] && values[at + 1] === text[same] && runsOn(at + 2, same + 2)
  )
}

const near = (index: SearchIndex, wanted: string): Bits => {
  const found = noBits(index.count)
  const text = Uint16Array.from({ length: wanted.length }, (_, at) => wanted.charCodeAt(at))
  const { values, starts } = index.letters.all
  for (let document = 0; document < index.count; document += 1) {
    const end = starts[document + 1]!
    for (let from = starts[document]!; from < end; from += 1) {
      // Two characters must agree one after the other near the beginning, or none further on can make it near.
      if (values[from] !== text[0] && values[from + 1] !== text[1]) continue
      if (!isNearAt(text, values, { from, end })) continue
      setBit(found, document)
      break
    }
  }
  return found
}

const codedLike = (index: SearchIndex, prefix: string): Bits => {
  const found = noBits(index.count)
  for (let document = 0; document < index.count; document += 1)
    if (index.codes[document]!.startsWith(prefix)) setBit(found, document)
  return found
}

const someOf = (index: SearchIndex, parts: readonly Need[], count: number): Bits => {
  const met = new Uint8Array(index.count)
  for (const part of parts) {
    const bits = documentsMeeting(index, part)
    for (let at = 0; at < bits.length; at += 1)
      for (let word = bits[at]!; word !== 0; word &= word - 1) met[at * 32 + 31 - Math.clz32(word & -word)]!++
  }
  const found = noBits(index.count)
  for (let document = 0; document < index.count; document += 1) if (met[document]! >= count) setBit(found, document)
  return found
}

/** Documents of which the need holds, dead ones and those not the reader's included. */
export const documentsMeeting = (index: SearchIndex, need: Need): Bits => {
  switch (need.kind) {
    case 'term': {
      const found = noBits(index.count)
      const places = need.isInName ? NAME : ANYWHERE
      for (const lexeme of lexemesMeant(index, need.lexeme, need.isPrefix))
        addTerm(index, lexeme, { places, into: found })
      return found
    }
    case 'sound':
      return sounding(index, need)
    case 'near':
      return near(index, need.text)
    case 'code':
      return codedLike(index, need.prefix)
    case 'all':
      return need.parts.map((part) => documentsMeeting(index, part)).reduce(keepBits)
    case 'any':
      return need.parts.map((part) => documentsMeeting(index, part)).reduce(joinBits)
    case 'some':
      return someOf(index, need.parts, need.count)
  }
}
