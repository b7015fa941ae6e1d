import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { inTx } from '#kernel/db.ts'
import { BASIS, type CatalogWorld, draftOf, ITEM, openCatalog } from '#test/catalog-world.ts'
import { ORGANS, type OrganKey, type Voice } from '#test/harness.ts'
import { foldQualities, importPublished, type ReportedFact, reportFacts } from '../index.ts'

let world: CatalogWorld
let reader: Voice

const item = (name: string, name_en: string, more: catalog.ItemDraft = {}) => ({ ...ITEM, name, name_en, ...more })
const ID = item('公民身份号码', 'citizen_id', { sensitivity: 'L3', mask_rule: 'citizen_id' })

interface Sample {
  readonly organ: OrganKey
  readonly name: string
  readonly more?: catalog.ResourceDraft
}

const SAMPLES: readonly Sample[] = [
  { organ: 'commerce', name: '企业登记基本信息', more: { update_cycle: 'daily' } },
  { organ: 'commerce', name: '个体工商户登记信息', more: { update_cycle: 'daily' } },
  {
    organ: 'commerce',
    name: '不动产抵押登记信息',
    more: { update_cycle: 'monthly', open_type: 'closed', keywords: ['抵押'] },
  },
  { organ: 'commerce', name: '企业年度报告', more: { summary: '企业登记后每年报送的经营情况。' } },
  { organ: 'police', name: '常住人口信息', more: { class_code: '363007', items: [item('姓名', 'name'), ID] } },
  {
    organ: 'police',
    name: '机动车驾驶证信息',
    more: { class_code: '363007', items: [item('驾驶证号', 'licence_no'), ID] },
  },
  {
    organ: 'civil_affairs',
    name: '婚姻登记信息',
    more: {
      class_code: '363010',
      share_type: 'conditional',
      share_condition: '按事项逐件核验',
      items: [{ ...ID, share_type: 'conditional' }, item('登记日期', 'registered_on', { share_type: 'conditional' })],
    },
  },
  {
    organ: 'civil_affairs',
    name: '收养登记信息',
    more: {
      class_code: '363010',
      share_type: 'withheld',
      share_basis: BASIS,
      open_type: 'closed',
      share_method_category: null,
      share_method_type: null,
      items: [item('收养人姓名', 'adopter_name', { share_type: 'withheld', open_type: 'closed' })],
    },
  },
  { organ: 'xining_civil_affairs', name: '殡葬服务机构名录', more: { class_code: '101001' } },
  { organ: 'social_security', name: '社会保险参保信息', more: { class_code: '363013', items: [ID] } },
  { organ: 'social_security', name: '银行网点代发信息', more: { class_code: '363013' } },
]

before(async () => {
  world = await openCatalog()
  reader = world.consumer
  await world.sql(`insert into identity.organ_alias values ($1, '人社厅'), ($2, '工商局')`, [
    ORGANS.social_security,
    ORGANS.commerce,
  ])
  await world.sql(
    `insert into identity.organ_name (organ_id, name, short_name, valid_from, valid_to)
     values ($1, '青海省劳动和社会保障厅', '劳动厅', '1990-01-01', '2000-01-01')`,
    [ORGANS.social_security],
  )
  const rows = SAMPLES.map(({ organ, name, more }, index) => ({
    key: `s${index}`,
    draft: { ...draftOf(name, { summary: `${name}的内容说明。`, ...more }), provider_organ_id: ORGANS[organ] },
    published_on: `2017-0${(index % 8) + 1}-10`,
  }))
  const { refused } = await importPublished(await world.ctx(), rows)
  assert.deepEqual(refused, [])
})
after(() => world.close())

type Query = Partial<Record<string, string | number | string[]>>
const find = (query: Query): Promise<catalog.SearchResult> => reader.call(catalog.search, { query: query as never })
const names = ({ rows }: catalog.SearchResult) => rows.map(({ name }) => name)

