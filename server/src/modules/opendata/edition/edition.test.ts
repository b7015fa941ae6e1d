import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { inbox, opendata } from '@sanjiang/contract'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import {
  approve,
  csvOf,
  dataTables,
  type EditionGround,
  openEditions,
  openRows,
  proposalOf,
  propose,
  publishShops,
  show,
  siteEditions,
  upload,
} from '#test/edition-ground.ts'
import { withClient } from '../connection.ts'
import { advanceEditions } from './advance.service.ts'
import { carryEdition } from './carry.service.ts'
import { listDue } from './edition.store.ts'
import { withStage } from './stage.ts'

let ground: EditionGround
before(async () => {
  ground = await openEditions()
})
after(() => ground?.closeAll())

const CLEAN = [
  '2,城西粮油店,"临街, 有停车位",13800138000,2016-03-05',
  '1,东关早餐铺,,,2015/7/1',
  '10,海湖文具店,周末休息,13912345678,20170101',
]
/** Reads and checks, while the public side is away. */
const advanceInside = async () => void (await advanceEditions(await ground.ctx()))

const CITIZEN = '110101199003072316'

test('rows go out as the catalogue shapes them, in the order of their key, under a digest anybody can make again (T4.2)', async () => {
  const { entry, release } = await openRows(ground, '便民网点一', csvOf(...CLEAN))
  const [edition] = await siteEditions(ground, entry)
  assert.deepEqual([edition!.edition_no, edition!.is_current, edition!.row_count], [1, true, 3])
  assert.deepEqual(await ground.ground.sql(`select * from data.${edition!.table_name} order by _id`), [
    { _id: '1', shop_no: '1', shop_name: '东关早餐铺', remark: null, phone: null, opened_on: new Date(2015, 6, 1) },
    {
      ...{ _id: '2', shop_no: '2', shop_name: '城西粮油店', remark: '临街, 有停车位' },
      ...{ phone: '138****8000', opened_on: new Date(2016, 2, 5) },
    },
    {
      ...{ _id: '3', shop_no: '10', shop_name: '海湖文具店', remark: '周末休息' },
      ...{ phone: '139****5678', opened_on: new Date(2017, 0, 1) },
    },
  ])
  const client = new pg.Client({ connectionString: ground.ground.siteUrl })
  await client.connect()
  const hash = createHash('sha256')
  const text = `copy (select shop_no, shop_name, remark, phone, opened_on from data.${edition!.table_name} order by _id) to stdout csv`
  for await (const piece of client.query(copyTo(text))) hash.update(piece)
  await client.end()
  assert.equal(hash.digest('hex'), edition!.digest)
  assert.equal(release.edition?.sample?.rows.length, 3)
  assert.equal((await show(ground.proposer, release.edition_id!)).state, 'carried')
})

test('a person’s number in a remark holds the rows before the release, by column and line, and again in a later edition (T4.2)', async () => {
  const entry = await publishShops(ground, '便民网点二')
  const bad = [...CLEAN, `11,南川书店,"店主身份证 ${CITIZEN}",,2014-05-06`]
  const first = await upload(ground.proposer, { resource_id: entry.resource_id, bytes: csvOf(...bad) })
  await ground.advance()
  const { release_id } = await propose(ground.proposer, entry, { edition_id: first })
  assert.equal((await refusal(release_id)).code, 'rows_unchecked')
  await ground.advance()
  const held = await refusal(release_id)
  assert.deepEqual([held.code, held.party], ['rows_held', 'provider'])
  assert.deepEqual(
    held.fields?.map(({ field, rule }) => [field, rule]),
    [['rows.remark', 'citizen_id']],
  )
  assert.match(held.fields![0]!.message, /“备注”中有 1 处公民身份号码（第 5 行）/)
  assert.doesNotMatch(JSON.stringify(held), new RegExp(CITIZEN))
  assert.deepEqual(await siteEditions(ground, entry), [])
  await ground.reviewer.call(opendata.rejectRelease, {
    params: { id: release_id },
    body: { opinion: '备注含身份号码' },
  })
  const mended = await upload(ground.proposer, { resource_id: entry.resource_id, bytes: csvOf(...CLEAN) })
  await ground.advance()
  const again = await propose(ground.proposer, entry, { edition_id: mended })
  await ground.advance()
  await approve(ground.reviewer, again.release_id)
  await ground.advance()
  assert.equal((await siteEditions(ground, entry)).length, 1)
  const later = await upload(ground.proposer, { resource_id: entry.resource_id, bytes: csvOf(...bad) })
  await ground.advance()
  assert.equal((await show(ground.proposer, later)).state, 'held')
  assert.equal((await siteEditions(ground, entry)).length, 1)
  await ground.drain()
  const todos = await ground.proposer.call(inbox.listTodos, { query: { kind: 'edition_mend' } })
  assert.ok(todos.rows.some(({ subject_id }) => subject_id === later))
  const better = await upload(ground.proposer, { resource_id: entry.resource_id, bytes: csvOf(CLEAN[0]!) })
  await ground.advance()
  const editions = await siteEditions(ground, entry)
  assert.deepEqual(
    editions.map(({ is_current, row_count, table_name }) => [is_current, row_count, table_name !== null]),
    [
      [false, 3, false],
      [true, 1, true],
    ],
  )
  assert.deepEqual(
    [(await show(ground.proposer, better)).state, (await show(ground.proposer, later)).state],
    ['carried', 'discarded'],
  )
  await ground.drain()
  const left = await ground.proposer.call(inbox.listTodos, { query: { kind: 'edition_mend' } })
  assert.ok(!left.rows.some(({ subject_id }) => subject_id === later || subject_id === first))
})

