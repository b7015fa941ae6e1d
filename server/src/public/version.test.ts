import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type pg from 'pg'
import { openPool } from '#kernel/db.ts'
import { cloneDatabase, type TestDatabase } from '#test/cluster.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublic, type PublicGround } from '#test/public-ground.ts'
import { buildStale } from '../supervisor/build.ts'
import { listFiles } from './file.store.ts'

let database: TestDatabase
let ground: PublicGround
let pool: pg.Pool
before(async () => {
  await buildStale(() => undefined)
  database = await cloneDatabase()
  ground = await openPublic(database.url)
  pool = openPool(ground.siteUrl, { max: 1 })
})
after(async () => {
  await pool?.end()
  await ground?.close()
  await database?.drop()
})

const get = (url: string) => ground.app.inject({ method: 'GET', url })

test('versions are listed with rows, columns and what changed, newest first; an unknown dataset is absent (T4.2)', async () => {
  const columns = [columnOf('name', '名称')]
  const id = await layDataset(ground, { slug: 'v-1', columns, rows: [['甲'], ['乙']] })
  await ground.sql(`update site.edition set is_current = false, table_name = null where dataset_id = $1`, [id])
  const wider = JSON.stringify([...columns, columnOf('city', '市州')])
  await ground.sql(
    `insert into site.edition (dataset_id, edition_no, is_current, table_name, columns, row_count, digest, data_on, note)
     select dataset_id, 2, true, 'd_v_1_2', $2, 5, digest, '2018-01-01', '补报三家' from site.edition where dataset_id = $1`,
    [id, wider],
  )
  const { versions, citation } = (await get('/datasets/v-1/versions.json')).json()
  assert.deepEqual(
    versions.map((one: Record<string, unknown>) => [one.edition_no, one.row_count, one.column_count, one.note]),
    [
      [2, 5, 2, '补报三家'],
      [1, 2, 1, ''],
    ],
  )
  assert.deepEqual(versions[0].change, { rows: 3, columns_added: ['city'], columns_removed: [], columns_changed: [] })
  assert.equal(versions[1].change, null)
  assert.match(citation.gbt7714, /\[DS\/OL\]\. 2版\./)
  assert.deepEqual(await listFiles(pool, 'v-1'), [])
  const absent = await get('/datasets/nothing/versions.json')
  assert.equal(absent.statusCode, 404)
  assert.match(String(absent.headers['content-type']), /problem\+json/)
})
