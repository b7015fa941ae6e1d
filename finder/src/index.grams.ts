import { type Bits, hasBit, keepBits, listBits, noBits, setBit } from './bits.ts'
import type { Codes } from './codes.ts'
import { FIELDS, type Grams } from './grams.ts'
import { isPlace, liesIn, namesAround } from './place.names.ts'
import type { Reader } from './reading.rules.ts'
import type { SearchIndex } from './search.index.ts'
import { lexemesOf } from './term.rules.ts'
import type { Step, Words } from './vocabulary.ts'

type Visit = (entry: number, mask: number) => void

/** What one reader's part of the index says of grams; nothing of it depends on what he may not see. */
interface Part {
  readonly index: SearchIndex
  readonly readable: Bits
  readonly count: number
  /** Per provider, how many of its entries he may see. */
  readonly provided: Uint32Array
  readonly frequencies: Map<string, number>
  readonly spoken: Map<string, boolean>
  readonly steps: Map<string, readonly Step[]>
  readonly synonymGrams: ReadonlySet<string>
}

const providersOf = ({ shape, values }: SearchIndex): Codes => values[shape.provider]!

const eachOfOrgans = ({ index, readable }: Part, organIds: Iterable<string>, visit: Visit): void => {
  for (const organId of organIds) {
    const provider = providersOf(index).find(organId)
    if (provider === undefined) continue
    const entries = index.provided.read(provider)
    for (let at = 0; at < entries.length; at += 1)
      if (hasBit(readable, entries[at]!)) visit(entries[at]!, FIELDS.organ.bit)
  }
}

const eachInPlace = ({ index, readable }: Part, name: string, visit: Visit): void => {
  if (!isPlace(name)) return
  const { division } = index.shape
  const lies = Uint8Array.from(index.values[division]!.values, (code) => (liesIn(code, name) ? 1 : 0))
  const column = index.columns[division]!
  for (let entry = 0; entry < index.count; entry += 1)
    if (lies[column[entry]!] === 1 && hasBit(readable, entry)) visit(entry, FIELDS.place.bit)
}

const eachHolder = ({ index, readable }: Part, name: string, visit: Visit): void => {
  const key = index.itemKeys.find(name)
  if (key === undefined) return
  for (const entry of index.heldAs.read(key)) if (hasBit(readable, entry)) visit(entry, FIELDS.item.bit)
}

const eachLexeme = (part: Part, gram: string, visit: Visit): void => {
  const { index, readable } = part
  const lexeme = index.lexicon.find(gram)
  if (lexeme === undefined) return
  const values = index.terms.read(lexeme)
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at]!
    if (hasBit(readable, value >>> 4)) visit(value >>> 4, value & 15)
  }
  eachOfOrgans(part, index.organsByLexeme.get(lexeme) ?? [], visit)
}

const each = (part: Part, gram: string, visit: Visit): void => {
  const token = gram[1] === ':' ? gram[0] : undefined
  if (token === 'o') eachOfOrgans(part, part.index.organsByName.get(gram.slice(2)) ?? [], visit)
  else if (token === '@') eachInPlace(part, gram.slice(2), visit)
  else if (token === 'i') eachHolder(part, gram.slice(2), visit)
  else eachLexeme(part, gram, visit)
}

const countOrgans = ({ index, provided }: Part, organIds: Iterable<string> | undefined): number => {
  let count = 0
  for (const organId of organIds ?? []) {
    const provider = providersOf(index).find(organId)
    if (provider !== undefined) count += provided[provider]!
  }
  return count
}

const frequencyOf = (part: Part, gram: string): number => {
  const { index, readable } = part
  if (gram[1] === ':') {
    let count = 0
    each(part, gram, () => {
      count += 1
    })
    return count
  }
  const lexeme = index.lexicon.find(gram)
  if (lexeme === undefined) return 0
  let count = countOrgans(part, index.organsByLexeme.get(lexeme))
  const values = index.terms.read(lexeme)
  for (let at = 0; at < values.length; at += 1) if (hasBit(readable, values[at]! >>> 4)) count += 1
  return count
}

/** Whether a gram is a word to this reader: of an organ, a synonym, or an entry that he may see and that is more than prose. */
const isSpoken = ({ index, readable, synonymGrams }: Part, gram: string): boolean => {
  if (synonymGrams.has(gram)) return true
  const lexeme = index.lexicon.find(gram)
  if (lexeme === undefined) return false
  const isHeard = (value: number): boolean => (value & HEARD) !== 0 && hasBit(readable, value >>> 4)
  return index.organsByLexeme.has(lexeme) || index.terms.some(lexeme, isHeard)
}
const HEARD = FIELDS.name.bit | FIELDS.item.bit | FIELDS.keyword.bit

