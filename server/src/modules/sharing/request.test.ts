import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sharing } from '@sanjiang/contract'
import type { Decision, RequestDetail } from '@sanjiang/contract/sharing'
import { BASIS } from '#test/catalog-world.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { ask, draftOf, type PublishedResource, publish, registerClient } from '#test/sharing-ground.ts'

let world: World
let civil: Voice
let police: Voice
let commerce: Voice
let people: PublishedResource

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  civil = await world.signIn('civil_affairs', 'consumer')
  police = await world.signIn('police', 'provider')
  commerce = await world.signIn('commerce', 'consumer', 'provider')
  people = await publish(world)
})
after(() => world?.close())

const read = (voice: Voice, id: string) => voice.call(sharing.getRequest, { params: { id } })
const decide = (voice: Voice, id: string, body: Decision) => voice.call(sharing.decideRequest, { params: { id }, body })
const grantAll = ({ items }: RequestDetail): Decision['items'] =>
  items.filter(({ state }) => state === 'pending').map(({ item_id }) => ({ item_id, outcome: 'granted' as const }))
const REFUSAL = { reason_code: 'excessive_scope', reason_text: '所申请的信息项超出履行该项职责的需要' } as const

test('items shared without condition are granted in the moment they are asked for (T5.2, R05)', async () => {
  const request = await ask(civil, people, { names: ['name', 'sex'] })
  assert.deepEqual([request.state, request.clock], ['granted', null])
  const grant = await civil.call(sharing.getGrant, { params: { id: request.grant_ids[0]! } })
  assert.deepEqual([grant.state, grant.issued_by_name, grant.version], ['active', '平台', 1])
  assert.deepEqual(
    grant.items.map(({ name_en }) => name_en),
    ['name', 'sex'],
  )
})

test('items shared on condition wait for their provider, whose ten working days begin on receipt (T5.2, R06)', async () => {
  const request = await ask(civil, people, { names: ['citizen_id', 'address'] })
  assert.equal(request.state, 'submitted')
  assert.deepEqual(request.grant_ids, [])
  assert.deepEqual(
    [request.clock!.started_on, request.clock!.due_on, request.clock!.left_days],
    ['2017-12-11', '2017-12-25', 10],
  )
  const decided = await decide(police, request.request_id, { items: grantAll(request) })
  assert.deepEqual([decided.state, decided.decisions[0]!.on_time], ['granted', true])
  const grant = await civil.call(sharing.getGrant, { params: { id: decided.grant_ids[0]! } })
  assert.deepEqual(
    grant.items.map(({ name_en, mask_rule }) => [name_en, mask_rule]),
    [
      ['citizen_id', 'citizen_id'],
      ['address', 'none'],
    ],
  )
})

test('a mixed request is granted in part at once, and the answer takes that grant over (T5.2)', async () => {
  const request = await ask(civil, people, { names: ['name', 'citizen_id'] })
  assert.deepEqual([request.state, request.grant_ids.length], ['submitted', 1])
  const decided = await decide(police, request.request_id, { items: grantAll(request) })
  assert.deepEqual([decided.state, decided.grant_ids.length], ['granted', 2])
  const [first, second] = await Promise.all(
    decided.grant_ids.map((id) => civil.call(sharing.getGrant, { params: { id } })),
  )
  assert.deepEqual([first!.revocation?.cause, first!.revocation?.superseded_by], ['superseded', second!.grant_id])
  assert.deepEqual(
    second!.items.map(({ name_en }) => name_en),
    ['name', 'citizen_id'],
  )
})

test('where the provider narrowed his part, what was granted by right keeps its full reach (T5.2, R05)', async () => {
  const request = await ask(civil, people, { names: ['name', 'address'] })
  const answer = { items: grantAll(request), quota: { count: 10, period: 'day' as const } }
  const decided = await decide(police, request.request_id, answer)
  const grants = await Promise.all(decided.grant_ids.map((id) => civil.call(sharing.getGrant, { params: { id } })))
  assert.deepEqual(
    grants.map(({ state, quota_count }) => [state, quota_count]),
    [
      ['active', 1000],
      ['active', 10],
    ],
  )
})

