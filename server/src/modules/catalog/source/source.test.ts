import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog, inbox } from '@sanjiang/contract'
import { foldQualities, refreshClusters } from '#modules/catalog/index.ts'
import { ORGANS, type OrganKey, openWorld, type Voice, type World } from '#test/harness.ts'
import { type PublishedResource, publish } from '#test/sharing-ground.ts'

let world: World
let admin: Voice
let looker: Voice
const reviewer = {} as Record<'police' | 'civil_affairs' | 'social_security', Voice>
const entry = {} as Record<'police' | 'civil_affairs' | 'social_security' | 'commerce', PublishedResource>

const item = (name: string, name_en: string, more = {}) => ({
  name,
  name_en,
  share_type: 'unconditional' as const,
  ...more,
})
const refresh = async () => refreshClusters(await world.ctx())

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  admin = await world.signIn('egov', 'catalog_admin')
  looker = await world.signIn('commerce', 'consumer')
  for (const organ of ['police', 'civil_affairs', 'social_security'] as const)
    reviewer[organ] = await world.signIn(organ, 'dept_reviewer', 'cataloger')
  // Nobody's item is called by the word that stands for the second group: those that bear one name are of one name all the same.
  const words = [{ words: ['婚姻状况', '婚姻状态'] }, { words: ['住址', '户籍地址'] }]
  await admin.call(catalog.replaceSynonyms, { body: { groups: words } })
  entry.police = await publish(world, {
    organ: 'police',
    name: '人口基本信息',
    items: [item('户籍地址', 'address'), item('婚姻状况', 'marriage'), item('备注', 'memo'), item('民族', 'nation')],
  })
  entry.civil_affairs = await publish(world, {
    organ: 'civil_affairs',
    name: '婚姻登记信息',
    items: [
      item('婚姻状态', 'marriage'),
      item('备注', 'memo'),
      item('户籍地址', 'addr', { data_type: 'I', length: 20 }),
    ],
  })
  entry.social_security = await publish(world, {
    organ: 'social_security',
    name: '参保人员信息',
    items: [item('户籍地址', 'address'), item('参保险种', 'kind')],
  })
  entry.commerce = await publish(world, {
    organ: 'commerce',
    name: '内部人员信息',
    audience: 'organ',
    items: [item('户籍地址', 'address'), item('参保险种', 'kind')],
  })
  await refresh()
})
after(() => world?.close())

const clusters = async () => (await looker.call(catalog.listClusters, { query: {} })).rows
const clusterOf = async (name: string) => (await clusters()).find((one) => one.name === name)!
const detailOf = async (name: string) =>
  looker.call(catalog.getCluster, { params: { id: (await clusterOf(name)).cluster_id } })
const propose = async (voice: Voice, name: string, organ: OrganKey) => {
  const { cluster, items } = await detailOf(name)
  const { item_id } = items.find(({ organ_id }) => organ_id === ORGANS[organ])!
  const body = { cluster_id: cluster.cluster_id, item_id, reason: '业务源头在该部门' }
  return voice.call(catalog.proposeLead, { body })
}
const todosOf = async (voice: Voice) => {
  await world.drain()
  const { rows } = await voice.call(inbox.listTodos, { query: {} })
  return rows.filter(({ kind }) => kind.startsWith('lead')).map(({ kind, clock }) => [kind, clock?.rule_code])
}

test('the same item of several departments is found by name and synonym with its certainty; noise and hidden entries are not (R16)', async () => {
  assert.deepEqual(
    (await clusters()).map(({ name, departments }) => [name, departments]),
    [
      ['户籍地址', 3],
      ['婚姻状况', 2],
    ],
  )
  const address = await clusterOf('户籍地址')
  const marriage = await clusterOf('婚姻状况')
  assert.deepEqual([address.by_name, address.confidence, marriage.by_synonym], [3, 85, 1])
  const { items } = await detailOf('户籍地址')
  assert.deepEqual(items.map(({ has_same_english, has_same_type }) => [has_same_english, has_same_type]).toSorted(), [
    [false, false],
    [true, true],
    [true, true],
  ])
  const mine = await looker.call(catalog.listClusters, { query: { organ_id: ORGANS.social_security, q: '地址' } })
  assert.equal(mine.rows.length, 1)
  assert.equal((await looker.call(catalog.listClusters, { query: { min_confidence: 95 } })).rows.length, 0)
})

test('a lead is proposed by a holder or the catalogue’s administrator, and by nobody else (R16)', async () => {
  const { cluster, items } = await detailOf('户籍地址')
  const body = { cluster_id: cluster.cluster_id, item_id: items[0]!.item_id, reason: '业务源头在该部门' }
  assert.equal((await looker.refused(catalog.proposeLead, { body })).code, 'forbidden')
  const stranger = await world.signIn('audit', 'cataloger')
  assert.equal((await stranger.refused(catalog.proposeLead, { body })).code, 'forbidden')
  const foreign = { ...body, item_id: entry.police.item.nation! }
  assert.equal((await admin.refused(catalog.proposeLead, { body: foreign })).fields?.[0]?.rule, 'R16')
})

