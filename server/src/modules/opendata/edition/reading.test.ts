import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { opendata } from '@sanjiang/contract'
import ExcelJS from 'exceljs'
import iconv from 'iconv-lite'
import { draftOf, ITEM, publish } from '#test/catalog-world.ts'
import {
  approve,
  csvOf,
  type EditionGround,
  type Entry,
  HEADING,
  openEditions,
  propose,
  publishShops,
  show,
  siteEditions,
  upload,
} from '#test/edition-ground.ts'
import { editionFromStage, stageFigures } from './figures.service.ts'

let ground: EditionGround
let shops: Entry
before(async () => {
  ground = await openEditions()
  shops = await publishShops(ground, '便民网点')
})
after(() => ground?.closeAll())

const read = async (bytes: Buffer, file_name?: string) => {
  const id = await upload(ground.proposer, { resource_id: shops.resource_id, bytes, file_name })
  await ground.advance()
  return show(ground.proposer, id)
}

const toldIn = ({ faults }: Awaited<ReturnType<typeof read>>) =>
  faults.map(({ row, column, rule }) => `${row} ${column} ${rule}`)

test('a file is read by its headings in either language, in UTF-8 with a mark, in GBK, from a workbook below a title (T4.2)', async () => {
  const text = ['编号,名称,REMARK,联系电话,开业日期,序号备考', '1,东关早餐铺,,,2015年7月1日,x', ''].join('\r\n')
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet('数据')
  sheet.addRow(['2017 年便民网点一览'])
  sheet.addRow(['编号', '名称', '备注', '联系电话', '开业日期', '序号备考'])
  sheet.addRow([1, '东关早餐铺', null, null, new Date(Date.UTC(2015, 6, 1)), 'x'])
  for (const [bytes, name] of [
    [Buffer.from(`\uFEFF${text}`), '网点.csv'],
    [iconv.encode(text, 'gbk'), '网点.csv'],
    [Buffer.from(await book.xlsx.writeBuffer()), '网点.xlsx'],
  ] as const) {
    const edition = await read(bytes, name)
    assert.deepEqual([edition.state, edition.row_count, edition.ignored], ['staged', 1, ['序号备考']], name)
    const [row] = await ground.sql(`select * from stage.e_${edition.edition_id.replaceAll('-', '')}`)
    assert.deepEqual(
      { ...row, _line: 0 },
      { _line: 0, shop_no: '1', shop_name: '东关早餐铺', remark: null, phone: null, opened_on: '2015-07-01' },
    )
  }
})

test('every bad cell is told by row, column and rule, and nothing of such a file stays in the stage (T4.2)', async () => {
  const edition = await read(
    csvOf(
      '1,甲,,,2016-02-30',
      'x2,乙,,,',
      `3,${'长'.repeat(41)},,,`,
      '1,丁,,,',
      ',戊,,,',
      '99999999999999999999,己,,,2016-01-01',
    ),
  )
  assert.equal(edition.state, 'refused')
  assert.deepEqual(toldIn(edition), [
    '2 开业日期 not_a_date',
    '3 编号 not_a_number',
    '4 名称 length',
    '7 编号 out_of_range',
    '5 编号 key_twice',
    '3 编号 key_empty',
    '6 编号 key_empty',
    '7 编号 key_empty',
  ])
  const [left] = await ground.sql(`select to_regclass($1) as name`, [
    `stage.e_${edition.edition_id.replaceAll('-', '')}`,
  ])
  assert.equal(left!.name, null)
})

test('what is no table, has no headings, no rows or no key is refused in words (T4.2)', async () => {
  for (const [bytes, rule] of [
    [Buffer.from('%PDF-1.4 ...'), 'W00'],
    [Buffer.from('PK\x03\x04 broken'), 'W00'],
    [Buffer.from([0, 1, 2, 3, 0, 255]), 'heading_missing'],
    [Buffer.from('甲,乙\n1,2\n'), 'heading_missing'],
    [Buffer.from('名称,备注\n甲,乙\n'), 'heading_missing'],
    [Buffer.from(`${HEADING},编号\n1,甲,,,,1\n`), 'heading_twice'],
    [Buffer.from(`${HEADING}\n`), 'empty'],
    [Buffer.from(`${HEADING}\n1,"甲,,,\n`), 'row'],
  ] as const) {
    const edition = await read(bytes)
    assert.equal(edition.state, 'refused')
    assert.ok(
      edition.faults.some((fault) => fault.rule === rule),
      `${rule}: ${JSON.stringify(edition.faults)}`,
    )
  }
})

