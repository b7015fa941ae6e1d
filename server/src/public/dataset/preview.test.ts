import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'

let ground: PublicGround

before(async () => {
  ground = await openPublicAlone()
  await layDataset(ground, {
    slug: 'homes',
    columns: [
      columnOf('name', '机构名称'),
      columnOf('place', '区县', { role: 'category' }),
      columnOf('beds', '床位数', { data_type: 'I', role: 'measure' }),
      columnOf('note', '备注'),
    ],
    rows: Array.from({ length: 50 }, (_, no) => [
      `第${no + 1}养老院`,
      no % 2 ? '城西区' : '城东区',
      100 - no,
      no === 7 ? '50%_<折扣> Open' : null,
    ]),
  })
  await layDataset(ground, { slug: 'few', columns: [columnOf('name', '名称')], rows: [['甲'], ['乙']] })
})
after(() => ground?.close())

const pageOf = async (query: string, slug = 'homes'): Promise<string> => {
  const { statusCode, body } = await ground.app.inject(`/datasets/${slug}/preview?${query}`)
  assert.equal(statusCode, 200, query)
  return body
}
const firstOf = (html: string): string[] =>
  [.../<tr><th scope="row"[^>]*>(.*?)<\/th>/g[Symbol.matchAll](html)].map(([, name]) => name!)
const q = (text: string): string => `q=${encodeURIComponent(text)}`

test('whoever looks for his own row finds it on the page, goes on among what was found and takes it along (T4.2, P16)', async () => {
  const all = await pageOf('')
  assert.match(all, /<input id="rows-q"/)
  assert.match(all, /第 1–20 行，共 50 行/)
  const west = await pageOf(`${q('城西区')}&sort=beds`)
  assert.match(west, /25 行的文字里有“城西区”/)
  assert.equal(firstOf(west)[0], '第50养老院')
  assert.match(west, /<input type="hidden" name="sort" value="beds"/)
  const next = /href="(\/datasets\/homes\/preview\?[^"]*from=20[^"]*)"/.exec(west)![1]!.replaceAll('&amp;', '&')
  assert.equal(firstOf((await ground.app.inject(next)).body).length, 5)
  const file = /href="(\/datasets\/homes\/export\.csv\?[^"]*)"/.exec(west)![1]!.replaceAll('&amp;', '&')
  const lines = (await ground.app.inject(file)).body.trim().split('\n')
  assert.deepEqual([lines.length, lines.slice(1).every((line) => line.includes('城西区'))], [26, true])
  assert.deepEqual(firstOf(await pageOf(q('第8 open'))), ['第8养老院'], 'both words, whatever the case')
})

test('what is looked for is text and nothing else, and nothing found leads back (T4.2)', async () => {
  for (const text of ['50%_', '<折扣>']) assert.deepEqual(firstOf(await pageOf(q(text))), ['第8养老院'], text)
  const none = await pageOf(q('鲸鱼'))
  assert.match(none, /没有哪一行的文字里有“鲸鱼”。<\/?[^>]*>?.*看全部行/)
  assert.deepEqual(firstOf(none), [])
  for (const odd of [
    "q='%20or%201=1--",
    'q=%00',
    'q=a&q=b',
    `q=${'a%20'.repeat(60)}`,
    'q=%ED%A0%80',
    'q=%5C&from=99999',
  ])
    await pageOf(odd)
  assert.ok(!(await pageOf('', 'few')).includes('rows-q'), 'a table in sight whole is not searched')
})