const refusal = (id: string) =>
  ground.reviewer.refused(opendata.approveRelease, { params: { id }, body: { opinion: '不涉密，可以开放' } })

test('a withdrawn dataset leaves no row, no table and no edition behind (T4.2)', async () => {
  const { entry, release } = await openRows(ground, '便民网点三', csvOf(...CLEAN))
  assert.equal((await dataTables(ground, release.content.slug)).length, 1)
  await ground.reviewer.call(opendata.withdrawRelease, {
    params: { id: release.release_id },
    body: { reason: '数据口径有误，更正后重新开放' },
  })
  await ground.advance()
  assert.deepEqual([await siteEditions(ground, entry), await dataTables(ground, release.content.slug)], [[], []])
})

test('the same rows once more make no new edition (T4.2)', async () => {
  const { entry } = await openRows(ground, '便民网点四', csvOf(...CLEAN))
  const same = await upload(ground.proposer, { resource_id: entry.resource_id, bytes: csvOf(...CLEAN.toReversed()) })
  await ground.advance()
  const { state, note } = await show(ground.proposer, same)
  assert.deepEqual([state, note], ['discarded', '与现行版相同，不另成一版'])
  assert.equal((await siteEditions(ground, entry)).length, 1)
})

test('a release of new words stands on the rows that are out, and rows on their way go on under it (T4.2)', async () => {
  const { entry, edition_id } = await openRows(ground, '便民网点七', csvOf(...CLEAN))
  const { resource_id } = entry
  const words = await propose(ground.proposer, entry)
  const later = await upload(ground.proposer, { resource_id, bytes: csvOf(CLEAN[0]!) })
  await advanceInside()
  const spoilt = await upload(ground.proposer, { resource_id, bytes: csvOf(`2,粮油店,${CITIZEN},,`) })
  await advanceInside()
  const release = await approve(ground.reviewer, words.release_id)
  assert.equal(release.edition?.edition_id, spoilt)
  await ground.advance()
  const [carried, held] = [await show(ground.proposer, later), await show(ground.proposer, spoilt)]
  assert.deepEqual([carried.state, carried.release_id], ['carried', words.release_id])
  assert.deepEqual([held.state, held.release_id], ['held', words.release_id])
  assert.equal((await show(ground.proposer, edition_id)).release_id, words.release_id)
  const more = await propose(ground.proposer, entry)
  await approve(ground.reviewer, more.release_id)
  const same = await upload(ground.proposer, { resource_id, bytes: csvOf(CLEAN[0]!) })
  await ground.advance()
  assert.equal((await show(ground.proposer, same)).state, 'discarded')
})