test('a refusal without a coded reason and a text is not accepted (T5.2, R06)', async () => {
  const request = await ask(civil, people, { names: ['address'] })
  const items = [{ item_id: people.item.address!, outcome: 'refused' as const }]
  const params = { id: request.request_id }
  for (const body of [
    { items },
    { items, reason_code: 'other' as const },
    { items, reason_text: '说明说明说明说明说明' },
  ]) {
    const problem = await police.refused(sharing.decideRequest, { params, body })
    assert.equal(problem.status, 422)
    assert.match(problem.fields![0]!.clause!, /第十二条/)
  }
  assert.equal((await read(police, request.request_id)).state, 'submitted')
  const refused = await decide(police, request.request_id, { items, ...REFUSAL })
  assert.deepEqual(
    [refused.state, refused.items[0]!.reason_code, refused.items[0]!.reason_text, refused.grant_ids],
    ['refused', REFUSAL.reason_code, REFUSAL.reason_text, []],
  )
})

test('a provider may grant some items and refuse others; only the granted are in the grant (T5.2)', async () => {
  const request = await ask(civil, people, { names: ['citizen_id', 'address'] })
  const decided = await decide(police, request.request_id, {
    items: [
      { item_id: people.item.citizen_id!, outcome: 'granted', mask_rule: 'full' },
      { item_id: people.item.address!, outcome: 'refused' },
    ],
    ...REFUSAL,
    ends_on: '2018-06-30',
  })
  assert.equal(decided.state, 'partly_granted')
  const grant = await civil.call(sharing.getGrant, { params: { id: decided.grant_ids[0]! } })
  assert.deepEqual(
    [grant.items.map(({ name_en, mask_rule }) => [name_en, mask_rule]), grant.ends_on],
    [[['citizen_id', 'full']], '2018-06-30'],
  )
})

test('a withheld item cannot be asked for, and the refusal names its legal basis (T5.2, R03)', async () => {
  const problem = await civil.refused(sharing.createRequest, { body: draftOf(people, ['name', 'case_lead']) })
  assert.deepEqual([problem.status, problem.code], [409, 'withheld'])
  assert.match(problem.detail!, /案件线索.*保守国家秘密法 第九条/)
  const secret = await publish(world, { name: '侦查档案', share_type: 'withheld' })
  const whole = await civil.refused(sharing.createRequest, { body: draftOf(secret, ['name']) })
  assert.deepEqual([whole.code, whole.fields![0]!.clause], ['withheld', `${BASIS.title} ${BASIS.clause}`])
})

test('an item withheld after it was asked for can only be refused (T5.2, R03)', async () => {
  const lately = await publish(world, { name: '重点人员信息' })
  const request = await ask(civil, lately, { names: ['address', 'citizen_id'] })
  await world.sql(`update catalog.item set share_type = 'withheld', withheld_basis = $2 where item_id = $1`, [
    lately.item.address,
    BASIS,
  ])
  const params = { id: request.request_id }
  const problem = await police.refused(sharing.decideRequest, { params, body: { items: grantAll(request) } })
  assert.equal(problem.code, 'withheld')
  const items: Decision['items'] = [
    { item_id: lately.item.address!, outcome: 'refused' },
    { item_id: lately.item.citizen_id!, outcome: 'granted' },
  ]
  const secrecy = { reason_code: 'secrecy_law', reason_text: '该信息项已依法列为不予共享' } as const
  assert.equal((await decide(police, request.request_id, { items, ...secrecy })).state, 'partly_granted')
})

test('what the catalogue masks more strictly since the request is masked so in the grant (T5.2, C2)', async () => {
  const lately = await publish(world, { name: '流动人口信息' })
  const request = await ask(civil, lately, { names: ['address'] })
  await world.sql(`update catalog.item set mask_rule = 'address' where item_id = $1`, [lately.item.address])
  const decided = await decide(police, request.request_id, { items: grantAll(request) })
  const grant = await civil.call(sharing.getGrant, { params: { id: decided.grant_ids[0]! } })
  assert.equal(grant.items[0]!.mask_rule, 'address')
})

test('an entry meant for its own government or organ cannot be asked for from outside (T5.2, T2.2)', async () => {
  const inner = await publish(world, { name: '内部值班表', audience: 'organ' })
  const problem = await civil.refused(sharing.createRequest, { body: draftOf(inner, ['name']) })
  assert.deepEqual([problem.code, problem.fields![0]!.rule], ['invalid', 'published'])
  assert.equal((await civil.refused(sharing.getResourceUse, { params: { id: inner.resource_id } })).status, 404)
})

test('an organ does not ask itself (T5.2)', async () => {
  const insider = await world.signIn('police', 'consumer')
  const problem = await insider.refused(sharing.createRequest, { body: draftOf(people, ['name']) })
  assert.equal(problem.fields![0]!.rule, 'own_resource')
})

