import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sharing } from '@sanjiang/contract'
import fc from 'fast-check'
import { ORGANS, openWorld, type Voice, type World } from '#test/harness.ts'
import { ask, type PublishedResource, publish, registerClient } from '#test/sharing-ground.ts'
import { observeUse } from '../demand/use.service.ts'

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
  commerce = await world.signIn('commerce', 'consumer')
  egov = await world.signIn('egov', 'catalog_admin')
  people = await publish(world)
})
after(() => world?.close())

const kindsOf = async (voice: Voice, subject: string): Promise<string[]> => {
  const { rows } = await voice.call(sharing.listSharingFindings, { query: { limit: 500 } })
  return rows.filter(({ subject_id }) => subject_id === subject).map(({ kind }) => kind)
}
const file = (name: string) =>
  civil.call(sharing.fileDemand, {
    body: { name, items: [], purpose_code: 'work_reference', purpose_ref: '三定方案', wanted_on: '2019-03-01' },
  })

test('a grant that is not connected, not used, or used no longer is found out after its time, and cleared by the facts alone (anchors §2 none-6)', async () => {
  const { grant_ids } = await ask(civil, people, { names: ['name'] })
  const grant = grant_ids[0]!
  await world.setToday('2018-01-09')
  assert.deepEqual(await kindsOf(civil, grant), [])
  await world.setToday('2018-01-10')
  assert.deepEqual(await kindsOf(civil, grant), ['granted_unconnected'])
  assert.deepEqual(await kindsOf(police, grant), ['granted_unconnected'])
  assert.deepEqual(await kindsOf(commerce, grant), [])
  const client_id = await registerClient(world, 'civil_affairs')
  await civil.call(sharing.bindClient, { params: { id: grant }, body: { client_id } })
  await observeUse(await world.ctx())
  assert.deepEqual(await kindsOf(civil, grant), [])
  await world.setToday('2018-03-01')
  assert.deepEqual(await kindsOf(civil, grant), ['connected_unused'])
  await world.sql(
    `update sharing.grant_use set first_used_on = '2018-03-01', last_used_on = '2018-03-01' where grant_id = $1`,
    [grant],
  )
  assert.deepEqual(await kindsOf(civil, grant), [])
  await world.setToday('2018-06-01')
  assert.deepEqual(await kindsOf(civil, grant), ['used_stopped'])
  await civil.call(sharing.returnGrant, { params: { id: grant }, body: { reason: '不再需要这些数据' } })
  assert.deepEqual(await kindsOf(civil, grant), [])
  await world.setToday('2017-12-11')
})

test('an answered call, and rows signed for, are what counts as use; observed twice they count once (T1.2)', async () => {
  const { grant_ids } = await ask(civil, people, { names: ['sex'] })
  const at = `insert into ledger.entry (log_id, seq, month, at, kind, body, leaf, grant_id, outcome)
    values (gen_random_uuid(), 0, date_trunc('month', now() at time zone 'UTC'), now(), 'call', '{}', '\\x00', $1, $2)`
  await world.sql(`select ledger.ensure_month(current_date)`).catch(() => [])
  await world.sql(at, [grant_ids[0], 'refused'])
  await observeUse(await world.ctx())
  const used = () =>
    world.sql(`select first_used_on::text as on from sharing.grant_use where grant_id = $1`, [grant_ids[0]])
  assert.deepEqual(await used(), [])
  await world.sql(at, [grant_ids[0], 'answered'])
  assert.equal(await observeUse(await world.ctx()), 1)
  assert.equal(await observeUse(await world.ctx()), 0)
  assert.deepEqual(await used(), [{ on: '2017-12-11' }])
})

test('a demand that nobody answers and one refused twice are the authority’s to move (anchors §2 none-6)', async () => {
  const { demand_id } = await file('草原鼠害监测站点分布')
  await world.setToday('2017-12-26')
  assert.deepEqual(await kindsOf(civil, demand_id), ['demand_unanswered'])
  const params = { id: demand_id }
  const body = { organ_id: ORGANS.police, note: '请编制并发布' }
  const { duty_id } = await egov.call(sharing.assignDuty, { params, body })
  assert.deepEqual(await kindsOf(civil, demand_id), [])
  const ground = {
    reason_code: 'not_held' as const,
    text: '本部门从未采集此类监测数据',
    basis_title: '三定规定',
    basis_clause: '第二条',
  }
  for (const outcome of ['reassert', 'release'] as const) {
    await police.call(sharing.refuseDuty, { params: { id: duty_id }, body: ground })
    await egov.call(sharing.coordinateDuty, {
      params: { id: duty_id },
      body: { outcome, text: '经会商形成的一致意见' },
    })
  }
  assert.deepEqual((await kindsOf(egov, demand_id)).sort(), ['demand_unanswered', 'refused_twice'])
  const { rows, kinds } = await egov.call(sharing.listSharingFindings, { query: { kind: 'refused_twice' } })
  assert.deepEqual(
    [rows.length, rows[0]!.mover_name],
    [kinds.find(({ code }) => code === 'refused_twice')!.count, '共享主管部门'],
  )
  await civil.call(sharing.withdrawDemand, { params, body: { code: 'not_needed' } })
  assert.deepEqual(await kindsOf(egov, demand_id), [])
  await world.setToday('2017-12-11')
})