test('words are found anywhere in a name without a dictionary, all of them first (T4.1, architecture §7)', async () => {
  const found = await find({ q: '企业 登记' })
  assert.equal(found.match, 'all')
  assert.equal(names(found)[0], '企业登记基本信息')
  assert.ok(names(found).includes('企业年度报告'), 'the summary counts too, last')
  assert.equal(names(found).indexOf('企业年度报告'), names(found).length - 1)
  assert.deepEqual(names(await find({ q: '动产抵押' })), ['不动产抵押登记信息'])
})

test('what holds most of the words is shown as partial when nothing holds all (architecture §7)', async () => {
  const found = await find({ q: '机动车驾驶人证件' })
  assert.equal(found.match, 'partial')
  assert.deepEqual(names(found), ['机动车驾驶证信息'])
})

test('an item is found by its Chinese and its English name, and is shown as the reason (P2)', async () => {
  const found = await find({ q: '身份号码' })
  assert.equal(found.total, 4)
  assert.ok(found.rows.every(({ matched_items }) => matched_items.some(({ name }) => name === '公民身份号码')))
  const english = await find({ q: 'licence_no' })
  assert.deepEqual(names(english), ['机动车驾驶证信息'])
  assert.equal(english.rows[0]!.matched_items[0]?.name_en, 'licence_no')
})

test('pinyin and initials find what they spell, from any syllable on (architecture §7)', async () => {
  for (const q of ['hunyin', 'hun yin deng ji', 'hydj', 'yindengji'])
    assert.deepEqual(names(await find({ q })), ['婚姻登记信息'], q)
  assert.equal((await find({ q: 'hydj' })).match, 'pinyin')
  assert.deepEqual(names(await find({ q: 'yinhang' })), ['银行网点代发信息'], '行 is read as in 银行')
})

test('one wrong character still finds the name: a homophone, or any other (architecture §7)', async () => {
  const homophone = await find({ q: '婚因登记' })
  assert.deepEqual([homophone.match, names(homophone)], ['typo', ['婚姻登记信息']])
  const other = await find({ q: '常住大口' })
  assert.deepEqual([other.match, names(other)], ['typo', ['常住人口信息']])
})

test('a code, or its beginning, finds its entry, with the slash or the dash of addresses (P2)', async () => {
  const code = (await find({ q: '常住人口' })).rows[0]!.code
  assert.deepEqual(names(await find({ q: code })), ['常住人口信息'])
  assert.deepEqual(names(await find({ q: code.replace('/', '-') })), ['常住人口信息'])
  const branch = await find({ q: '363010' })
  assert.deepEqual([branch.match, branch.total], ['code', 2])
})

test('a department is found by the names people use and by those it had (architecture §7)', async () => {
  assert.equal((await find({ q: '人社厅' })).total, 2)
  assert.equal((await find({ q: '劳动和社会保障厅' })).total, 2)
  assert.deepEqual(names(await find({ q: '人社厅 参保' })), ['社会保险参保信息'])
})

test('synonyms of the platform’s catalogue administrator are searched along (architecture §7)', async () => {
  assert.ok(
    !names(await find({ q: '社保参保' })).includes('社会保险参保信息') ||
      (await find({ q: '社保参保' })).match !== 'all',
  )
  const body = { groups: [{ words: ['社保', '社会保险'] }] }
  assert.equal((await reader.refused(catalog.replaceSynonyms, { body })).code, 'forbidden')
  await world.admin.call(catalog.replaceSynonyms, { body })
  const found = await find({ q: '社保参保' })
  assert.deepEqual([found.match, names(found)], ['all', ['社会保险参保信息']])
  const twice = { groups: [{ words: ['社保', '社会保险'] }, { words: ['社保', '保险'] }] }
  assert.equal((await world.admin.refused(catalog.replaceSynonyms, { body: twice })).code, 'invalid')
})

