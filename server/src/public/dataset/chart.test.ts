import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { sliceOf } from './preview.rules.ts'

let ground: PublicGround

const GOODS = ['牛肉', '青椒']
const PLACES = ['西宁市', '海东市', '全省']
const WEEKS = ['2017-11-06', '2017-11-13', '2017-11-20']

before(async () => {
  ground = await openPublicAlone()
  await layDataset(ground, {
    slug: 'prices',
    columns: [
      columnOf('week', '监测日期', { data_type: 'D', role: 'key' }),
      columnOf('place', '地区', { role: 'key' }),
      columnOf('goods', '商品', { role: 'category' }),
      columnOf('price', '本期价格', { data_type: 'N', role: 'measure', unit: '元' }),
    ],
    rows: WEEKS.flatMap((week, at) =>
      ['西宁市', '海东市'].flatMap((place, of) =>
        GOODS.map((goods, no) => [week, place, goods, 30 + at + of * 10 + no * 100]),
      ),
    ),
  })
  await layDataset(ground, {
    slug: 'firms',
    columns: [
      columnOf('on', '统计日期', { data_type: 'D' }),
      columnOf('place', '市州', { role: 'category' }),
      columnOf('trade', '行业', { role: 'category' }),
      columnOf('firms', '户数', { data_type: 'I', role: 'measure', unit: '户' }),
    ],
    rows: PLACES.flatMap((place, of) =>
      ['采矿业', '建筑业', '合计'].map((trade, no) => [
        '2017-09-30',
        place,
        trade,
        of === 1 && no === 0 ? null : 10 + of + no,
      ]),
    ),
  })
})
after(() => ground?.close())

const draw = async (path: string): Promise<string> => {
  const { statusCode, body } = await ground.app.inject(path)
  assert.equal(statusCode, 200, path)
  return body
}
const captionOf = (html: string): string => /<figcaption>(.*?)<\/figcaption>/s.exec(html)![1]!
const tableOf = (html: string): string[] =>
  [.../<tr><th scope="row">(.*?)<\/th><td class="number">(.*?)<\/td><\/tr>/g[Symbol.matchAll](html)].map(
    ([, label, value]) => `${label} ${value}`,
  )

test('prices of several goods are never added up: one good in one place is drawn, and a form offers the others (T4.2, P16)', async () => {
  const first = await draw('/datasets/prices/preview?as=chart')
  assert.equal(captionOf(first), '地区 西宁市、商品 牛肉：各监测日期的本期价格（元）')
  assert.deepEqual(tableOf(first), ['2017-11-06 30', '2017-11-13 31', '2017-11-20 32'])
  assert.match(first, /<label for="only_goods">商品<\/label><select id="only_goods" name="only_goods">/)
  assert.ok(!first.includes('全部</option>'))
  assert.match(first, /不从 0 起/)
  const other = await draw(
    `/datasets/prices/preview?as=chart&only_goods=${encodeURIComponent('青椒')}&only_place=${encodeURIComponent('海东市')}`,
  )
  assert.deepEqual(tableOf(other), ['2017-11-06 140', '2017-11-13 141', '2017-11-20 142'])
  for (const nobodys of [
    'only_goods=x',
    'only_goods=a&only_goods=b',
    'only_goods=',
    "only_goods='; drop table x",
    'by=price',
  ])
    assert.deepEqual(tableOf(await draw(`/datasets/prices/preview?as=chart&${nobodys}`)), tableOf(first), nobodys)
})

test('in a cross table totals are not drawn beside their parts nor added to them, and what is not published is told (T4.2)', async () => {
  const totals = await draw('/datasets/firms/preview?as=chart')
  assert.equal(captionOf(totals), '行业 合计：各市州的户数（户）')
  assert.deepEqual(tableOf(totals), ['海东市 13', '西宁市 12'])
  const mines = await draw(`/datasets/firms/preview?as=chart&only_trade=${encodeURIComponent('采矿业')}`)
  assert.deepEqual(tableOf(mines), ['西宁市 10'])
  assert.match(captionOf(mines), /另有 1 行没有数值/)
  const trades = await draw(`/datasets/firms/preview?as=chart&by=trade&only_place=${encodeURIComponent('海东市')}`)
  assert.deepEqual(tableOf(trades), ['建筑业 12'])
})

const columnsOf = (html: string): string[] =>
  [.../<th scope="col" class="number">(.*?)<\/th>/g[Symbol.matchAll](html)].map(([, name]) => name!)