test('a doubted value left unverified is the provider’s to move; business held up meanwhile is the raiser’s (T5.2, R12)', async () => {
  await ask(civil, people, { names: ['name'] })
  const body = {
    resource_id: people.resource_id,
    item_id: people.item.name!,
    record_key_kind: 'other' as const,
    record_key: '户号 1024',
    wrong_value: '张三',
    evidence: '居民身份证原件',
    business_continued: false,
  }
  const { correction_id } = await civil.call(sharing.raiseCorrection, { body })
  assert.deepEqual(await kindsOf(civil, correction_id), ['business_stopped'])
  await world.setToday('2017-12-19')
  const { rows } = await police.call(sharing.listSharingFindings, { query: { organ_id: ORGANS.police } })
  assert.deepEqual(
    rows.filter(({ subject_id }) => subject_id === correction_id).map(({ kind }) => kind),
    ['correction_overdue'],
  )
  assert.deepEqual(await kindsOf(commerce, correction_id), [])
  const answer = { result: 'true_fixed' as const, text: '属实，已更正' }
  await police.call(sharing.answerCorrection, { params: { id: correction_id }, body: answer })
  assert.deepEqual(await kindsOf(civil, correction_id), [])
  await world.setToday('2017-12-11')
})

const ORDER = ['filed', 'assigned', 'matched', 'picked', 'requested', 'granted', 'connected', 'used', 'effect']
const ACTS = ['match', 'assign', 'pick', 'submit', 'decide', 'bind', 'use', 'effect', 'refuse', 'days'] as const

/** One act on a demand, if it may be done now; refusals are part of the game. */
const play = async (act: (typeof ACTS)[number], id: string, client_id: string): Promise<void> => {
  const params = { id }
  const demand = await civil.call(sharing.getDemand, { params })
  const request = demand.requests.at(-1)
  const grant = request?.grants.at(-1)?.grant_id
  const day = '2017-12-11'
  const effect = { kind: 'other' as const, figure: 1, text: '用于核验申请', from_on: day, until_on: day }
  const of = { params: { id: request?.request_id ?? id } }
  const detail =
    act === 'decide' || act === 'submit' ? await civil.call(sharing.getRequest, of).catch(() => undefined) : undefined
  const items = detail?.items.map(({ item_id }) => ({ item_id, outcome: 'granted' as const })) ?? []
  const acts: Record<(typeof ACTS)[number], () => Promise<unknown>> = {
    match: () => civil.call(sharing.matchDemand, { params }),
    assign: () => egov.call(sharing.assignDuty, { params, body: { organ_id: ORGANS.commerce, note: '请编制' } }),
    pick: () => civil.call(sharing.pickCandidate, { params, body: { resource_id: people.resource_id } }),
    submit: async () => {
      const draft = {
        ...detail!,
        item_ids: items.map(({ item_id }) => item_id),
        is_security_committed: true,
        scenario: '核验申请人',
      }
      const { resource_id, item_ids, purpose_code, purpose_ref, scenario, starts_on, ends_on, is_security_committed } =
        draft
      const saved = {
        resource_id,
        item_ids,
        purpose_code,
        purpose_ref,
        scenario,
        starts_on,
        ends_on,
        is_security_committed,
      }
      await civil.call(sharing.saveRequest, { ...of, body: { revision: detail!.revision, draft: saved } })
      await civil.call(sharing.submitRequest, of)
    },
    decide: () => police.call(sharing.decideRequest, { ...of, body: { items } }),
    bind: async () => {
      await civil.call(sharing.bindClient, { params: { id: grant! }, body: { client_id } })
      await observeUse(await world.ctx())
    },
    use: () =>
      world.sql(
        `update sharing.grant_use set first_used_on = $2, last_used_on = $2 where grant_id = $1 and first_used_on is null`,
        [grant ?? id, day],
      ),
    effect: () => civil.call(sharing.stateEffect, { params, body: effect }),
    refuse: () => police.call(sharing.disputeRequest, { ...of, body: { text: '无权提出的异议' } }),
    days: async () => void (await observeUse(await world.ctx())),
  }
  await acts[act]().catch(() => undefined)
}

test('whatever is done in whatever order, a demand’s stage never goes back while no record is revoked (T1.2)', async () => {
  const client_id = await registerClient(world, 'civil_affairs')
  let round = 0
  const games = fc.array(fc.constantFrom(...ACTS), { minLength: 6, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(games, async (acts) => {
      round += 1
      const { demand_id } = await civil.call(sharing.fileDemand, {
        body: {
          name: `户籍地址${'一二三四五六七八九十'[round % 10]}${round}`,
          items: ['户籍地址'],
          purpose_code: 'data_verification',
          purpose_ref: '低保认定',
          wanted_on: '2018-03-01',
        },
      })
      let before = 0
      for (const act of ['pick' as const, 'submit' as const, ...acts]) {
        await play(act, demand_id, client_id)
        const { stage } = await civil.call(sharing.getDemand, { params: { id: demand_id } })
        assert.ok(ORDER.indexOf(stage) >= before, `${act}: ${ORDER[before]} → ${stage}`)
        before = ORDER.indexOf(stage)
      }
    }),
    { numRuns: 5 },
  )
})
