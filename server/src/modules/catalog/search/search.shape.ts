import { type Chosen as AnyChosen, equalIn, type FacetRule } from '@sanjiang/finder/facet'
import { entriesUnder } from '@sanjiang/finder/find'
import { makeSearchIndex, putValue, type SearchIndex, type Source } from '@sanjiang/finder/search.index'
import { reaches } from '#kernel/ctx.ts'
import type { Reach } from '../resource.rules.ts'

export const FACET_KEYS = [
  'provider',
  'region',
  'class',
  'share_type',
  'open_type',
  'format',
  'update_cycle',
  'attached',
  'quality',
] as const
export type FacetKey = (typeof FACET_KEYS)[number]
export type Chosen = AnyChosen<FacetKey>

const COLUMNS = [
  'provider_organ_id',
  'division_code',
  'class_code',
  'share_type',
  'open_type',
  'format_category',
  'update_cycle',
  'attached_methods',
  /** `none` until it has been judged. */
  'quality_level',
  'audience_path',
] as const
type Column = (typeof COLUMNS)[number]

/** A published entry as search needs it. */
export type EntrySource = Source & Readonly<Record<Column, string>>
export type CatalogIndex = SearchIndex<FacetKey, Column>

// A division's prefix: a province its first two digits, a prefecture four.
const divisionPrefix = (code: string): string => code.replace(/0000$/, '').replace(/00$/, '')
const methodsOf = (joined: string): string[] => (joined === '' ? ['none'] : joined.split(','))

const FACETS: Readonly<Record<FacetKey, FacetRule>> = {
  provider: {
    column: 'provider_organ_id',
    countedAs: (value) => value,
    meets: ({ organs }, chosen) => {
      const above = chosen.flatMap((one) => organs.get(one)?.face.path ?? [])
      return (value) => above.some((path) => organs.get(value)?.face.path.startsWith(path) ?? false)
    },
  },
  region: {
    column: 'division_code',
    countedAs: (value) => `${value.slice(0, 4)}00`,
    meets: (_, chosen) => {
      const prefixes = chosen.map(divisionPrefix)
      return (value) => prefixes.some((prefix) => value.startsWith(prefix))
    },
  },
  class: {
    column: 'class_code',
    countedAs: (value) => value.slice(0, 3),
    meets: (_, chosen) => (value) => chosen.some((prefix) => value.startsWith(prefix)),
  },
  share_type: equalIn('share_type'),
  open_type: equalIn('open_type'),
  format: equalIn('format_category'),
  update_cycle: equalIn('update_cycle'),
  attached: {
    column: 'attached_methods',
    countedAs: (value) => methodsOf(value)[0]!,
    meets: (_, chosen) => (value) => methodsOf(value).some((one) => chosen.includes(one)),
  },
  quality: { ...equalIn('quality_level'), isRanked: true },
}

export const makeCatalogIndex = (): CatalogIndex =>
  makeSearchIndex({ columns: COLUMNS, provider: 'provider_organ_id', division: 'division_code', facets: FACETS })

/** Judged anew: nothing else of the entry has changed. */
export const putLevel = (index: CatalogIndex, id: string, level: string): void =>
  putValue(index, id, { column: 'quality_level', value: level })

/** Entries under a label the reader's organs bear: gate 2 of every search, suggestion and count. */
export const readableBits = (index: CatalogIndex, { read, labels }: Reach) =>
  entriesUnder(index, 'audience_path', (label) => labels.includes(label) || reaches(read, label))
