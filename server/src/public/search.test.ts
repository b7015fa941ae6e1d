import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { OpenContent } from '@sanjiang/contract/opendata'
import fc from 'fast-check'
import { openPool } from '#kernel/db.ts'
import { makeLog } from '#kernel/log.ts'
import { cloneDatabase, type TestDatabase } from '#test/cluster.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublic, type PublicGround } from '#test/public-ground.ts'
import { type DatasetQuery, findDatasets } from './search.index.ts'
import { followDatasets } from './shelf/shelf.ts'

let inside: TestDatabase
let ground: PublicGround
let pool: ReturnType<typeof openPool>

const lay = (slug: string, title: string, content: Partial<OpenContent> = {}) =>
  layDataset(ground, { slug, content: { title, ...content } })

before(async () => {
  inside = await cloneDatabase()
  ground = await openPublic(inside.url)
  pool = openPool(ground.siteUrl, { name: 'search-test', max: 2 })
  await ground.sql(`insert into site.vocabulary (kind, body) values ('synonym', $1), ('organ', $2)`, [
    JSON.stringify([['养老院', '养老机构', '敬老院']]),
    JSON.stringify([
      { name: '西宁市民政局', short_name: '市民政局', division_code: '630100', names: ['西宁民政局'] },
      { name: '省工商行政管理局', short_name: '省工商局', division_code: '630000', names: ['省市场监督管理局'] },
    ]),
  ])
  const civil = { organ_name: '西宁市民政局', theme_title: '社会保障', keywords: ['民生', '机构'] }
  await lay('363010-000001', '养老机构名录', { ...civil, update_cycle: 'yearly' })
  await lay('363010-000002', '婚姻登记机关名录', civil)
  await layDataset(ground, {
    slug: '363027-000003',
    content: {
      title: '企业登记名录',
      organ_name: '省工商行政管理局',
      theme_title: '市场监管',
      open_type: 'conditional',
      keywords: ['企业', '民生'],
    },
    columns: [columnOf('company_name', '企业名称'), columnOf('legal_person', '法定代表人')],
    rows: [['某公司', '某人']],
    released_on: '2017-12-08',
  })
})
after(async () => {
  await pool?.end()
  await ground?.close()
  await inside?.drop()
})

const find = (query: Partial<DatasetQuery>) => findDatasets({ pool, followMs: 0 }, { limit: 20, ...query })
const slugs = async (query: Partial<DatasetQuery>) => (await find(query)).slugs
const pageOf = async (path: string): Promise<string> => {
  const answer = await ground.app.inject({ method: 'GET', url: path })
  assert.equal(answer.statusCode, 200)
  return answer.body
}
const search = (params: Record<string, string>) => pageOf(`/search?${new URLSearchParams(params)}`)

test('the public finds by synonyms, pinyin, a wrong character, former and later names of organs, places and codes (P15, T4.2)', async () => {
  for (const q of ['养老院', 'yanglao', 'yljgml', '养劳机构', '哪里有养老院']) {
    assert.equal((await slugs({ q }))[0], '363010-000001', q)
  }
  assert.deepEqual(await slugs({ q: '省市场监督管理局' }), ['363027-000003'])
  assert.deepEqual(await slugs({ q: '西宁 婚姻' }), ['363010-000002'])
  assert.deepEqual(await slugs({ q: '363027-000003' }), ['363027-000003'])
  assert.deepEqual(await slugs({ q: '法定代表人' }), ['363027-000003'])
})

