// Rows of an open dataset come through the exchange: real agents on both sides, the stage is the database the portal's agent loads.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange, inbox, opendata, sharing } from '@sanjiang/contract'
import type { FeedDetail, SubscriptionDetail } from '@sanjiang/contract/exchange'
import { draftOf, furnish, ITEM, publish } from '#test/catalog-world.ts'
import { approve } from '#test/edition-ground.ts'
import { enlist } from '#test/exchange-ground.ts'
import { Pair } from '#test/exchange-pair.ts'
import type { Voice } from '#test/harness.ts'
import { killWorker } from '#test/killed-worker.ts'
import { openPublic, type PublicGround } from '#test/public-ground.ts'
import { ask, CLASSES, type PublishedResource } from '#test/sharing-ground.ts'
import { advanceEditions } from '../edition/advance.service.ts'
import { followSources } from './follow.service.ts'

const LIMIT = { timeout: 240_000 }
const HOUR_MS = 3_600_000

let pair: Pair
let site: PublicGround
let reviewer: Voice
let shops: PublishedResource
let feed: FeedDetail
let subscription: SubscriptionDetail
let hours = 0

/** The platform, later each time by as many hours as have been let pass, with the stage and the public side within reach. */
const platform = async () => {
  const ctx = await pair.world.ctx()
  const instant = new Date(Date.parse(ctx.instant) + hours * HOUR_MS).toISOString()
  const reach = { stageDatabaseUrl: pair.target.url, publishDatabaseUrl: site.publishUrl }
  return { ...ctx, instant, site: { ...ctx.site, ...reach } }
}
const followNow = async () => followSources(await platform())
const advance = async () => void (await advanceEditions(await platform()))

const publishShops = async (): Promise<PublishedResource> => {
  await furnish(pair.world)
  reviewer = await pair.world.signIn('police', 'dept_reviewer')
  const hands = {
    ...{ reviewer, cataloger: await pair.world.signIn('police', 'cataloger') },
    admin: await pair.world.signIn('egov', 'catalog_admin'),
  }
  const items = [
    { ...ITEM, name: '编号', name_en: 'shop_no', length: 20, is_key: true },
    { ...ITEM, name: '名称', name_en: 'shop_name', length: 50 },
  ]
  const entry = await publish(hands, draftOf('便民网点', { class_code: CLASSES.police, items }))
  const item = Object.fromEntries(entry.content.items.map(({ name_en, item_id }) => [name_en, item_id]))
  return { resource_id: entry.resource_id, code: entry.code!, item }
}

before(async () => {
  pair = await Pair.open({
    read: 'read czrk.wd = *',
    source: `create schema czrk; create table czrk.wd (bh varchar(20) primary key, mc varchar(50));
      insert into czrk.wd select 'w' || n, '网点' || n from generate_series(1, 20) n`,
    receiver: { organ: 'egov', schema: 'load' },
  })
  site = await openPublic(pair.world.url)
  shops = await publishShops()
  feed = await pair.attach(shops, {
    relation: 'czrk.wd',
    bindings: Object.entries({ shop_no: 'bh', shop_name: 'mc' }).map(([item, column]) => ({ item, column })),
    key: ['shop_no'],
    mode: 'snapshot',
    interval_seconds: 86_400,
  })
  subscription = await pair.subscribe(shops, { names: ['shop_no', 'shop_name'], target: 'load.shops' })
})
after(async () => {
  await site?.close()
  await pair?.close()
})

const bindTo = (subscription_id: string) => ({
  params: { id: shops.resource_id },
  body: { subscription_id },
})
const shown = async () =>
  (await pair.police.call(opendata.listRowSources, { query: {} })).rows.find(
    ({ resource_id }) => resource_id === shops.resource_id,
  )!
const editions = async () =>
  (await pair.police.call(opendata.listEditions, { query: { resource_id: shops.resource_id } })).rows.toReversed()