test('rows newer than those approved go on as the new release shapes them; what newer rows have overtaken is not approved (T4.2)', async () => {
  const { entry } = await openRows(ground, '便民网点八', csvOf(...CLEAN))
  const { resource_id } = entry
  const proposeWaiting = async () => {
    const edition_id = await upload(ground.proposer, { resource_id, bytes: csvOf(...CLEAN), waits: true })
    await ground.advance()
    const { item_id } = entry.content.items.find(({ name_en }) => name_en === 'remark')!
    const shaped = { edition_id, columns: [{ item_id, shaping: 'remove' as const }] }
    const { release_id } = await propose(ground.proposer, entry, shaped)
    await ground.advance()
    return release_id
  }
  const overtaken = await proposeWaiting()
  await upload(ground.proposer, { resource_id, bytes: csvOf(CLEAN[0]!) })
  await ground.advance()
  const { code, detail } = await refusal(overtaken)
  assert.deepEqual([code, /第 3 版已经公开/.test(detail!)], ['wrong_state', true])
  await ground.reviewer.call(opendata.rejectRelease, { params: { id: overtaken }, body: { opinion: '用新的一版' } })
  const { edition_id } = await ground.proposer.call(opendata.getRelease, { params: { id: overtaken } })
  const anew = await ground.proposer.refused(opendata.proposeRelease, {
    body: proposalOf(entry, { edition_id: edition_id! }),
  })
  assert.deepEqual(
    anew.fields?.map(({ field, rule }) => [field, rule]),
    [['rows.edition_id', 'overtaken']],
  )
  const shaped = await proposeWaiting()
  const newer = await upload(ground.proposer, { resource_id, bytes: csvOf(CLEAN[1]!) })
  await advanceInside()
  await approve(ground.reviewer, shaped)
  await ground.advance()
  assert.equal((await show(ground.proposer, newer)).release_id, shaped)
  const [last] = (await siteEditions(ground, entry)).filter(({ is_current }) => is_current)
  assert.deepEqual(
    [last!.edition_no, last!.row_count, last!.columns.some(({ name }) => name === 'remark')],
    [6, 1, false],
  )
})

test('rows that had just gone out when a release was approved go out again as it shapes them (T4.2)', async () => {
  const { entry } = await openRows(ground, '便民网点九', csvOf(...CLEAN))
  const { resource_id } = entry
  const waiting = await upload(ground.proposer, { resource_id, bytes: csvOf(...CLEAN), waits: true })
  await ground.advance()
  const { item_id } = entry.content.items.find(({ name_en }) => name_en === 'remark')!
  const columns = [{ item_id, shaping: 'remove' as const }]
  const { release_id } = await propose(ground.proposer, entry, { edition_id: waiting, columns })
  await ground.advance()
  const newer = await upload(ground.proposer, { resource_id, bytes: csvOf(CLEAN[0]!) })
  await advanceInside()
  const ctx = await ground.outward()
  const row = (await listDue(ctx.db)).find(({ edition_id }) => edition_id === newer)!
  await withStage(ctx, (stage) => withClient(ground.ground.publishUrl, (site) => carryEdition({ stage, site, row })))
  await approve(ground.reviewer, release_id)
  await ground.advance()
  await ground.advance()
  assert.equal((await show(ground.proposer, newer)).state, 'carried')
  const [last] = (await siteEditions(ground, entry)).filter(({ is_current }) => is_current)
  assert.deepEqual([last!.row_count, last!.columns.some(({ name }) => name === 'remark')], [1, false])
})

test('a number that stands outside with other rows is not taken for carried, and the edition waits (T4.2)', async () => {
  const { entry } = await openRows(ground, '便民网点六', csvOf(...CLEAN))
  await ground.ground.sql(
    `insert into site.edition (dataset_id, edition_no, is_current, columns, row_count, digest, data_on)
     values ($1, 2, false, '[]', 0, repeat('0', 64), '2017-12-01')`,
    [entry.resource_id],
  )
  const later = await upload(ground.proposer, { resource_id: entry.resource_id, bytes: csvOf(CLEAN[0]!) })
  await ground.advance()
  assert.equal((await show(ground.proposer, later)).state, 'clean')
})

test('a public database lost without a backup is filled again as the operations guide says (T4.2)', async () => {
  const { entry, release } = await openRows(ground, '便民网点五', csvOf(...CLEAN))
  for (const table of await dataTables(ground, release.content.slug))
    await ground.ground.sql(`drop table data.${table}`)
  await ground.ground.sql('delete from site.dataset')
  const guide = await readFile(new URL('../../../../../docs/operations/README.md', import.meta.url), 'utf8')
  const said = /is lost\n[\s\S]*?```sql\n([\s\S]*?)```/.exec(guide)![1]!
  for (const statement of said.split(';').filter((one) => one.trim() !== '')) await ground.sql(statement)
  await ground.advance()
  assert.match((await ground.ground.app.inject(`/datasets/${release.content.slug}`)).body, /便民网点/)
  assert.deepEqual(await siteEditions(ground, entry), [])
  await upload(ground.proposer, { resource_id: entry.resource_id, bytes: csvOf(...CLEAN) })
  await ground.advance()
  assert.deepEqual(
    (await siteEditions(ground, entry)).map(({ edition_no, is_current, row_count }) => [
      edition_no,
      is_current,
      row_count,
    ]),
    [[2, true, 3]],
  )
})
