import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange, ledger, sharing } from '@sanjiang/contract'
import { parseTrust, verifyRowFile } from '@sanjiang/seal'
import { nodeHasher, nodeSignatureCheck } from '@sanjiang/seal/node'
import type { DoorServer } from '#modules/exchange/index.ts'
import { makeCheckpointer, openNodeKeys } from '#modules/ledger/index.ts'
import { openTestDoor } from '#test/exchange-door.ts'
import { feedDraft, grantTable } from '#test/exchange-ground.ts'
import { Department } from '#test/exchange-node.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { type PublishedResource, publish } from '#test/sharing-ground.ts'

const LIMIT = { timeout: 180_000 }

let world: World
let door: DoorServer
let police: Voice
let civil: Voice
let source: Department
let target: Department
let people: PublishedResource
let subscriptionId: string

const until = async (what: string, is: () => Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 60_000; !(await is().catch(() => false)); ) {
    if (Date.now() > end) {
      const troubles = await world.sql(
        'select trouble, report from exchange.agent left join exchange.feed using (agent_id)',
      )
      assert.fail(`${what}\n${source.said}\n${target.said}\n${JSON.stringify(troubles)}`)
    }
    await new Promise((done) => setTimeout(done, 100))
  }
}

const rowsAtTarget = async (): Promise<string[]> => {
  const { rows } = await target.db.query('select citizen_id, name from gongxiang.person order by 1')
  return rows.map(({ citizen_id, name }) => `${citizen_id} ${name}`)
}

before(async () => {
  world = await openWorld()
  door = await openTestDoor(world)
  police = await world.signIn('police', 'provider')
  civil = await world.signIn('civil_affairs', 'consumer')
  people = await publish(world, {
    items: [
      { name: '公民身份号码', name_en: 'citizen_id', share_type: 'unconditional' },
      { name: '姓名', name_en: 'name', share_type: 'unconditional', mask_rule: 'name' },
      { name: '性别', name_en: 'sex', share_type: 'unconditional' },
    ],
  })
  source = await Department.open(door.address, 'read czrk.ry_jbxx = gmsfhm, xm, xb')
  target = await Department.open(door.address, 'write = gongxiang.*')
  await source.db.query(`create schema czrk; create table czrk.ry_jbxx (gmsfhm varchar(18) primary key, xm varchar(50), xb char(1));
    insert into czrk.ry_jbxx values ('63010319900101001X', '扎西卓玛', '2'), ('632801198512120037', '马玉兰', '2'), ('630103199001010010', '校验位错', '1')`)
  await target.db.query('create schema gongxiang')
  await source.join(police)
  await target.join(civil)
})
after(async () => {
  await source?.close()
  await target?.close()
  await door?.close()
  await world?.close()
})

test(
  'two departments’ own agents carry a table under a grant: masked, bad rows kept back, signed for by both (T8.1, C1, C3)',
  LIMIT,
  async () => {
    const online = async (id: string, voice: Voice) =>
      (await voice.call(exchange.getAgent, { params: { id } })).is_online
    await until(
      'both agents online',
      async () => (await online(source.agentId, police)) && online(target.agentId, civil),
    )
    const body = feedDraft(people, source.agentId, {
      connection: 'own',
      bindings: [
        { item: 'citizen_id', column: 'gmsfhm' },
        { item: 'name', column: 'xm' },
        { item: 'sex', column: 'xb' },
      ],
      reject_threshold: 50,
      row_leaves: true,
    })
    const feed = await police.call(exchange.attachFeed, { body })
    const grant_id = await grantTable({ consumer: civil }, people, ['citizen_id', 'name'])
    const { subscription_id } = await civil.call(exchange.subscribe, {
      body: {
        grant_id,
        target_kind: 'table',
        agent_id: target.agentId,
        connection: 'own',
        target: 'gongxiang.person',
        may_create: true,
      },
    })
    subscriptionId = subscription_id
    await until('the snapshot', async () => (await rowsAtTarget()).length === 2)
    assert.deepEqual(await rowsAtTarget(), ['63010319900101001X 扎**玛', '632801198512120037 马*兰'])
    const { rows } = await police.call(exchange.listRejects, { params: { id: feed.feed_id }, query: {} })
    assert.deepEqual(
      rows.map(({ item, rule }) => [item, rule]),
      [['citizen_id', 'citizen_id']],
    )
    await until('both signatures', async () => {
      const kinds = await world.sql<{ kind: string }>('select distinct kind from ledger.entry where kind like $1', [
        'chunk_%',
      ])
      return kinds.length === 3
    })
  },
)

test(
  'changes follow by themselves, deletes among them, past a killed agent on either side (T8.1, C4)',
  LIMIT,
  async () => {
    await source.db.query(`update czrk.ry_jbxx set xm = '马玉花' where gmsfhm = '632801198512120037'`)
    await until('the change', async () => (await rowsAtTarget())[1] === '632801198512120037 马*花')
    await source.end('SIGKILL')
    await target.end('SIGKILL')
    await source.db.query(`delete from czrk.ry_jbxx where gmsfhm = '63010319900101001X'`)
    source.start()
    target.start()
    await until('the delete', async () => (await rowsAtTarget()).join() === '632801198512120037 马*花')
  },
)

/** What a proof says to somebody who has the node's keys and the file. */
const verdictOf = async (citizen_id: string): Promise<string> => {
  await makeCheckpointer(world.house, openNodeKeys(world.house.site)).tick()
  const [from, to] = [0, 8 * 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString().slice(0, 10)) as [
    string,
    string,
  ]
  const key = [{ item: 'citizen_id', value: citizen_id }]
  const asked = { key, from, to, reason: '当事人申请核实' }
  const { proof } = await police.call(exchange.askRow, { params: { id: subscriptionId }, body: asked })
  const trust = parseTrust(JSON.stringify(await police.call(ledger.getTrust, {})))
  const report = await verifyRowFile(proof, trust, { hasherFor: nodeHasher, checkSignature: nodeSignatureCheck })
  assert.deepEqual(report.findings, [])
  return report.verdict
}

test(
  'afterwards it can be shown of a row that it was delivered, of one kept back that it never was (C3)',
  LIMIT,
  async () => {
    assert.equal(await verdictOf('632801198512120037'), 'key')
    assert.equal(await verdictOf('63010319900101001X'), 'key', 'gone by now, but it was there')
    assert.equal(await verdictOf('630103199001010010'), 'absent')
  },
)

test(
  'a revoked grant stops the transfer and the reading: what changes afterwards neither arrives nor leaves (C1)',
  LIMIT,
  async () => {
    const { grant_id, feed_id } = await civil.call(exchange.getSubscription, { params: { id: subscriptionId } })
    await police.call(sharing.revokeGrant, { params: { id: grant_id }, body: { reason: '不再需要共享' } })
    await source.db.query(`update czrk.ry_jbxx set xm = '不该看到'`)
    await world.drain()
    const stopped = await civil.call(exchange.getSubscription, { params: { id: subscriptionId } })
    assert.deepEqual([stopped.state, stopped.trouble?.code], ['stopped', 'grant_revoked'])
    const { union_items } = await police.call(exchange.getFeed, { params: { id: feed_id } })
    assert.deepEqual(union_items, [])
    await until('the consumer’s agent to have put the load down', async () => {
      const [row] = await world.sql<{ loads: unknown[] }>(
        `select report -> 'loads' as loads from exchange.agent where agent_id = $1`,
        [target.agentId],
      )
      return row!.loads.length === 0
    })
    assert.deepEqual(await rowsAtTarget(), ['632801198512120037 马*花'])
  },
)
