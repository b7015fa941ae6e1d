import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog, inbox, type Paged, sharing } from '@sanjiang/contract'
import type { RequestDetail } from '@sanjiang/contract/sharing'
import { markClocks } from '#modules/sharing/mark.service.ts'
import { draftOf } from '#test/catalog-world.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { ask, type PublishedResource, publish } from '#test/sharing-ground.ts'

let world: World
let civil: Voice
let police: Voice
let commerce: Voice
let egov: Voice
let people: PublishedResource

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  civil = await world.signIn('civil_affairs', 'consumer')
  police = await world.signIn('police', 'provider')
  commerce = await world.signIn('commerce', 'consumer', 'provider')
  egov = await world.signIn('egov', 'catalog_admin')
  people = await publish(world)
})
after(() => world?.close())

const todosOf = async (voice: Voice, query: object = {}) => {
  await world.drain()
  return (await voice.call(inbox.listTodos, { query: { limit: 200, ...query } })).rows
}
const about = async (voice: Voice, { request_id }: RequestDetail) =>
  (await todosOf(voice)).filter(({ subject_id }) => subject_id === request_id).map(({ kind }) => kind)
const noticesOf = async (voice: Voice, subjectId: string) => {
  await world.drain()
  const { rows } = await voice.call(inbox.listNotices, { query: { limit: 200 } })
  return rows.filter(({ subject_id }) => subject_id === subjectId)
}
const askAddress = () => ask(civil, people, { names: ['address'] })
const refuse = (id: string) =>
  police.call(sharing.decideRequest, {
    params: { id },
    body: {
      items: [{ item_id: people.item.address!, outcome: 'refused' }],
      reason_code: 'excessive_scope',
      reason_text: '所申请的信息项超出履行该项职责的需要',
      opinion: '建议改用核验接口',
    },
  })
const said = (id: string, text = '该信息项为办理低保所必需') => ({ params: { id }, body: { text } })

test('a request puts a to-do with its clock before whoever answers in the providing organ, and nobody else (T5.2)', async () => {
  const request = await askAddress()
  const [todo] = (await todosOf(police)).filter(({ subject_id }) => subject_id === request.request_id)
  assert.deepEqual(
    [todo!.kind, todo!.title, todo!.organ_name, todo!.clock!.due_on, todo!.clock!.left_days, todo!.clock!.light],
    ['request_decide', '青海省民政厅申请“户籍人口信息”', '青海省公安厅', '2017-12-25', 10, 'green'],
  )
  const colleague = await world.signIn('police', 'provider')
  assert.deepEqual(await about(colleague, request), ['request_decide'])
  const cataloger = await world.signIn('police', 'cataloger')
  for (const voice of [civil, commerce, egov, cataloger]) assert.deepEqual(await about(voice, request), [])
  await refuse(request.request_id)
  assert.deepEqual(await about(police, request), [])
})

test('the answer is told to the organ that asked, with what was decided (T5.2)', async () => {
  const request = await askAddress()
  await refuse(request.request_id)
  const [notice] = await noticesOf(civil, request.request_id)
  assert.deepEqual(
    [notice!.kind, notice!.text, notice!.is_read],
    ['request_decided', '不同意：建议改用核验接口', false],
  )
  assert.deepEqual(await noticesOf(commerce, request.request_id), [])
})

