import { type Chosen, eachIn, equalIn } from '@sanjiang/finder/facet'
import { makeSearchIndex, type OrganFace, putEntry, putOrgan, type SearchIndex } from '@sanjiang/finder/search.index'
import type { ReadDataset } from './shelf/shelf.store.ts'

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
export const putDataset = (
  index: DatasetIndex,
  { spine, summary, items, held_values }: ReadDataset,
  organs: ReadonlyMap<string, OrganNames>,
): void => {
  const { slug, organ_name, theme_title, released_on } = spine
  const organ = organs.get(organ_name) ?? { name: organ_name, short_name: organ_name, division_code: '', names: [] }
  if (!index.organs.has(organ_name)) putOrgan(index, faceOf(organ))
  const tags = spine.keywords.map(oneLine).filter((word) => word !== '')
  putEntry(index, {
    id: slug,
    code: slug.replace('-', '/').toUpperCase(),
    name: spine.title,
    name_en: '',
    // What stands in the rows finds, but after what a dataset says of itself.
    summary: [summary, ...held_values.flatMap(({ values }) => values)].join('\n'),
    keywords: [theme_title, ...tags].join('\n'),
    items: items.map(({ name, name_en }) => `${oneLine(name)}\t${oneLine(name_en)}`).join('\n'),
    organ: organ_name,
    division: organ.division_code,
    theme: theme_title,
    open_type: spine.open_type,
    formats: spine.formats.join(','),
    update_cycle: spine.update_cycle || 'none',
    licence: spine.licence,
    quality: spine.quality,
    tags: tags.join('\n'),
    published_on: released_on,
  })
}