test('what stands in the rows finds a dataset and is told, after those that say it of themselves (P15, T4.2)', async (t) => {
  const places = ['西宁市', '海东市']
  const goods = ['猪肉', '羊肉', '92号汽油']
  const id = await layDataset(ground, {
    slug: '363002-000020',
    content: { title: '重要商品价格', keywords: ['物价'] },
    columns: [
      columnOf('shop', '采价点'),
      columnOf('place', '市州', { role: 'key' }),
      columnOf('goods', '商品', { role: 'category' }),
      columnOf('phone', '电话'),
    ],
    rows: places.flatMap((place) => goods.map((one) => [`${place}${one}采价点`, place, one, '139****1111'])),
  })
  t.after(() => ground.sql('delete from site.dataset where dataset_id = $1', [id]))
  const [edition] = await ground.sql<{ held_values: unknown }>(
    'select held_values from site.edition where dataset_id = $1',
    [id],
  )
  const told = (edition!.held_values as { title: string; values: string[] }[]).map(({ title, values }) => [
    title,
    values.toSorted(),
  ])
  assert.deepEqual(told, [
    ['市州', places.toSorted()],
    ['商品', goods.toSorted()],
  ])
  for (const q of ['猪肉', '汽油', '海东市 羊肉']) assert.deepEqual(await slugs({ q }), ['363002-000020'], q)
  assert.deepEqual(await slugs({ q: '西宁' }), ['363010-000001', '363010-000002', '363002-000020'])
  assert.match(
    await search({ q: '海东市 羊肉' }),
    /市州：<span><a href="\/datasets\/363002-000020\/preview\?q=%E6%B5%B7%E4%B8%9C%E5%B8%82" rel="nofollow"><mark>海东市<\/mark><\/a><\/span>.*商品：.*<mark>羊肉<\/mark>/,
  )
  assert.ok(!(await search({ q: '物价' })).includes('数据里有 '))
})

test('rows that are read with a key only are neither found nor told by what stands in them (T4.2)', async (t) => {
  const id = await layDataset(ground, {
    slug: '363002-000021',
    content: { title: '重点项目进展', open_type: 'conditional', open_condition: '须签协议' },
    columns: [columnOf('project', '项目名称', { role: 'category' })],
    rows: [['湟水桥梁'], ['湟水隧道']],
  })
  t.after(() => ground.sql('delete from site.dataset where dataset_id = $1', [id]))
  assert.deepEqual(await slugs({ q: '湟水' }), [])
  assert.deepEqual(await slugs({ q: '桥梁' }), [])
  const page = await search({ q: '重点项目 隧道' })
  assert.match(page, /重点项目<\/mark>进展|重点项目进展/)
  assert.ok(!page.includes('湟水'))
  await ground.sql(`update site.dataset set open_type = 'unconditional' where dataset_id = $1`, [id])
  assert.deepEqual(await slugs({ q: '湟水' }), ['363002-000021'])
})

test('choices narrow, and each facet counts what there is beside its own choice (P15)', async () => {
  const { total, facets } = await find({ chosen: { tag: ['机构'] } })
  assert.equal(total, 2)
  const counts = (facet: string) => facets.filter((one) => one.facet === facet).map(({ code, count }) => [code, count])
  assert.deepEqual(counts('tag'), [
    ['民生', 3],
    ['机构', 2],
    ['企业', 1],
  ])
  assert.deepEqual(counts('organ'), [['西宁市民政局', 2]])
  assert.deepEqual(await slugs({ chosen: { open_type: ['conditional'] } }), ['363027-000003'])
  const none = await find({ q: '养老机构', chosen: { theme: ['市场监管'] } })
  assert.deepEqual([none.total, none.without], [0, [{ facet: 'theme', total: 1 }]])
})

test('how good a dataset is can be chosen by, best first, and is read anew with the day (C14, P16)', async () => {
  const counts = async () =>
    (await find({})).facets.filter(({ facet }) => facet === 'quality').map(({ code, count }) => [code, count])
  const before = await counts()
  assert.deepEqual(
    before.map(([code]) => code),
    before.map(([code]) => code).toSorted(),
  )
  const [level] = before[0]!
  const chosen = await find({ chosen: { quality: [String(level)] } })
  assert.equal(chosen.total, before[0]![1])
  assert.equal(chosen.qualityOf(chosen.slugs[0]!), level)
  assert.match(await search({}), /质量 [A-D] [优良中差]/)
})

