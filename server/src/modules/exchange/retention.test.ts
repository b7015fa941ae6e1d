import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FeedDetail } from '@sanjiang/contract/exchange'
import { attach, enlist, grantTable, subscribeTo } from '#test/exchange-ground.ts'
import { openWorld, type World } from '#test/harness.ts'
import { publish } from '#test/sharing-ground.ts'
import { dropLeaves, keepLogs } from './retention.service.ts'

let world: World
let feed: FeedDetail

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  const police = await world.signIn('police', 'provider')
  const civil = await world.signIn('civil_affairs', 'consumer')
  const items = ['citizen_id', 'name', 'sex', 'address'].map((name_en) => ({
    name: `项${name_en}`,
    name_en,
    share_type: 'unconditional' as const,
  }))
  const people = await publish(world, { items })
  feed = await attach(world, police, { resource: people, agent_id: await enlist(world, police) })
  const grant_id = await grantTable({ consumer: civil }, people, ['citizen_id', 'name'])
  await subscribeTo(civil, { grant_id, agent_id: await enlist(world, civil) })
})
after(() => world?.close())

test('bodies everybody has are dropped after their time, digests stay; one who fell behind them starts anew (T8.1)', async () => {
  const ctx = await world.ctx()
  await keepLogs(ctx)
  const month = `${ctx.instant.slice(0, 7)}-01`
  for (let seq = 0; seq < 3; seq += 1) {
    await world.sql(
      `insert into exchange.chunk (feed_id, seq, month, run_id, kind, digest, rows, bytes, stored_bytes, position, tx_end, header, at)
       select $1, $2, $3, run_id, 'rows', '\\x00', 1, 10, 10, '', true, '{}', now() - interval '8 days' from exchange.run where kind = 'snapshot'`,
      [feed.feed_id, seq, month],
    )
    await world.sql(`insert into exchange.chunk_body (feed_id, seq, month, body) values ($1, $2, $3, '\\x00')`, [
      feed.feed_id,
      seq,
      month,
    ])
  }
  const held = async () =>
    (await world.sql<{ seq: string }>('select seq from exchange.chunk_body order by seq')).map(({ seq }) => Number(seq))
  await world.sql('update exchange.subscription set next_seq = 2')
  await keepLogs(ctx)
  assert.deepEqual(await held(), [2], 'the slowest still needs it')
  assert.equal((await world.sql('select from exchange.chunk')).length, 3)
  await keepLogs(ctx, { capBytes: 5 })
  assert.deepEqual(await held(), [])
  const [cut] = await world.sql<{ generation: number; trouble: { code: string } }>(
    'select generation, trouble from exchange.subscription',
  )
  assert.equal(cut!.generation, 2)
  assert.equal(cut!.trouble.code, 'chunks_expired')
})

const monthBack = (months: number): string => {
  const at = new Date(`${new Date().toISOString().slice(0, 7)}-01T00:00:00Z`)
  at.setUTCMonth(at.getUTCMonth() - months)
  return at.toISOString().slice(0, 10)
}

test('row leaves go a whole month at once when their time is over, and not one day sooner than six months (T16.3)', async () => {
  const ctx = await world.ctx()
  for (const months of [9, 7, 6, 0]) {
    await world.sql('select exchange.ensure_row_leaves_month($1)', [monthBack(months)])
    await world.sql(
      `insert into exchange.row_leaves (subscription_id, generation, seq, root, month, rows, sealed, made_at)
       values (gen_random_uuid(), 1, 0, '\\x00', $1::date, 1, '\\x00', now())`,
      [monthBack(months)],
    )
  }
  const held = async () =>
    (await world.sql<{ on: string }>('select month::text as on from exchange.row_leaves order by month')).map(
      ({ on }) => on,
    )
  const longer = { ...ctx, site: { ...ctx.site, rowLeavesMonths: 8 } }
  await dropLeaves(longer)
  assert.deepEqual(await held(), [7, 6, 0].map(monthBack))
  await keepLogs(ctx)
  assert.deepEqual(await held(), [6, 0].map(monthBack))
  await assert.rejects(dropLeaves({ ...ctx, site: { ...ctx.site, rowLeavesMonths: 3 } }), /six months at least/)
  assert.deepEqual(await held(), [6, 0].map(monthBack))
  const parts = await world.sql<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'exchange.row_leaves'::regclass`,
  )
  assert.ok(
    parts.every(({ name }) => !name.endsWith(monthBack(7).slice(0, 7).replace('-', '_'))),
    'nothing is left to vacuum',
  )
})