test('a draft may be incomplete; submitting it names everything that is missing (T5.2, R08)', async () => {
  const empty = { resource_id: people.resource_id, item_ids: [] }
  const draft = await civil.call(sharing.createRequest, { body: empty })
  assert.equal(draft.state, 'draft')
  const problem = await civil.refused(sharing.submitRequest, { params: { id: draft.request_id } })
  assert.deepEqual(
    problem.fields!.map(({ field }) => field),
    ['item_ids', 'purpose_code', 'purpose_ref', 'scenario', 'is_security_committed', 'starts_on', 'ends_on'],
  )
})

test('a term is at most three years, never over already, and a quota is a positive number (T5.2)', async () => {
  const rulesOf = async (more: object) => {
    const { request_id } = await civil.call(sharing.createRequest, { body: draftOf(people, ['name'], more) })
    const problem = await civil.refused(sharing.submitRequest, { params: { id: request_id } })
    return problem.fields!.map(({ rule }) => rule)
  }
  assert.deepEqual(await rulesOf({ starts_on: '2016-01-01', ends_on: '2017-12-10' }), ['past'])
  assert.deepEqual(await rulesOf({ starts_on: '2017-12-11', ends_on: '2020-12-12' }), ['term_years'])
  const reversed = draftOf(people, ['name'], { starts_on: '2018-02-01', ends_on: '2018-01-01' })
  assert.equal((await civil.refused(sharing.createRequest, { body: reversed })).fields![0]!.rule, 'term')
  const none = draftOf(people, ['name'], { quota: { count: 0, period: 'day' } })
  assert.equal((await civil.refused(sharing.createRequest, { body: none })).status, 422)
})

test('an answer may narrow quota, rows and term, and widen none of them (T5.2, C2)', async () => {
  const more = { row_conditions: [{ item: 'address', op: 'prefix' as const, values: ['青海省'] }] }
  const request = await ask(civil, people, { names: ['citizen_id'], more })
  const items = grantAll(request)
  const params = { id: request.request_id }
  const ruleOf = async (body: Omit<Decision, 'items'>) => {
    const problem = await police.refused(sharing.decideRequest, { params, body: { items, ...body } })
    return problem.fields!.map(({ rule }) => rule)
  }
  assert.deepEqual(await ruleOf({ quota: { count: 1001, period: 'day' } }), ['larger_quota'])
  assert.deepEqual(await ruleOf({ quota: { count: null, period: 'day' } }), ['larger_quota'])
  assert.deepEqual(await ruleOf({ row_conditions: [] }), ['weaker_condition'])
  assert.deepEqual(await ruleOf({ ends_on: '2018-12-11' }), ['later_end'])
  assert.deepEqual(await ruleOf({ allows_low_assurance: true }), ['lower_assurance'])
  const rows = [{ item: 'address', op: 'prefix' as const, values: ['青海省西宁市'] }]
  const decided = await decide(police, request.request_id, { items, row_conditions: rows })
  const grant = await civil.call(sharing.getGrant, { params: { id: decided.grant_ids[0]! } })
  assert.deepEqual(grant.row_conditions, rows)
})

test('a draft saved over another’s change is refused as stale (T5.2)', async () => {
  const draft = await civil.call(sharing.createRequest, { body: draftOf(people, ['name']) })
  const params = { id: draft.request_id }
  const body = { revision: draft.revision, draft: draftOf(people, ['name', 'sex']) }
  const saved = await civil.call(sharing.saveRequest, { params, body })
  assert.equal(saved.items.length, 2)
  assert.equal((await civil.refused(sharing.saveRequest, { params, body })).code, 'stale')
})

test('a request names a system of the asking organ itself, and one in use (T5.2, C2)', async () => {
  const [own, others] = [await registerClient(world, 'civil_affairs'), await registerClient(world, 'commerce')]
  const request = await ask(civil, people, { names: ['name'], more: { client_id: own } })
  const grant = await civil.call(sharing.getGrant, { params: { id: request.grant_ids[0]! } })
  assert.equal(grant.client_id, own)
  const foreign = draftOf(people, ['name'], { client_id: others })
  assert.equal((await civil.refused(sharing.createRequest, { body: foreign })).fields![0]!.rule, 'own_client')
  await world.sql(`update identity.client set status = 'suspended' where client_id = $1`, [own])
  const idle = draftOf(people, ['name'], { client_id: own })
  assert.equal((await civil.refused(sharing.createRequest, { body: idle })).fields![0]!.rule, 'client_active')
})