test('a file that is made, an edition that is carried and a new title are seen without asking for them (T4.2)', async () => {
  const id = await layDataset(ground, {
    slug: '363010-000009',
    content: { title: '福利彩票站点' },
    columns: [columnOf('name', '站点名称')],
    rows: [['一号站']],
  })
  const formats = async () => (await find({ q: '福利彩票' })).facets.filter(({ facet }) => facet === 'format')
  assert.deepEqual(await formats(), [{ facet: 'format', code: 'none', count: 1 }])
  await ground.sql(
    `insert into site.file (dataset_id, edition_no, format, media_type, bytes, sha256) values ($1, 1, 'csv', 'text/csv', 3, $2)`,
    [id, 'a'.repeat(64)],
  )
  assert.deepEqual(await formats(), [{ facet: 'format', code: 'csv', count: 1 }])
  await ground.sql(`update site.dataset set title = '体育彩票站点' where dataset_id = $1`, [id])
  assert.deepEqual(await slugs({ q: '体育彩票' }), ['363010-000009'])
})

test('what is withdrawn is in no answer: not found, not counted, not suggested, not corrected to (T4.2)', async () => {
  const id = await lay('363010-000010', '殡葬服务收费标准')
  assert.deepEqual(await slugs({ q: '殡葬服务' }), ['363010-000010'])
  await ground.sql(
    `update site.dataset set state = 'withdrawn', content = '{}', withdrawn_on = '2017-12-10', withdrawn_reason = '口径有误'
     where dataset_id = $1`,
    [id],
  )
  for (const q of ['殡葬服务', 'binzang', '殡脏服务', '363010-000010', '殡葬收费']) {
    const found = await find({ q })
    assert.ok(!found.slugs.includes('363010-000010'), q)
    assert.ok(!found.nearest().some((title) => title.includes('殡葬')), q)
    assert.ok(!found.terms.some((term) => term.includes('殡葬') && !q.includes('殡葬')), q)
  }
  assert.doesNotMatch(await search({ q: '殡葬服务' }), /殡葬服务收费标准/)
})

test('a process that follows has a new dataset soon, and keeps what it knows while the database is away (T4.2)', async () => {
  const own = openPool(ground.siteUrl, { name: 'follow-test', max: 1 })
  const site = { pool: own, followMs: 20, log: makeLog('public', 'silent') }
  const following = followDatasets(site)
  following.start()
  const has = async (q: string) => (await findDatasets(site, { q, limit: 1 })).total > 0
  assert.ok(await has('养老机构'))
  await lay('363010-000011', '救助管理站名录')
  while (!(await has('救助管理'))) await new Promise((resolve) => setTimeout(resolve, 10))
  following.stop()
  await own.end()
  const away = followDatasets(site)
  away.start()
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.ok(await has('救助管理'))
  away.stop()
})

