import { type Bits, hasBit } from './bits.ts'
import { findEntries } from './find.ts'
import type { Reading } from './reading.rules.ts'
import type { SearchIndex } from './search.index.ts'

export interface Suggestion {
  readonly kind: 'resource' | 'item' | 'organ' | 'class'
  readonly id: string
  readonly text: string
  readonly hint: string
}

interface Typed {
  readonly q: string
  readonly reading: Reading
  readonly readable: Bits
}

/** What was typed, and where it is one word what else it may be: its synonyms, what it spells, what was meant. */
const textsOf = ({ q, reading: { words } }: Typed): string[] => [
  ...new Set([q, ...(words.length === 1 ? words[0]!.ways.map(({ text }) => text) : [])]),
]

const MAX_ENTRIES = 6
const entryHints = (index: SearchIndex, { reading, readable }: Typed): Suggestion[] => {
  const page = { chosen: {}, order: 'relevance', offset: 0, limit: MAX_ENTRIES } as const
  const { ids, whole } = findEntries(index, { readable, reading, ...page })
  return ids
    .filter((id) => whole.has(id))
    .map((id) => {
      const entry = index.numbers.get(id)!
      const { shape, values, columns } = index
      const provider = values[shape.provider]!.values[columns[shape.provider]![entry]!]!
      const hint = index.organs.get(provider)?.face.short_name ?? ''
      return { kind: 'resource', id, text: index.names[entry]!, hint }
    })
}

/** How near a name is to the texts: is one, begins with one, holds one. */
const nearness = (name: string, texts: readonly string[]): number => {
  if (texts.includes(name)) return 3
  if (texts.some((text) => name.startsWith(text))) return 2
  return texts.some((text) => text.length > 1 && name.includes(text)) ? 1 : 0
}

const itemHints = (index: SearchIndex, typed: Typed): Suggestion[] => {
  const texts = textsOf(typed)
  return index.itemNames.values
    .flatMap((name, number) => {
      const near = nearness(name, texts)
      if (near === 0) return []
      const count = index.held.read(number).reduce((sum, hit) => sum + (hasBit(typed.readable, hit) ? 1 : 0), 0)
      return count > 0 ? [{ name, near, count }] : []
    })
    .sort((a, b) => b.near - a.near || b.count - a.count || a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
    .slice(0, 4)
    .map(({ name, count }) => ({ kind: 'item', id: name, text: name, hint: `${count} 个资源` }))
}

// An organ is named only where the reader may see something of it: that it provides anything may be what is kept from him.
const organHints = (index: SearchIndex, typed: Typed): Suggestion[] => {
  const texts = textsOf(typed)
  const holds = (name: string): boolean => nearness(name, texts) > 0
  return Array.from(index.organs.values())
    .flatMap(({ face }) => {
      const { organ_id, name, former_names, aliases, successor_names, is_dissolved } = face
      const former = former_names.filter(holds).map((one) => `曾用名 ${one}`)
      const later = successor_names.filter(holds).map((one) => `职责划入 ${one}`)
      const hint = [...aliases.filter(holds), ...former, ...later].sort()[0] ?? ''
      if (is_dissolved || (hint === '' && !holds(name))) return []
      const provider = index.values[index.shape.provider]!.find(organ_id)
      if (provider === undefined || !index.provided.read(provider).some((hit) => hasBit(typed.readable, hit))) return []
      return [{ kind: 'organ', id: organ_id, text: name, hint } as const]
    })
    .sort((a, b) => a.text.length - b.text.length || (a.id < b.id ? -1 : 1))
    .slice(0, 4)
}

const classHints = ({ classes }: SearchIndex, typed: Typed): Suggestion[] => {
  const texts = textsOf(typed)
  return Array.from(classes.values())
    .filter(({ is_public, title }) => is_public && texts.some((text) => title.includes(text)))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .slice(0, 3)
    .map(({ code, title, parent_title }) => ({ kind: 'class', id: code, text: title, hint: parent_title }))
}

/** What somebody typing may mean, of what he may see: read by the same rules as the search itself. */
export const suggestionsFor = (index: SearchIndex, typed: Typed): Suggestion[] =>
  typed.q === ''
    ? []
    : [
        ...entryHints(index, typed),
        ...itemHints(index, typed),
        ...organHints(index, typed),
        ...classHints(index, typed),
      ]
