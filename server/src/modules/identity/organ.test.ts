import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { identity as contract } from '@sanjiang/contract'
import { ORGANS, openWorld, pathOf, type Voice, type World } from '#test/harness.ts'

let world: World
let admin: Voice
before(async () => {
  world = await openWorld()
  admin = await world.signIn('egov', 'system_admin')
})
after(() => world.close())

const ROOT = ORGANS.root
let serial = 100

/** A new organ below the province, or below another; numbers 101… of the vertical kind. */
const found = (name: string, more: Partial<contract.OrganDraft> = {}) => {
  serial += 1
  const body = {
    organ_id: `6300008${serial}`,
    name,
    short_name: name,
    parent_id: ROOT,
    kind: 'vertical' as const,
    founded_on: '2010-01-01',
    ...more,
  }
  return admin.call(contract.foundOrgan, { body })
}

const rename = (id: string, name: string, on: string) =>
  admin.call(contract.renameOrgan, { params: { id }, body: { name, short_name: name, on } })

type Ending = 'merged' | 'split' | 'dissolved'
const succession = (id: string, how: Ending, successor_ids: string[], on = '2017-12-11') => ({
  params: { id },
  body: { how, successor_ids, on },
})
const succeed = (...given: Parameters<typeof succession>) => admin.call(contract.succeedOrgan, succession(...given))
const refusedSuccession = async (...given: Parameters<typeof succession>) => {
  const { code, fields } = await admin.refused(contract.succeedOrgan, succession(...given) as never)
  return fields?.map(({ rule }) => rule) ?? code
}

const namesFoundBy = async (query: Record<string, unknown>) =>
  (await admin.call(contract.listOrgans, { query })).rows.map(({ name }) => name)

const pathOfId = async (id: string) =>
  (await world.sql<{ path: string }>('select path from identity.organ where organ_id = $1', [id]))[0]!.path

const outcomes = async (writes: Promise<unknown>[]) =>
  (await Promise.allSettled(writes))
    .map((one) => (one.status === 'fulfilled' ? 'done' : (one.reason as { problem: { code: string } }).problem.code))
    .sort()

test('an organ is founded below its parent and everybody finds it by any of its names (T16.1)', async () => {
  const organ = await found('青海省盐湖管理局')
  assert.equal(await pathOfId(organ.organ_id), `/${ROOT}/${organ.organ_id}/`)
  await world.sql('insert into identity.organ_alias values ($1, $2)', [organ.organ_id, '盐管局'])
  const officer = await world.signIn('police', 'cataloger')
  for (const q of ['盐湖', '盐管', organ.organ_id]) {
    const { rows } = await officer.call(contract.listOrgans, { query: { q } })
    assert.deepEqual(
      rows.map(({ organ_id }) => organ_id),
      [organ.organ_id],
      q,
    )
  }
})

const UNFOUNDABLE: [title: string, draft: Partial<contract.OrganDraft>, rule: string][] = [
  ['below itself', { organ_id: '6300008900', parent_id: '6300008900' }, 'cycle'],
  ['below nothing that is there', { parent_id: '6300008999' }, 'exists'],
  ['before its parent', { founded_on: '1999-12-31' }, 'standing'],
  ['as another kind than its code says', { kind: 'party' }, 'organ_kind'],
  ['with a credit code that fails its check digit', { credit_code: '11630000MB1A0001XH' }, 'check_digit'],
  ['with a credit code in small letters', { credit_code: '11630000mb1a0001xg' }, 'lower_case'],
]

test('an organ is not founded (T16.1)', async (t) => {
  for (const [title, draft, rule] of UNFOUNDABLE)
    await t.test(title, async () => {
      const body = {
        organ_id: '6300008901',
        name: '甲',
        short_name: '甲',
        parent_id: ROOT,
        kind: 'vertical',
        founded_on: '2010-01-01',
        ...draft,
      }
      const problem = await admin.refused(contract.foundOrgan, { body } as never)
      assert.deepEqual(
        problem.fields?.map((field) => field.rule),
        [rule],
      )
    })
})

