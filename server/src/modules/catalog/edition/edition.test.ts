import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog, inbox } from '@sanjiang/contract'
import type { LayerChange } from '@sanjiang/contract/catalog'
import { makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { type CatalogWorld, draftOf, openCatalog, publish, publishDraft } from '#test/catalog-world.ts'
import type { Voice } from '#test/harness.ts'
import { runEffects } from '../effect/effect.run.ts'
import { insertJudged, takeEffect } from '../effect/effect.store.ts'

let world: CatalogWorld
let second: Voice
before(async () => {
  world = await openCatalog()
  second = await world.signIn('egov', 'catalog_admin')
})
after(() => world.close())

const STANDARD = { standard: '1272-2017' }
const LAYER: LayerChange[] = [
  {
    kind: 'code_added',
    enumeration: 'service_object',
    code: 'person',
    title: '自然人',
    external_code: '1',
    parents: [],
  },
  { kind: 'code_added', enumeration: 'service_object', code: 'legal', title: '法人', external_code: '2', parents: [] },
  {
    kind: 'field_added',
    key: 'extension.service_object',
    title: '服务对象',
    type: 'codes',
    required: 'yes',
    max_length: null,
    enumeration: 'service_object',
    depends: null,
    note: '省级扩展字段',
  },
  { kind: 'field_tightened', key: 'inner_dept', required: 'advised' },
  { kind: 'rule_levelled', id: 'C10', level: 'error' },
  { kind: 'class_added', code: '213', title: '生态保护', organ_id: null },
  { kind: 'class_added', code: '213001', title: '草原', organ_id: null },
]

const drafted = async (layer = LAYER) => {
  const { edition } = await world.admin.call(catalog.draftEdition, { params: STANDARD, body: { note: '青海扩展' } })
  const params = { ...STANDARD, version: edition.version }
  const saved = await world.admin.call(catalog.saveEdition, {
    params,
    body: { revision: edition.revision, dialect: '青海扩展', note: '试', layer },
  })
  return { params, edition: saved.edition }
}

const tried = async (params: { standard: string; version: number }) => {
  await world.admin.call(catalog.startEffect, { params })
  await world.drain()
  return (await world.admin.call(catalog.getEffect, { params }))!
}

test('only a catalogue administrator drafts; everybody reads what is drafted (T2.1)', async () => {
  assert.equal((await world.cataloger.refused(catalog.draftEdition, { params: STANDARD, body: {} })).code, 'forbidden')
  const { params, edition } = await drafted()
  assert.deepEqual([edition.phase, edition.base_version, edition.change_count], ['draft', 1, LAYER.length])
  const seen = await world.consumer.call(catalog.getEdition, { params })
  assert.deepEqual(seen.layer[2]?.note, '省级扩展字段')
  assert.deepEqual(seen.edition.can, [])
  const { fields } = await world.consumer.call(catalog.getStandard, {})
  assert.ok(!fields.some(({ key }) => key.startsWith('extension.')), 'a draft is not in force')
  const stale = { revision: 1, dialect: 'x', note: '', layer: [] }
  assert.equal((await world.admin.refused(catalog.saveEdition, { params, body: stale })).code, 'stale')
  const unknown = { params: { ...STANDARD, version: 99 } }
  assert.equal((await world.admin.refused(catalog.getEdition, unknown)).code, 'not_found')
  await world.admin.call(catalog.withdrawEdition, { params, body: { reason: '方案重新讨论' } })
  assert.equal((await world.admin.refused(catalog.startEffect, { params })).code, 'wrong_state')
})

test('a draft with faults is kept but neither tried nor adopted, each fault at its place (T2.1)', async () => {
  const bad: LayerChange[] = [...LAYER, { kind: 'field_tightened', key: 'summary', required: 'no' }]
  const { params } = await drafted(bad)
  const { faults } = await world.admin.call(catalog.getEdition, { params })
  assert.deepEqual(
    faults.map(({ index, field }) => [index, field]),
    [[LAYER.length, 'required']],
  )
  const refused = await world.admin.refused(catalog.startEffect, { params })
  assert.deepEqual(
    refused.fields?.map(({ field }) => field),
    [`layer.${LAYER.length}.required`],
  )
  await world.admin.call(catalog.withdrawEdition, { params, body: { reason: '有不成立之处' } })
})

const findingsNow = async (id: string) =>
  (await world.cataloger.call(catalog.checkResource, { params: { id } })).filter(({ level }) => level === 'error')

test('adopting then checking gives exactly what the run had foretold; until the day X nothing published is at fault (T2.1)', async () => {
  const good = await publish(world, draftOf('草原生态补奖信息', { extension: { service_object: ['person'] } }))
  const plain = [await publish(world, draftOf('牧户登记信息')), await publish(world, draftOf('草场承包信息'))]
  const system = await publish(
    world,
    draftOf('企业登记系统', { source_system_name: '企业登记系统', extension: { service_object: ['legal'] } }),
  )
  const copy = await world.cataloger.call(catalog.createResource, { body: draftOf('牧区学校信息', { summary: '' }) })
  const { params } = await drafted()
  const effect = await tried(params)
  assert.deepEqual([effect.state, effect.done, effect.total], ['done', 5, 5])
  assert.deepEqual(effect.outcomes.map((one) => [one.outcome, one.published, one.working]).toSorted(), [
    ['fails', 3, 0],
    ['still_fails', 0, 1],
  ])
  assert.deepEqual(
    effect.rules.map(({ key, fails }) => [key, fails]),
    [
      ['C01', 3],
      ['C10', 1],
    ],
  )
  // Every figure opens to its entries, of which the department sees its own.
  const opened = { params: { id: effect.effect_id }, query: { rule: 'C01', outcome: 'fails' as const } }
  assert.equal((await world.cataloger.call(catalog.listEffectEntries, opened)).rows.length, 3)
  const others = await world.admin.call(catalog.listEffectEntries, opened)
  assert.deepEqual(
    others.rows.map(({ copy: one }) => one),
    ['published', 'published'],
    'a draft of another organ is not shown',
  )
  assert.equal((await world.cataloger.refused(catalog.getEffect, { params })).code, 'forbidden')

  const adoption = { revision: 2, effective_from: '2017-12-11', transition_until: '2018-01-31' }
  assert.equal(
    (await world.admin.refused(catalog.adoptEdition, { params, body: adoption })).code,
    'separation_of_duties',
  )
  const past = { ...adoption, effective_from: '2017-12-01' }
  assert.equal(
    (await second.refused(catalog.adoptEdition, { params, body: past })).fields?.[0]?.field,
    'effective_from',
  )
  const { edition } = await second.call(catalog.adoptEdition, { params, body: adoption })
  assert.deepEqual([edition.phase, edition.is_current], ['in_force', true])
  const again = { revision: edition.revision, dialect: 'x', note: '', layer: [] }
  assert.equal((await world.admin.refused(catalog.saveEdition, { params, body: again })).code, 'wrong_state')

  const failing = new Set<string>()
  for (const { resource_id } of [good, ...plain, system, copy])
    if ((await findingsNow(resource_id)).length > 0) failing.add(resource_id)
  assert.deepEqual(failing, new Set([...plain, system, copy].map(({ resource_id }) => resource_id)))
  const classes = await world.consumer.call(catalog.listClasses, { query: { parent: '213' } })
  assert.deepEqual(
    classes.map(({ code }) => code),
    ['213001'],
    'the tree follows',
  )

  await world.drain()
  const page = await world.cataloger.call(catalog.getTransition, {})
  assert.deepEqual(
    page?.organs.map(({ open, mended }) => [open, mended]),
    [[3, 0]],
  )
  assert.equal(page?.transition.working_days_left, 36)
  const id = { params: { id: plain[0]!.resource_id } }
  const mine = await world.cataloger.call(catalog.getResourceTransition, id)
  assert.deepEqual(
    mine?.findings.map(({ field }) => field),
    ['extension.service_object'],
  )
  assert.equal(await world.consumer.call(catalog.getResourceTransition, id), null, 'still valid to everybody else')
  const todos = await world.cataloger.call(inbox.listTodos, { query: { kind: 'resource_conform' } })
  assert.match(todos.rows[0]!.title, /^3 条目录须按/)
})

test('the department mends its entries one by one; with the last its task is done (T2.1)', async () => {
  const { rows } = await world.cataloger.call(catalog.listResources, { query: { state: 'published' } })
  for (const { resource_id, name } of rows) {
    const params = { id: resource_id }
    if ((await world.cataloger.call(catalog.getResourceTransition, { params })) === null) continue
    const copy = await world.cataloger.call(catalog.reviseResource, { params })
    const { items, ...content } = copy.content
    const body = {
      revision: copy.revision,
      draft: {
        ...content,
        name: name.replace('系统', '信息'),
        extension: { service_object: ['person'] },
        items: items.map(({ seq: _, ...item }) => item),
      },
    }
    await world.cataloger.call(catalog.saveResource, { params, body })
    await publishDraft(world, resource_id)
  }
  await world.drain()
  const page = await world.cataloger.call(catalog.getTransition, {})
  assert.deepEqual(
    page?.organs.map(({ open, mended }) => [open, mended]),
    [[0, 3]],
  )
  const todos = await world.cataloger.call(inbox.listTodos, { query: { kind: 'resource_conform' } })
  assert.equal(todos.rows.length, 0)
})

test('from a day to come: until then the old version judges, or the next where its compiler chooses; two adopters cannot both (T2.1)', async () => {
  const stricter: LayerChange = { kind: 'field_tightened', key: 'inner_dept', required: 'yes' }
  const { params } = await drafted(LAYER.map((one) => (one.kind === 'field_tightened' ? stricter : one)))
  const body = { revision: 2, effective_from: '2018-02-01', transition_until: '2018-03-01' }
  assert.equal((await second.refused(catalog.adoptEdition, { params, body })).code, 'wrong_state', 'not tried yet')
  const entry = await publish(world, draftOf('冬虫夏草采集信息', { extension: { service_object: ['person'] } }))
  await tried(params)
  const third = await world.signIn('egov', 'catalog_admin')
  const outcomes = await Promise.allSettled(
    [second, third].map((one) => one.call(catalog.adoptEdition, { params, body })),
  )
  assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
  const copy = await world.cataloger.call(catalog.createResource, {
    body: draftOf('湿地巡护信息', { extension: { service_object: ['person'] } }),
  })
  const id = { params: { id: copy.resource_id } }
  assert.deepEqual(await findingsNow(copy.resource_id), [])
  await world.cataloger.call(catalog.chooseStandard, { ...id, body: { version: params.version } })
  assert.deepEqual(
    (await findingsNow(copy.resource_id)).map(({ field }) => field),
    ['inner_dept'],
  )
  const never = await world.cataloger.refused(catalog.chooseStandard, { ...id, body: { version: 1 } })
  assert.equal(never.fields?.[0]?.field, 'version')
  assert.equal(
    (await world.consumer.refused(catalog.chooseStandard, { ...id, body: { version: 1 } })).code,
    'forbidden',
  )

  await world.setToday('2018-02-01')
  assert.equal(
    (await world.cataloger.call(catalog.getStandard, {})).version,
    params.version,
    'the date decides at once',
  )
  await world.drain()
  const open = { params: { id: entry.resource_id } }
  assert.equal(await world.consumer.call(catalog.getResourceTransition, open), null)
  await world.setToday('2018-03-02')
  const over = await world.consumer.call(catalog.getResourceTransition, open)
  assert.deepEqual([over?.transition.is_over, over?.transition.working_days_left], [true, 0])
  assert.deepEqual(
    over?.findings.map(({ field }) => field),
    ['inner_dept'],
  )
  await world.setToday('2017-12-11')
  assert.equal((await world.cataloger.call(catalog.getStandard, {})).version, params.version - 1)
})

test('a draft is overtaken when another is adopted after it was begun (T2.1)', async () => {
  const editions = await world.admin.call(catalog.listEditions, {})
  assert.deepEqual(
    editions.filter(({ phase }) => phase !== 'withdrawn').map(({ phase }) => phase),
    ['scheduled', 'in_force', 'superseded'],
  )
  const { params } = await drafted()
  await tried(params)
  const body = { revision: 2, effective_from: '2018-06-01', transition_until: '2018-07-01' }
  assert.equal((await second.refused(catalog.adoptEdition, { params, body })).code, 'conflict')
})

test('a run cut off in the middle of a batch leaves nothing of it and goes on to the same figures (T2.1)', async () => {
  const { params } = await drafted()
  const whole = await tried(params)
  await world.admin.call(catalog.startEffect, { params })
  const { effect_id } = (await world.admin.call(catalog.getEffect, { params }))!
  const ctx = await makeCtx(world.house, PLATFORM, 'cut off')
  const cut = inTx(ctx, async (tx) => {
    const effect = (await takeEffect(tx, effect_id))!
    const { resource_id, provider_organ_id } = await tx
      .selectFrom('catalog.resource')
      .select(['resource_id', 'provider_organ_id'])
      .orderBy('resource_id')
      .executeTakeFirstOrThrow()
    const verdict = { outcome: 'fails' as const, added: [], gone: [], errors: [] }
    await insertJudged(tx, effect.effect_id, [
      { resource_id, provider_organ_id, copy: 'published', version: 1, verdict },
    ])
    assert.equal(
      await inTx(ctx, (other) => takeEffect(other, effect_id)),
      undefined,
      'nobody else takes the same batch',
    )
    throw new Error('killed')
  })
  await assert.rejects(cut, /killed/)
  await runEffects(ctx, {})
  const again = (await world.admin.call(catalog.getEffect, { params }))!
  const figures = ({ outcomes, rules, fields, organs, done }: catalog.Effect) => ({
    outcomes,
    rules,
    fields,
    organs,
    done,
  })
  assert.deepEqual(figures(again), figures(whole))
})
