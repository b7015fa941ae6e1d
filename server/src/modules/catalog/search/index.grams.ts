import { type Bits, keepBits, listBits, noBits, setBit } from './bits.ts'
import { FIELDS, type Grams } from './grams.ts'
import { isPlace, liesIn, namesAround } from './place.names.ts'
import type { Reader } from './reading.rules.ts'
import type { SearchIndex } from './search.index.ts'

type Visit = (entry: number, mask: number) => void

const eachOfOrgans = (index: SearchIndex, organIds: Iterable<string>, visit: Visit): void => {
  for (const organId of organIds) {
    const provider = index.values.provider_organ_id.find(organId)
    if (provider === undefined) continue
    for (const entry of index.provided.read(provider)) visit(entry, FIELDS.organ.bit)
  }
}

const eachInPlace = (index: SearchIndex, name: string, visit: Visit): void => {
  if (!isPlace(name)) return
  const lies = Uint8Array.from(index.values.division_code.values, (code) => (liesIn(code, name) ? 1 : 0))
  const column = index.columns.division_code
  for (let entry = 0; entry < index.count; entry += 1) if (lies[column[entry]!] === 1) visit(entry, FIELDS.place.bit)
}

const eachHolder = (index: SearchIndex, name: string, visit: Visit): void => {
  const item = index.itemsFolded.get(name)
  if (item !== undefined) for (const entry of index.held.read(item)) visit(entry, FIELDS.item.bit)
}

const eachLexeme = (index: SearchIndex, gram: string, visit: Visit): void => {
  const lexeme = index.lexicon.find(gram)
  if (lexeme === undefined) return
  for (const value of index.terms.read(lexeme)) visit(value >>> 4, value & 15)
  eachOfOrgans(index, index.organsByLexeme.get(lexeme) ?? [], visit)
}

const each = (index: SearchIndex, gram: string, visit: Visit): void => {
  const token = gram[1] === ':' ? gram[0] : undefined
  if (token === 'o') eachOfOrgans(index, index.organsByName.get(gram.slice(2)) ?? [], visit)
  else if (token === '@') eachInPlace(index, gram.slice(2), visit)
  else if (token === 'i') eachHolder(index, gram.slice(2), visit)
  else eachLexeme(index, gram, visit)
}

const countOrgans = (index: SearchIndex, organIds: Iterable<string> | undefined): number => {
  let count = 0
  for (const organId of organIds ?? []) {
    const provider = index.values.provider_organ_id.find(organId)
    if (provider !== undefined) count += index.provided.count(provider)
  }
  return count
}

const frequencyOf = (index: SearchIndex, gram: string): number => {
  if (gram[1] === ':') {
    let count = 0
    each(index, gram, () => {
      count += 1
    })
    return count
  }
  const lexeme = index.lexicon.find(gram)
  if (lexeme === undefined) return 0
  return index.terms.count(lexeme) + countOrgans(index, index.organsByLexeme.get(lexeme))
}

const headIn = (index: SearchIndex, entry: number): string => {
  const name = index.foldedNames[entry]!.replace(/^\d{4}年/, '')
  const division = index.values.division_code.values[index.columns.division_code[entry]!]!
  const place = namesAround(division).find((one) => name.startsWith(one))
  return place && name.length > place.length + 1 ? name.slice(place.length) : name
}

/** The index as words are weighed in it. Rarity counts all entries: it tells nothing of any one. */
export const gramsOf = (index: SearchIndex): Grams => {
  const frequencies = new Map<string, number>()
  return {
    size: index.count,
    count: index.numbers.size,
    frequencyOf: (gram) => {
      const known = frequencies.get(gram)
      if (known !== undefined) return known
      const count = frequencyOf(index, gram)
      frequencies.set(gram, count)
      return count
    },
    each: (gram, visit) => each(index, gram, visit),
    nameOf: (entry) => index.foldedNames[entry]!,
    headOf: (entry) => {
      index.heads[entry] ??= headIn(index, entry)
      return index.heads[entry]
    },
  }
}

const SPOKEN = FIELDS.name.bit | FIELDS.item.bit | FIELDS.keyword.bit | FIELDS.organ.bit

/** How queries are read for somebody who may see these entries and no others. */
export const readerOf = (index: SearchIndex, readable: Bits): Reader => {
  const grams = gramsOf(index)
  return {
    grams,
    words: index.words,
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
