import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange } from '@sanjiang/contract'
import { answering, enlist, PERSON_TABLE } from '#test/exchange-ground.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'

let world: World
let cataloger: Voice
let agent: string
before(async () => {
  world = await openWorld()
  agent = await enlist(world, await world.signIn('police', 'provider'))
  cataloger = await world.signIn('police', 'cataloger')
})
after(() => world?.close())

test('the cataloguer reads the tables of his own department as items: name, type, length, key (T2.2, P4)', async () => {
  const stop = answering(world, { browse: [PERSON_TABLE] })
  const params = { id: agent, connection: 'gongan' }
  const { tables } = await cataloger.call(exchange.describeTables, { params })
  assert.deepEqual(
    tables[0]!.items.map((one) => [one.name, one.name_en, one.data_type, one.length, one.is_key, one.is_required]),
    [
      ['公民身份号码', 'gmsfhm', 'C', 18, true, true],
      ['姓名', 'xm', 'C', 50, false, false],
      ['性别', 'xb', 'C', 1, false, false],
      ['户籍地址', 'hjdz', 'C', 200, false, false],
      ['照片', 'zp', 'C', null, false, false],
    ],
  )
  const stranger = await world.signIn('civil_affairs', 'cataloger')
  assert.equal((await stranger.refused(exchange.describeTables, { params })).code, 'not_found')
  const consumer = await world.signIn('police', 'consumer')
  assert.equal((await consumer.refused(exchange.describeTables, { params })).code, 'forbidden')
  stop()
})

test('an agent that is away is said to be away (T2.2)', async () => {
  await world.sql(`update exchange.agent set last_seen_at = now() - interval '1 day' where agent_id = $1`, [agent])
  const params = { id: agent, connection: 'gongan' }
  assert.equal((await cataloger.refused(exchange.describeTables, { params })).code, 'agent_away')
})
