import { attemptsOf } from '../query.rules.ts'
import type { Reach } from '../resource.rules.ts'
import { type Bits, hasBit, keepBits, listBits } from './bits.ts'
import { readableBits } from './search.find.ts'
import type { SearchIndex } from './search.index.ts'
import { documentsMeeting } from './search.match.ts'
import { firstOf } from './search.rank.ts'

export interface Suggestion {
  readonly kind: 'resource' | 'item' | 'organ' | 'class'
  readonly id: string
  readonly text: string
  readonly hint: string
}

const rankOfName = (name: string, q: string): number => (name.startsWith(q) ? 2 : name.includes(q) ? 1 : 0)

const entryHints = (index: SearchIndex, readable: Bits, q: string): Suggestion[] => {
  const [attempt] = attemptsOf(q, new Map())
  if (!attempt) return []
  const hits = listBits(keepBits(documentsMeeting(index, attempt.need), readable))
  const { names, ids } = index
  const ranks = Uint8Array.from(hits, (hit) => rankOfName(names[hit]!, q))
  const first = firstOf(hits.length, 6, (one, other) => {
    if (ranks[one] !== ranks[other]) return ranks[one]! > ranks[other]!
    const [a, b] = [names[hits[one]!]!, names[hits[other]!]!]
    return a.length !== b.length ? a.length < b.length : a !== b ? a < b : ids[hits[one]!]! < ids[hits[other]!]!
  })
  return first.map((at) => {
    const hit = hits[at]!
    const provider = index.values.provider_organ_id.values[index.columns.provider_organ_id[hit]!]!
    return {
      kind: 'resource',
      id: ids[hit]!,
      text: names[hit]!,
      hint: index.organs.get(provider)?.face.short_name ?? '',
    }
  })
}

const itemHints = (index: SearchIndex, readable: Bits, q: string): Suggestion[] =>
  index.itemNames.values
    .flatMap((name, number) => {
      if (!name.startsWith(q)) return []
      const count = index.held.read(number).reduce((sum, hit) => sum + (hasBit(readable, hit) ? 1 : 0), 0)
      return count > 0 ? [{ name, count }] : []
    })
    .sort((a, b) => b.count - a.count || a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
    .slice(0, 4)
    .map(({ name, count }) => ({ kind: 'item', id: name, text: name, hint: `${count} 个资源` }))

// An organ is named only where the reader may see something of it: that it provides anything may be what is kept from him.
const organHints = (index: SearchIndex, readable: Bits, q: string): Suggestion[] =>
  Array.from(index.organs.values())
    .flatMap(({ face }) => {
      const { organ_id, name, former_names, aliases, is_dissolved } = face
      const former = former_names.filter((one) => one.includes(q)).map((one) => `曾用名 ${one}`)
      const hint = [...aliases.filter((one) => one.includes(q)), ...former].sort()[0] ?? ''
      if (is_dissolved || (hint === '' && !name.includes(q))) return []
      const provider = index.values.provider_organ_id.find(organ_id)
      if (provider === undefined || !index.provided.read(provider).some((hit) => hasBit(readable, hit))) return []
      return [{ kind: 'organ', id: organ_id, text: name, hint } as const]
    })
    .sort((a, b) => a.text.length - b.text.length || (a.id < b.id ? -1 : 1))
    .slice(0, 4)

const classHints = ({ classes }: SearchIndex, q: string): Suggestion[] =>
  Array.from(classes.values())
    .filter(({ is_public, title }) => is_public && title.includes(q))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .slice(0, 3)
    .map(({ code, title, parent_title }) => ({ kind: 'class', id: code, text: title, hint: parent_title }))

/** What somebody typing `q` may mean. */
export const suggestionsFor = (index: SearchIndex, reach: Reach, q: string): Suggestion[] => {
  if (q === '') return []
  const readable = readableBits(index, reach)
  return [
    ...entryHints(index, readable, q),
    ...itemHints(index, readable, q),
    ...organHints(index, readable, q),
    ...classHints(index, q),
  ]
}
