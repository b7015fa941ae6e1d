import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainScore } from '@sanjiang/finder/explain.rules'
import { findEntries, nearestNames, placeOf } from '@sanjiang/finder/find'
import { gramsOf, readerOf } from '@sanjiang/finder/index.grams'
import { readQuery } from '@sanjiang/finder/reading.rules'
import { type OrganFace, putEntry, putOrgan, removeEntry } from '@sanjiang/finder/search.index'
import { suggestionsFor } from '@sanjiang/finder/suggest'
import fc from 'fast-check'
import { reaches } from '#kernel/ctx.ts'
import type { Reach } from '../resource.rules.ts'
import {
  type CatalogIndex,
  type Chosen,
  type EntrySource,
  makeCatalogIndex,
  putLevel,
  readableBits,
} from './search.shape.ts'

// Few characters, so that random texts meet; 因 sounds like 姻, 行 is read in two ways.
const han = fc.string({ unit: fc.constantFrom(...'婚姻因登记信息银行行政企业'), minLength: 1, maxLength: 7 })
const text = fc.oneof(
  { weight: 4, arbitrary: han },
  fc.constantFrom('2016年登记', 'licence_no', 'id 婚姻', '𠀀字', 'ID'),
)
const word = fc.constantFrom('登记', '银行', '婚姻登记', '企业 信息')

const ORGANS: readonly OrganFace[] = [
  ['1', '/1/', '省政府', []],
  ['11', '/1/11/', '民政厅', ['婚姻处']],
  ['12', '/1/12/', '银行监管局', ['登记局']],
  ['2', '/2/', '企业局', []],
].map(([organ_id, path, name, aliases]) => ({
  organ_id: organ_id as string,
  path: path as string,
  name: name as string,
  short_name: name as string,
  former_names: [],
  successor_names: [],
  aliases: aliases as string[],
  is_dissolved: false,
}))
const level = fc.constantFrom('A', 'B', 'D', 'none')
const LABELS = ['/', '/1/', '/1/11/', '/1/12/', '/2/']

const source = (id: fc.Arbitrary<string>): fc.Arbitrary<EntrySource> =>
  fc.record({
    id,
    code: fc.constantFrom('101001/000001', '363010/000002', '363010/000003'),
    name: text,
    name_en: fc.constantFrom('', 'marriage register', 'bank'),
    summary: fc.oneof(fc.constant(''), text),
    keywords: fc.array(word, { maxLength: 2 }).map((words) => words.join('\n')),
    items: fc
      .array(fc.constantFrom('姓名\tname', '登记日期\tregistered_on', '银行账号\taccount_no'), { maxLength: 3 })
      .map((items) => items.join('\n')),
    provider_organ_id: fc.constantFrom('11', '12', '2'),
    division_code: fc.constantFrom('630000', '630100', '630123', '632800'),
    class_code: fc.constantFrom('101001', '363010', '363027'),
    share_type: fc.constantFrom('unconditional', 'conditional'),
    open_type: fc.constantFrom('closed', 'unconditional'),
    format_category: fc.constant('database'),
    update_cycle: fc.constantFrom('daily', 'monthly'),
    attached_methods: fc.constantFrom('', 'api', 'table,api'),
    quality_level: level,
    audience_path: fc.constantFrom(...LABELS),
    published_on: fc.constantFrom('2017-01-01', '2017-01-02'),
  })
const corpus = fc
  .array(source(fc.constant('')), { maxLength: 25 })
  .map((entries) => entries.map((one, at) => ({ ...one, id: `r${String(at).padStart(3, '0')}` })))
const reach: fc.Arbitrary<Reach> = fc
  .record({
    read: fc.oneof(fc.constant('all' as const), fc.subarray(LABELS.slice(1), { maxLength: 1 })),
    labels: fc.subarray(LABELS),
  })
  .map((one) => ({ work: [], publish: [], ...one }))