test('facets count what the words found; inside one a choice widens, between them it narrows (P2)', async () => {
  const found = await find({ q: '登记' })
  const count = (result: catalog.SearchResult, facet: string, code: string) =>
    result.facets.find((one) => one.facet === facet)?.values.find((value) => value.code === code)?.count
  assert.equal(count(found, 'share_type', 'conditional'), 1)
  assert.equal(count(found, 'provider', ORGANS.commerce), 4)
  const narrowed = await find({ q: '登记', share_type: ['conditional'] })
  assert.deepEqual(names(narrowed), ['婚姻登记信息'])
  assert.equal(count(narrowed, 'share_type', 'withheld'), 1, 'the facet itself keeps its other values in sight')
  assert.equal(count(narrowed, 'provider', ORGANS.commerce), undefined)
  assert.equal((await find({ q: '登记', share_type: ['conditional', 'withheld'] })).total, 2)
  assert.equal((await find({ q: '登记', share_type: ['conditional'], provider: [ORGANS.commerce] })).total, 0)
  const everything = await find({})
  assert.deepEqual([everything.match, everything.total], ['every', SAMPLES.length])
  assert.equal(count(everything, 'attached', 'none'), SAMPLES.length)
  assert.deepEqual(names(await find({ region: ['630100'] })), ['殡葬服务机构名录'])
  assert.deepEqual(names(await find({ class: ['1'] })), ['殡葬服务机构名录'])
  const title = everything.facets.find(({ facet }) => facet === 'region')!.values.map((value) => value.title)
  assert.ok(title.includes('西宁市') && title.includes('青海省'))
})

test('a hit tells its level, whether data came when promised and who uses it; levels are a facet in their order (P2, C14)', async () => {
  const [hit] = (await find({ q: '企业登记基本信息' })).rows
  const said = async () => {
    const { quality_level, timeliness, updated_on, grant_count, used_on } = (await find({ q: '企业登记基本信息' }))
      .rows[0]!
    return { quality_level, timeliness, updated_on, grant_count, used_on }
  }
  const nothing = { updated_on: null, grant_count: 0, used_on: null }
  assert.deepEqual(await said(), { quality_level: null, timeliness: 'unseen', ...nothing })
  const { today } = await world.ctx()
  const fact = { resource_id: hit!.resource_id, party: 'provider', message: '', value: 1 } as const
  const kinds = ['newest', 'granted', 'called', 'delivered'] as const
  const told = async (...facts: ReportedFact[]) => inTx(await world.ctx(), (tx) => reportFacts(tx, { kinds, facts }))
  await told({ ...fact, kind: 'newest', since: today }, { ...fact, kind: 'granted', value: 3, since: '2017-05-01' })
  await foldQualities(await world.ctx())
  const { quality_level, ...rest } = await said()
  assert.match(quality_level!, /^[A-D]$/)
  assert.deepEqual(rest, { timeliness: 'on_time', updated_on: today, grant_count: 3, used_on: null })
  const used = { ...fact, kind: 'called', since: '2017-06-01' } as const
  await told({ ...fact, kind: 'newest', since: '2017-01-01' }, used, {
    ...used,
    kind: 'delivered',
    since: '2017-05-20',
  })
  const late = await said()
  assert.deepEqual([late.timeliness, late.used_on, late.grant_count], ['overdue', '2017-06-01', 0])
  await world.sql(`update catalog.quality set level = 'A' where resource_id = $1`, [hit!.resource_id])
  await world.sql(`update catalog.quality set level = 'C' where resource_id <> $1`, [hit!.resource_id])
  const levels = (result: catalog.SearchResult) =>
    result.facets.find(({ facet }) => facet === 'quality')!.values.map(({ title, count }) => [title, count])
  const every = [
    ['A 优', 1],
    ['C 中', SAMPLES.length - 1],
  ]
  assert.deepEqual(levels(await find({})), every)
  const chosen = await find({ quality: ['A'] })
  assert.deepEqual([chosen.total, levels(chosen)], [1, every])
  assert.equal((await find({ quality: ['A', 'C'] })).total, SAMPLES.length)
  assert.equal((await find({ quality: ['A'], provider: [ORGANS.police] })).total, 0)
})

