import type { HeldValues } from '@sanjiang/contract/site'
import { type Chosen, eachIn, equalIn } from '@sanjiang/finder/facet'
import { makeSearchIndex, type OrganFace, putEntry, putOrgan, type SearchIndex } from '@sanjiang/finder/search.index'

export const DATASET_FACETS = [
  'organ',
  'theme',
  'open_type',
  'format',
  'update_cycle',
  'licence',
  'quality',
  'tag',
] as const
export type DatasetFacet = (typeof DATASET_FACETS)[number]
export type ChosenDatasets = Chosen<DatasetFacet>

const COLUMNS = [
  'organ',
  'division',
  'theme',
  'open_type',
  'formats',
  'update_cycle',
  'licence',
  'quality',
  'tags',
] as const
export type DatasetIndex = SearchIndex<DatasetFacet, (typeof COLUMNS)[number]>

export const makeDatasetIndex = (): DatasetIndex =>
  makeSearchIndex({
    columns: COLUMNS,
    provider: 'organ',
    division: 'division',
    facets: {
      organ: equalIn('organ'),
      theme: equalIn('theme'),
      open_type: equalIn('open_type'),
      format: eachIn('formats', ','),
      update_cycle: equalIn('update_cycle'),
      licence: equalIn('licence'),
      quality: { ...equalIn('quality'), isRanked: true },
      tag: eachIn('tags', '\n'),
    },
  })

/** An open dataset as it stands in the public database. */
export interface DatasetRow {
  readonly dataset_id: string
  readonly change_no: string
  readonly slug: string
  readonly title: string
  readonly summary: string
  readonly organ_name: string
  readonly theme_title: string
  readonly open_type: string
  readonly update_cycle: string
  readonly licence: string
  readonly keywords: readonly string[]
  readonly items: readonly { readonly name: string; readonly name_en: string }[]
  readonly formats: string
  readonly held_values: readonly HeldValues[]
  /** On the day it was read. */
  readonly quality: string
  readonly released_on: string
}

/** What an organ is called, besides what it signs with. */
export interface OrganNames {
  readonly name: string
  readonly short_name: string
  readonly division_code: string
  readonly names: readonly string[]
}

const faceOf = ({ name, short_name, names }: OrganNames): OrganFace => ({
  organ_id: name,
  path: `/${name}/`,
  name,
  short_name,
  former_names: [],
  aliases: names,
  successor_names: [],
  is_dissolved: false,
})

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

/** Puts a dataset in, with the names of its organ and the theme it stands under. */
export const putDataset = (index: DatasetIndex, row: DatasetRow, organs: ReadonlyMap<string, OrganNames>): void => {
  const { slug, organ_name, theme_title, released_on } = row
  const organ = organs.get(organ_name) ?? { name: organ_name, short_name: organ_name, division_code: '', names: [] }
  if (!index.organs.has(organ_name)) putOrgan(index, faceOf(organ))
  const tags = row.keywords.map(oneLine).filter((word) => word !== '')
  putEntry(index, {
    id: slug,
    code: slug.replace('-', '/').toUpperCase(),
    name: row.title,
    name_en: '',
    // What stands in the rows finds, but after what a dataset says of itself.
    summary: [row.summary, ...row.held_values.flatMap(({ values }) => values)].join('\n'),
    keywords: [theme_title, ...tags].join('\n'),
    items: row.items.map(({ name, name_en }) => `${oneLine(name)}\t${oneLine(name_en)}`).join('\n'),
    organ: organ_name,
    division: organ.division_code,
    theme: theme_title,
    open_type: row.open_type,
    formats: row.formats,
    update_cycle: row.update_cycle,
    licence: row.licence,
    quality: row.quality,
    tags: tags.join('\n'),
    published_on: released_on,
  })
}
