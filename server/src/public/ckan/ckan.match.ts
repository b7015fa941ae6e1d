import { maskColumn } from '../shelf/column.ts'
import type { Spine } from '../shelf/shelf.store.ts'
import { isFacet, type Snapshot } from '../shelf/shelf.ts'
import { badQuery } from './ckan.fault.ts'
import { organId } from './ckan.package.ts'
import { type Bound, type Query, TEXT } from './ckan.query.ts'

/** How much each open dataset weighs for a text, by position; 0: not found. */
export type Found = ReadonlyMap<string, Float32Array>

type Reader = (spine: Spine) => string

const midnight = (day: string): string => `${day}T00:00:00.000Z`

const EXACT: Readonly<Record<string, Reader>> = {
  id: ({ dataset_id }) => dataset_id,
  name: ({ slug }) => slug,
  owner_org: ({ organ_name }) => organId(organ_name),
  author: ({ organ_name }) => organ_name,
  metadata_modified: ({ changed_at }) => changed_at,
  metadata_created: ({ released_on }) => midnight(released_on),
  state: () => 'active',
  private: () => 'false',
  capacity: () => 'public',
  dataset_type: () => 'dataset',
  type: () => 'dataset',
  entity_type: () => 'package',
  site_id: () => 'default',
}
const WORDED: Readonly<Record<string, Reader>> = {
  title: ({ title }) => title,
  title_string: ({ title }) => title,
}
/** What people call by its title, beside its machine's name. */
const TITLED: Readonly<Record<string, Reader>> = {
  organization: ({ organ_name }) => organ_name,
  groups: ({ theme_title }) => theme_title,
}

const patternOf = (value: string): RegExp => {
  const source = value
    .replace(/[*]+/g, '*')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'is')
}

const MAX_STARS = 4

const testOf = (value: string, isPattern: boolean): ((text: string) => boolean) => {
  if (!isPattern) return (text) => text === value
  if ((value.match(/\*+/g)?.length ?? 0) > MAX_STARS) throw badQuery(`more than ${MAX_STARS} wildcards in one word`)
  const pattern = patternOf(value)
  return (text) => pattern.test(text)
}

const isAfter = (text: string, { value, isIn }: Bound): boolean =>
  value === '*' || text > value || (isIn && text === value)
const isBefore = (text: string, { value, isIn }: Bound): boolean =>
  value === '*' || text < value || (isIn && (text === value || text.startsWith(value)))

// Solr's date arithmetic, as harvesters write it: NOW, NOW-1DAY, NOW-6HOURS.
const UNITS: Readonly<Record<string, number>> = {
  SECOND: 1,
  MINUTE: 60,
  HOUR: 3600,
  DAY: 86_400,
  MONTH: 2_592_000,
  YEAR: 31_536_000,
}
/** Beyond these years a date is written otherwise, and is compared as text no longer. */
const [FIRST, LAST] = [Date.parse('0000-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59Z')]
const instantOf = (bound: Bound, now: () => number): Bound => {
  const math = /^NOW(?:([+-])(\d{1,6})(SECOND|MINUTE|HOUR|DAY|MONTH|YEAR)S?)?(?:\/[A-Z]+)?$/.exec(bound.value)
  if (!math) return { ...bound, value: bound.value.replace(/(\.\d{3})\d*Z?$/, '$1Z') }
  const by = math[2] ? Number(math[2]) * UNITS[math[3]!]! * 1000 * (math[1] === '-' ? -1 : 1) : 0
  return { ...bound, value: new Date(Math.min(LAST, Math.max(FIRST, now() + by))).toISOString() }
}

const maskOf = (snapshot: Snapshot, passes: (spine: Spine) => boolean): Uint8Array =>
  Uint8Array.from(snapshot.open, (spine) => (passes(spine) ? 1 : 0))

const facetOf = (field: string): string => field.replace(/^extras_|^vocab_/, '')

const termMask = (snapshot: Snapshot, { field, value, isPattern }: Query & { is: 'term' }): Uint8Array => {
  const test = testOf(value, isPattern)
  const exact = EXACT[field]
  if (exact) return maskOf(snapshot, (spine) => test(exact(spine)))
  const worded = WORDED[field]
  if (worded && isPattern) return maskOf(snapshot, (spine) => test(worded(spine)))
  if (worded) {
    const wanted = value.toLowerCase()
    return maskOf(snapshot, (spine) => worded(spine).toLowerCase().includes(wanted))
  }
  const facet = facetOf(field)
  if (!isFacet(facet)) throw badQuery(`undefined field ${field}`)
  const titled = TITLED[facet]
  const isNamed = !isPattern && snapshot.column(facet).codes.has(value)
  if (titled && !isNamed) return maskOf(snapshot, (spine) => test(titled(spine)))
  const loose = facet === 'res_format' ? testOf(value.toLowerCase(), isPattern) : undefined
  return maskColumn(snapshot.column(facet), (one) => test(one) || (loose?.(one.toLowerCase()) ?? false))
}

const wordsMask = (snapshot: Snapshot, found: Found, value: string): Uint8Array => {
  const mask = new Uint8Array(snapshot.open.length)
  const weights = found.get(value)
  if (weights) for (let at = 0; at < mask.length; at += 1) mask[at] = weights[at]! > 0 ? 1 : 0
  return mask
}

const rangeMask = (snapshot: Snapshot, { field, from, to }: Query & { is: 'range' }): Uint8Array => {
  const read = EXACT[field] ?? WORDED[field]
  if (!read) throw badQuery(`undefined field ${field}`)
  const [first, last] = [instantOf(from, Date.now), instantOf(to, Date.now)]
  return maskOf(snapshot, (spine) => isAfter(read(spine), first) && isBefore(read(spine), last))
}

const merge = (masks: readonly Uint8Array[], isAnd: boolean): Uint8Array => {
  const merged = Uint8Array.from(masks[0]!)
  for (const mask of masks.slice(1))
    for (let at = 0; at < merged.length; at += 1) merged[at] = isAnd ? merged[at]! & mask[at]! : merged[at]! | mask[at]!
  return merged
}

/** Marks the open datasets that meet a query. */
export const match = (snapshot: Snapshot, query: Query, found: Found): Uint8Array => {
  switch (query.is) {
    case 'all':
      return new Uint8Array(snapshot.open.length).fill(1)
    case 'and':
    case 'or':
      return merge(
        query.of.map((one) => match(snapshot, one, found)),
        query.is === 'and',
      )
    case 'not':
      return match(snapshot, query.of, found).map((one) => one ^ 1)
    case 'range':
      return rangeMask(snapshot, query)
    case 'term':
      return query.field === TEXT ? wordsMask(snapshot, found, query.value) : termMask(snapshot, query)
  }
}
