import { type Bits, hasBit, setBit } from './bits.ts'
import { type Codes, makeCodes } from './codes.ts'
import type { FacetRule } from './facet.ts'
import { makePostings, type Postings } from './postings.ts'
import { foldedOf, lexemesOf } from './term.rules.ts'
import { Vocabulary } from './vocabulary.ts'

/** Where in an entry a lexeme stands. */
export const NAME = 1
export const ITEM = 2
export const WORD = 4
const SUMMARY = 8
/** Words of these are corrected to and spelt; a summary is prose. */
const SPOKEN = NAME | ITEM | WORD

/** What is searched, as search needs it; lists are joined by line breaks, an item's two names by a tab. */
export interface Source {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly name_en: string
  readonly summary: string
  readonly keywords: string
  readonly items: string
  readonly published_on: string
}

/** What entries have besides their words, and by what of it they are counted: each catalogue says so for itself. */
export interface Shape<F extends string = string, C extends string = string> {
  readonly columns: readonly C[]
  /** The column that names who provides an entry, and the one that holds the code of his division. */
  readonly provider: C
  readonly division: C
  readonly facets: Readonly<Record<F, FacetRule>>
}

export interface OrganFace {
  readonly organ_id: string
  readonly path: string
  readonly name: string
  readonly short_name: string
  readonly former_names: readonly string[]
  readonly aliases: readonly string[]
  /** What those who took over its duties are called, where no other organ is called so. */
  readonly successor_names: readonly string[]
  readonly is_dissolved: boolean
}

export interface ClassFace {
  readonly code: string
  readonly title: string
  readonly parent_title: string
  readonly is_public: boolean
}

/** What an organ is found by, wherever an entry of it stands. */
interface OrganWords {
  readonly face: OrganFace
  readonly lexemes: readonly number[]
  readonly names: readonly string[]
}

/**
 * A catalogue as search reads it, in this process's memory (ADR 0005). Documents are numbered in the order in
 * which they came; a changed entry becomes a new document and its old one is dead.
 */
export interface SearchIndex<F extends string = string, C extends string = string> {
  readonly shape: Shape<F, C>
  count: number
  dead: number
  /** Counts changes of any kind: what was worked out before the last one no longer holds. */
  version: number
  readonly numbers: Map<string, number>
  readonly ids: string[]
  /** The first 48 bits of each id: equals are mostly told apart without looking at a string. */
  readonly idHeads: number[]
  readonly names: string[]
  /** Names as they are compared: mostly the very same strings. */
  readonly foldedNames: string[]
  readonly codes: string[]
  /** Names without the year and the place they begin with; found out when first looked at. */
  readonly heads: string[]
  alive: Bits
  published: Uint32Array
  readonly columns: Record<C, Uint32Array>
  readonly values: Record<C, Codes>
  readonly lexicon: Codes
  readonly words: Vocabulary
  /** Lexeme → document × 16 + where it stands. */
  readonly terms: Postings
  /** Provider → documents. */
  readonly provided: Postings
  readonly itemNames: Codes
  /** Item name → documents. */
  readonly held: Postings
  /** Item names, Chinese and English, as they are compared → documents. */
  readonly itemKeys: Codes
  readonly heldAs: Postings
  readonly organs: Map<string, OrganWords>
  readonly organsByLexeme: Map<number, string[]>
  /** Any of an organ's names as a whole → who bears it. */
  readonly organsByName: Map<string, Set<string>>
  classes: ReadonlyMap<string, ClassFace>
  synonyms: ReadonlyMap<string, readonly string[]>
  readonly work: Work
}

/** What indexing needs between one entry and the next. */
interface Work {
  places: Uint8Array
  /** Lexemes the vocabulary has learnt. */
  learnt: Uint8Array
  readonly touched: number[]
  /** Items and keywords repeat without end: a few thousand texts make up most of a province. */
  readonly remembered: Map<string, Uint32Array>
  readonly items: Map<string, KnownItem>
}

/** An item as it has been met before. */
interface KnownItem {
  readonly lexemes: Uint32Array
  readonly name: number
  readonly keys: readonly number[]
}

