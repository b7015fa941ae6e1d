import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { BASIS, type CatalogWorld, draftOf, ITEM, openCatalog, publish, publishDraft } from '#test/catalog-world.ts'

let world: CatalogWorld
before(async () => {
  world = await openCatalog()
})
after(() => world.close())

const create = (draft: catalog.ResourceDraft) => world.cataloger.call(catalog.createResource, { body: draft })
const fieldsOf = (problem: { fields?: readonly { field: string; rule: string }[] }) =>
  (problem.fields ?? []).map(({ rule, field }) => `${rule} ${field}`)

test('an entry goes from compiler to department to platform, which issues its code and publishes it (T2.2)', async () => {
  const { cataloger, reviewer, admin, consumer } = world
  const drafted = await create(draftOf('企业登记信息'))
  const params = { id: drafted.resource_id }
  assert.equal(drafted.state, 'draft')
  assert.equal(drafted.code, null)
  assert.deepEqual(drafted.can, ['save', 'submit', 'remove'])

  const submitted = await cataloger.call(catalog.submitResource, { params })
  assert.equal(submitted.state, 'dept_review')
  assert.deepEqual(submitted.can, ['recall'])
  const seen = await reviewer.call(catalog.getResource, { params, query: {} })
  assert.deepEqual(seen.can, ['approve', 'return'])

  const approved = await reviewer.call(catalog.approveResource, { params, body: { opinion: '内容属实' } })
  assert.equal(approved.state, 'platform_review')
  assert.equal(approved.code, null)
  assert.equal((await consumer.refused(catalog.getResource, { params, query: {} })).code, 'not_found')

  const published = await admin.call(catalog.publishResource, { params, body: {} })
  assert.equal(published.state, 'published')
  assert.equal(published.code, '363027/000001')
  assert.equal(published.version, 1)
  assert.deepEqual(published.can, ['withdraw'])

  const read = await consumer.call(catalog.getResource, { params, query: {} })
  assert.equal(read.content.items.length, 2)
  assert.equal(read.provider_name, '青海省工商行政管理局')
  assert.deepEqual(read.can, [])
  assert.deepEqual(
    read.class_path.map(({ code }) => code),
    ['3', '363', '363027'],
  )
  const history = await cataloger.call(catalog.listHistory, { params })
  assert.deepEqual(
    history.map(({ title }) => title),
    ['平台审核通过并发布', '部门审核通过', '提交部门审核', '起草'],
  )
  assert.deepEqual(
    (await consumer.call(catalog.listHistory, { params })).map(({ title }) => title),
    ['平台审核通过并发布'],
  )
})

test('a draft may be saved half done, but is submitted only when no rule finds an error, all told at once (T2.2)', async () => {
  const { cataloger } = world
  const drafted = await create({ name: '　半成品 ' })
  assert.equal(drafted.name, '半成品')
  const params = { id: drafted.resource_id }
  const problem = await cataloger.refused(catalog.submitResource, { params })
  assert.equal(problem.code, 'invalid')
  for (const field of ['C01 summary', 'C01 class_code', 'C01 share_type', 'C01 update_cycle'])
    assert.ok(fieldsOf(problem).includes(field), field)
  assert.ok(problem.fields!.every(({ clause }) => clause))
  const findings = await cataloger.call(catalog.checkResource, { params })
  assert.deepEqual(
    findings.filter(({ level }) => level === 'error').map(({ rule, field }) => `${rule} ${field}`),
    fieldsOf(problem),
  )
  const unsaved = await cataloger.call(catalog.checkDraft, { body: { draft: { name: '半成品' } } })
  assert.deepEqual(
    unsaved.map(({ field }) => field),
    findings.map(({ field }) => field),
  )
})

test('warnings are told, and stop nobody (T2.2)', async () => {
  const { cataloger } = world
  const drafted = await create(draftOf('注册登记业务系统', { source_system_name: '注册登记业务系统' }))
  const params = { id: drafted.resource_id }
  const findings = await cataloger.call(catalog.checkResource, { params })
  assert.deepEqual(
    findings.map(({ rule, level }) => `${rule} ${level}`),
    ['C10 warning'],
  )
  assert.equal((await cataloger.call(catalog.submitResource, { params })).state, 'dept_review')
})

test('of two people editing one draft the second is told, and loses nothing silently (T2.2)', async () => {
  const colleague = await world.signIn('commerce', 'cataloger')
  const drafted = await create(draftOf('个体工商户登记信息'))
  const params = { id: drafted.resource_id }
  const first = await colleague.call(catalog.saveResource, {
    params,
    body: { revision: drafted.revision, draft: draftOf('个体工商户登记信息（全省）') },
  })
  assert.equal(first.revision, drafted.revision + 1)
  const body = { revision: drafted.revision, draft: draftOf('个体户') }
  assert.equal((await world.cataloger.refused(catalog.saveResource, { params, body })).code, 'stale')
  const kept = await colleague.call(catalog.getResource, { params, query: {} })
  assert.equal(kept.name, '个体工商户登记信息（全省）')
})

