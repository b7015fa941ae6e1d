import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { opendata } from '@sanjiang/contract'
import { EDITION_PIECE_BYTES } from '@sanjiang/contract/opendata'
import { csvOf, type EditionGround, openEditions, publishShops, show, upload } from '#test/edition-ground.ts'
import { sweepEditions } from './advance.service.ts'
import { tableOf } from './stage.ts'

const DAY_MS = 86_400_000

let ground: EditionGround
before(async () => {
  ground = await openEditions()
})
after(() => ground?.closeAll())

/** The hourly task, so many days from now. */
const sweepAfter = async (days: number) => {
  const ctx = await ground.outward()
  await sweepEditions({ ...ctx, instant: new Date(Date.parse(ctx.instant) + days * DAY_MS).toISOString() })
}
const tables = async () =>
  (
    await ground.sql<{ name: string }>(
      `select 'stage.' || relname as name from pg_class where relnamespace = 'stage'::regnamespace and relkind = 'r' order by 1`,
    )
  ).map(({ name }) => name)
/** As if its table had been made so many hours ago. */
const age = (table: string, hours: number) =>
  ground.sql(
    `do $$ begin execute format('comment on table ${table} is %L', now() - make_interval(hours => ${hours})); end $$`,
  )

test('an upload that is not whole after seven days is over: its pieces go, and nothing more is taken for it (T4.2)', async () => {
  const entry = await publishShops(ground, '便民网点一')
  const bytes = Buffer.alloc(EDITION_PIECE_BYTES + 1, 'x')
  const open = () =>
    ground.proposer.call(opendata.openEdition, {
      body: {
        ...{ resource_id: entry.resource_id, file_name: '数据.csv', data_on: '2017-11-30', file_bytes: bytes.length },
        file_sha256: createHash('sha256').update(bytes).digest('hex'),
      },
    })
  const { edition_id: id } = await open()
  const piece = (seq: number) => ({
    params: { id, seq },
    body: { base64: bytes.subarray(seq * EDITION_PIECE_BYTES, (seq + 1) * EDITION_PIECE_BYTES).toString('base64') },
  })
  await ground.proposer.call(opendata.putEditionPiece, piece(0))
  await sweepAfter(6.9)
  assert.equal((await show(ground.proposer, id)).state, 'uploading')
  await sweepAfter(7.1)
  const { state, note } = await show(ground.proposer, id)
  assert.deepEqual([state, note], ['discarded', '七天没有上传完'])
  assert.deepEqual(await ground.sql('select from opendata.edition_piece where edition_id = $1', [id]), [])
  assert.equal((await ground.proposer.refused(opendata.putEditionPiece, piece(1))).code, 'wrong_state')
  assert.equal((await ground.proposer.refused(opendata.readEdition, { params: { id } })).code, 'wrong_state')
  const told = await ground.sql(
    `select from kernel.event where type = 'opendata.edition.discarded' and subject_id = $1`,
    [id],
  )
  assert.equal(told.length, 1)
  const { edition_no } = await open()
  assert.equal(edition_no, 2)
})

test('the stage keeps what has work before it, and what no edition needs goes after an hour, whoever left it (T4.2)', async () => {
  const entry = await publishShops(ground, '便民网点二')
  const deliver = () => upload(ground.proposer, { resource_id: entry.resource_id, bytes: csvOf('1,甲,,,2016-03-05') })
  const [kept, dropped] = [await deliver(), await deliver()]
  await ground.advance()
  await ground.proposer.call(opendata.discardEdition, { params: { id: dropped } })
  // A worker killed between two databases leaves a table whose edition was never written, or is carried.
  const [old, young] = [randomUUID(), randomUUID()]
  for (const id of [old, young]) await ground.sql(`create table ${tableOf(id)} (_line bigint)`)
  await ground.sql('create table stage.other (n integer)')
  await age(tableOf(young), 0)
  await sweepAfter(0)
  const alive = [kept, dropped, young].map(tableOf)
  assert.deepEqual(await tables(), [...alive, 'stage.other'].sort())
  for (const id of [kept, dropped, young]) await age(tableOf(id), 2)
  await sweepAfter(0)
  assert.deepEqual(await tables(), [tableOf(kept), 'stage.other'].sort())
})
