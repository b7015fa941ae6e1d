import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systems } from '@sanjiang/contract'
import type { SystemChange, SystemDraft } from '@sanjiang/contract/systems'
import { ORGANS, openWorld, type Voice, type World } from '#test/harness.ts'
import { importSystems } from './index.ts'

let world: World
let cataloger: Voice
let reviewer: Voice
let police: Voice
before(async () => {
  world = await openWorld({ today: '2017-10-20' })
  cataloger = await world.signIn('civil_affairs', 'cataloger')
  reviewer = await world.signIn('civil_affairs', 'dept_reviewer')
  police = await world.signIn('police', 'cataloger')
})
after(() => world.close())

const draft = (name: string, more: Partial<SystemDraft> = {}): SystemDraft => ({
  organ_id: ORGANS.civil_affairs,
  name,
  function_desc: '城乡低保对象的申请、审核与发放',
  usage_scope: 'province',
  usage_frequency: 'daily',
  approval_org: '青海省发展和改革委员会',
  approved_on: '2015-06-01',
  fund_source: '省级财政',
  is_on_cloud: false,
  ...more,
})

const changeOf = ({ organ_id: _, ...survey }: SystemDraft, version: number): SystemChange => ({ ...survey, version })

test('a department registers a system with the whole survey and reads it back (T1.1)', async () => {
  const made = await cataloger.call(systems.registerSystem, { body: draft('低保信息管理系统') })
  const read = await cataloger.call(systems.getSystem, { params: { id: made.system_id } })
  assert.deepEqual(read, made)
  assert.equal(read.organ_name, '青海省民政厅')
  assert.equal(read.registered_on, '2017-10-20')
  assert.deepEqual(read.can, ['change'])
})

test('registering and changing leave facts that say who did what (T1.1)', async () => {
  const made = await cataloger.call(systems.registerSystem, { body: draft('婚姻登记系统') })
  const body = changeOf(draft('婚姻登记系统', { is_on_cloud: true }), made.version)
  const changed = await cataloger.call(systems.changeSystem, { params: { id: made.system_id }, body })
  assert.deepEqual([changed.is_on_cloud, changed.version], [true, 2])
  const facts = await world.sql<{ type: string; before: unknown; after: { is_on_cloud: boolean } }>(
    `select type, before, after from kernel.event where subject_id = $1 order by event_id`,
    [made.system_id],
  )
  assert.deepEqual(
    facts.map((fact) => [fact.type, fact.before === null, fact.after.is_on_cloud]),
    [
      ['systems.system.registered', true, false],
      ['systems.system.changed', false, true],
    ],
  )
})

test('a reviewer reads his department’s systems but neither registers nor changes them (T16.1)', async () => {
  const made = await cataloger.call(systems.registerSystem, { body: draft('救灾物资系统') })
  const read = await reviewer.call(systems.getSystem, { params: { id: made.system_id } })
  assert.deepEqual(read.can, [])
  const problem = await reviewer.refused(systems.registerSystem, { body: draft('另一个系统') })
  assert.equal(problem.code, 'forbidden')
})

test('another department neither finds nor changes a system, as if it did not exist (T16.1)', async () => {
  const made = await cataloger.call(systems.registerSystem, { body: draft('殡葬管理系统') })
  const body = changeOf(draft('殡葬管理系统'), 1)
  const params = { id: made.system_id }
  assert.equal((await police.refused(systems.getSystem, { params })).code, 'not_found')
  assert.equal((await police.refused(systems.changeSystem, { params, body })).code, 'not_found')
  const page = await police.call(systems.listSystems, { query: {} })
  assert.deepEqual([page.rows, page.total], [[], 0])
})

test('nobody registers a system for another department (T16.1)', async () => {
  const problem = await police.refused(systems.registerSystem, { body: draft('冒名系统') })
  assert.equal(problem.fields?.[0]?.field, 'organ_id')
})