test('who wrote an entry does not review it, who reviewed it does not publish it, and no department publishes its own (T2.2, 职责分离)', async () => {
  const both = await world.signIn('commerce', 'cataloger', 'dept_reviewer')
  const everything = await world.signIn('commerce', 'dept_reviewer', 'catalog_admin')
  const drafted = await both.call(catalog.createResource, { body: draftOf('动产抵押登记信息') })
  const params = { id: drafted.resource_id }
  await both.call(catalog.submitResource, { params })
  assert.equal((await both.refused(catalog.approveResource, { params, body: {} })).code, 'separation_of_duties')
  const back = { params, body: { reason: '自己退回自己' } }
  assert.equal((await both.refused(catalog.returnResource, back)).code, 'separation_of_duties')
  await everything.call(catalog.approveResource, { params, body: {} })
  const refusal = await everything.refused(catalog.publishResource, { params, body: {} })
  assert.equal(refusal.code, 'separation_of_duties')
  const sameOrgan = await world.signIn('commerce', 'catalog_admin')
  assert.equal((await sameOrgan.refused(catalog.publishResource, { params, body: {} })).code, 'separation_of_duties')
  assert.equal((await world.admin.call(catalog.publishResource, { params, body: {} })).state, 'published')
})

test('a helper who saved the draft once may not review it either (T2.2, 职责分离)', async () => {
  const helper = await world.signIn('commerce', 'cataloger', 'dept_reviewer')
  const drafted = await create(draftOf('股权出质登记信息'))
  const params = { id: drafted.resource_id }
  const saved = await helper.call(catalog.saveResource, {
    params,
    body: { revision: drafted.revision, draft: draftOf('股权出质设立登记信息') },
  })
  assert.ok(saved.can.includes('submit'))
  await world.cataloger.call(catalog.submitResource, { params })
  assert.equal((await helper.refused(catalog.approveResource, { params, body: {} })).code, 'separation_of_duties')
})

test("another department's draft does not exist for anybody outside, under any verb (T2.2)", async () => {
  const drafted = await create(draftOf('广告登记信息'))
  const params = { id: drafted.resource_id }
  const outsider = await world.signIn('police', 'cataloger', 'dept_reviewer')
  const body = { revision: 1, draft: draftOf('改名') }
  const refusals = await Promise.all([
    outsider.refused(catalog.getResource, { params, query: { copy: 'working' } }),
    outsider.refused(catalog.saveResource, { params, body }),
    outsider.refused(catalog.submitResource, { params }),
    outsider.refused(catalog.approveResource, { params, body: {} }),
    outsider.refused(catalog.removeResource, { params }),
    outsider.refused(catalog.reviseResource, { params }),
    outsider.refused(catalog.checkResource, { params }),
    outsider.refused(catalog.listHistory, { params }),
    outsider.refused(catalog.listVersions, { params }),
    outsider.refused(catalog.diffResource, { params, query: { from: 1 } }),
    // The platform sees what departments hand up, not what they are still writing.
    world.admin.refused(catalog.getResource, { params, query: {} }),
    world.admin.refused(catalog.publishResource, { params, body: {} }),
  ])
  assert.deepEqual(new Set(refusals.map(({ code }) => code)), new Set(['not_found']))
  const { rows } = await outsider.call(catalog.listResources, { query: {} })
  assert.ok(rows.every(({ provider_organ_id }) => provider_organ_id === outsider.organ_id))
})

test('a published entry is everybody’s to read and only its department’s to change (T2.2)', async () => {
  const published = await publish(world, draftOf('商标注册信息'))
  const params = { id: published.resource_id }
  const outsider = await world.signIn('police', 'cataloger', 'dept_reviewer')
  assert.equal((await outsider.call(catalog.getResource, { params, query: {} })).state, 'published')
  assert.equal((await outsider.refused(catalog.reviseResource, { params })).code, 'forbidden')
  assert.equal((await outsider.refused(catalog.removeResource, { params })).code, 'forbidden')
  assert.equal((await world.consumer.refused(catalog.reviseResource, { params })).code, 'forbidden')
  const withdrawal = { params, body: { reason: '不想共享了' } }
  assert.equal((await outsider.refused(catalog.withdrawResource, withdrawal)).code, 'forbidden')
})

test('nobody compiles in the name of a department beyond his reach (T2.2)', async () => {
  const body = draftOf('冒名资源', { provider_organ_id: world.consumer.organ_id })
  const problem = await world.cataloger.refused(catalog.createResource, { body })
  assert.deepEqual(fieldsOf(problem), ['reach provider_organ_id'])
})