test('a credit code, a code and a name in use belong to one organ (GB 32100-2015)', async () => {
  const credit_code = '11630000MB1A0001XG'
  const first = await found('青海省枸杞管理局', { credit_code })
  for (const draft of [{ credit_code }, { organ_id: first.organ_id }]) {
    const writes = [found('青海省沙棘管理局', draft)]
    assert.deepEqual(await outcomes(writes), ['conflict'])
  }
  assert.deepEqual(await outcomes([found('青海省枸杞管理局')]), ['conflict'])
})

test('an organ renamed from a day bears both names, each in its time (T16.1)', async () => {
  const { organ_id } = await found('青海省旅游局')
  const renamed = await rename(organ_id, '青海省旅游发展委员会', '2015-12-01')
  assert.equal(renamed.name, '青海省旅游发展委员会')
  assert.deepEqual(
    renamed.names.map(({ name, valid_from, valid_to }) => [name, valid_from, valid_to]),
    [
      ['青海省旅游局', '2010-01-01', '2015-12-01'],
      ['青海省旅游发展委员会', '2015-12-01', null],
    ],
  )
  assert.deepEqual(await namesFoundBy({ q: '旅游局' }), ['青海省旅游发展委员会'], 'the old name still finds it')
  assert.deepEqual(await namesFoundBy({ q: '旅游', on: '2015-11-30' }), ['青海省旅游局'])
  assert.deepEqual(await namesFoundBy({ q: '旅游', on: '2015-12-01' }), ['青海省旅游发展委员会'])
})

test('a name announced for a day is borne from that day, and not before (T16.1)', async () => {
  const { organ_id } = await found('青海省林业厅')
  await rename(organ_id, '青海省林业和草原局', '2018-11-06')
  const nameOf = async () => (await admin.call(contract.getOrgan, { params: { id: organ_id } })).name
  const stored = async () =>
    (await world.sql<{ name: string }>('select name from identity.organ where organ_id = $1', [organ_id]))[0]!.name
  assert.deepEqual([await nameOf(), await stored()], ['青海省林业厅', '青海省林业厅'])
  await admin.call(contract.setClock, { body: { today: '2018-11-06' } })
  await world.setToday('2018-11-06')
  assert.deepEqual([await nameOf(), await stored()], ['青海省林业和草原局', '青海省林业和草原局'])
  await admin.call(contract.setClock, { body: { today: '2017-12-11' } })
  await world.setToday('2017-12-11')
  assert.deepEqual([await nameOf(), await stored()], ['青海省林业厅', '青海省林业厅'])
})

test('on the day itself the nightly task puts the announced name in force (T16.1)', async () => {
  const { organ_id } = await found('青海省粮食局')
  await rename(organ_id, '青海省粮食和物资储备局', '2018-02-01')
  await world.setToday('2018-02-01')
  const { identity } = await import('./index.ts')
  await identity.tasks.find(({ name }) => name === 'identity.organ.rename')!.handle(await world.ctx(), {})
  const rows = await world.sql<{ name: string }>('select name from identity.organ where organ_id = $1', [organ_id])
  await world.setToday('2017-12-11')
  assert.deepEqual(rows, [{ name: '青海省粮食和物资储备局' }])
})

test('a name cannot begin before the one in use did, nor be the same (T16.1)', async () => {
  const { organ_id: id } = await found('青海省体育局')
  const rules = async (name: string, on: string) => {
    const body = { name, short_name: name, on }
    const { fields } = await admin.refused(contract.renameOrgan, { params: { id }, body } as never)
    return fields?.map(({ rule }) => rule)
  }
  assert.deepEqual(await rules('青海省体育总局', '2010-01-01'), ['order'])
  assert.deepEqual(await rules('青海省体育局', '2017-12-11'), ['changed'])
})

test('of two renames of one organ at once the later asked looks at what the first left (T16.1)', async () => {
  const { organ_id } = await found('青海省统计局')
  const writes = [rename(organ_id, '青海省统计一局', '2017-12-11'), rename(organ_id, '青海省统计二局', '2017-12-11')]
  assert.deepEqual(await outcomes(writes), ['done', 'invalid'])
  const { names } = await admin.call(contract.getOrgan, { params: { id: organ_id } })
  assert.equal(names.length, 2)
})