test('an organ that no longer stands registers nothing (T1.1)', async () => {
  const admin = await world.signIn('commerce', 'cataloger')
  await world.sql(`update identity.organ set dissolved_on = '2017-10-20' where organ_id = $1`, [ORGANS.commerce])
  const problem = await admin.refused(systems.registerSystem, {
    body: draft('遗留系统', { organ_id: ORGANS.commerce }),
  })
  assert.deepEqual([problem.code, problem.fields?.[0]?.rule], ['invalid', 'standing'])
  await world.sql(`update identity.organ set dissolved_on = '2018-11-01' where organ_id = $1`, [ORGANS.commerce])
  await admin.call(systems.registerSystem, { body: draft('企业登记系统', { organ_id: ORGANS.commerce }) })
})

test('one department registers a name once, two departments may use the same (T1.1)', async () => {
  await cataloger.call(systems.registerSystem, { body: draft('办公自动化系统') })
  const problem = await cataloger.refused(systems.registerSystem, { body: draft(' 办公自动化系统 ') })
  assert.deepEqual([problem.code, problem.fields?.[0]?.field], ['conflict', 'name'])
  await police.call(systems.registerSystem, { body: draft('办公自动化系统', { organ_id: ORGANS.police }) })
})

test('a survey that breaks rules is refused with every field named and the clause (T1.1)', async () => {
  const body = draft('系统', { function_desc: '系统', approved_on: '2017-10-21' })
  const problem = await cataloger.refused(systems.registerSystem, { body })
  assert.equal(problem.code, 'invalid')
  assert.deepEqual(problem.fields?.map(({ field }) => field).sort(), ['approved_on', 'function_desc'])
  assert.match(problem.fields?.[0]?.clause ?? '', /599号/)
})

test('a change made from an old version is refused, the newer one stays (T1.1)', async () => {
  const made = await cataloger.call(systems.registerSystem, { body: draft('地名管理系统') })
  const params = { id: made.system_id }
  const first = changeOf(draft('地名管理系统', { fund_source: '中央补助' }), 1)
  await cataloger.call(systems.changeSystem, { params, body: first })
  const problem = await cataloger.refused(systems.changeSystem, { params, body: changeOf(draft('地名管理系统'), 1) })
  assert.equal(problem.code, 'stale')
  assert.equal((await cataloger.call(systems.getSystem, { params })).fund_source, '中央补助')
})

test('systems are found by words of name and function, filtered, and paged without gap or repetition (T1.1)', async () => {
  const ctx = await world.ctx()
  const names = Array.from({ length: 7 }, (_, i) => `社会组织管理系统${i}`)
  const function_desc = '社会组织 100%_登记'
  assert.equal(
    await importSystems(
      ctx,
      names.map((name) => draft(name, { function_desc, is_on_cloud: true })),
    ),
    7,
  )
  const found = await cataloger.call(systems.listSystems, { query: { q: '100%_ 社会组织', is_on_cloud: true } })
  assert.equal(found.total, 7)
  assert.equal((await cataloger.call(systems.listSystems, { query: { q: '%' } })).total, 7)
  assert.equal(
    (await cataloger.call(systems.listSystems, { query: { q: '社会组织', usage_scope: 'office' } })).total,
    0,
  )
  const seen: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await cataloger.call(systems.listSystems, { query: { q: '社会组织管理', limit: 3, after } })
    seen.push(...page.rows.map(({ name }) => name))
    if (!page.next) break
    after = page.next
  }
  assert.deepEqual(seen, names.toReversed())
})

test('importing the same list twice changes nothing the second time (T1.1)', async () => {
  const ctx = await world.ctx()
  const list = [draft('慈善信息系统'), draft('福彩管理系统')]
  assert.equal(await importSystems(ctx, list), 2)
  assert.equal(
    await importSystems(
      ctx,
      list.map((one) => ({ ...one, fund_source: '改动' })),
    ),
    0,
  )
  const page = await cataloger.call(systems.listSystems, { query: { q: '慈善' } })
  assert.equal(page.rows[0]?.fund_source, '省级财政')
})
