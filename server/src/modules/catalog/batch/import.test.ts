import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { type ZipFile, zipBytes } from '@sanjiang/tabular/zip-write'
import { type CatalogWorld, draftOf, openCatalog, publish } from '#test/catalog-world.ts'
import type { Voice } from '#test/harness.ts'
import { csvOf, itemOf, rowOf, sendFile } from '#test/workbook-ground.ts'

let world: CatalogWorld
before(async () => {
  world = await openCatalog()
})
after(() => world.close())

const row = rowOf
const csv = (...rows: string[]): Buffer => csvOf(rows)

const detail = (id: string, voice: Voice = world.cataloger) => voice.call(catalog.getBatch, { params: { id } })

const imported = async (file: Buffer, { may_have_errors = false, voice = world.cataloger } = {}) => {
  const read = await sendFile(world, voice, { name: '目录.csv', file })
  assert.equal(read.fault, null)
  await voice.call(catalog.checkBatch, {
    params: { id: read.batch_id },
    body: { mapping: read.mapping, may_have_errors },
  })
  await world.drain()
  const batch = await detail(read.batch_id, voice)
  assert.deepEqual([batch.state, batch.fault], ['checked', null])
  return batch
}

const countsOf = (batch: catalog.Batch) =>
  [batch.new_count, batch.changed_count, batch.same_count, batch.conflict_count, batch.error_count].join(' ')

const entriesOf = async (id: string, kind?: catalog.BatchKind) =>
  (await world.cataloger.call(catalog.listBatchEntries, { params: { id }, query: { kind, limit: 200 } })).rows

test('a sheet becomes drafts: the columns are proposed, every fault stands at its cell with rule and clause (T2.2, P5)', async () => {
  const batch = await imported(
    csv(row('食品经营许可'), row('药品经营许可', { 摘要: '药品经营许可', 更新周期: '天天' })),
  )
  assert.equal(countsOf(batch), '1 0 0 0 1')
  const [wrong] = await entriesOf(batch.batch_id, 'error')
  const faults = wrong!.faults.filter(({ level }) => level === 'error')
  const summary = faults.find(({ field }) => field === 'summary')!
  assert.deepEqual([summary.cell, summary.rule, summary.clause !== ''], ['D3', 'C01', true])
  assert.ok(
    faults.some(({ cell }) => cell === 'M3'),
    JSON.stringify(faults),
  )
  const params = { id: batch.batch_id }
  assert.equal((await world.cataloger.refused(catalog.commitBatch, { params, body: {} })).code, 'conflict')
  const done = await world.cataloger.call(catalog.commitBatch, { params, body: { is_leaving_out: true } })
  assert.equal(done.written_count, 1)
  const [fresh] = await entriesOf(batch.batch_id, 'new')
  const made = await world.cataloger.call(catalog.getResource, { params: { id: fresh!.resource_id! }, query: {} })
  assert.deepEqual([made.state, made.content.items[0]!.data_type, made.content.update_cycle], ['draft', 'C', 'daily'])
  await world.cataloger.call(catalog.submitResource, { params: { id: made.resource_id } })
})

test('the form and the import find the same, sentence by sentence (T2.2)', async () => {
  const drafts = [row('计量检定', { 共享类型: '有条件共享' }), row('商标代理', { 格式类型: 'pdf', 数据长度: '' })]
  const batch = await imported(csv(...drafts), { may_have_errors: true })
  assert.equal(countsOf(batch), '2 0 0 0 0')
  await world.cataloger.call(catalog.commitBatch, { params: { id: batch.batch_id }, body: {} })
  for (const entry of await entriesOf(batch.batch_id)) {
    const findings = await world.cataloger.call(catalog.checkResource, { params: { id: entry.resource_id! } })
    assert.deepEqual(
      entry.faults.map(({ rule, field, message, clause }) => [rule, field, message, clause]),
      findings.map(({ rule, field, message, clause }) => [rule, field, message, clause]),
    )
    assert.ok(findings.some(({ level }) => level === 'error'))
  }
})

