import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { BASIS, type CatalogWorld, draftOf, openCatalog, publish } from '#test/catalog-world.ts'
import type { Voice } from '#test/harness.ts'

let world: CatalogWorld
before(async () => {
  world = await openCatalog()
})
after(() => world.close())

const create = (name: string, more: catalog.ResourceDraft = {}, voice: Voice = world.cataloger) =>
  voice.call(catalog.createResource, { body: draftOf(name, more) })

const edited = async (ids: readonly string[], edit: catalog.BatchEdit, voice: Voice = world.cataloger) => {
  const { batch_id } = await voice.call(catalog.editResources, { body: { resource_ids: [...ids], edit } })
  await world.drain()
  return voice.call(catalog.getBatch, { params: { id: batch_id } })
}

const entriesOf = async (id: string, kind?: catalog.BatchKind) =>
  (await world.cataloger.call(catalog.listBatchEntries, { params: { id }, query: { kind, limit: 200 } })).rows

const read = (id: string, voice: Voice = world.cataloger) =>
  voice.call(catalog.getResource, { params: { id }, query: { copy: 'working' } })

const countsOf = (batch: catalog.Batch) =>
  [batch.new_count, batch.changed_count, batch.same_count, batch.conflict_count, batch.error_count].join(' ')

test('one change to many entries is seen field by field before it is written, then written at once and taken back (T2.2)', async () => {
  const [draft, same] = [await create('批改甲'), await create('批改乙', { update_cycle: 'yearly' })]
  const published = await publish(world, draftOf('批改丙'))
  const ids = [draft, same, published].map(({ resource_id }) => resource_id)
  const batch = await edited(ids, { update_cycle: 'yearly' })
  assert.deepEqual([batch.state, countsOf(batch)], ['checked', '0 2 1 0 0'])
  assert.equal((await read(draft.resource_id)).content.update_cycle, 'daily', 'a dry run writes nothing')
  const params = { id: batch.batch_id }
  const changes = await world.cataloger.call(catalog.listBatchChanges, { params: { ...params, seq: 1 } })
  assert.deepEqual(
    changes.map(({ title, before: was, after: is }) => [title, was, is]),
    [['更新周期', '每日', '每年']],
  )

  const committed = await world.cataloger.call(catalog.commitBatch, { params, body: {} })
  assert.deepEqual([committed.state, committed.written_count, committed.can], ['committed', 2, ['undo']])
  const opened = await read(published.resource_id)
  assert.deepEqual([opened.state, opened.copy, opened.content.update_cycle], ['draft', 'working', 'yearly'])
  assert.equal(
    (await world.consumer.call(catalog.getResource, { params: { id: published.resource_id }, query: {} })).content
      .update_cycle,
    'daily',
  )

  const undone = await world.cataloger.call(catalog.undoBatch, { params })
  assert.equal(undone.state, 'undone')
  const restored = await world.cataloger.call(catalog.getResource, { params: { id: published.resource_id }, query: {} })
  assert.deepEqual([restored.state, restored.content.update_cycle], ['published', 'daily'])
  assert.equal((await read(draft.resource_id)).content.update_cycle, 'daily')
  assert.equal((await world.cataloger.refused(catalog.undoBatch, { params })).code, 'wrong_state')
})

test('a share type takes its condition or basis with it, and what the rules find stops the commit (T2.2)', async () => {
  const { resource_id } = await create('批改共享类型')
  const wrong = await edited([resource_id], { share_type: 'withheld' })
  assert.equal(countsOf(wrong), '0 0 0 0 1')
  const [entry] = await entriesOf(wrong.batch_id, 'error')
  assert.ok(entry!.faults.some(({ rule, clause }) => rule === 'C03' && clause !== ''))
  const params = { id: wrong.batch_id }
  assert.equal((await world.cataloger.refused(catalog.commitBatch, { params, body: {} })).code, 'conflict')
  const right = await edited([resource_id], {
    share_type: 'withheld',
    share_basis: BASIS,
    open_type: 'closed',
    add_keywords: ['工商'],
    remove_keywords: ['市场主体'],
  })
  const found = await entriesOf(right.batch_id)
  assert.deepEqual(
    found[0]!.faults.filter(({ level }) => level === 'error').map(({ rule, field }) => `${rule} ${field}`),
    [],
  )
  await world.cataloger.call(catalog.commitBatch, { params: { id: right.batch_id }, body: {} })
  const { content } = await read(resource_id)
  assert.deepEqual([content.share_type, content.share_basis, content.keywords], ['withheld', BASIS, ['工商']])
})