test('two organs taking the same name at once cannot both have it (T16.1)', async () => {
  const [one, two] = [await found('青海省公路局'), await found('青海省运管局')]
  const name = '青海省公路运输局'
  const writes = [rename(one.organ_id, name, '2017-12-01'), rename(two.organ_id, name, '2018-06-01')]
  assert.deepEqual(await outcomes(writes), ['conflict', 'done'])
})

test('a merged organ ends on its day, names its successor, and what lay below moves along (T16.1)', async () => {
  const tax = await found('青海省税务局')
  const land = await found('青海省地方税务局')
  const bureau = await found('西宁市地方税务局', { parent_id: land.organ_id })
  const office = await found('城东区地方税务局', { parent_id: bureau.organ_id })
  const merged = await succeed(land.organ_id, 'merged', [tax.organ_id])
  assert.equal(merged.dissolved_on, '2017-12-11')
  assert.deepEqual(merged.successions, [
    { successor_id: tax.organ_id, successor_name: '青海省税务局', on_date: '2017-12-11', how: 'merged' },
  ])
  assert.deepEqual(await namesFoundBy({ q: '青海省地方税务局' }), [], 'no longer among the standing')
  assert.deepEqual(await namesFoundBy({ q: '青海省地方税务局', on: '2017-12-10' }), ['青海省地方税务局'])
  assert.equal(await pathOfId(bureau.organ_id), `/${ROOT}/${tax.organ_id}/${bureau.organ_id}/`)
  assert.equal(await pathOfId(office.organ_id), `/${ROOT}/${tax.organ_id}/${bureau.organ_id}/${office.organ_id}/`)
  assert.deepEqual(await namesFoundBy({ parent_id: tax.organ_id }), ['西宁市地方税务局'])
})

test('a successor’s officers reach what came with the merger (T16.1)', async () => {
  const bureau = await found('青海省矿产局')
  const station = await found('格尔木矿产站', { parent_id: bureau.organ_id })
  await world.sql(
    `insert into identity.client (client_id, organ_id, name, status, registered_at)
     values (gen_random_uuid(), $1, '矿权系统', 'active', now())`,
    [station.organ_id],
  )
  const officer = await world.signIn('civil_affairs', 'consumer')
  const clients = async () => (await officer.call(contract.listClients, { query: {} })).rows.map(({ name }) => name)
  assert.deepEqual(await clients(), [])
  await succeed(bureau.organ_id, 'merged', [ORGANS.civil_affairs])
  assert.deepEqual(await clients(), ['矿权系统'])
})

test('an organ split among others names each; one that lives on keeps standing (T16.1)', async () => {
  const [whole, a, b] = [await found('青海省文化厅'), await found('青海省艺术局'), await found('青海省文物局')]
  const split = await succeed(whole.organ_id, 'split', [a.organ_id, b.organ_id])
  assert.deepEqual([split.dissolved_on, split.successions.length], ['2017-12-11', 2])
  const civil = await found('青海省民政二厅')
  const living = await succeed(civil.organ_id, 'split', [civil.organ_id, a.organ_id])
  assert.deepEqual([living.dissolved_on, living.successions.map(({ how }) => how)], [null, ['split']])
})

test('an organ does not end (T16.1)', async (t) => {
  const above = await found('青海省农牧厅')
  const below = await found('海北州农牧局', { parent_id: above.organ_id })
  const other = await found('青海省农业农村厅')
  const gone = await found('青海省畜牧厅')
  await succeed(gone.organ_id, 'dissolved', [], '2016-01-01')
  const cases: [title: string, given: Parameters<typeof succession>, rules: string | string[]][] = [
    ['in itself', [above.organ_id, 'merged', [above.organ_id]], ['self']],
    ['in what lies below it', [above.organ_id, 'merged', [below.organ_id]], ['cycle']],
    ['in one that no longer stands', [above.organ_id, 'merged', [gone.organ_id]], ['standing']],
    ['in one that was never there', [above.organ_id, 'merged', ['6300009999']], ['exists']],
    ['in two when it is merged', [above.organ_id, 'merged', [other.organ_id, ORGANS.audit]], ['count']],
    ['in one when it is split', [above.organ_id, 'split', [other.organ_id]], ['count']],
    ['before it began', [below.organ_id, 'merged', [other.organ_id], '2009-12-31'], ['standing', 'standing']],
    ['while others lie below it', [above.organ_id, 'dissolved', []], 'wrong_state'],
    ['twice', [gone.organ_id, 'dissolved', []], 'wrong_state'],
  ]
  for (const [title, given, rules] of cases)
    await t.test(title, async () => assert.deepEqual(await refusedSuccession(...given), rules))
})