const besideOf = (html: string): string[] =>
  [.../<tr><th scope="row" class="short">(.*?)<\/th>(.*?)<\/tr>/g[Symbol.matchAll](html)].map(
    ([, label, cells]) =>
      `${label} ${cells!
        .replace(/<[^>]+>/g, ' ')
        .trim()
        .split(/\s+/)
        .join(' ')}`,
  )

test('several places are drawn beside each other to one scale, and a table has the same figures (T4.2, P16)', async () => {
  const chosen = `only_goods=${encodeURIComponent('青椒')}`
  const places = await draw(`/datasets/prices/preview?as=chart&split=place&${chosen}`)
  assert.match(
    captionOf(places),
    /^商品 青椒：各地区各监测日期的本期价格（元）；一格一个地区，各格同一比例，纵轴不从 0 起，横轴是监测日期 2017-11-06 至 2017-11-20，灰线/,
  )
  assert.deepEqual(columnsOf(places), ['西宁市', '海东市'])
  assert.deepEqual(besideOf(places), ['2017-11-06 130 140', '2017-11-13 131 141', '2017-11-20 132 142'])
  assert.match(places, /<desc[^>]*>2 个地区，一格一个。2017-11-20 最高 海东市 142元，最低 西宁市 132元/)
  assert.equal(places.match(/<use class="line"/g)!.length, 4, 'two lines, for a phone and for a desk')
  assert.match(places, /<option value="place" selected="">各地区<\/option>/)
  assert.ok(!places.includes('only_place'))
  const goods = await draw('/datasets/prices/preview?as=chart&split=goods')
  assert.match(captionOf(goods), /一格一个商品，各自最早一期为 100，右上是到最后一期的变化，横轴/)
  assert.match(goods, /2017-11-06 至 2017-11-20 变化最高 牛肉 \+6\.7%，最低 青椒 \+1\.5%/)
  assert.match(await draw('/datasets/prices'), /as=chart&amp;split=goods">各商品并排比较/)
  const plain = await draw('/datasets/prices/preview?as=chart')
  for (const nobodys of ['split=price', 'split=week', 'split=', 'split=place&split=goods'])
    assert.deepEqual(tableOf(await draw(`/datasets/prices/preview?as=chart&${nobodys}`)), tableOf(plain), nobodys)
})

test('beside each other stand parts, no total among them, and what is absent is said (T4.2)', async () => {
  const trades = await draw('/datasets/firms/preview?as=chart&split=trade')
  assert.match(captionOf(trades), /^各行业各市州的户数（户）；一格一个行业，各格同一比例；另有 1 行没有数值/)
  assert.deepEqual(columnsOf(trades), ['采矿业', '建筑业'])
  assert.deepEqual(besideOf(trades), ['西宁市 10 11', '海东市 无 12'])
  const places = await draw('/datasets/firms/preview?as=chart&by=trade&split=place')
  assert.deepEqual(besideOf(places), ['建筑业 11 12', '采矿业 10 无'])
})

test('things that have a date each are no course of time: no line leads from one home to the next (T4.2)', async () => {
  const home = (no: number) => [`h-${no}`, no % 2 ? '公办' : '民办', `201${no}-05-0${no}`, no * 10, 101 + no / 10, 36.5]
  await layDataset(ground, {
    slug: 'homes',
    columns: [
      columnOf('code', '许可证号'),
      columnOf('nature', '性质', { role: 'category' }),
      columnOf('issued_on', '发证日期', { data_type: 'D' }),
      columnOf('beds', '床位数', { data_type: 'I', role: 'measure', unit: '张' }),
      columnOf('lon', '经度', { data_type: 'N', role: 'lon' }),
      columnOf('lat', '纬度', { data_type: 'N', role: 'lat' }),
    ],
    rows: [1, 2, 3, 4].map(home),
  })
  const page = await draw('/datasets/homes/preview?as=chart')
  assert.equal(captionOf(page), '各性质的床位数合计（张）')
  assert.deepEqual(tableOf(page), ['民办 60', '公办 40'])
})

test('all together is offered where it is a sum, and a choice nobody offered is none (T4.2)', () => {
  const column = columnOf('place', '地区', { role: 'category' })
  const of = (values: string[], is_rate: boolean, asked?: string) =>
    sliceOf({ column, values, usual: '甲', plan: { is_rate } }, { only: () => asked })
  assert.deepEqual([of(['甲', '乙'], false).chosen, of(['甲', '乙'], false).can_all], [null, true])
  assert.deepEqual([of(['甲', '合计'], false).chosen, of(['甲', '合计'], false).can_all], ['合计', false])
  assert.deepEqual([of(['甲', '乙'], true).chosen, of(['甲', '乙'], true, '乙').chosen], ['甲', '乙'])
  assert.equal(of(['甲', '乙'], true, '丙').chosen, '甲')
})