test('what is under review, another department’s or gone is a conflict with its reason, and its name is not told (T2.2, T16.1)', async () => {
  const waiting = await create('批改送审')
  await world.cataloger.call(catalog.submitResource, { params: { id: waiting.resource_id } })
  const stranger = await world.signIn('police', 'cataloger')
  const foreign = await create('公安秘密目录', { class_code: '363007' }, stranger)
  const mine = await create('批改自己的')
  const batch = await edited([waiting.resource_id, foreign.resource_id, mine.resource_id], { update_cycle: 'weekly' })
  assert.equal(countsOf(batch), '0 1 0 2 0')
  const reasons = (await entriesOf(batch.batch_id, 'conflict')).map(({ name, reason }) => `${name} ${reason}`)
  assert.match(reasons[0]!, /部门审核中/)
  assert.match(reasons[1]!, /^（未命名） 条目不存在，或不在您的编目范围内/)
  const params = { id: batch.batch_id }
  assert.equal((await world.cataloger.refused(catalog.commitBatch, { params, body: {} })).code, 'conflict')
  const done = await world.cataloger.call(catalog.commitBatch, { params, body: { is_leaving_out: true } })
  assert.equal(done.written_count, 1)
  assert.equal((await stranger.refused(catalog.getBatch, { params })).code, 'not_found')
  assert.equal((await stranger.refused(catalog.undoBatch, { params })).code, 'not_found')
  assert.equal((await world.reviewer.refused(catalog.getBatch, { params })).code, 'forbidden')
})

test('undo is refused as a whole once anybody touched one of the entries, and names each (T2.2)', async () => {
  const [one, other] = [await create('撤销甲'), await create('撤销乙')]
  const batch = await edited([one.resource_id, other.resource_id], { inner_dept: '信息中心' })
  const params = { id: batch.batch_id }
  await world.cataloger.call(catalog.commitBatch, { params, body: {} })
  await world.cataloger.call(catalog.submitResource, { params: { id: other.resource_id } })
  const problem = await world.cataloger.refused(catalog.undoBatch, { params })
  assert.equal(problem.code, 'conflict')
  assert.deepEqual(
    problem.fields!.map(({ field, message }) => `${field} ${message}`),
    ['entries.2 “撤销乙”已送审或已发布'],
  )
  assert.equal((await read(one.resource_id)).content.inner_dept, '信息中心')
})

test('nothing is written when an entry moved between the dry run and the commit (T2.2)', async () => {
  const [one, other] = [await create('变动甲'), await create('变动乙')]
  const batch = await edited([one.resource_id, other.resource_id], { inner_dept: '信息中心' })
  await world.cataloger.call(catalog.saveResource, {
    params: { id: other.resource_id },
    body: { revision: other.revision, draft: draftOf('变动乙', { inner_dept: '业务处' }) },
  })
  const params = { id: batch.batch_id }
  const problem = await world.cataloger.refused(catalog.commitBatch, { params, body: {} })
  assert.deepEqual([problem.code, problem.fields?.map(({ field }) => field)], ['stale', ['entries.2']])
  assert.equal((await read(one.resource_id)).content.inner_dept, null)
  assert.equal((await world.cataloger.call(catalog.getBatch, { params })).state, 'checked')
})

test('a commit that fails at its last step leaves nothing behind (T2.2)', async () => {
  const ids = [(await create('半途甲')).resource_id, (await create('半途乙')).resource_id]
  const batch = await edited(ids, { inner_dept: '信息中心' })
  await world.sql(`create function catalog.refuse_test() returns trigger language plpgsql as
    $$ begin if new.state = 'committed' then raise 'forced'; end if; return new; end $$`)
  await world.sql(
    'create trigger refuse_test before update on catalog.batch for each row execute function catalog.refuse_test()',
  )
  const params = { id: batch.batch_id }
  assert.equal((await world.cataloger.refused(catalog.commitBatch, { params, body: {} })).code, 'internal')
  await world.sql('drop function catalog.refuse_test() cascade')
  for (const id of ids) assert.equal((await read(id)).content.inner_dept, null)
  const events = await world.sql(`select 1 from kernel.event where after ->> 'batch_id' = $1`, [batch.batch_id])
  assert.equal(events.length, 0)
  assert.equal((await world.cataloger.call(catalog.commitBatch, { params, body: {} })).written_count, 2)
})

test('many entries are submitted, approved and published with one press each, and one refusal keeps no other back (T2.2, 职责分离)', async () => {
  const both = await world.signIn('commerce', 'cataloger', 'dept_reviewer')
  const good = [await create('批办甲'), await create('批办乙')]
  const own = await create('批办自己的', {}, both)
  const bad = await create('批办残缺', { summary: null })
  const ids = [...good, own, bad].map(({ resource_id }) => resource_id)
  const submitted = await world.cataloger.call(catalog.submitResources, { body: { resource_ids: ids } })
  assert.equal(submitted.done_count, 3)
  const refused = submitted.outcomes.find(({ is_done }) => !is_done)!
  assert.deepEqual([refused.name, refused.fault], ['批办残缺', 'invalid'])
  assert.match(refused.message!, /摘要/)
  const approved = await both.call(catalog.approveResources, { body: { resource_ids: ids.slice(0, 3) } })
  assert.deepEqual(
    approved.outcomes.map(({ is_done, fault }) => fault ?? is_done),
    [true, true, 'separation_of_duties'],
  )
  const published = await world.admin.call(catalog.publishResources, { body: { resource_ids: ids } })
  assert.deepEqual(
    published.outcomes.map(({ fault, code }) => fault ?? code !== null),
    [true, true, 'not_found', 'not_found'],
  )
  assert.equal(
    (await world.consumer.refused(catalog.submitResources, { body: { resource_ids: ids } })).code,
    'forbidden',
  )
})