test('an entry that is there is found by its code or its name, and only what differs is a change (T2.2)', async () => {
  const published = await publish(world, draftOf('动产抵押登记信息'))
  const named = await world.cataloger.call(catalog.createResource, { body: draftOf('股权出质登记信息') })
  const batch = await imported(
    csv(
      row('动产抵押登记信息', { 代码: published.code!, 更新周期: '每周', 摘要: published.content.summary! }),
      row('股权出质 登记信息', { 开放类型: '无条件开放' }),
    ),
  )
  assert.equal(countsOf(batch), '0 2 0 0 0')
  const changes = await world.cataloger.call(catalog.listBatchChanges, { params: { id: batch.batch_id, seq: 1 } })
  assert.ok(
    changes.some(({ title, before: was, after: is }) => title === '更新周期' && was === '每日' && is === '每周'),
  )
  await world.cataloger.call(catalog.commitBatch, { params: { id: batch.batch_id }, body: {} })
  const now = await world.cataloger.call(catalog.getResource, { params: { id: named.resource_id }, query: {} })
  const [before, after] = [named.content.items[0]!, now.content.items[0]!]
  assert.equal(after.item_id, before.item_id, 'an item keeps its identity through a sheet')
  await world.cataloger.call(catalog.undoBatch, { params: { id: batch.batch_id } })
  const back = await world.cataloger.call(catalog.getResource, { params: { id: named.resource_id }, query: {} })
  assert.deepEqual(back.content, named.content)
  const again = await world.cataloger.call(catalog.getResource, { params: { id: published.resource_id }, query: {} })
  assert.deepEqual([again.state, again.is_revising], ['published', false])
})

test('another organ’s rows, a foreign code, twins and what is under review are conflicts, each with its reason (T2.2)', async () => {
  const foreign = await world.signIn('police', 'cataloger')
  await foreign.call(catalog.createResource, { body: draftOf('户籍信息', { class_code: '363007' }) })
  const waiting = await world.cataloger.call(catalog.createResource, { body: draftOf('企业年报信息') })
  await world.cataloger.call(catalog.submitResource, { params: { id: waiting.resource_id } })
  const batch = await imported(
    csv(
      row('户籍信息', { 提供方: '青海省公安厅' }),
      row('无此代码', { 代码: '363027/999999' }),
      row('双胞胎'),
      row('双 胞胎'),
      row('企业年报信息'),
      row('无此机构', { 提供方: '青海省航天厅' }),
    ),
  )
  assert.equal(countsOf(batch), '1 0 0 5 0')
  const reasons = (await entriesOf(batch.batch_id, 'conflict')).map(({ reason }) => reason)
  for (const [index, words] of [
    /青海省公安厅，不在您的编目范围内/,
    /没有代码为 363027\/999999/,
    /第 4 行是同一条目/,
    /部门审核中/,
    /没有叫“青海省航天厅”/,
  ].entries())
    assert.match(reasons[index]!, words)
  // The platform's own officer may import for every department.
  const all = await imported(csv(row('户籍注销信息', { 提供方: '青海省公安厅', 信息资源分类: '363007' })), {
    voice: world.admin,
  })
  assert.equal(countsOf(all), '1 0 0 0 0')
})

test('the same file is told a second time, and a file that is not what was announced is refused (T2.2)', async () => {
  const file = csv(row('重复上传'))
  const first = await sendFile(world, world.cataloger, { name: '目录.csv', file })
  const second = await sendFile(world, world.cataloger, { name: '目录-再来.csv', file })
  assert.deepEqual([first.same_file, second.same_file?.batch_id], [null, first.batch_id])
  const body = { file_name: 'a.csv', file_bytes: file.length, file_sha256: '0'.repeat(64) }
  const { batch_id } = await world.cataloger.call(catalog.openBatch, { body })
  const params = { id: batch_id }
  assert.equal((await world.cataloger.refused(catalog.readBatch, { params })).code, 'parts_missing')
  const piece = { params: { id: batch_id, seq: 0 }, body: { base64: file.toString('base64') } }
  const short = { ...piece, body: { base64: file.subarray(1).toString('base64') } }
  assert.equal((await world.cataloger.refused(catalog.putBatchPiece, short)).code, 'invalid')
  await world.cataloger.call(catalog.putBatchPiece, piece)
  assert.equal((await world.cataloger.refused(catalog.readBatch, { params })).code, 'digest_mismatch')
  assert.equal((await world.consumer.refused(catalog.openBatch, { body })).code, 'forbidden')
})

