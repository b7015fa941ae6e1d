import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { catalog, gateway, sharing } from '@sanjiang/contract'
import { foldQualities } from '#modules/catalog/index.ts'
import { reportFeeds } from '#modules/exchange/index.ts'
import { openProbe, probeServices, reportServices } from '#modules/gateway/index.ts'
import { reportSharing } from '#modules/sharing/index.ts'
import { attach, enlist } from './exchange-ground.ts'
import { openWorld, type Voice, type World } from './harness.ts'
import { ask, type PublishedResource, publish } from './sharing-ground.ts'

let world: World
let police: Voice
let civil: Voice
let people: PublishedResource
let status = 200
let service: Server

const listen = (port = 0): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((_, answer) => answer.writeHead(status).end())
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
const close = (server: Server) =>
  new Promise((resolve) => {
    server.closeAllConnections()
    server.close(resolve)
  })

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  police = await world.signIn('police', 'provider')
  civil = await world.signIn('civil_affairs', 'consumer')
  people = await publish(world)
  service = await listen()
})
after(async () => {
  await close(service)
  await world?.close()
})

const HERE = ['127.0.0.0/8']
const knockTwice = async (allow: readonly string[] = HERE) => {
  const dispatcher = openProbe(allow)
  for (let n = 0; n < 2; n++) await probeServices(await world.ctx(), dispatcher, -1)
  await dispatcher.destroy()
  await reportServices(await world.ctx())
  await foldQualities(await world.ctx())
}
const qualityOf = async (id = people.resource_id) => (await civil.call(catalog.getQuality, { params: { id } }))!
const unreachable = async () => (await qualityOf()).findings.filter(({ kind }) => kind === 'unreachable')

test('an interface is knocked at through the egress door: away is its provider’s fault, not let out is the platform’s, and both clear themselves (T2.2)', async () => {
  const { port } = service.address() as AddressInfo
  await police.call(gateway.attachService, {
    body: {
      resource_id: people.resource_id,
      body_kind: 'json',
      method: 'GET',
      url: `http://127.0.0.1:${port}/people/{id}`,
      parameters: [{ name: 'id', in: 'path', item: 'citizen_id', required: true, subject: 'citizen_id' }],
      rows_pointer: '/data',
      fields: [{ item: 'name', pointer: '/name' }],
    },
  })
  await knockTwice()
  assert.deepEqual(
    (await qualityOf()).channels.map(({ method, is_reachable }) => [method, is_reachable]),
    [['api', true]],
  )
  await close(service)
  await knockTwice()
  const [down] = await unreachable()
  assert.deepEqual([down?.party, down?.found_on], ['provider', '2017-12-11'])
  assert.match(down!.message, /拒绝/)
  await world.setToday('2017-12-18')
  await knockTwice()
  assert.deepEqual(
    (await unreachable()).map(({ age_days }) => age_days),
    [7],
    'it is unreachable since it was first seen',
  )
  await knockTwice(['10.0.0.0/8'])
  const [refused] = await unreachable()
  assert.deepEqual(
    [refused?.party, (await qualityOf()).reasons.find(({ rule }) => rule === 'Q07')?.is_charged],
    ['platform', false],
  )
  service = await listen(port)
  // A service that finds no parameter and says so is there; one whose front finds nobody behind it is not.
  status = 400
  await knockTwice()
  assert.deepEqual(await unreachable(), [])
  status = 503
  await knockTwice()
  assert.equal((await unreachable())[0]?.party, 'provider')
  status = 200
  await knockTwice()
  assert.deepEqual(await unreachable(), [])
})

test('a grant nobody uses is not its provider’s fault; a doubt left unanswered beyond its clock is (T5.2, R12)', async () => {
  await ask(civil, people, { names: ['name', 'sex'] })
  await civil.call(sharing.raiseCorrection, {
    body: {
      resource_id: people.resource_id,
      item_id: people.item.name!,
      record_key_kind: 'other',
      record_key: 'HK-1',
      wrong_value: '卓马',
      suggested_value: '卓玛',
      evidence: '户口簿原件',
    },
  })
  const reasons = async () => {
    await reportSharing(await world.ctx())
    await foldQualities(await world.ctx())
    const found = (await qualityOf()).reasons.filter(({ rule }) => rule === 'Q09' || rule === 'Q10')
    return found.map(({ rule, lost, party, is_charged }) => [rule, lost, party, is_charged])
  }
  assert.deepEqual(await reasons(), [
    ['Q09', 5, 'consumer', false],
    ['Q10', 1, 'provider', true],
  ])
  await world.setToday('2018-01-10')
  assert.deepEqual((await reasons())[1], ['Q10', 5, 'provider', true])
})

test('a table is had while its agent is there; a silent agent is a finding that goes when it comes back (T8.1)', async () => {
  const agent_id = await enlist(world, police)
  const feed = await attach(world, police, { resource: people, agent_id })
  await world.sql(`update exchange.feed set newest_on = '2017-12-01' where feed_id = $1`, [feed.feed_id])
  const fold = async () => {
    await reportFeeds(await world.ctx())
    await foldQualities(await world.ctx())
    return (await qualityOf()).findings.map(({ kind, message }) => `${kind} ${message}`)
  }
  await world.sql('update exchange.agent set last_seen_at = now() where agent_id = $1', [agent_id])
  assert.deepEqual(await fold(), ['outdated 数据最新到 2017-12-01'])
  await world.sql(`update exchange.agent set last_seen_at = now() - interval '1 hour' where agent_id = $1`, [agent_id])
  assert.deepEqual(await fold(), ['outdated 数据最新到 2017-12-01', 'unreachable 前置节点“前置节点”失联'])
  await world.sql('update exchange.agent set last_seen_at = now() where agent_id = $1', [agent_id])
  await world.sql(`update exchange.feed set newest_on = '2018-01-10' where feed_id = $1`, [feed.feed_id])
  assert.deepEqual(await fold(), [])
})
