import type pg from 'pg'

/** The facets every engine has to count, and the values it may be asked to narrow by; ours counts quality levels as a ninth. */
export const FACETS = [
  'provider',
  'region',
  'class',
  'share_type',
  'open_type',
  'format',
  'update_cycle',
  'attached',
] as const
export type FacetName = (typeof FACETS)[number]

/** An entry as any engine may index it: four texts, a permission label, eight facet values. */
export interface CorpusEntry {
  readonly id: string
  readonly name: string
  readonly items: string
  /** Names of the providing organ, former ones and aliases included, and keywords. */
  readonly words: string
  readonly summary: string
  readonly label: string
  readonly facets: Readonly<Record<FacetName, string>>
}

export interface Asked {
  readonly labels: readonly string[]
  /** Inside one facet any of the values, between facets all. */
  readonly chosen: Partial<Record<FacetName, readonly string[]>>
  readonly limit: number
}

export interface Answer {
  readonly ids: readonly string[]
  readonly total: number
  readonly facets: Readonly<Record<FacetName, ReadonlyMap<string, number>>>
}

/** One engine: built once from the corpus, then asked. */
export interface SearchPeer {
  readonly name: string
  build(corpus: readonly CorpusEntry[]): Promise<void>
  search(q: string, asked: Asked): Promise<Answer>
  close(): Promise<void>
}

/** What stands in the catalogue, laid out for engines that know nothing of it. */
export const readCorpus = async (client: pg.ClientBase): Promise<CorpusEntry[]> => {
  const { rows } = await client.query(`
    select e.resource_id as id, e.name, e.summary, e.audience_path as label, coalesce(i.names, '') as items,
           concat_ws(' ', o.name, o.short_name, n.names, a.names, array_to_string(e.keywords, ' ')) as words,
           e.provider_organ_id as provider, left(e.division_code, 4) || '00' as region, left(e.class_code, 3) as class,
           e.share_type, e.open_type, e.format_category as format, e.update_cycle, coalesce(e.attached_methods[1], 'none') as attached
    from catalog.entry e join identity.organ o on o.organ_id = e.provider_organ_id
    left join (select resource_id, string_agg(name || ' ' || name_en, ' ') as names from catalog.item group by 1) i using (resource_id)
    left join (select organ_id, string_agg(name, ' ') as names from identity.organ_name group by 1) n on n.organ_id = o.organ_id
    left join (select organ_id, string_agg(alias, ' ') as names from identity.organ_alias group by 1) a on a.organ_id = o.organ_id
    order by e.resource_id`)
  return rows.map(({ id, name, summary, label, items, words, ...facets }) => ({
    id,
    name,
    summary,
    label,
    items,
    words,
    facets,
  }))
}

const RUNS = /(\p{Script=Han}+)|([[\p{L}\p{N}]--\p{Script=Han}]+)/gv

/** Words of other letters as they are, Chinese by neighbouring characters: without this no engine here finds Chinese at all. */
export const bigramTokens = (text: string): string[] =>
  Array.from(text.normalize('NFKC').toLowerCase().replaceAll('_', ' ').matchAll(RUNS)).flatMap(([run, han]) => {
    if (!han) return [run]
    const chars = Array.from(han)
    return chars.length === 1 ? chars : chars.slice(1).map((char, at) => chars[at]! + char)
  })

/** Facet values and labels as small numbers, as a careful user of a JavaScript engine would keep them beside it. */
export interface Counter {
  answer(hits: readonly number[], asked: Asked): Answer
}

const numbered = (values: readonly string[]): { names: string[]; numbers: Uint16Array } => {
  const codes = new Map<string, number>()
  const numbers = Uint16Array.from(values, (value) => codes.get(value) ?? codes.set(value, codes.size).size - 1)
  return { names: [...codes.keys()], numbers }
}

/** Filters hits (numbers of corpus entries, best first) by label and choice, counts the facets, cuts the page. */
export const makeCounter = (corpus: readonly CorpusEntry[]): Counter => {
  const labels = numbered(corpus.map(({ label }) => label))
  const columns = FACETS.map((facet) => numbered(corpus.map(({ facets }) => facets[facet])))
  return {
    answer: (hits, { labels: mine, chosen, limit }) => {
      const isMine = labels.names.map((label) => mine.includes(label))
      const isMissing = FACETS.map((facet, at) =>
        chosen[facet]?.length ? columns[at]!.names.map((value) => !chosen[facet]!.includes(value)) : undefined,
      )
      const counts = columns.map(({ names }) => new Uint32Array(names.length))
      const ids: string[] = []
      let total = 0
      for (const hit of hits) {
        if (!isMine[labels.numbers[hit]!]) continue
        let missed = 0
        for (let at = 0; at < columns.length; at += 1)
          if (isMissing[at]?.[columns[at]!.numbers[hit]!]) missed |= 1 << at
        for (let at = 0; at < columns.length; at += 1)
          if ((missed & ~(1 << at)) === 0) counts[at]![columns[at]!.numbers[hit]!]!++
        if (missed !== 0) continue
        total += 1
        if (ids.length < limit) ids.push(corpus[hit]!.id)
      }
      const facets = Object.fromEntries(
        FACETS.map((facet, at) => [
          facet,
          new Map(
            columns[at]!.names.flatMap((name, code) => (counts[at]![code]! > 0 ? [[name, counts[at]![code]!]] : [])),
          ),
        ]),
      ) as unknown as Answer['facets']
      return { ids, total, facets }
    },
  }
}