test('a third department finds no trace of a request between two others (T16.1)', async () => {
  const request = await ask(civil, people, { names: ['citizen_id'] })
  const params = { id: request.request_id }
  assert.equal((await commerce.refused(sharing.getRequest, { params })).status, 404)
  const items = grantAll(request)
  assert.equal((await commerce.refused(sharing.decideRequest, { params, body: { items } })).status, 404)
  assert.equal((await commerce.refused(sharing.withdrawRequest, { params, body: {} })).status, 404)
  assert.equal((await commerce.refused(sharing.sendMessage, { params, body: { text: '你好' } })).status, 404)
  const listed = await commerce.call(sharing.listRequests, { query: { limit: 200 } })
  assert.deepEqual(listed.rows, [])
  const { states } = await commerce.call(sharing.countRequests, { query: {} })
  assert.deepEqual(states, [])
})

test('a provider does not see what is still being drafted (T16.1)', async () => {
  const draft = await civil.call(sharing.createRequest, { body: draftOf(people, ['citizen_id']) })
  assert.equal((await police.refused(sharing.getRequest, { params: { id: draft.request_id } })).status, 404)
})

test('whoever asked does not answer, even when he also holds the provider’s role (T5.2)', async () => {
  const request = await ask(civil, people, { names: ['citizen_id'] })
  await world.sql(
    `insert into identity.person_role (person_id, role, organ_id, granted_at) values ($1, 'provider', $2, now())`,
    [civil.person_id, police.organ_id],
  )
  const items = grantAll(request)
  const problem = await civil.refused(sharing.decideRequest, { params: { id: request.request_id }, body: { items } })
  assert.equal(problem.code, 'separation_of_duties')
  await world.sql(`delete from identity.person_role where person_id = $1 and role = 'provider'`, [civil.person_id])
  const forbidden = await civil.refused(sharing.decideRequest, { params: { id: request.request_id }, body: { items } })
  assert.equal(forbidden.status, 403)
})

test('of an answer and a withdrawal at the same moment exactly one counts (T5.2)', async () => {
  for (let round = 0; round < 8; round += 1) {
    const request = await ask(civil, people, { names: ['address'] })
    const params = { id: request.request_id }
    const settled = await Promise.allSettled([
      police.call(sharing.decideRequest, { params, body: { items: grantAll(request) } }),
      civil.call(sharing.withdrawRequest, { params, body: { reason: '不再需要' } }),
    ])
    const won = settled.findIndex(({ status }) => status === 'fulfilled')
    const lost = settled[1 - won] as PromiseRejectedResult
    assert.equal(lost.reason.problem.status, 409)
    const { state, grant_ids } = await read(civil, request.request_id)
    assert.deepEqual([state, grant_ids.length], won === 0 ? ['granted', 1] : ['withdrawn', 0])
  }
})

test('of two answers at the same moment exactly one counts (T5.2)', async () => {
  const colleague = await world.signIn('police', 'provider')
  const request = await ask(civil, people, { names: ['address'] })
  const params = { id: request.request_id }
  const refused = { items: [{ item_id: people.item.address!, outcome: 'refused' as const }], ...REFUSAL }
  const settled = await Promise.allSettled([
    police.call(sharing.decideRequest, { params, body: { items: grantAll(request) } }),
    colleague.call(sharing.decideRequest, { params, body: refused }),
  ])
  assert.deepEqual(settled.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  assert.equal((await read(civil, request.request_id)).decisions.length, 1)
})

test('a list pages through all requests once, newest first, and open ones by due day (T5.2)', async () => {
  const walk = async (query: object) => {
    const seen: string[] = []
    for (let next: string | null = ''; next !== null; ) {
      const page: Awaited<ReturnType<typeof list>> = await list({ ...query, after: next || undefined })
      seen.push(...page.rows.map(({ request_id }) => request_id))
      next = page.next
    }
    return seen
  }
  const list = (query: object) => civil.call(sharing.listRequests, { query: { side: 'consumer', limit: 7, ...query } })
  const all = await walk({})
  assert.equal(new Set(all).size, all.length)
  const { states } = await civil.call(sharing.countRequests, { query: { side: 'consumer' } })
  assert.equal(
    all.length,
    states.reduce((sum, { count }) => sum + count, 0),
  )
  const open = await walk({ order: 'due' })
  assert.equal(open.length, states.find(({ state }) => state === 'submitted')!.count)
})