test('a process that followed every change says what one that begins anew says (T4.2)', async () => {
  const change = fc.record({
    at: fc.integer({ min: 0, max: 4 }),
    title: fc.constantFrom('婚姻登记员名录', '养老机构床位', '冰川观测', '气象预警'),
    organ: fc.constantFrom('西宁市民政局', '气象局', '冰川研究所'),
    isOpen: fc.boolean(),
  })
  const apply = async ({ at, title, organ, isOpen }: { at: number; title: string; organ: string; isOpen: boolean }) =>
    ground.sql(
      `insert into site.dataset (dataset_id, slug, release_no, state, title, open_type, organ_name, theme_title, content,
         released_on, withdrawn_on, withdrawn_reason)
       values (md5($1)::uuid, $1, 1, $2, $3, 'unconditional', $4, $5, '{}', '2017-12-05', $6, $7)
       on conflict (dataset_id) do update set state = excluded.state, title = excluded.title, organ_name = excluded.organ_name,
         theme_title = excluded.theme_title, withdrawn_on = excluded.withdrawn_on, withdrawn_reason = excluded.withdrawn_reason`,
      [
        `p-${at}`,
        isOpen ? 'open' : 'withdrawn',
        title,
        organ,
        `${organ}主题`,
        ...(isOpen ? [null, null] : ['2017-12-09', '更正']),
      ],
    )
  const said = async (asked: typeof pool) =>
    Promise.all(
      ['', '冰川', 'bingchuan', '病川观测', '气象局', 'qixiang', '养老院', '民政 观测'].map(async (q) => {
        const {
          whole,
          nearest,
          organsCalled: _,
          qualityOf: __,
          ...found
        } = await findDatasets({ pool: asked, followMs: 0 }, { q, limit: 50 })
        return { ...found, whole: [...whole], nearest: nearest() }
      }),
    )
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
      for (const one of changes) {
        await apply(one)
        await find({})
      }
      const anew = openPool(ground.siteUrl, { name: 'anew-test', max: 1 })
      assert.deepEqual(await said(pool), await said(anew))
      await anew.end()
    }),
    { numRuns: 12 },
  )
  await ground.sql(`delete from site.dataset where slug like 'p-%'`)
})

test('the page says how words were understood, marks them, and offers filters, sorting and pages as links (P15, T4.2)', async () => {
  const page = await search({ q: '敬老院' })
  assert.match(page, /“敬老院”也按同义词找：养老院、养老机构/)
  assert.match(page, /<mark>养老机构<\/mark>名录/)
  assert.match(await search({ q: '西宁民政局' }), /“西宁民政局”是部门的名称或简称：西宁市民政局/)
  assert.match(await search({ q: '养劳机构' }), /“养劳机构”可能是：养老机构/)
  assert.match(await search({}), /rel="nofollow">社会保障<\/a>/)
  assert.match(page, /sort=newest/)
  assert.match(await search({ q: '法定代表人' }), /字段：<span><mark>法定代表人<\/mark><\/span>/)
  for (let at = 0; at < 21; at += 1) await lay(`363099-0000${String(at + 10)}`, `气象观测第${at}站`)
  const first = await search({ q: '气象观测' })
  assert.match(first, /第 1 \/ 2 页/)
  assert.ok((await find({})).total > 20)
  assert.match(await search({ q: '', from: '20' }), /上一页/)
  assert.match(await search({ q: '气象观测', from: '500' }), /回到第一页/)
})

test('nothing found says what to take back, what comes near and where to ask for it (P18, T4.2)', async () => {
  const page = await search({ q: '鲸鱼迁徙' })
  assert.match(page, /href="\/wishes\/new\?q=%E9%B2%B8%E9%B1%BC%E8%BF%81%E5%BE%99"/)
  const narrowed = await search({ q: '养老机构', theme: '市场监管' })
  assert.match(narrowed, /不限主题<\/a>，有 1 个/)
  const partial = await search({ q: '企业登记 鲸鱼' })
  assert.match(partial, /没有哪个数据集含全部检索词/)
})

test('whatever is asked is answered with a page (T4.2)', async () => {
  const paths = [
    '?from=99999999999',
    '?from=abc&sort=nothing',
    `?${'theme=a&'.repeat(60)}`,
    '?organ[]=x&tag=__proto__',
    `?q=${encodeURIComponent('中'.repeat(300))}`,
    `?q=${encodeURIComponent(`${'鲸'.repeat(199)}😀`)}`,
    `?q=${encodeURIComponent("' ) (* [ \\ + ?.| ^$ - /")}`,
    '?q=%F0%A0%80%80&chosen=x',
    '?__proto__=1&constructor=2&q=toString',
    '?theme=%00&theme=%00',
  ]
  for (const path of paths) await pageOf(`/search${path}`)
})
