import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { layFiles } from '#test/portal-files.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'

let ground: PublicGround

before(async () => {
  ground = await openPublicAlone()
  const id = await layDataset(ground, {
    slug: 'jobs',
    columns: [
      columnOf('area', '地区', { role: 'category' }),
      columnOf('people', '人数', { data_type: 'I', role: 'measure', unit: '人' }),
      columnOf('people_status', '人数（状态）', { length: 1, status_of: 'people' }),
    ],
    rows: [
      ['西宁市', 40, 'A'],
      ['海东市', null, 'Q'],
      ['玉树州', null, 'Q'],
      ['果洛州', null, 'O'],
      ['合计', 64, 'A'],
    ],
  })
  await layFiles(ground, id, ['csv'])
})
after(() => ground?.close())

const get = async (path: string): Promise<string> => {
  const { statusCode, body } = await ground.app.inject(path)
  assert.equal(statusCode, 200, path)
  return body
}

test('a reader of the table tells what is not published from what is not there (T4.2, P16)', async () => {
  const table = await get('/datasets/jobs/preview')
  assert.equal(table.match(/<span class="none">未公布<\/span>/g)?.length, 2)
  assert.equal(table.match(/<span class="none">无<\/span>/g)?.length, 1)
  assert.match(table, /“未公布”：有这个数，为保护个人信息不公布/)
  assert.ok(!table.includes('人数（状态）'))
  const chart = await get('/datasets/jobs/preview?as=chart')
  assert.match(chart, /另有 2 行的数值为保护个人信息未公布，未计入；另有 1 行没有数值，未计入/)
  const fields = await get('/datasets/jobs/fields')
  assert.match(fields, /<code>people_status<\/code>.*说明“人数”为何有值或为空/s)
  assert.match(fields, /<code>Q<\/code> 未公布/)
})

const API = '/api/v1/datasets/jobs'

test('a program asks for what is hidden by its status; no sum or count is made of it (T4.2)', async () => {
  const hidden = JSON.parse(await get(`${API}/rows?people_status__eq=Q`))
  assert.deepEqual(hidden.rows, [
    { area: '海东市', people: null, people_status: 'Q' },
    { area: '玉树州', people: null, people_status: 'Q' },
  ])
  assert.match(hidden.note, /空值（null）为何为空见状态列/)
  const sums = JSON.parse(
    await get(
      `${API}/aggregate?group=people_status&measure=count,people__sum,people__count,people__max&sort=people_status`,
    ),
  )
  assert.deepEqual(
    sums.rows.map((row: Record<string, unknown>) => Object.values(row)),
    [
      ['A', 2, 104, 2, 64],
      ['O', 1, null, 0, null],
      ['Q', 2, null, 0, null],
    ],
  )
  assert.equal(await get('/datasets/jobs/export.csv?people_status__eq=O'), 'area,people,people_status\n果洛州,,O\n')
})

test('what the codes say stands with every description a program reads (T4.2, CSVW, Data Package, CKAN, OpenAPI)', async () => {
  const [columns, openapi, csvw, pack] = await Promise.all(
    [`${API}/columns`, `${API}/openapi.json`, '/datasets/jobs/csvw.json', '/datasets/jobs/datapackage.json'].map(
      async (path) => JSON.parse(await get(path)),
    ),
  )
  assert.equal(columns.columns[2].status_of, 'people')
  assert.equal(columns.columns[2].codes.Q.title, '未公布')
  assert.deepEqual(openapi.components.schemas.Row.properties.people_status.enum, ['A', 'O', 'Q'])
  const status = csvw.tableSchema.columns[2]
  assert.deepEqual(status.datatype, { base: 'string', format: 'A|O|Q' })
  assert.match(status['dc:description'], /Q 未公布（有这个数，为保护个人信息不公布）/)
  assert.equal(csvw.tableSchema.columns[1].datatype, 'integer')
  const { schema } = pack.resources[0]
  assert.deepEqual([schema.fields[1].type, schema.fields[2].constraints.enum], ['integer', ['A', 'O', 'Q']])
  const found = JSON.parse(await get('/api/3/action/datastore_search?resource_id=jobs&filters={"people_status":"Q"}'))
  assert.equal(found.result.total, 2)
  assert.match(found.result.fields.at(-1).info.notes, /CL_OBS_STATUS/)
})
