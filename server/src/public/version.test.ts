import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type pg from 'pg'
import { openPool } from '#kernel/db.ts'
import { layFiles } from '#test/portal-files.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { listFiles } from './file.store.ts'

let ground: PublicGround
let pool: pg.Pool
before(async () => {
  ground = await openPublicAlone()
  pool = openPool(ground.siteUrl, { max: 1 })
})
after(async () => {
  await pool?.end()
  await ground?.close()
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

test('a dataset is cited, and its editions are dated, by the days of Beijing that the site lives in (T4.2)', async (t) => {
  t.after(() => ground.sql('delete from site.clock'))
  const id = await layDataset(ground, { slug: 'v-3', columns: [columnOf('name', '名称')], rows: [['甲']] })
  await ground.sql(`update site.edition set carried_at = '2026-01-01T17:30:00Z' where dataset_id = $1`, [id])
  const dates = async () => {
    const page = (await get('/datasets/v-3/versions')).body
    const { gbt7714 } = (await get('/datasets/v-3/versions.json')).json().citation
    assert.ok((await get('/datasets/v-3')).body.includes(gbt7714))
    return [/，(\d{4}-\d\d-\d\d) 送出/.exec(page)![1], .../\((\S+)\)\[(\S+)\]/.exec(gbt7714)!.slice(1)]
  }
  const todayOf = async () => (await ground.sql<{ today: string }>('select site.today()::text as today'))[0]!.today
  assert.deepEqual(await dates(), ['2026-01-02', '2026-01-02', await todayOf()])
  await ground.sql('insert into site.clock (offset_days) values (-3000)')
  assert.deepEqual(await dates(), ['2017-10-16', '2017-10-16', await todayOf()])
})

test('an edition replaced before its files were made offers none anywhere, and its addresses say why (T4.2)', async () => {
  const columns = [columnOf('name', '名称')]
  const id = await layDataset(ground, { slug: 'v-2', columns, rows: [['甲']] })
  const next = () =>
    ground.sql(
      `with old as (update site.edition set is_current = false, table_name = null where dataset_id = $1 and is_current returning *)
       insert into site.edition (dataset_id, edition_no, is_current, table_name, columns, row_count, digest, data_on)
       select dataset_id, edition_no + 1, true, 'd_v_2_' || edition_no + 1, columns, 1, digest, data_on from old`,
      [id],
    )
  await next()
  await layFiles(ground, id, ['csv'])
  await next()
  await ground.sql('update site.dataset set change_no = change_no + 1 where dataset_id = $1', [id])
  const page = (await get('/datasets/v-2/versions')).body
  assert.match(
    page,
    /第 3 版（当前）[\s\S]*第 2 版[\s\S]*这一版的文件（1 个）[\s\S]*第 1 版[\s\S]*这一版在文件制成之前已被下一版替换/,
  )
  const codeOf = async (url: string) => {
    const answer = await get(url)
    return [answer.statusCode, answer.statusCode === 200 ? '' : answer.json().code]
  }
  assert.deepEqual(await codeOf('/datasets/v-2/files/1/v-2.csv'), [404, 'never_made'])
  assert.deepEqual(await codeOf('/datasets/v-2/files/3/v-2.csv'), [404, 'not_made_yet'])
  assert.deepEqual(await codeOf('/datasets/v-2/files/9/v-2.csv'), [404, 'no_file'])
  assert.deepEqual(await codeOf('/datasets/v-2/files/2/v-2.geojson'), [404, 'no_file'], 'not offered, not on its way')
  assert.deepEqual(await codeOf('/datasets/v-2/latest.csv'), [200, ''], 'the newest there is')
  assert.deepEqual(await codeOf('/datasets/v-2/latest.xlsx'), [404, 'not_made_yet'])
  await ground.sql(
    `insert into site.file_omission (dataset_id, edition_no, format, reason) values ($1, 3, 'csv', '太大')`,
    [id],
  )
  assert.deepEqual(await codeOf('/datasets/v-2/latest.csv'), [404, 'not_offered'], 'not an old one for ever')
  await ground.sql('delete from site.file_omission where dataset_id = $1', [id])
  const told = ['/datasets/v-2', '/datasets/v-2/versions', '/datasets/v-2/downloads', '/datasets/v-2/versions.json']
  told.push('/datasets/v-2.ttl', '/datasets/v-2/datapackage.json', '/api/3/action/package_show?id=v-2')
  for (const url of told) {
    const { body } = await get(url)
    for (const [link = ''] of body.matchAll(/\/datasets\/v-2\/(files\/\d+\/v-2\.\w+|latest\.\w+)/g))
      assert.equal((await get(link)).statusCode, 200, `${url} leads to ${link}`)
  }
})
