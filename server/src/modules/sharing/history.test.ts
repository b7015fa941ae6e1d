import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sharing } from '@sanjiang/contract'
import { Fault } from '#kernel/fault.ts'
import { ORGANS, type OrganKey, openWorld, pathOf, type Voice, type World } from '#test/harness.ts'
import { draftOf, type PublishedResource, publish } from '#test/sharing-ground.ts'
import { importHistory, type PastOfficer, type PastRequest } from './index.ts'

let world: World
let civil: Voice
let people: PublishedResource

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  civil = await world.signIn('civil_affairs', 'consumer')
  people = await publish(world)
})
after(() => world?.close())

const officer = (organ: OrganKey, name: string): PastOfficer => ({
  organ: { organ_id: ORGANS[organ], name, path: pathOf(organ) },
  name,
})
const past = (more: Partial<PastRequest> = {}): PastRequest => ({
  consumer: officer('civil_affairs', '王使用'),
  provider: officer('police', '李提供'),
  draft: draftOf(people, ['name', 'citizen_id', 'address'], { starts_on: '2017-09-25', ends_on: '2018-09-24' }),
  submitted_on: '2017-09-25',
  ...more,
})
const REFUSAL = { reason_code: 'not_held', reason_text: '本部门自二〇一六年起不再掌握该信息' } as const
const read = (id: string) => civil.call(sharing.getRequest, { params: { id } })

test('past requests happen again on their own days, by the rules of live ones (T5.2)', async () => {
  const [answered, open, withdrawn, revoked] = await importHistory(await world.ctx(), [
    past({ decision: { on: '2017-10-20', refused_item_ids: [people.item.address!], ...REFUSAL } }),
    past(),
    past({ withdrawn_on: '2017-09-27' }),
    past({ decision: { on: '2017-09-28' }, revocation: { on: '2017-11-01', reason: '发现超用途使用' } }),
  ])
  const late = await read(answered!)
  assert.deepEqual(
    [late.state, late.submitted_on, late.decided_on, late.decisions[0]!.on_time, late.decisions[0]!.decided_by_name],
    ['partly_granted', '2017-09-25', '2017-10-20', false, '李提供'],
  )
  assert.equal(late.marks.length, 2)
  const waiting = await read(open!)
  assert.deepEqual([waiting.state, waiting.clock!.light, waiting.marks.length], ['submitted', 'red', 2])
  assert.deepEqual([(await read(withdrawn!)).state, (await read(withdrawn!)).marks], ['withdrawn', []])
  const { grant_ids } = await read(revoked!)
  const grants = await Promise.all(grant_ids.map((id) => civil.call(sharing.getGrant, { params: { id } })))
  assert.deepEqual(
    grants.map(({ state, revocation }) => [state, revocation!.cause]),
    [
      ['revoked', 'superseded'],
      ['revoked', 'provider'],
    ],
  )
})

test('a past refusal without reasons, or days out of order, are refused like live ones (T5.2)', async () => {
  const ctx = await world.ctx()
  const faulty = past({ decision: { on: '2017-09-28', refused_item_ids: [people.item.address!] } })
  await assert.rejects(importHistory(ctx, [faulty]), (thrown) => thrown instanceof Fault && thrown.code === 'invalid')
  const early = past({ decision: { on: '2017-09-20' } })
  await assert.rejects(importHistory(ctx, [early]), (thrown) => thrown instanceof Fault && thrown.code === 'invalid')
  const future = past({ submitted_on: '2017-12-12' })
  await assert.rejects(importHistory(ctx, [future]), (thrown) => thrown instanceof Fault && thrown.code === 'invalid')
})