const states = async () => (await editions()).map(({ state, row_count }) => [state, row_count])
const openRowCount = async () =>
  (
    await site.sql<{ row_count: number }>(
      'select row_count::int as row_count from site.edition where dataset_id = $1 and is_current',
      [shops.resource_id],
    )
  )[0]?.row_count

/** Until the agent has loaded what came after this moment, and nothing is on its way. */
const atRest = (since: string) =>
  pair.until('the stage at rest', async () => {
    const [row] = await pair.world.sql<{ ok: boolean }>(
      'select is_at_rest and last_accepted_at > $2 as ok from exchange.published_subscription where subscription_id = $1',
      [subscription.subscription_id, since],
    )
    return row?.ok === true
  })

const readAgain = async () => {
  const [row] = await pair.world.sql<{ at: string }>(
    'select last_accepted_at as at from exchange.subscription where subscription_id = $1',
    [subscription.subscription_id],
  )
  await pair.passNow(feed)
  await atRest(row!.at)
}

test(
  'a dataset follows a subscription of the portal’s office on this very resource, into the stage, and no other (T4.2)',
  LIMIT,
  async () => {
    const refused = async (id: string) =>
      (await pair.police.refused(opendata.bindRowSource, bindTo(id))).fields?.[0]?.rule
    const subscribeAs = async (voice: Voice, target: string) => {
      const names = ['shop_no', 'shop_name']
      const more = { access_mode: 'table' as const, quota: { count: null, period: 'day' as const } }
      const { grant_ids } = await ask(voice, shops, { names, more })
      const place = { agent_id: await enlist(pair.world, voice, `节点${target}`), connection: 'own', target }
      const body = { grant_id: grant_ids[0]!, target_kind: 'table' as const, may_create: true, ...place }
      return (await voice.call(exchange.subscribe, { body })).subscription_id
    }
    const civil = await pair.world.signIn('civil_affairs', 'consumer')
    assert.equal(await refused(await subscribeAs(civil, 'load.shops')), 'office')
    const elsewhere = await subscribeAs(pair.civil, 'stage.shops')
    assert.equal(await refused(elsewhere), 'target')
    assert.equal(await refused(shops.resource_id), 'unknown')
    const asked = { params: { id: shops.resource_id } }
    const { offices, choices } = await pair.police.call(opendata.listSourceChoices, asked)
    assert.equal(offices.length, 1)
    assert.deepEqual(choices.map(({ target, refusal }) => [target, refusal === null]).sort(), [
      ['load.shops', false],
      ['load.shops', true],
      ['stage.shops', false],
    ])
    const binding = bindTo(subscription.subscription_id)
    const commerce = await pair.world.signIn('commerce', 'provider')
    assert.equal((await commerce.refused(opendata.bindRowSource, binding)).code, 'not_found')
    assert.equal((await commerce.refused(opendata.listSourceChoices, asked)).code, 'not_found')
    assert.equal((await pair.civil.refused(opendata.bindRowSource, binding)).code, 'forbidden')
    const bound = await pair.police.call(opendata.bindRowSource, binding)
    assert.deepEqual([bound.state, bound.stage_table, bound.edition_no], ['following', 'load.shops', null])
    const { rows } = await commerce.call(opendata.listRowSources, { query: {} })
    assert.deepEqual(rows, [])
    const params = { id: shops.resource_id }
    assert.equal((await commerce.refused(opendata.unbindRowSource, { params })).code, 'not_found')
  },
)