test('steps out of their order are refused, a cancelled batch writes nothing and keeps no file (T2.2)', async () => {
  const read = await sendFile(world, world.cataloger, { name: '目录.csv', file: csv(row('次序')) })
  const params = { id: read.batch_id }
  for (const endpoint of [catalog.commitBatch, catalog.undoBatch, catalog.readBatch] as const)
    assert.equal((await world.cataloger.refused(endpoint as never, { params, body: {} } as never)).code, 'wrong_state')
  const twice = read.mapping.map((one) => ({
    ...one,
    columns: one.columns.map((column) => ({ ...column, field: 'name' })),
  }))
  const bad = { params, body: { mapping: twice } }
  assert.equal((await world.cataloger.refused(catalog.checkBatch, bad)).code, 'invalid')
  await world.cataloger.call(catalog.checkBatch, { params, body: { mapping: read.mapping } })
  const cancelled = await world.cataloger.call(catalog.cancelBatch, { params })
  assert.deepEqual([cancelled.state, cancelled.can], ['cancelled', []])
  await world.drain()
  assert.equal((await detail(read.batch_id)).state, 'cancelled')
  const left = await world.sql('select 1 from catalog.batch_piece where batch_id = $1', [read.batch_id])
  assert.equal(left.length, 0)
})

test('junk is refused in words and leaves the worker at work (T2.2, T16.3)', async () => {
  const files = {
    'junk.xlsx': Buffer.from(Array.from({ length: 3000 }, (_, n) => (n * 7919) % 256)),
    'zip.xlsx': Buffer.from('PK\u0003\u0004 not really'),
    'words.csv': Buffer.from('这里,没有,目录\r\n1,2,3'),
    'nul.csv': Buffer.concat([csv(), Buffer.from('\r\n\u0000\u0000,,,')]),
  }
  for (const [name, file] of Object.entries(files)) {
    const batch = await sendFile(world, world.cataloger, { name, file })
    assert.ok(batch.state === 'failed' ? batch.fault : batch.state === 'mapping', `${name} ${batch.state}`)
  }
})

const zipped = async (files: readonly ZipFile[]): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(zipBytes(files)))

test('an old .xls, a workbook under a password and a zip bomb are refused in words, and nothing of them stays half done (T2.2, T16.3)', async () => {
  const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(4000)])
  const bomb = await zipped([
    { path: 'xl/workbook.xml', content: ['<workbook><sheets><sheet name="a" id="r1"/></sheets></workbook>'] },
    { path: 'xl/_rels/workbook.xml.rels', content: ['<R><Relationship Id="r1" Target="s.xml"/></R>'] },
    {
      path: 'xl/s.xml',
      content: ['<worksheet><sheetData>', ...Array.from({ length: 64 }, () => ' '.repeat(1_048_576))],
    },
  ])
  const files = [
    ['旧表.xls', ole, /请在表格软件中另存为 \.xlsx/],
    ['加密.xlsx', Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le'), Buffer.alloc(100)]), /密码/],
    ['炸弹.xlsx', bomb, /压缩比异常/],
  ] as const
  const before = await world.sql('select resource_id from catalog.resource')
  for (const [name, file, words] of files) {
    const batch = await sendFile(world, world.cataloger, { name, file })
    assert.deepEqual([batch.state, batch.can, batch.sheets, batch.mapping], ['failed', ['cancel'], [], []])
    assert.match(batch.fault!, words)
    const params = { id: batch.batch_id }
    for (const endpoint of [catalog.readBatch, catalog.commitBatch, catalog.takeBatchEntries] as const)
      assert.equal(
        (await world.cataloger.refused(endpoint as never, { params, body: {} } as never)).code,
        'wrong_state',
      )
    assert.deepEqual(await entriesOf(batch.batch_id), [])
    await world.cataloger.call(catalog.cancelBatch, { params })
    assert.equal((await detail(batch.batch_id)).piece_count, 0)
  }
  assert.equal((await world.sql('select resource_id from catalog.resource')).length, before.length)
  const left = await readdir(join(world.dataDir, 'tmp'))
  assert.deepEqual(
    left.filter((name) => name.startsWith('batch-')),
    [],
  )
})