test('pages follow each other without gap or double, in every order (P2)', async () => {
  for (const order of ['relevance', 'newest', 'name'] as const) {
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await find({ q: '信息', order, limit: 3, after })
      seen.push(...names(page))
      after = page.next ?? undefined
    } while (after)
    assert.equal(seen.length, 9)
    assert.equal(new Set(seen).size, 9)
  }
})

test('pages go on without gap or double beyond the two hundred that are ranked closely (P2)', async () => {
  const count = 230
  const rows = Array.from({ length: count }, (_, n) => ({
    key: `glacier-${n}`,
    draft: {
      ...draftOf(`冰川观测${String.fromCodePoint(0x4e00 + n)}`),
      provider_organ_id: ORGANS.police,
      class_code: '363007',
    },
    published_on: '2017-06-01',
  }))
  assert.deepEqual((await importPublished(await world.ctx(), rows)).refused, [])
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = await find({ q: '冰川观测', limit: 45, ...(after ? { after } : {}) })
    assert.equal(page.total, count)
    seen.push(...names(page))
    after = page.next ?? undefined
  } while (after)
  assert.equal(seen.length, count)
  assert.equal(new Set(seen).size, count)
})

test('nothing found says so and offers the nearest names (P2)', async () => {
  const found = await find({ q: '登革热病例' })
  assert.deepEqual([found.total, found.match], [0, 'none'])
  assert.deepEqual(names(await find({ q: '登记本' })), [], 'no name is close enough')
  assert.ok((await find({ q: '登记本' })).nearest.length > 0)
})

test('whatever is typed is a query and never an error (T16.3)', async () => {
  for (const q of [
    "'",
    "a' | 'b",
    ':*',
    '!',
    '()&|',
    '\\',
    '%',
    '  ',
    '𠀀',
    '１２３',
    'A'.repeat(200),
    '中'.repeat(200),
    '<->',
    'p:*',
  ])
    assert.ok((await find({ q })).total >= 0, q)
})

test('an entry meant for its own government or its own organ is not found by others, nor counted (architecture §7)', async () => {
  const key = { published_on: '2017-09-01' }
  const draft = draftOf('专项检查工作底账', { provider_organ_id: ORGANS.commerce, audience: 'organ' })
  await importPublished(await world.ctx(), [
    { ...key, key: 'own', draft: { ...draft, provider_organ_id: ORGANS.commerce } },
  ])
  const all = await find({ q: '工作底账' })
  assert.deepEqual([all.total, all.facets.flatMap(({ values }) => values)], [0, []])
  const own = await world.cataloger.call(catalog.search, { query: { q: '工作底账' } })
  assert.equal(own.total, 1)
  const overseer = await world.admin.call(catalog.search, { query: { q: '工作底账' } })
  assert.equal(overseer.total, 1)
  const params = { id: own.rows[0]!.resource_id }
  assert.equal((await reader.refused(catalog.getResource, { params, query: {} })).code, 'not_found')
  assert.equal((await reader.refused(catalog.exportResource, { params })).code, 'not_found')
})

test('what is withdrawn is found by nobody (T2.2)', async () => {
  const [hit] = (await find({ q: '企业年度报告' })).rows
  const body = { reason: '改由年报系统提供' }
  await world.admin.call(catalog.withdrawResource, { params: { id: hit!.resource_id }, body })
  assert.ok(!names(await find({ q: '企业年度报告' })).includes('企业年度报告'))
})