const partOf = (index: SearchIndex, readable: Bits): Part => {
  const provided = new Uint32Array(providersOf(index).values.length)
  const providers = index.columns[index.shape.provider]!
  let count = 0
  for (let entry = 0; entry < index.count; entry += 1) {
    if (!hasBit(readable, entry)) continue
    count += 1
    provided[providers[entry]!]! += 1
  }
  const synonymGrams = new Set(Array.from(index.synonyms.keys()).flatMap(lexemesOf))
  return { index, readable, count, provided, frequencies: new Map(), spoken: new Map(), steps: new Map(), synonymGrams }
}

const parts = new WeakMap<Bits, Part & { readonly version: number }>()
/** The same reader asks again and again; what his part says is worked out once until something changes. */
const knownPart = (index: SearchIndex, readable: Bits): Part => {
  const known = parts.get(readable)
  if (known?.version === index.version && known.index === index) return known
  const part = { ...partOf(index, readable), version: index.version }
  parts.set(readable, part)
  return part
}

const once = <T>(known: Map<string, T>, gram: string, work: () => T): T => {
  const before = known.get(gram)
  if (before !== undefined) return before
  const found = work()
  known.set(gram, found)
  return found
}

const headIn = (index: SearchIndex, entry: number): string => {
  const { values, columns, shape } = index
  const name = index.foldedNames[entry]!.replace(/^\d{4}年/, '')
  const division = values[shape.division]!.values[columns[shape.division]![entry]!]!
  const place = namesAround(division).find((one) => name.startsWith(one))
  return place && name.length > place.length + 1 ? name.slice(place.length) : name
}

/** The index as words are weighed in it for somebody who may see these entries and no others. */
export const gramsOf = (index: SearchIndex, readable: Bits): Grams => {
  const part = knownPart(index, readable)
  return {
    size: index.count,
    count: part.count,
    frequencyOf: (gram) => once(part.frequencies, gram, () => frequencyOf(part, gram)),
    each: (gram, visit) => each(part, gram, visit),
    nameOf: (entry) => index.foldedNames[entry]!,
    idOf: (entry) => index.ids[entry]!,
    idHeadOf: (entry) => index.idHeads[entry]!,
    headOf: (entry) => {
      index.heads[entry] ??= headIn(index, entry)
      return index.heads[entry]
    },
  }
}

const wordsOf = (part: Part): Words => {
  const { words } = part.index
  const isKnown = (gram: string): boolean => once(part.spoken, gram, () => isSpoken(part, gram))
  // In an order of their own: that in which they were learnt tells of what is hidden.
  const known = (key: string, steps: () => readonly Step[]): readonly Step[] =>
    once(part.steps, key, () =>
      steps()
        .filter(({ gram }) => isKnown(gram))
        .sort((a, b) => (a.gram < b.gram ? -1 : 1)),
    )
  return {
    knows: (gram) => words.knows(gram) && isKnown(gram),
    stepsFrom: (char) => known(`from ${char}`, () => words.stepsFrom(char)),
    stepsTo: (char) => known(`to ${char}`, () => words.stepsTo(char)),
    stepsBySound: (sound) => known(`by ${sound}`, () => words.stepsBySound(sound)),
    isSyllable: (text) => words.isSyllable(text),
    wordsNear: (word) => words.wordsNear(word).filter(isKnown).sort(),
    wordsFrom: (prefix, limit) => words.wordsFrom(prefix).filter(isKnown).slice(0, limit),
  }
}

const SPOKEN = HEARD | FIELDS.organ.bit

/** How queries are read for somebody who may see these entries and no others. */
export const readerOf = (index: SearchIndex, readable: Bits): Reader => {
  const grams = gramsOf(index, readable)
  return {
    grams,
    words: wordsOf(knownPart(index, readable)),
    synonyms: index.synonyms,
    holdsAll: (wanted) => {
      if (wanted.length === 0) return 0
      const held = readable.slice()
      for (const gram of new Set(wanted)) {
        const found = noBits(index.count)
        grams.each(gram, (entry, mask) => {
          if ((mask & SPOKEN) !== 0) setBit(found, entry)
        })
        keepBits(held, found)
      }
      return listBits(held).length
    },
  }
}
