import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange } from '@sanjiang/contract'
import { DOOR } from '@sanjiang/contract/exchange.door'
import { enlistAtDoor, openTestDoor, TestAgent } from '#test/exchange-door.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import type { DoorServer } from './index.ts'

let world: World
let door: DoorServer
let police: Voice

before(async () => {
  world = await openWorld()
  door = await openTestDoor(world)
  police = await world.signIn('police', 'provider')
})
after(async () => {
  await door?.close()
  await world?.close()
})

test('a machine enrols with its officer’s word and its own key; the answer lost is given again, to that key alone (T8.1)', async () => {
  const { agent, token } = await police.call(exchange.inviteAgent, { body: { name: '公安节点' } })
  assert.match(token, /^sj_[\w-]{27}$/, 'no command line takes it for an option')
  const machine = new TestAgent(door.address)
  const first = await machine.enrol(token)
  assert.equal(first.status, 200)
  assert.equal(first.body.agent_id, agent.agent_id)
  assert.deepEqual((await machine.enrol(token)).body, first.body)
  const thief = await new TestAgent(door.address).enrol(token)
  assert.equal(thief.body.code, 'token_invalid')
  const seen = await police.call(exchange.getAgent, { params: { id: agent.agent_id } })
  assert.equal(seen.state, 'active')
  assert.equal(seen.key_id?.length, 16)
})

test('a word past its day, a wrong word and a forged signature open nothing (T8.1, T16.1)', async () => {
  const { agent, token } = await police.call(exchange.inviteAgent, { body: { name: '过期节点' } })
  const machine = new TestAgent(door.address)
  assert.equal((await machine.enrol(`${token}x`)).body.code, 'token_invalid')
  await world.sql(`update exchange.agent set token_expires_at = now() - interval '1 second' where agent_id = $1`, [
    agent.agent_id,
  ])
  assert.equal((await machine.enrol(token)).body.code, 'token_invalid')
  const other = new TestAgent(door.address)
  Object.defineProperty(other, 'publicKey', { value: machine.publicKey })
  assert.equal((await other.enrol(token)).body.code, 'signature_invalid')
})

test('each process begins an epoch; its proposal said again keeps it, a restored copy is refused and told to its officers (C4)', async () => {
  const machine = await enlistAtDoor(door.address, police, '会被复制的节点')
  const again = await machine.knock()
  assert.equal(again.body.epoch, machine.epoch + 1)
  const restarted = await machine.knock({ epoch: again.body.epoch, proposal: 'proposal-of-a-new-process' })
  assert.equal(restarted.body.epoch, again.body.epoch + 1)
  const copy = await machine.knock({ proposal: 'proposal-of-a-restored-copy' })
  assert.equal(copy.status, 409)
  assert.equal(copy.body.code, 'agent_fenced')
  const original = await machine.knock()
  assert.equal(original.body.code, 'agent_fenced', 'the process before the restart as well')
  const [event] = await world.sql('select subject_id from kernel.event where type = $1', ['exchange.agent.fenced'])
  assert.equal(event!.subject_id, machine.agentId)
  assert.equal(
    (await machine.say(DOOR.head(machine.agentId), { method: 'GET' })).status,
    401,
    'its session ended with its epoch',
  )
})

test('a clock far off, an unknown agent and a suspended one do not sign in (T8.1, T16.1)', async () => {
  const machine = await enlistAtDoor(door.address, police, '停用节点')
  const late = await machine.knock({ created: Math.floor(Date.now() / 1000) - DOOR.clock_skew_seconds - 60 })
  assert.equal(late.body.code, 'clock_skew')
  const stranger = new TestAgent(door.address)
  stranger.agentId = machine.agentId
  assert.equal((await stranger.knock()).body.code, 'signature_invalid')
  await police.call(exchange.suspendAgent, { params: { id: machine.agentId }, body: { reason: '停机检修' } })
  assert.equal((await machine.knock()).body.code, 'forbidden')
})