test('what cannot be read in a cell is told there once, not again for every item that takes it from there (T2.2)', async () => {
  const wrong = row('读不懂的共享类型', { 共享类型: '看情况' })
  const { batch_id } = await imported(csv(wrong, itemOf('甲', 'item_a'), itemOf('乙', 'item_b')))
  const [{ faults }] = (await entriesOf(batch_id, 'error')) as [catalog.BatchEntry]
  const told = faults
    .filter(({ field }) => /share_type$/.test(field))
    .map(({ field, cell, rule }) => [field, cell, rule])
  assert.deepEqual(told, [['share_type', 'H2', 'W04']])
})

test('a check that was killed half way is begun again, and what its first worker still writes is not taken (T2.2)', async () => {
  const read = await sendFile(world, world.cataloger, { name: '目录.csv', file: csv(row('重来甲'), row('重来乙')) })
  const params = { id: read.batch_id }
  await world.cataloger.call(catalog.checkBatch, { params, body: { mapping: read.mapping } })
  // As a killed worker leaves it: a turn begun, something written, its job gone.
  await world.sql(`delete from pgboss.job where name = 'catalog.batch.check'`)
  await world.sql(
    `update catalog.batch set turn = gen_random_uuid(), turn_count = 1, updated_at = now() - interval '10 minutes' where batch_id = $1`,
    [read.batch_id],
  )
  await world.sql(
    `insert into catalog.batch_entry (batch_id, seq, kind, name, faults, changes) values ($1, 1, 'error', '残留', '[]', '[]')`,
    [read.batch_id],
  )
  const { sweepBatches } = await import('./batch.jobs.ts')
  await sweepBatches(await world.ctx())
  await world.drain()
  const batch = await detail(read.batch_id)
  assert.deepEqual([batch.state, countsOf(batch)], ['checked', '2 0 0 0 0'])
})

test('what nobody came back to expires with its file, and a committed file is kept a month (T2.2)', async () => {
  const read = await sendFile(world, world.cataloger, { name: '目录.csv', file: csv(row('久候')) })
  await world.sql(`update catalog.batch set updated_at = now() - interval '8 days' where batch_id = $1`, [
    read.batch_id,
  ])
  const { sweepBatches } = await import('./batch.jobs.ts')
  await sweepBatches(await world.ctx())
  assert.equal((await detail(read.batch_id)).state, 'expired')
  assert.equal((await detail(read.batch_id)).piece_count, 0)
})

test('five thousand rows are checked, committed and taken back whole (T2.2, C13)', async () => {
  const rows = Array.from({ length: 1000 }, (_, n) => [
    row(`大批量第${n}类许可登记`),
    ...['许可证号', '发证机关', '有效期至', '状态'].map((name, place) => itemOf(name, `item_${place}`)),
  ])
  const batch = await imported(csv(...rows.flat()))
  assert.deepEqual([countsOf(batch), batch.row_count], ['1000 0 0 0 0', 5000])
  const done = await world.cataloger.call(catalog.commitBatch, { params: { id: batch.batch_id }, body: {} })
  assert.equal(done.written_count, 1000)
  const items = await world.sql(`select 1 from catalog.resource where name like '大批量%' and item_count = 5`)
  assert.equal(items.length, 1000)
  await world.cataloger.call(catalog.undoBatch, { params: { id: batch.batch_id } })
  const left = await world.sql(`select 1 from catalog.resource where name like '大批量%'`)
  assert.equal(left.length, 0)
})