test('suggestions name entries, items, departments and classes (P2)', async () => {
  const said = await reader.call(catalog.suggest, { query: { q: '人口' } })
  assert.ok(said.some(({ kind, text }) => kind === 'resource' && text === '常住人口信息'))
  assert.ok(said.some(({ kind, text }) => kind === 'class' && text === '人口基础信息'))
  const items = await reader.call(catalog.suggest, { query: { q: '公民' } })
  assert.deepEqual(items.find(({ kind }) => kind === 'item')?.hint, '4 个资源')
  const organs = await reader.call(catalog.suggest, { query: { q: '人社' } })
  assert.deepEqual(organs.find(({ kind }) => kind === 'organ')?.id, ORGANS.social_security)
  assert.deepEqual((await reader.call(catalog.suggest, { query: { q: 'ckrk' } }))[0], undefined)
  assert.equal((await reader.call(catalog.suggest, { query: { q: 'czrk' } }))[0]?.text, '常住人口信息')
})

test('whoever compiles is told which departments already hold his items (一数一源, R16)', async () => {
  const body = { items: [{ name: '公民身份号码' }, { name: '世上没有的项' }] }
  const { holders } = await world.cataloger.call(catalog.listHolders, { body })
  assert.equal(holders.length, 4)
  assert.ok(holders.every(({ item_name }) => item_name === '公民身份号码'))
  const same = { items: [{ name: '企业名称' }, { name: '统一社会信用代码' }, { name: '住所' }] }
  assert.deepEqual(
    (await world.cataloger.call(catalog.listHolders, { body: same })).overlaps,
    [],
    'two of three are not enough',
  )
})

test('a published entry leaves as DCAT in JSON-LD (P3)', async () => {
  const id = (await find({ q: '常住人口' })).rows[0]!.resource_id
  const text = await reader.call(catalog.exportResource, { params: { id } })
  const dataset = JSON.parse(text) as Record<string, unknown>
  assert.equal(dataset['@type'], 'dcat:Dataset')
  assert.match(String(dataset['dct:identifier']), /^363007\/\d{6}$/)
})

test('whoever keeps the synonyms is told why a hit stands where it does; others, and of what is hidden, nothing (T2.2)', async () => {
  const [hit] = (await find({ q: '婚姻登记' })).rows
  const params = { id: hit!.resource_id }
  const told = await world.admin.call(catalog.explainHit, { params, query: { q: '哪里有婚姻登记' } })
  assert.equal(told.place, 1)
  assert.ok(told.reading.dropped.length > 0)
  const sum = told.parts.reduce((all, { score }) => all + score, 0)
  assert.ok(Math.abs(sum - told.score) < 0.001)
  assert.ok(told.words[0]!.ways[0]!.grams.some(({ gram, fields }) => gram === '婚姻' && fields.includes('名称')))
  assert.equal((await reader.refused(catalog.explainHit, { params, query: { q: '婚姻' } })).code, 'forbidden')
  const nobody = { id: '00000000-0000-4000-8000-000000000000' }
  const refused = await world.admin.refused(catalog.explainHit, { params: nobody, query: { q: '婚姻' } })
  assert.equal(refused.code, 'not_found')
})

test('filters that leave nothing are told one by one with what there would be without each (P2)', async () => {
  const found = await find({ q: '登记', share_type: ['conditional'], provider: [ORGANS.commerce] })
  assert.equal(found.total, 0)
  const without = Object.fromEntries(found.without.map(({ facet, total }) => [facet, total]))
  assert.deepEqual(without, { share_type: 3, provider: 1 })
  assert.deepEqual((await find({ q: '登记' })).without, [])
})

test('the reader is told how his words were understood, and which hits hold only part of them (P2)', async () => {
  const found = await find({ q: '有没有人社厅的参保' })
  assert.ok(found.reading.dropped.includes('有没有'))
  assert.ok(found.reading.words.some(({ ways }) => ways.some(({ how }) => how === 'organ')))
  assert.ok(found.rows[0]!.holds_all)
})