test(
  'what the portal’s agent has loaded becomes one edition, however many look at once, and goes out by two persons (T4.2, T8.1)',
  LIMIT,
  async () => {
    await atRest('2000-01-01')
    // The edition is written; how far the dataset follows is not.
    const worker = [pair.world.url, pair.world.dataDir, site.publishUrl] as const
    await killWorker({ work: 'follow', worker, url: pair.world.url, table: 'opendata.source', mode: 'share' })
    assert.deepEqual(await states(), [])
    assert.equal(
      (await Promise.all([followNow(), followNow()])).reduce((a, b) => a + b),
      1,
    )
    assert.equal(await followNow(), 0)
    await advance()
    assert.deepEqual(await states(), [['staged', 20]])
    assert.equal((await shown()).edition_state, 'staged')
    const { edition_id } = (await editions())[0]!
    const { release_id } = await pair.police.call(opendata.proposeRelease, {
      body: {
        resource_id: shops.resource_id,
        title: '便民网点',
        summary: '全省便民网点的编号和名称，供公众查询。',
        contact: '省公安厅 0971-8230000',
        licence: 'open',
        item_ids: Object.values(shops.item),
        rows: { edition_id, small_cell: null },
      },
    })
    await advance()
    await approve(reviewer, release_id)
    await advance()
    assert.equal(await openRowCount(), 20)
  },
)

test(
  'rows that come later are the next edition once the last is old enough; the same rows again are none (T4.2, T8.1)',
  LIMIT,
  async () => {
    await pair.source.db.query(`insert into czrk.wd values ('w99', '新网点')`)
    await pair.source.db.query(`delete from czrk.wd where bh in ('w1', 'w2')`)
    await readAgain()
    assert.equal(await followNow(), 0)
    hours = 24
    assert.equal(await followNow(), 1)
    await advance()
    await advance()
    assert.equal(await openRowCount(), 19)
    assert.deepEqual((await states()).at(-1), ['carried', 19])
    await readAgain()
    hours = 48
    assert.equal(await followNow(), 1)
    await advance()
    assert.deepEqual(
      (await states()).map(([state]) => state),
      ['carried', 'carried', 'discarded'],
    )
    assert.equal((await editions()).at(-1)!.note, '与现行版相同，不另成一版')
  },
)

test(
  'while rows are on their way nothing is taken; from changes that never rest an edition is cut six hours later (T8.1)',
  LIMIT,
  async () => {
    await readAgain()
    hours = 72
    const running =
      'update exchange.run set state = $2 where run_id = (select run_id from exchange.run where feed_id = $1 order by ordered_at desc limit 1)'
    await pair.world.sql(running, [feed.feed_id, 'running'])
    assert.equal(await followNow(), 0)
    hours = 200
    assert.equal(await followNow(), 0, 'nor later, within a snapshot')
    await pair.world.sql(running, [feed.feed_id, 'finished'])
    // As seen between a chunk that was sent and its acceptance, whenever one looks.
    const ahead = 'update exchange.feed set head = head + $2 where feed_id = $1'
    await pair.world.sql(ahead, [feed.feed_id, 1])
    hours = 72
    assert.equal(await followNow(), 0)
    hours = 79
    assert.equal(await followNow(), 1)
    await advance()
    assert.equal(await followNow(), 0)
    await pair.world.sql(ahead, [feed.feed_id, -1])
  },
)

test(
  'a grant that is revoked ends it: the provider is told, and the dataset keeps its last edition (T4.2, T8.1)',
  LIMIT,
  async () => {
    const params = { id: subscription.grant_id }
    await pair.police.call(sharing.revokeGrant, { params, body: { reason: '用途已变' } })
    await pair.world.drain()
    const { state, end_reason, ended_on } = await shown()
    assert.deepEqual([state, end_reason, ended_on], ['ended', 'grant_revoked', '2017-12-11'])
    const { rows } = await pair.police.call(inbox.listNotices, { query: {} })
    const told = rows.find(({ kind }) => kind === 'source_ended')
    assert.deepEqual([told?.title, told?.text], ['便民网点', '授权已收回，数据集保留最近一版'])
    assert.equal(await openRowCount(), 19)
    hours = 96
    assert.equal(await followNow(), 0)
    const again = await pair.police.refused(opendata.bindRowSource, bindTo(subscription.subscription_id))
    assert.equal(again.code, 'grant_revoked')
    const unbound = await pair.police.refused(opendata.unbindRowSource, { params: { id: shops.resource_id } })
    assert.equal(unbound.code, 'wrong_state')
  },
)