test('each holding department is asked under a clock; when all agree the others refer to the lead (R16)', async () => {
  const lead = await propose(reviewer.police, '户籍地址', 'police')
  assert.equal(lead.state, 'proposed')
  assert.deepEqual([lead.clock.rule_code, lead.clock.left_days], ['lead_answer', 5])
  assert.deepEqual(
    lead.answers.map(({ answer }) => answer),
    ['agreed', null, null],
  )
  assert.deepEqual(await todosOf(reviewer.civil_affairs), [['lead_answer', 'lead_answer']])
  assert.deepEqual(await todosOf(reviewer.police), [])
  const params = { id: lead.lead_id }
  assert.equal(
    (await admin.refused(catalog.decideLead, { params, body: { outcome: 'agreed', reason: '应由公安部门牵头提供' } }))
      .code,
    'wrong_state',
  )
  const agreed = { params, body: { answer: 'agreed' as const } }
  assert.equal((await reviewer.police.refused(catalog.answerLead, agreed)).code, 'wrong_state')
  const outsider = await world.signIn('audit', 'dept_reviewer')
  assert.equal((await outsider.refused(catalog.answerLead, agreed)).code, 'not_found')
  await reviewer.civil_affairs.call(catalog.answerLead, agreed)
  assert.deepEqual(await todosOf(reviewer.civil_affairs), [])
  assert.deepEqual(await todosOf(reviewer.social_security), [['lead_answer', 'lead_answer']])
  const done = await reviewer.social_security.call(catalog.answerLead, agreed)
  assert.equal(done.state, 'agreed')
  const { items } = await detailOf('户籍地址')
  assert.deepEqual(
    items.map(({ is_lead, is_referring }) => [is_lead, is_referring]),
    [
      [true, false],
      [false, true],
      [false, true],
    ],
  )
  const sources = await looker.call(catalog.listItemSources, { params: { id: entry.civil_affairs.resource_id } })
  assert.deepEqual(
    sources.map(({ item_name, resource_name, is_referring }) => [item_name, resource_name, is_referring]),
    [['户籍地址', '人口基本信息', true]],
  )
  await assert.rejects(propose(admin, '户籍地址', 'civil_affairs'), /牵头/)
})

test('whoever compiles an item that is led already is told and may refer to it; one who does not loses the points for it (R16)', async () => {
  const draft = await reviewer.social_security.call(catalog.createResource, {
    body: { name: '失业登记信息', items: [{ name: '户籍地址', name_en: 'hjdz' }] },
  })
  const check = () =>
    reviewer.social_security.call(catalog.findSources, {
      body: { names: ['户籍地址', '工种'], resource_id: draft.resource_id },
    })
  const [found, ...rest] = await check()
  assert.deepEqual([found?.organ_name, found?.is_referring, rest.length], ['青海省公安厅', false, 0])
  const params = { id: draft.resource_id }
  const refer = { item_id: draft.content.items[0]!.item_id, source_item_id: found!.source_item_id }
  const wrong = { params, body: { ...refer, source_item_id: entry.police.item.nation! } }
  assert.equal((await reviewer.social_security.refused(catalog.referItem, wrong)).code, 'invalid')
  assert.equal((await reviewer.civil_affairs.refused(catalog.referItem, { params, body: refer })).code, 'not_found')
  await reviewer.social_security.call(catalog.referItem, { params, body: refer })
  assert.equal((await check())[0]?.is_referring, true)
  const id = entry.civil_affairs.resource_id
  const lost = async () => {
    await foldQualities(await world.ctx())
    const quality = await looker.call(catalog.getQuality, { params: { id } })
    return quality?.reasons.some(({ rule }) => rule === 'Q12')
  }
  assert.equal(await lost(), false)
  const own = { item_id: entry.civil_affairs.item.addr!, source_item_id: null }
  await reviewer.civil_affairs.call(catalog.referItem, { params: { id }, body: own })
  assert.equal(await lost(), true)
})