test('an upload that is cut short, altered or out of turn is told so (T4.2)', async () => {
  const bytes = csvOf('1,甲,,,')
  const { edition_id } = await ground.proposer.call(opendata.openEdition, {
    body: {
      ...{ resource_id: shops.resource_id, file_name: 'a.csv', data_on: '2017-11-30', file_bytes: bytes.length },
      file_sha256: createHash('sha256').update('other').digest('hex'),
    },
  })
  const params = { id: edition_id }
  assert.equal((await ground.proposer.refused(opendata.readEdition, { params })).code, 'parts_missing')
  const put = (seq: number, body: Buffer) =>
    ground.proposer.refused(opendata.putEditionPiece, {
      params: { id: edition_id, seq },
      body: { base64: body.toString('base64') },
    })
  assert.equal((await put(0, bytes.subarray(1))).code, 'invalid')
  assert.equal((await put(1, bytes)).code, 'invalid')
  await ground.proposer.call(opendata.putEditionPiece, {
    params: { id: edition_id, seq: 0 },
    body: { base64: bytes.toString('base64') },
  })
  assert.equal((await ground.proposer.refused(opendata.readEdition, { params })).code, 'digest_mismatch')
  const gone = await ground.proposer.call(opendata.discardEdition, { params })
  assert.equal(gone.state, 'discarded')
  assert.equal((await ground.proposer.refused(opendata.discardEdition, { params })).code, 'wrong_state')
})

test('a piece sent again while the file is taken for whole is either in it or refused (T4.2)', async () => {
  const [bytes, other] = [csvOf('1,甲,,,'), csvOf('2,乙,,,')]
  const hex = (text: Buffer) => createHash('sha256').update(text).digest('hex')
  for (let round = 0; round < 8; round++) {
    const { edition_id } = await ground.proposer.call(opendata.openEdition, {
      body: {
        ...{ resource_id: shops.resource_id, file_name: 'a.csv', data_on: '2017-11-30', file_bytes: bytes.length },
        file_sha256: hex(bytes),
      },
    })
    const params = { id: edition_id }
    const put = (text: Buffer) =>
      ground.proposer.call(opendata.putEditionPiece, {
        params: { ...params, seq: 0 },
        body: { base64: text.toString('base64') },
      })
    await put(bytes)
    const [taken] = await Promise.allSettled([ground.proposer.call(opendata.readEdition, { params }), put(other)])
    const [stored] = await ground.sql<{ bytes: Buffer }>(
      'select bytes from opendata.edition_piece where edition_id = $1',
      [edition_id],
    )
    if (taken.status === 'fulfilled') assert.equal(hex(stored!.bytes), hex(bytes))
    await ground.proposer.call(opendata.discardEdition, { params })
  }
})

test('another department sees no edition; whoever only reads sees no rows that are not released (T4.2, T16.1)', async () => {
  const edition = await read(csvOf('1,甲,,,2016-01-01'))
  const entry = await publishShops(ground, '便民网点丙')
  const own = await upload(ground.proposer, { resource_id: entry.resource_id, bytes: csvOf('1,甲,,,2016-01-01') })
  await ground.advance()
  await propose(ground.proposer, entry, { edition_id: own })
  await ground.advance()
  const police = await ground.signIn('police', 'provider', 'dept_reviewer')
  const params = { id: edition.edition_id }
  for (const one of [opendata.getEdition, opendata.readEdition, opendata.discardEdition])
    assert.equal((await police.refused(one, { params })).status, 404)
  const body = { file_name: 'a.csv', file_bytes: 1, file_sha256: '0'.repeat(64), data_on: '2017-11-30' }
  const foreign = await police.refused(opendata.openEdition, { body: { ...body, resource_id: shops.resource_id } })
  assert.equal(foreign.status, 404)
  assert.equal((await police.call(opendata.listEditions, { query: {} })).rows.length, 0)
  const reader = await ground.signIn('commerce', 'consumer')
  assert.equal((await reader.refused(opendata.discardEdition, { params })).status, 403)
  const [seen, reviewed] = [await show(reader, own), await show(ground.reviewer, own)]
  assert.deepEqual(
    [seen.state, seen.sample, reviewed.sample?.rows],
    ['clean', null, [['1', '甲', null, null, '2016-01-01']]],
  )
  assert.equal((await ground.proposer.refused(opendata.discardEdition, { params: { id: own } })).code, 'wrong_state')
})