test('what goes back carries its reason, and comes again through both hands (T2.2)', async () => {
  const { cataloger, reviewer, admin } = world
  const drafted = await create(draftOf('企业年报公示信息'))
  const params = { id: drafted.resource_id }
  await cataloger.call(catalog.submitResource, { params })
  const returned = await reviewer.call(catalog.returnResource, { params, body: { reason: '摘要不够明确' } })
  assert.equal(returned.state, 'draft')
  assert.equal(returned.return_reason, '摘要不够明确')
  const waiting = await cataloger.call(catalog.listResources, { query: { is_waiting_for_me: true } })
  assert.ok(waiting.rows.some(({ resource_id }) => resource_id === params.id))
  await cataloger.call(catalog.submitResource, { params })
  await reviewer.call(catalog.approveResource, { params, body: {} })
  const rejected = await admin.call(catalog.rejectResource, { params, body: { reason: '分类不对，请改' } })
  assert.equal(rejected.state, 'draft')
  assert.equal(rejected.code, null)
  const again = await publishDraft(world, params.id)
  assert.equal(again.return_reason, null)
  const short = { params, body: { reason: '不行' } }
  assert.equal((await admin.refused(catalog.withdrawResource, short)).code, 'invalid')
})

test('each step is open to its own state only (T2.2)', async () => {
  const { cataloger, reviewer, admin } = world
  const drafted = await create(draftOf('名称预先核准信息'))
  const params = { id: drafted.resource_id }
  assert.equal((await reviewer.refused(catalog.approveResource, { params, body: {} })).code, 'wrong_state')
  await cataloger.call(catalog.submitResource, { params })
  const save = { params, body: { revision: 2, draft: draftOf('改名') } }
  assert.equal((await cataloger.refused(catalog.saveResource, save)).code, 'wrong_state')
  assert.equal((await cataloger.refused(catalog.removeResource, { params })).code, 'wrong_state')
  const recalled = await cataloger.call(catalog.recallResource, { params })
  assert.equal(recalled.state, 'draft')
  assert.deepEqual(await cataloger.call(catalog.removeResource, { params }), { done: true })
  assert.equal((await cataloger.refused(catalog.getResource, { params, query: {} })).code, 'not_found')
  assert.equal((await admin.refused(catalog.publishResource, { params, body: {} })).code, 'not_found')
})

test('an item may be stricter than its resource, never looser; withholding one needs a law (T5.2, 51号第十条)', async () => {
  const { cataloger } = world
  const loose = draftOf('许可证信息', {
    share_type: 'conditional',
    share_condition: '按事项逐件核验',
    items: [{ ...ITEM, share_type: 'unconditional' }],
  })
  const first = await create(loose)
  assert.deepEqual(fieldsOf(await cataloger.refused(catalog.submitResource, { params: { id: first.resource_id } })), [
    'F05 items.0.share_type',
  ])
  const secret = (withheld_basis: catalog.Basis | null) => ({
    ...ITEM,
    name: '实际控制人身份号码',
    name_en: 'controller_citizen_id',
    share_type: 'withheld',
    open_type: 'closed',
    withheld_basis,
  })
  const second = await create(draftOf('食品经营许可信息', { items: [ITEM, secret(null)] }))
  const params = { id: second.resource_id }
  assert.deepEqual(fieldsOf(await cataloger.refused(catalog.submitResource, { params })), [
    'C03 items.1.withheld_basis',
  ])
  const kind = { ...BASIS, kind: 'departmental_rule' as never }
  const wrong = { revision: 1, draft: draftOf('食品经营许可信息', { items: [ITEM, secret(kind)] }) }
  assert.equal((await cataloger.refused(catalog.saveResource, { params, body: wrong })).code, 'invalid')
  const right = { revision: 1, draft: draftOf('食品经营许可信息', { items: [ITEM, secret(BASIS)] }) }
  await cataloger.call(catalog.saveResource, { params, body: right })
  const published = await publishDraft(world, params.id)
  assert.equal(published.content.items[1]!.withheld_basis?.clause, '第九条')
  const [row] = await world.sql<{ share_type: string; clause: string }>(
    `select share_type, withheld_basis ->> 'clause' as clause from catalog.published_item where item_id = $1`,
    [published.content.items[1]!.item_id],
  )
  assert.deepEqual(row, { share_type: 'withheld', clause: '第九条' })
})

test('a department does not list the same thing twice under one name (T2.2, C09)', async () => {
  await publish(world, draftOf('外资企业登记信息'))
  const twin = await create(draftOf('外资企业　登记信息。'))
  const params = { id: twin.resource_id }
  assert.deepEqual(fieldsOf(await world.cataloger.refused(catalog.submitResource, { params })), ['C09 name'])
})

test('the counts of a cataloguer’s states are those of his own department (T2.2)', async () => {
  const fresh = await world.signIn('civil_affairs', 'cataloger')
  assert.deepEqual(await fresh.call(catalog.countResources, {}), [])
  const body = draftOf('社会组织登记信息', { class_code: '363010' })
  await fresh.call(catalog.createResource, { body })
  assert.deepEqual(await fresh.call(catalog.countResources, {}), [{ state: 'draft', count: 1 }])
})