test('an objection needs its reason and goes to the administrator, whose word binds; two decisions at once are one (R16)', async () => {
  const lead = await propose(admin, '婚姻状况', 'civil_affairs')
  const params = { id: lead.lead_id }
  await reviewer.civil_affairs.call(catalog.answerLead, { params, body: { answer: 'agreed' } })
  const bare = { params, body: { answer: 'objected' as const, reason: '不行' } }
  assert.equal((await reviewer.police.refused(catalog.answerLead, bare)).fields?.[0]?.field, 'reason')
  const contested = await reviewer.police.call(catalog.answerLead, {
    params,
    body: { answer: 'objected', reason: '户口登记同样核对婚姻状况，应以我厅为准' },
  })
  assert.equal(contested.state, 'contested')
  assert.deepEqual(await todosOf(admin), [['lead_decide', 'lead_answer']])
  const ownAdmin = await world.signIn('police', 'catalog_admin')
  const decide = (outcome: 'agreed' | 'dropped') => ({ params, body: { outcome, reason: '婚姻登记是法定的业务源头' } })
  assert.equal((await ownAdmin.refused(catalog.decideLead, decide('dropped'))).code, 'separation_of_duties')
  const other = await world.signIn('egov', 'catalog_admin')
  const both = await Promise.allSettled([
    admin.call(catalog.decideLead, decide('agreed')),
    other.call(catalog.decideLead, decide('dropped')),
  ])
  assert.equal(both.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.deepEqual(await todosOf(admin), [])
})

test('a lead can be reversed: references end, the history stays, and another may be proposed; silence hands it to the administrator (R16)', async () => {
  const { leads } = await detailOf('户籍地址')
  const params = { id: leads[0]!.lead_id }
  assert.equal(
    (await reviewer.police.refused(catalog.reverseLead, { params, body: { reason: '职能已经划转到别的部门' } })).code,
    'forbidden',
  )
  await admin.call(catalog.reverseLead, { params, body: { reason: '职能已经划转到别的部门' } })
  assert.deepEqual(
    await looker.call(catalog.listItemSources, { params: { id: entry.social_security.resource_id } }),
    [],
  )
  const next = await propose(admin, '户籍地址', 'social_security')
  assert.deepEqual(
    (await detailOf('户籍地址')).leads.map(({ state }) => state),
    ['proposed', 'reversed'],
  )
  await world.setToday('2017-12-25')
  const late = await admin.call(catalog.getLead, { params: { id: next.lead_id } })
  assert.deepEqual(late.can, ['decide', 'withdraw'])
  const body = { outcome: 'dropped' as const, reason: '各部门均未表态，暂不确定' }
  assert.equal((await admin.call(catalog.decideLead, { params: { id: next.lead_id }, body })).state, 'dropped')
})

const snapshot = () =>
  world.sql(`select c.key, c.name, c.departments, c.entries, c.confidence, c.by_name, c.by_synonym,
    (select json_agg(json_build_array(i.item_id, i.match, i.has_same_english, i.has_same_type) order by i.item_id)
      from catalog.cluster_item i where i.key = c.key) as items from catalog.cluster c order by c.key`)

test('clusters come out the same whatever the order in which entries are keyed, and follow withdrawal and new words (R16)', async () => {
  const before = await snapshot()
  for (const order of ['desc', 'asc']) {
    await world.sql(
      'truncate catalog.cluster, catalog.cluster_item, catalog.item_key, catalog.clustered, catalog.cluster_due',
    )
    const ids = await world.sql<{ resource_id: string }>(
      `select resource_id from catalog.entry order by resource_id ${order}`,
    )
    // One entry after the other, each keyed and counted by itself.
    for (const { resource_id } of ids) {
      await world.sql(
        `insert into catalog.clustered select resource_id, version, '{}' from catalog.entry where resource_id <> $1 on conflict do nothing`,
        [resource_id],
      )
      await world.sql('delete from catalog.clustered where resource_id = $1', [resource_id])
      await refresh()
    }
    assert.deepEqual(await snapshot(), before)
  }
  await admin.call(catalog.replaceSynonyms, { body: { groups: [{ words: ['民族', '参保险种'] }] } })
  await world.drain()
  assert.deepEqual((await clusters()).map(({ name }) => name).toSorted(), ['参保险种', '户籍地址'])
  await admin.call(catalog.withdrawResource, {
    params: { id: entry.social_security.resource_id },
    body: { reason: '职能划转，不再提供' },
  })
  await world.drain()
  assert.deepEqual(
    (await clusters()).map(({ name, departments }) => [name, departments]),
    [['户籍地址', 2]],
  )
})

test('a count that is killed leaves its keys due, and the next one counts them (C2)', async () => {
  await world.sql(
    'truncate catalog.cluster, catalog.cluster_item, catalog.item_key, catalog.clustered, catalog.cluster_due',
  )
  const ctx = await world.ctx()
  let transactions = 0
  const dying = {
    ...ctx,
    db: new Proxy(ctx.db, {
      get: (db, key) => {
        if (key === 'transaction' && ++transactions > 2) throw new Error('killed')
        const value = Reflect.get(db, key)
        return typeof value === 'function' ? value.bind(db) : value
      },
    }),
  }
  await assert.rejects(refreshClusters(dying), /killed/)
  assert.equal((await clusters()).length, 0)
  await refresh()
  assert.equal((await clusters()).length, 1)
})