test('each rung of a dispute moves the to-do to whoever has to act next (T5.2, R07)', async () => {
  const request = await askAddress()
  const id = request.request_id
  await refuse(id)
  await civil.call(sharing.disputeRequest, said(id))
  assert.deepEqual([await about(police, request), await about(egov, request)], [['request_reconsider'], []])
  await civil.call(sharing.escalateRequest, said(id))
  assert.deepEqual([await about(police, request), await about(egov, request)], [[], ['request_coordinate']])
  const body = {
    outcome: 'reconsider' as const,
    reason_code: 'basis_sufficient' as const,
    text: '依据充分，请提供方重新答复',
  }
  await egov.call(sharing.coordinateRequest, { params: { id }, body })
  assert.deepEqual([await about(police, request), await about(egov, request)], [['request_decide'], []])
  const kinds = (await noticesOf(civil, id)).map(({ kind }) => kind)
  assert.deepEqual(kinds.sort(), ['request_decided', 'request_reopened'])
  await civil.call(sharing.withdrawRequest, { params: { id }, body: { reason: '另行取得' } })
  assert.deepEqual(await about(police, request), [])
  assert.ok((await noticesOf(police, id)).some(({ kind, text }) => kind === 'request_withdrawn' && text === '另行取得'))
})

test('a correction waits with its provider and is settled by the answer (T5.2, R12)', async () => {
  await ask(civil, people, { names: ['name'] })
  const body = {
    resource_id: people.resource_id,
    item_id: people.item.name!,
    record_key_kind: 'other' as const,
    record_key: 'HK-1',
    wrong_value: '卓马',
    evidence: '当事人持户口簿原件',
  }
  const { correction_id } = await civil.call(sharing.raiseCorrection, { body })
  const mine = async () => (await todosOf(police)).filter(({ subject_id }) => subject_id === correction_id)
  assert.deepEqual(
    (await mine()).map(({ kind, clock }) => [kind, clock!.left_days]),
    [['correction_answer', 5]],
  )
  await police.call(sharing.answerCorrection, {
    params: { id: correction_id },
    body: { result: 'true_fixed', text: '经核实已更正' },
  })
  assert.deepEqual(await mine(), [])
  assert.deepEqual(
    (await noticesOf(civil, correction_id)).map(({ kind }) => kind),
    ['correction_answered'],
  )
})

test('a red mark is told to the provider, to the one who waits and to the sharing authority (T5.2, R06)', async () => {
  const request = await askAddress()
  await world.setToday('2017-12-27')
  await markClocks(await world.ctx())
  for (const voice of [police, civil, egov]) {
    const kinds = (await noticesOf(voice, request.request_id)).map(({ kind }) => kind)
    assert.ok(kinds.includes('request_red'), String(kinds))
  }
  assert.deepEqual(await noticesOf(commerce, request.request_id), [])
  await world.setToday('2017-12-11')
  await refuse(request.request_id)
})

test('an entry moves from hand to hand: reviewer, platform, and back to whoever has to mend it (T2.2)', async () => {
  const [cataloger, reviewer] = [
    await world.signIn('police', 'cataloger'),
    await world.signIn('police', 'dept_reviewer'),
  ]
  const body = { ...draftOf('车辆登记信息'), class_code: '363007' }
  const { resource_id: id } = await cataloger.call(catalog.createResource, { body })
  const params = { id }
  const hands = async () => {
    await world.drain()
    const kinds = []
    for (const voice of [cataloger, reviewer, egov])
      kinds.push((await todosOf(voice)).find(({ subject_id }) => subject_id === id)?.kind ?? null)
    return kinds
  }
  await cataloger.call(catalog.submitResource, { params })
  assert.deepEqual(await hands(), [null, 'resource_review', null])
  await reviewer.call(catalog.returnResource, { params, body: { reason: '摘要过于简略，请补充' } })
  assert.deepEqual(await hands(), ['resource_mend', null, null])
  await cataloger.call(catalog.submitResource, { params })
  await reviewer.call(catalog.approveResource, { params, body: {} })
  assert.deepEqual(await hands(), [null, null, 'resource_publish'])
  await egov.call(catalog.publishResource, { params, body: {} })
  assert.deepEqual(await hands(), [null, null, null])
  assert.deepEqual(
    (await noticesOf(cataloger, id)).map(({ kind, title }) => [kind, title]),
    [['resource_published', '车辆登记信息']],
  )
  await cataloger.call(catalog.reviseResource, { params })
  await cataloger.call(catalog.submitResource, { params })
  assert.deepEqual(await hands(), [null, 'resource_review', null])
  await cataloger.call(catalog.recallResource, { params })
  assert.deepEqual(await hands(), [null, null, null])
})

