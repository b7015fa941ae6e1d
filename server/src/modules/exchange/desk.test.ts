import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CallFault, exchange } from '@sanjiang/contract'
import { answering, attach, enlist, feedDraft, grantTable, PERSON_TABLE, subscribeTo } from '#test/exchange-ground.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { type PublishedResource, publish } from '#test/sharing-ground.ts'

let world: World
let police: Voice
let civil: Voice
let commerce: Voice
let people: PublishedResource
let policeAgent: string
let civilAgent: string

const refused = (code: string) => (error: unknown) => error instanceof CallFault && error.problem.code === code

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  police = await world.signIn('police', 'provider')
  civil = await world.signIn('civil_affairs', 'consumer')
  commerce = await world.signIn('commerce', 'provider', 'consumer')
  people = await publish(world, {
    items: [
      { name: '公民身份号码', name_en: 'citizen_id', share_type: 'unconditional', mask_rule: 'none' },
      { name: '姓名', name_en: 'name', share_type: 'unconditional' },
      { name: '性别', name_en: 'sex', share_type: 'unconditional' },
      { name: '户籍地址', name_en: 'address', share_type: 'unconditional' },
      { name: '案件线索', name_en: 'case_lead', share_type: 'withheld' },
    ],
  })
  policeAgent = await enlist(world, police)
  civilAgent = await enlist(world, civil)
})
after(() => world?.close())

test('a department invites an agent with a word shown once; another department does not see it (T8.1)', async () => {
  const { agent, token } = await police.call(exchange.inviteAgent, { body: { name: '备用节点' } })
  assert.equal(agent.state, 'invited')
  assert.ok(token.length >= 20)
  const [kept] = await world.sql<{ token_hash: Buffer }>('select token_hash from exchange.agent where agent_id = $1', [
    agent.agent_id,
  ])
  assert.equal(kept!.token_hash.length, 32)
  await assert.rejects(commerce.call(exchange.getAgent, { params: { id: agent.agent_id } }), refused('not_found'))
  const mine = await police.call(exchange.listAgents, { query: {} })
  assert.ok(mine.rows.some(({ agent_id }) => agent_id === agent.agent_id))
})

test('a suspended agent loses its sessions and comes back only by the officer’s word (T8.1)', async () => {
  const id = await enlist(world, police, '要停用的节点')
  await world.sql(
    `insert into exchange.agent_session (token_hash, agent_id, epoch, expires_at) values ('\\x01', $1, 1, now() + interval '1 hour')`,
    [id],
  )
  const suspended = await police.call(exchange.suspendAgent, { params: { id }, body: { reason: '主机维修' } })
  assert.equal(suspended.state, 'suspended')
  assert.equal((await world.sql('select from exchange.agent_session where agent_id = $1', [id])).length, 0)
  await assert.rejects(
    commerce.call(exchange.resumeAgent, { params: { id }, body: { reason: '越权' } }),
    refused('not_found'),
  )
  assert.equal((await police.call(exchange.resumeAgent, { params: { id }, body: { reason: '修好' } })).state, 'active')
})

test('the draft’s judge names the column: withheld items, unfit types, an open key (T8.1)', async () => {
  const stop = answering(world, { describe: PERSON_TABLE })
  const body = feedDraft(people, policeAgent, {
    bindings: [
      { item: 'citizen_id', column: 'gmsfhm' },
      { item: 'case_lead', column: 'xm' },
      { item: 'address', column: 'zp' },
      { item: 'name', column: 'nowhere' },
    ],
    key: ['citizen_id', 'sex'],
  })
  const { findings, rows } = await police.call(exchange.tryFeed, { body })
  stop()
  const errors = findings.filter(({ level }) => level === 'error').map(({ item, rule }) => `${item} ${rule}`)
  assert.deepEqual(errors, ['case_lead withheld', 'address type', 'name unknown_column', 'sex key'])
  assert.deepEqual(rows, [])
})

test('an agent that does not answer is told as away, and nothing waits in the database (T8.1)', async () => {
  const silent = await enlist(world, police, '不在的节点')
  await world.sql(`update exchange.agent set last_seen_at = now() - interval '1 hour' where agent_id = $1`, [silent])
  await assert.rejects(police.call(exchange.attachFeed, { body: feedDraft(people, silent) }), refused('agent_away'))
  assert.equal((await world.sql('select from exchange.question where agent_id = $1', [silent])).length, 0)
})

test('what leaves the department is what grants need and the key, and grows with a grant by a new snapshot (T8.1, C1)', async () => {
  const feed = await attach(world, police, { resource: people, agent_id: policeAgent })
  assert.deepEqual(feed.union_items, [])
  const first = await grantTable({ consumer: civil }, people, ['name'])
  const subscription = await subscribeTo(civil, { grant_id: first, agent_id: civilAgent })
  assert.deepEqual(subscription.target_key, ['row_handle'])
  const after = await police.call(exchange.getFeed, { params: { id: feed.feed_id } })
  assert.deepEqual(after.union_items, ['citizen_id', 'name'])
  assert.equal(after.last_run?.kind, 'snapshot')
  assert.equal(after.last_run?.state, 'waiting')
  await assert.rejects(subscribeTo(civil, { grant_id: first, agent_id: civilAgent }), refused('conflict'))
  await assert.rejects(
    commerce.call(exchange.getSubscription, { params: { id: subscription.subscription_id } }),
    refused('not_found'),
  )
  const seen = await police.call(exchange.listSubscriptions, { query: { side: 'provider' } })
  assert.equal(seen.rows.length, 1)
  assert.deepEqual(
    seen.rows[0]!.can.filter((verb) => verb !== 'reconcile'),
    ['ask_row'],
  )
  const ended = await civil.call(exchange.actOnSubscription, {
    params: { id: subscription.subscription_id },
    body: { act: 'end', reason: '不再需要' },
  })
  assert.equal(ended.state, 'ended')
  assert.deepEqual((await police.call(exchange.getFeed, { params: { id: feed.feed_id } })).union_items, [])
})