export const makeSearchIndex = <F extends string, C extends string>(shape: Shape<F, C>): SearchIndex<F, C> => {
  const perColumn = <T>(make: () => T) => Object.fromEntries(shape.columns.map((one) => [one, make()])) as Record<C, T>
  return {
    shape,
    count: 0,
    dead: 0,
    version: 0,
    numbers: new Map(),
    ids: [],
    idHeads: [],
    names: [],
    foldedNames: [],
    codes: [],
    heads: [],
    alive: new Uint32Array(32),
    published: new Uint32Array(1024),
    columns: perColumn(() => new Uint32Array(1024)),
    values: perColumn(makeCodes),
    lexicon: makeCodes(),
    words: new Vocabulary(),
    terms: makePostings(),
    provided: makePostings(),
    itemNames: makeCodes(),
    held: makePostings(),
    itemKeys: makeCodes(),
    heldAs: makePostings(),
    organs: new Map(),
    organsByLexeme: new Map(),
    organsByName: new Map(),
    classes: new Map(),
    synonyms: new Map(),
    work: {
      places: new Uint8Array(1024),
      learnt: new Uint8Array(1024),
      touched: [],
      remembered: new Map(),
      items: new Map(),
    },
  }
}

const HEAD = /^([0-9a-f]{8})-([0-9a-f]{4})-/
/** In the order of the ids themselves; 0 for what is no UUID. */
const headOfId = (id: string): number => {
  const head = HEAD.exec(id)
  return head ? Number.parseInt(`${head[1]}${head[2]}`, 16) : 0
}

const makeRoom = (index: SearchIndex): void => {
  const size = index.published.length
  if (index.count < size) return
  const larger = (array: Uint32Array): Uint32Array => {
    const copy = new Uint32Array(array.length * 2)
    copy.set(array)
    return copy
  }
  index.published = larger(index.published)
  index.alive = larger(index.alive)
  for (const column of index.shape.columns) index.columns[column] = larger(index.columns[column]!)
}

const numbersOf = ({ lexicon }: SearchIndex, text: string): Uint32Array =>
  Uint32Array.from(lexemesOf(text), (lexeme) => lexicon.of(lexeme))

const REMEMBERED = 200_000
const rememberedOf = (index: SearchIndex, text: string): Uint32Array => {
  const { remembered } = index.work
  const known = remembered.get(text)
  if (known) return known
  const numbers = numbersOf(index, text)
  if (remembered.size >= REMEMBERED) remembered.clear()
  remembered.set(text, numbers)
  return numbers
}

const mark = (work: Work, numbers: Uint32Array, place: number): void => {
  for (const number of numbers) {
    if (number >= work.places.length) {
      const larger = new Uint8Array(Math.max(number + 1, work.places.length * 2))
      larger.set(work.places)
      work.places = larger
      const learnt = new Uint8Array(larger.length)
      learnt.set(work.learnt)
      work.learnt = learnt
    }
    if (work.places[number] === 0) work.touched.push(number)
    work.places[number]! |= place
  }
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.split('\n'))

const itemOf = (index: SearchIndex, line: string): KnownItem => {
  const { items } = index.work
  const known = items.get(line)
  if (known) return known
  const [chinese = '', english = ''] = line.split('\t')
  const keys = new Set([chinese, english].filter((one) => one !== '').map((one) => index.itemKeys.of(foldedOf(one))))
  const item = { lexemes: numbersOf(index, line), name: index.itemNames.of(chinese), keys: [...keys] }
  if (items.size >= REMEMBERED) items.clear()
  items.set(line, item)
  return item
}

const addItems = (index: SearchIndex, lines: readonly string[], document: number): void => {
  const [names, keys] = [new Set<number>(), new Set<number>()]
  for (const line of lines) {
    const item = itemOf(index, line)
    mark(index.work, item.lexemes, ITEM)
    names.add(item.name)
    for (const key of item.keys) keys.add(key)
  }
  for (const name of names) index.held.add(name, document)
  for (const key of keys) index.heldAs.add(key, document)
}

export const removeEntry = (index: SearchIndex, id: string): void => {
  const document = index.numbers.get(id)
  if (document === undefined) return
  index.numbers.delete(id)
  index.alive[document >>> 5]! &= ~(1 << (document & 31))
  index.dead += 1
  index.version += 1
}

const addTerms = (index: SearchIndex, entry: Source, document: number): void => {
  const { work } = index
  mark(work, numbersOf(index, entry.name), NAME)
  mark(work, numbersOf(index, entry.name_en), NAME)
  addItems(index, linesOf(entry.items), document)
  for (const word of linesOf(entry.keywords)) mark(work, rememberedOf(index, word), WORD)
  mark(work, numbersOf(index, entry.summary), SUMMARY)
  for (const number of work.touched) {
    index.terms.add(number, document * 16 + work.places[number]!)
    if ((work.places[number]! & SPOKEN) !== 0 && work.learnt[number] === 0) {
      work.learnt[number] = 1
      index.words.learn(index.lexicon.values[number]!)
    }
    work.places[number] = 0
  }
  work.touched.length = 0
}