test('what the catalogue wants masked is not opened as it is, and a column that is no date has no year (T4.2)', async () => {
  const { edition_id } = await read(csvOf('1,甲,,,2016-01-01'))
  const item = (name: string) => shops.content.items.find(({ name_en }) => name_en === name)!.item_id
  const refused = await ground.proposer.refused(opendata.proposeRelease, {
    body: {
      ...{ resource_id: shops.resource_id, title: '便民网点', summary: '全省便民网点的名称和说明。', licence: 'open' },
      ...{ contact: '登记处 0971-8230000', item_ids: shops.content.items.map((one) => one.item_id) },
      rows: {
        edition_id,
        columns: [
          { item_id: item('phone'), shaping: 'keep' },
          { item_id: item('shop_name'), shaping: 'year' },
          { item_id: item('remark'), role: 'measure' },
        ],
        small_cell: { threshold: 5, measures: ['nothing'] },
      },
    },
  })
  assert.deepEqual(
    refused.fields?.map(({ field, rule }) => `${field} ${rule}`),
    [
      'rows.columns.shop_name year',
      'rows.columns.remark role',
      'rows.columns.phone mask_required',
      'rows.columns small_cell',
    ],
  )
})

const COUNTS = [
  { ...ITEM, name: '市州', name_en: 'area', length: 20 },
  { ...ITEM, name: '年份', name_en: 'year', data_type: 'C', length: 4 },
  { ...ITEM, name: '人数', name_en: 'people', data_type: 'I', length: 9 },
]

test('figures of the platform go out with small numbers of persons hidden, as the reviewer saw it (T4.2)', async () => {
  const entry = await publish(ground, draftOf('残疾人就业统计', { items: COUNTS }))
  const rows = [
    ['西宁市', '2016', 40],
    ['海东市', '2016', 3],
    ['玉树州', '2016', 21],
    ['合计', '2016', 64],
  ] as const
  const edition_id = await stageFigures(await ground.ctx(), {
    ...{ resource_id: entry.resource_id, columns: ['area', 'year', 'people'], rows, note: '按季度汇总。' },
  })
  const [area, year, people] = entry.content.items.map(({ item_id }) => item_id)
  const { release_id } = await propose(ground.proposer, entry, {
    edition_id,
    columns: [
      { item_id: area!, role: 'category' },
      { item_id: year!, role: 'category' },
      { item_id: people!, role: 'measure', unit: '人' },
    ],
  })
  await ground.advance()
  const release = await approve(ground.reviewer, release_id)
  assert.deepEqual(release.content.rows?.small_cell, { threshold: 5, measures: ['people'] })
  assert.deepEqual(release.edition?.suppression, { threshold: 5, primary: 1, secondary: 1, withheld: [] })
  await ground.advance()
  const [site] = await siteEditions(ground, entry)
  assert.match(site!.note, /^按季度汇总。 为保护个人信息，2 个单元格不予公布（小于 5 的，及由合计可推出它们的）/)
  const { columns, table_name } = site!
  const status = columns.at(-1)!
  assert.deepEqual([status.name, status.title, status.status_of], ['people_status', '人数（状态）', 'people'])
  const shown = await ground.ground.sql<{ area: string; people: number | null; status: string }>(
    `select area, people::int as people, people_status as status from data.${table_name} order by _id`,
  )
  assert.deepEqual(
    shown,
    release.edition!.sample!.rows.map(([one, , count, status]) => ({
      status,
      area: one,
      people: count === null ? null : Number(count),
    })),
  )
  assert.deepEqual(
    shown.map((row) => [row.people, row.status]),
    [
      [40, 'A'],
      [null, 'Q'],
      [null, 'Q'],
      [64, 'A'],
    ],
  )
})

test('a table an agent keeps is taken as it stands when the worker comes, and once more when it has changed (T4.2)', async () => {
  const entry = await publish(ground, draftOf('公共停车场', { items: COUNTS }))
  await ground.sql('create schema if not exists load')
  await ground.sql(
    'create table load.parking (area varchar(20), year char(4), people integer, loaded_at timestamptz default now())',
  )
  await ground.sql(`insert into load.parking values ('西宁市', '2016', 7), ('海东市', '2016', 9)`)
  const take = async () =>
    editionFromStage(await ground.ctx(), { resource_id: entry.resource_id, stage_table: 'load.parking' })
  await assert.rejects(async () =>
    editionFromStage(await ground.ctx(), { resource_id: entry.resource_id, stage_table: 'identity.password' }),
  )
  const edition_id = await take()
  await ground.advance()
  const { release_id } = await propose(ground.proposer, entry, { edition_id })
  await ground.advance()
  await approve(ground.reviewer, release_id)
  await ground.sql(`update load.parking set people = 8 where area = '西宁市'`)
  const later = await take()
  await ground.advance()
  await ground.advance()
  assert.equal((await show(ground.proposer, later)).state, 'carried')
  const [first, second] = await siteEditions(ground, entry)
  assert.deepEqual([first!.is_current, second!.is_current], [false, true])
  const rows = await ground.ground.sql(
    `select area, people::int as people from data.${second!.table_name} order by _id`,
  )
  assert.deepEqual(rows, [
    { area: '海东市', people: 9 },
    { area: '西宁市', people: 8 },
  ])
})
