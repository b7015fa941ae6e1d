import { findEntries } from '@sanjiang/finder/find'
import { readerOf } from '@sanjiang/finder/index.grams'
import { type Reading, readQuery } from '@sanjiang/finder/reading.rules'
import { type OrganFace, putEntry, putOrgan, putSynonyms } from '@sanjiang/finder/search.index'
import type { DemoResource } from '../../server/seeds/demo/resources.ts'
import { organById, organs, type ReferenceOrgan } from '../../server/seeds/reference/organs.ts'
import { SYNONYMS } from '../../server/seeds/reference/synonym.data.ts'
import { type EntrySource, makeCatalogIndex } from '../../server/src/modules/catalog/search/search.shape.ts'
import { corpus } from './search.judged.ts'

const borneBy = Map.groupBy(
  organs.flatMap(({ id, aliases }) => aliases.map((alias) => ({ id, alias }))),
  ({ alias }) => alias,
)
const heirNames = ({ name, short_name, aliases }: ReferenceOrgan): string[] => [
  name,
  short_name,
  ...aliases.filter((alias) => borneBy.get(alias)!.length === 1),
]

const faceOf = (organ: ReferenceOrgan): OrganFace => ({
  organ_id: organ.id,
  path: `/${organ.id}/`,
  name: organ.name,
  short_name: organ.short_name,
  former_names: organ.former_names.map(({ name }) => name),
  aliases: organ.aliases,
  successor_names: organ.successors.flatMap((one) => heirNames(organById(one.organ_id))),
  is_dissolved: false,
})

const sourceOf = (one: DemoResource, number: number): EntrySource => ({
  id: one.key,
  code: `${one.class_code}/${String(number + 1).padStart(6, '0')}`,
  name: one.name,
  name_en: one.name_en,
  summary: one.summary,
  keywords: one.keywords.join('\n'),
  items: one.items.map(({ name, name_en }) => `${name}\t${name_en}`).join('\n'),
  provider_organ_id: one.provider_organ_id,
  division_code: organById(one.provider_organ_id).division_code,
  class_code: one.class_code,
  share_type: one.share_type,
  open_type: one.open_type,
  format_category: one.format_category,
  update_cycle: one.update_cycle,
  attached_methods: '',
  quality_level: 'none',
  audience_path: '/',
  published_on: one.compiled_on,
})

/** Our own index over the demo province, as an api process holds it, with the synonyms every installation starts from. */
export const openOurs = () => {
  const index = makeCatalogIndex()
  putSynonyms(index, SYNONYMS)
  for (const organ of organs) putOrgan(index, faceOf(organ))
  for (const [number, one] of corpus.entries()) putEntry(index, sourceOf(one, number))
  const readable = index.alive.slice(0, (index.count + 31) >>> 5)
  const read = (q: string): Reading => readQuery(readerOf(index, readable), q)
  const page = { chosen: {}, order: 'relevance', offset: 0, limit: 50 } as const
  const find = (q: string): readonly string[] => findEntries(index, { readable, reading: read(q), ...page }).ids
  return { read, find }
}