test('what is taken back is told to the other side (T5.2)', async () => {
  const { grant_ids } = await ask(civil, people, { names: ['name', 'sex'] })
  const id = grant_ids[0]!
  const items = [{ item_id: people.item.name! }]
  await police.call(sharing.narrowGrant, { params: { id }, body: { version: 1, items, reason: '专项工作结束' } })
  await police.call(sharing.revokeGrant, { params: { id }, body: { reason: '发现超用途使用' } })
  assert.deepEqual(
    (await noticesOf(civil, id)).map(({ kind, text }) => [kind, text]),
    [
      ['grant_revoked', '发现超用途使用'],
      ['grant_narrowed', '专项工作结束'],
    ],
  )
  assert.deepEqual(await noticesOf(police, id), [])
})

test('to-dos come by working time left whatever their clock, page by page, each once (experience A, P1)', async () => {
  for (const today of ['2017-12-13', '2017-12-11', '2017-12-20', '2017-12-12', '2017-12-11']) {
    await world.setToday(today)
    await askAddress()
  }
  await world.setToday('2017-12-22')
  await world.drain()
  const seen: { todo_id: string; due_on: string }[] = []
  for (let next: string | null = ''; next !== null; ) {
    const query = { limit: 2, ...(next ? { after: next } : {}) }
    const page: Paged<inbox.Todo> = await police.call(inbox.listTodos, { query })
    seen.push(...page.rows.map(({ todo_id, clock }) => ({ todo_id, due_on: clock!.due_on })))
    next = page.next
  }
  assert.equal(new Set(seen.map(({ todo_id }) => todo_id)).size, seen.length)
  assert.deepEqual(
    seen.map(({ due_on }) => due_on),
    ['2017-12-25', '2017-12-25', '2017-12-26', '2017-12-27', '2018-01-04'],
  )
  const counts = await police.call(inbox.countTodos, {})
  assert.deepEqual(
    [counts.total, counts.kinds.map(({ kind, count }) => [kind, count]), counts.lights],
    [5, [['request_decide', 5]], { green: 3, yellow: 2, red: 0, none: 0 }],
  )
  assert.equal((await commerce.call(inbox.countTodos, {})).total, 0)
  await world.setToday('2017-12-11')
})

test('reading a notice is each person’s own; another’s notice does not exist (T16.1)', async () => {
  const request = await askAddress()
  await refuse(request.request_id)
  const [notice] = await noticesOf(civil, request.request_id)
  const params = { id: notice!.notice_id }
  assert.equal((await commerce.refused(inbox.markNoticeRead, { params })).status, 404)
  const before = (await civil.call(inbox.countTodos, {})).unread_notices
  await civil.call(inbox.markNoticeRead, { params })
  await civil.call(inbox.markNoticeRead, { params })
  assert.equal((await civil.call(inbox.countTodos, {})).unread_notices, before - 1)
  const colleague = await world.signIn('civil_affairs', 'consumer')
  assert.equal((await colleague.call(inbox.countTodos, {})).unread_notices, before)
  await civil.call(inbox.markAllNoticesRead, {})
  assert.equal((await civil.call(inbox.countTodos, {})).unread_notices, 0)
  const { rows } = await civil.call(inbox.listNotices, { query: { is_unread: true } })
  assert.deepEqual(rows, [])
})

test('somebody without a role sees an empty inbox, not an error (T16.1)', async () => {
  const newcomer = await world.signIn('civil_affairs')
  assert.deepEqual((await newcomer.call(inbox.listTodos, { query: {} })).rows, [])
  assert.deepEqual((await newcomer.call(inbox.listNotices, { query: {} })).rows, [])
  assert.equal((await newcomer.call(inbox.countTodos, {})).total, 0)
})
