import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inbox, sharing } from '@sanjiang/contract'
import type { Narrowing } from '@sanjiang/contract/sharing'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { ask, type PublishedResource, publish, registerClient } from '#test/sharing-ground.ts'

import { warnOfDrift } from './drift.service.ts'

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

/** A grant of name and sex. */
const granted = async (): Promise<string> => (await ask(civil, people, { names: ['name', 'sex'] })).grant_ids[0]!
const read = (id: string, voice = civil) => voice.call(sharing.getGrant, { params: { id } })
const narrow = (id: string, body: Narrowing) => police.call(sharing.narrowGrant, { params: { id }, body })
const policyOf = async (): Promise<number> => {
  const [row] = await world.sql<{ version: number }>('select version from kernel.policy')
  return Number(row!.version)
}
const publishedOf = async (id: string) => {
  const rows = await world.sql('select * from sharing.published_grant where grant_id = $1', [id])
  assert.equal(rows.length, 1)
  return rows[0]!
}

test('narrowing appends a version that the gateway sees at once; the earlier one stays as it was (C2)', async () => {
  const id = await granted()
  const policy = await policyOf()
  const body = { version: 1, items: [{ item_id: people.item.name! }], ends_on: '2018-03-31', reason: '专项工作已结束' }
  const grant = await narrow(id, body)
  assert.deepEqual(
    grant.versions.map(({ version, items, ends_on }) => [version, items.length, ends_on]),
    [
      [2, 1, '2018-03-31'],
      [1, 2, '2018-12-10'],
    ],
  )
  assert.equal(grant.versions[0]!.change_reason, '专项工作已结束')
  assert.deepEqual([(await publishedOf(id)).version, await policyOf()], [2, policy + 1])
})

test('narrowing to something wider, or to the same, is refused field by field (C2)', async () => {
  const id = await granted()
  const rulesOf = async (body: Partial<Narrowing>) => {
    const problem = await police.refused(sharing.narrowGrant, {
      params: { id },
      body: { version: 1, reason: '调整', ...body },
    })
    assert.equal(problem.code, 'invalid')
    return problem.fields?.map(({ rule }) => rule)
  }
  assert.deepEqual(await rulesOf({ items: [{ item_id: people.item.address! }] }), ['added_item'])
  assert.deepEqual(await rulesOf({ ends_on: '2019-01-01' }), ['later_end'])
  assert.deepEqual(await rulesOf({ quota: { count: null, period: 'day' } }), ['larger_quota'])
  assert.deepEqual(await rulesOf({ allows_low_assurance: true }), ['lower_assurance'])
  assert.deepEqual(await rulesOf({ row_conditions: [{ item: 'nothing', op: 'eq', values: ['1'] }] }), ['unknown_item'])
  assert.deepEqual(await rulesOf({ ends_on: '2017-12-01' }), ['term'])
  assert.equal(await rulesOf({}), undefined)
  assert.equal((await read(id)).version, 1)
})

test('a revoked grant is refused to the gateway from that commit on, and stays as history (T5.2, C1)', async () => {
  const id = await granted()
  const policy = await policyOf()
  const grant = await police.call(sharing.revokeGrant, { params: { id }, body: { reason: '发现超用途使用' } })
  assert.deepEqual([grant.state, grant.revocation!.cause, grant.can], ['revoked', 'provider', []])
  assert.deepEqual([(await publishedOf(id)).status, await policyOf()], ['revoked', policy + 1])
  const again = await police.refused(sharing.revokeGrant, { params: { id }, body: { reason: '再次收回' } })
  assert.equal(again.code, 'wrong_state')
  const late = await police.refused(sharing.narrowGrant, {
    params: { id },
    body: { version: 1, ends_on: '2018-01-01', reason: '收窄' },
  })
  assert.equal(late.code, 'wrong_state')
})

test('a consumer gives back what it no longer needs, and only its own (T5.2)', async () => {
  const id = await granted()
  const params = { id }
  assert.equal((await police.refused(sharing.returnGrant, { params, body: { reason: '代为退回' } })).status, 403)
  const grant = await civil.call(sharing.returnGrant, { params, body: { reason: '业务已终止' } })
  assert.deepEqual([grant.state, grant.revocation!.cause], ['revoked', 'consumer'])
})

test('a grant is bound to a system of the consumer, and the last binding counts (C2)', async () => {
  const id = await granted()
  const [first, second] = [await registerClient(world, 'civil_affairs'), await registerClient(world, 'civil_affairs')]
  const bind = (client_id: string) => civil.call(sharing.bindClient, { params: { id }, body: { client_id } })
  await bind(first)
  const policy = await policyOf()
  await bind(first)
  assert.equal(await policyOf(), policy, 'binding what is bound already changes nothing')
  assert.equal((await bind(second)).client_id, second)
  assert.equal((await publishedOf(id)).client_id, second)
  const foreign = await registerClient(world, 'commerce')
  const problem = await civil.refused(sharing.bindClient, { params: { id }, body: { client_id: foreign } })
  assert.equal(problem.fields![0]!.rule, 'own_client')
})