const chosen: fc.Arbitrary<Chosen> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  fc.record(
    {
      provider: fc.subarray(['1', '11', '2']),
      region: fc.subarray(['630000', '630100', '630123']),
      class: fc.subarray(['1', '363', '363027']),
      share_type: fc.subarray(['conditional', 'unconditional']),
      attached: fc.subarray(['none', 'api', 'table']),
      quality: fc.subarray(['A', 'D', 'none']),
    },
    { requiredKeys: [] },
  ),
)
const query = fc.oneof(
  text,
  fc.tuple(han, han).map((two) => two.join(' ')),
  fc.constantFrom('', 'hunyin', 'dj', 'yinhang', '363010', '婚因登记', '行', 'lic', '登记日'),
)
const SYNONYMS = new Map([['婚姻', ['银行']]])

const filled = (entries: readonly EntrySource[]): CatalogIndex => {
  const index = makeCatalogIndex()
  index.synonyms = SYNONYMS
  for (const organ of ORGANS) putOrgan(index, organ)
  for (const entry of entries) putEntry(index, entry)
  return index
}

const mayRead = (entry: EntrySource, { read, labels }: Reach): boolean =>
  labels.includes(entry.audience_path) || reaches(read, entry.audience_path)

const everythingSaid = (index: CatalogIndex, q: string, [who, chosen]: readonly [Reach, Chosen]) => {
  const readable = readableBits(index, who)
  const reading = q.trim() === '' ? undefined : readQuery(readerOf(index, readable), q)
  const page = { readable, reading, chosen, offset: 0, limit: 50 }
  const best = findEntries(index, { ...page, order: 'relevance' })
  return {
    reading,
    best,
    newest: findEntries(index, { ...page, order: 'newest' }).ids,
    byName: findEntries(index, { ...page, order: 'name' }).ids,
    nearest: reading ? nearestNames(index, readable, reading) : [],
    suggested: reading ? suggestionsFor(index, { q, reading, readable }) : [],
    explained: reading
      ? best.ids.map((id) => explainScore(gramsOf(index, readable), reading, index.numbers.get(id)!))
      : [],
    places: best.ids.map((id) => placeOf(index, { readable, reading }, index.numbers.get(id)!)),
  }
}

test('whatever a reader asks is answered as if what he may not see did not exist: order, total, facets, suggestions, nearest names (T2.2)', () => {
  fc.assert(
    fc.property(corpus, query, reach, chosen, (entries, q, who, narrowed) => {
      const visible = entries.filter((one) => mayRead(one, who))
      assert.deepEqual(
        everythingSaid(filled(entries), q, [who, narrowed]),
        everythingSaid(filled(visible), q, [who, narrowed]),
      )
    }),
    { numRuns: 150 },
  )
})

test('an index that followed every change says what one read anew says (T2.2)', () => {
  const ids = fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5', 'r6')
  const change = fc.oneof(
    { weight: 3, arbitrary: source(ids) },
    ids,
    fc.record({ organ_id: fc.constantFrom('11', '12'), alias: word }),
    fc.record({ judged: ids, level }),
  )
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), query, reach, chosen, (changes, q, ...asker) => {
      const followed = filled([])
      const entries = new Map<string, EntrySource>()
      const organs = new Map(ORGANS.map((one) => [one.organ_id, one]))
      for (const one of changes) {
        if (typeof one === 'string') {
          removeEntry(followed, one)
          entries.delete(one)
        } else if ('judged' in one) {
          putLevel(followed, one.judged, one.level)
          const known = entries.get(one.judged)
          if (known) entries.set(one.judged, { ...known, quality_level: one.level })
        } else if ('alias' in one) {
          const organ = { ...organs.get(one.organ_id)!, aliases: [one.alias] }
          putOrgan(followed, organ)
          organs.set(one.organ_id, organ)
        } else {
          putEntry(followed, one)
          entries.set(one.id, one)
        }
      }
      const anew = filled([...entries.values()])
      for (const organ of organs.values()) putOrgan(anew, organ)
      assert.deepEqual(everythingSaid(followed, q, asker), everythingSaid(anew, q, asker))
    }),
    { numRuns: 150 },
  )
})