test('two organs merged into each other at once: one of them is left standing (T16.1)', async () => {
  const [a, b] = [await found('青海省质监一局'), await found('青海省质监二局')]
  const writes = [succeed(a.organ_id, 'merged', [b.organ_id]), succeed(b.organ_id, 'merged', [a.organ_id])]
  assert.deepEqual(await outcomes(writes), ['done', 'invalid'])
})

test('a child founded while its parent is being merged lies where its parent’s children went, or nowhere (T16.1)', async () => {
  for (let n = 0; n < 5; n += 1) {
    const [from, to] = [await found(`青海省安监局${n}`), await found(`青海省应急管理厅${n}`)]
    const [child] = await Promise.all([
      found(`果洛州安监局${n}`, { parent_id: from.organ_id }).catch(() => null),
      succeed(from.organ_id, 'merged', [to.organ_id]),
    ])
    if (child) assert.equal(await pathOfId(child.organ_id), `/${ROOT}/${to.organ_id}/${child.organ_id}/`)
    assert.deepEqual(await namesFoundBy({ parent_id: from.organ_id }), [])
  }
})

test('nothing is founded below an organ that has ended or is to end, nor handed to one (T16.1)', async () => {
  const [ended, ending] = [await found('青海省乡镇企业局'), await found('青海省轻工业局')]
  await succeed(ended.organ_id, 'dissolved', [], '2016-01-01')
  await succeed(ending.organ_id, 'dissolved', [], '2018-06-01')
  for (const { organ_id: parent_id } of [ended, ending])
    assert.deepEqual(await outcomes([found('青海省手工业局', { parent_id, founded_on: '2011-01-01' })]), ['invalid'])
  const above = await found('青海省经委')
  await found('青海省经委一处', { parent_id: above.organ_id })
  assert.deepEqual(await refusedSuccession(above.organ_id, 'merged', [ending.organ_id]), 'wrong_state')
})

test('officers read organs and change none (T16.1)', async () => {
  const officer = await world.signIn('police', 'cataloger', 'provider')
  const body = { name: '甲', short_name: '甲', on: '2017-12-11' }
  const problem = await officer.refused(contract.renameOrgan, { params: { id: ORGANS.police }, body } as never)
  assert.equal(problem.code, 'forbidden')
  const organ = await officer.call(contract.getOrgan, { params: { id: ORGANS.police } })
  assert.deepEqual(organ.can, [])
})

test('the whole tree is read in pages, a parent before what lies below it (T16.1)', async () => {
  const all = await admin.call(contract.listOrgans, { query: { limit: 1000 } })
  const paged: string[] = []
  let after: string | undefined
  do {
    const page = await admin.call(contract.listOrgans, { query: { limit: 7, after } })
    paged.push(...page.rows.map(({ organ_id }) => organ_id))
    after = page.next ?? undefined
  } while (after)
  assert.deepEqual(
    paged,
    all.rows.map(({ organ_id }) => organ_id),
  )
  const before = new Set<string>()
  for (const { organ_id, parent_id } of all.rows) {
    assert.ok(parent_id === null || before.has(parent_id), `${organ_id} comes before ${parent_id}`)
    before.add(organ_id)
  }
})

test('organs are found by division, from the province down (GB/T 2260)', async () => {
  assert.deepEqual(await namesFoundBy({ division_code: '6301' }), ['西宁市民政局'])
  assert.equal(await pathOfId(ORGANS.xining_civil_affairs), pathOf('xining_civil_affairs'))
})