test('a third department finds no trace of a grant between two others (T16.1)', async () => {
  const params = { id: await granted() }
  assert.equal((await commerce.refused(sharing.getGrant, { params })).status, 404)
  assert.equal((await commerce.refused(sharing.revokeGrant, { params, body: { reason: '收回' } })).status, 404)
  assert.equal((await commerce.refused(sharing.returnGrant, { params, body: { reason: '退回' } })).status, 404)
  assert.deepEqual((await commerce.call(sharing.listGrants, { query: {} })).rows, [])
})

test('an expired grant can be neither narrowed, revoked, returned nor bound (T5.2)', async () => {
  const id = await granted()
  await world.setToday('2018-12-11')
  const grant = await read(id)
  assert.deepEqual([grant.state, grant.can], ['expired', []])
  const problem = await police.refused(sharing.revokeGrant, { params: { id }, body: { reason: '收回' } })
  assert.equal(problem.code, 'wrong_state')
  await world.setToday('2017-12-11')
})

test('of several narrowings and a revocation at the same moment, each waits for the other and none is lost (C2)', async () => {
  for (let round = 0; round < 6; round += 1) {
    const id = await granted()
    const settled = await Promise.allSettled([
      narrow(id, { version: 1, ends_on: '2018-06-30', reason: '收窄期限' }),
      narrow(id, { version: 1, quota: { count: 10, period: 'day' }, reason: '收窄次数' }),
      police.call(sharing.revokeGrant, { params: { id }, body: { reason: '收回授权' } }),
    ])
    const codes = settled.map((one) => (one.status === 'fulfilled' ? 'done' : one.reason.problem.code))
    assert.equal(codes[2], 'done')
    assert.ok(codes.slice(0, 2).filter((code) => code === 'done').length <= 1, String(codes))
    for (const code of codes.slice(0, 2)) assert.ok(['done', 'stale', 'wrong_state'].includes(code), code)
    const grant = await read(id)
    assert.equal(grant.state, 'revoked')
    assert.equal(grant.versions.length, 1 + codes.slice(0, 2).filter((code) => code === 'done').length)
  }
})

test('who uses a resource is counted from grants in force and requests still open (T5.2)', async () => {
  const own = await publish(world, { name: '出入境证件信息' })
  await ask(civil, own, { names: ['name'] })
  await ask(commerce, own, { names: ['name', 'address'] })
  const use = await civil.call(sharing.getResourceUse, { params: { id: own.resource_id } })
  assert.deepEqual([use.active_grants, use.open_requests, use.consumers.length], [2, 1, 2])
})

test('the application cannot change or delete a grant, a decision, a message or a mark (T16.3)', async () => {
  for (const table of ['grant', 'grant_client', 'grant_revocation', 'decision', 'message', 'mark'])
    for (const right of ['update', 'delete', 'truncate']) {
      const [row] = await world.sql<{ has: boolean }>(
        `select has_table_privilege('sanjiang_app', 'sharing.${table}', '${right}') as has`,
      )
      assert.equal(row!.has, false, `${right} on ${table}`)
    }
})

test('when the catalogue drops or tightens granted items, the grant stands and both sides are told once (C2, R13)', async () => {
  const own = await publish(world, { name: '暂住人口信息' })
  const { grant_ids } = await ask(civil, own, { names: ['name', 'sex'] })
  await world.drain()
  const event = {
    event_id: '0199a0c0-0000-7000-8000-0000000000aa',
    type: 'catalog.resource.published',
    subject_id: own.resource_id,
    after: { removed_item_ids: [own.item.sex], tightened_item_ids: [own.item.name] },
  }
  await warnOfDrift(await world.ctx(), event)
  await warnOfDrift(await world.ctx(), event)
  await world.drain()
  for (const voice of [civil, police]) {
    const { rows } = await voice.call(inbox.listNotices, { query: { limit: 100 } })
    assert.deepEqual(
      rows.filter(({ subject_id }) => subject_id === grant_ids[0]).map(({ kind, text }) => [kind, text]),
      [['grant_affected', '“性别”已从目录移除；“姓名”的共享类型已收严']],
    )
  }
  assert.equal((await read(grant_ids[0]!)).version, 1)
  await warnOfDrift(await world.ctx(), { ...event, event_id: own.item.name, after: {} })
  await warnOfDrift(await world.ctx(), { ...event, type: 'catalog.resource.withdrawn', event_id: own.item.sex })
  await world.drain()
  const { rows } = await civil.call(inbox.listNotices, { query: { limit: 100 } })
  assert.equal(rows.filter(({ subject_id }) => subject_id === grant_ids[0]).length, 2)
})