/** Puts an entry in, or what it is now in the place of what it was. */
export const putEntry = <F extends string, C extends string>(
  index: SearchIndex<F, C>,
  entry: Source & Readonly<Record<C, string>>,
): void => {
  removeEntry(index, entry.id)
  makeRoom(index)
  const document = index.count
  index.count += 1
  index.version += 1
  index.numbers.set(entry.id, document)
  index.ids.push(entry.id)
  index.idHeads.push(headOfId(entry.id))
  index.names.push(entry.name)
  const folded = foldedOf(entry.name)
  index.foldedNames.push(folded === entry.name ? entry.name : folded)
  index.codes.push(entry.code)
  setBit(index.alive, document)
  index.published[document] = Number(entry.published_on.replaceAll('-', ''))
  const { columns, provider } = index.shape
  for (const column of columns) index.columns[column][document] = index.values[column].of(entry[column])
  index.provided.add(index.columns[provider][document]!, document)
  addTerms(index, entry, document)
}

/** Another value in a column: nothing an entry is found by has changed, so its document stays. */
export const putValue = <F extends string, C extends string>(
  index: SearchIndex<F, C>,
  id: string,
  { column, value }: { readonly column: C; readonly value: string },
): void => {
  const document = index.numbers.get(id)
  if (document === undefined) return
  index.columns[column][document] = index.values[column].of(value)
  index.version += 1
}

export const isAlive = (index: SearchIndex, document: number): boolean => hasBit(index.alive, document)

const forget = (index: SearchIndex, organId: string): void => {
  const known = index.organs.get(organId)
  for (const name of known?.names ?? []) index.organsByName.get(name)?.delete(organId)
  for (const lexeme of known?.lexemes ?? []) {
    const left = index.organsByLexeme.get(lexeme)!.filter((one) => one !== organId)
    if (left.length > 0) index.organsByLexeme.set(lexeme, left)
    else index.organsByLexeme.delete(lexeme)
  }
}

/** 省公安厅 is 公安厅 to all who work in the province. */
const namesOf = ({ name, short_name, former_names, aliases, successor_names }: OrganFace): string[] => [
  ...new Set(
    [name, short_name, ...former_names, ...aliases, ...successor_names]
      .flatMap((one) => [one, one.replace(/^省/, '')])
      .map(foldedOf),
  ),
]

/** An organ's names and aliases are kept once, not with each of its entries: a new alias is found with them at once. */
export const putOrgan = (index: SearchIndex, face: OrganFace): void => {
  index.version += 1
  forget(index, face.organ_id)
  const names = namesOf(face)
  const lexemes = [...new Set(names.flatMap((name) => [...numbersOf(index, name)]))]
  for (const lexeme of lexemes) {
    const bearers = index.organsByLexeme.get(lexeme)
    if (bearers) bearers.push(face.organ_id)
    else index.organsByLexeme.set(lexeme, [face.organ_id])
  }
  for (const name of names) {
    const bearers = index.organsByName.get(name) ?? new Set()
    index.organsByName.set(name, bearers.add(face.organ_id))
  }
  for (const lexeme of lexemes) index.words.learn(index.lexicon.values[lexeme]!)
  index.organs.set(face.organ_id, { face, lexemes, names })
}

/** Its names are words no longer, unless an entry holds them. */
export const removeOrgan = (index: SearchIndex, organId: string): void => {
  forget(index, organId)
  index.organs.delete(organId)
  index.version += 1
}

/** Words that mean the same are words the catalogue speaks, whether an entry holds them or not. */
export const putSynonyms = (index: SearchIndex, groups: Iterable<readonly string[]>): void => {
  const equals = new Map<string, readonly string[]>()
  for (const words of groups)
    for (const word of words)
      equals.set(
        word,
        words.filter((one) => one !== word),
      )
  index.synonyms = equals
  index.version += 1
  for (const word of equals.keys()) for (const lexeme of lexemesOf(word)) index.words.learn(lexeme)
}

/** Bytes of what grows with the number of entries, names and lexemes as strings left out. */
export const bytesOf = (index: SearchIndex): number =>
  index.terms.bytes() +
  index.provided.bytes() +
  index.held.bytes() +
  index.heldAs.bytes() +
  index.published.byteLength * (index.shape.columns.length + 1)
