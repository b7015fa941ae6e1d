import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inbox, opendata } from '@sanjiang/contract'
import type { Release } from '@sanjiang/contract/opendata'
import pg from 'pg'
import { type CatalogWorld, draftOf, ITEM, openCatalog, publish } from '#test/catalog-world.ts'
import type { Voice } from '#test/harness.ts'
import { openPublic, type PublicGround } from '#test/public-ground.ts'
import { withClient } from './connection.ts'
import { publishReleases } from './index.ts'
import { putRelease } from './publish.service.ts'
import { findRelease } from './release.store.ts'

let world: CatalogWorld
let ground: PublicGround
let proposer: Voice

before(async () => {
  world = await openCatalog()
  ground = await openPublic(world.url)
  proposer = await world.signIn('commerce', 'provider')
})
after(async () => {
  await ground?.close()
  await world?.close()
})

const CLOSED = {
  ...ITEM,
  name: '法定代表人证件号码',
  name_en: 'legal_person_id',
  open_type: 'closed',
  mask_rule: 'citizen_id',
}

const publishEntry = (name: string) => publish(world, draftOf(name, { items: [ITEM, CLOSED] }))

const proposal = (entry: Awaited<ReturnType<typeof publishEntry>>, more: Record<string, unknown> = {}) => ({
  resource_id: entry.resource_id,
  title: '企业登记名录',
  summary: '全省登记在册的企业名称，供公众查询和研究使用。',
  contact: '省工商行政管理局登记注册处 0971-8230000',
  licence: 'open' as const,
  item_ids: entry.content.items.filter(({ open_type }) => open_type !== 'closed').map(({ item_id }) => item_id),
  ...more,
})

const propose = async (name: string): Promise<Release> =>
  proposer.call(opendata.proposeRelease, { body: proposal(await publishEntry(name)) })

const carry = async (url = ground.publishUrl): Promise<number> => {
  const ctx = await world.ctx()
  return publishReleases({ ...ctx, site: { ...ctx.site, publishDatabaseUrl: url } })
}

const open = async (name: string): Promise<Release> => {
  const { release_id } = await propose(name)
  return world.reviewer.call(opendata.approveRelease, {
    params: { id: release_id },
    body: { opinion: '不涉密，可以开放' },
  })
}

const page = (slug: string) => ground.app.inject({ method: 'GET', url: `/datasets/${slug}` })

test('a dataset is open when two persons have agreed, and then shows what was allowed and nothing else (T4.2)', async () => {
  const release = await propose('企业登记基本信息')
  const { slug } = release.content
  const own = await world.signIn('commerce', 'provider', 'dept_reviewer')
  assert.equal((await page(slug)).statusCode, 404)
  const approved = await world.reviewer.call(opendata.approveRelease, {
    params: { id: release.release_id },
    body: { opinion: '不涉密，可以开放' },
  })
  assert.deepEqual([approved.state, approved.is_sent], ['released', false])
  assert.equal(await carry(), 1)
  const shown = await page(slug)
  assert.equal(shown.statusCode, 200)
  assert.match(shown.body, /企业名称/)
  assert.doesNotMatch(shown.body, /证件号码|legal_person_id/)
  assert.equal((await own.call(opendata.getRelease, { params: { id: release.release_id } })).is_sent, true)
  const query = { resource_id: release.resource_id }
  const { rows } = await own.call(opendata.listReleases, { query })
  assert.deepEqual(
    rows.map(({ release_id }) => release_id),
    [release.release_id],
  )
})

test('whoever proposes does not review, and another department neither sees nor decides (T4.2, T16.1)', async () => {
  const both = await world.signIn('commerce', 'provider', 'dept_reviewer')
  const { release_id } = await both.call(opendata.proposeRelease, {
    body: proposal(await publishEntry('商标注册信息')),
  })
  const params = { id: release_id }
  const self = await both.refused(opendata.approveRelease, { params, body: { opinion: '同意开放此项' } })
  assert.equal(self.code, 'separation_of_duties')
  const police = await world.signIn('police', 'dept_reviewer')
  assert.equal(
    (await police.refused(opendata.approveRelease, { params, body: { opinion: '同意开放此项' } })).status,
    404,
  )
  assert.equal(
    (await proposer.refused(opendata.approveRelease, { params, body: { opinion: '同意开放此项' } })).status,
    403,
  )
  const rejected = await world.reviewer.call(opendata.rejectRelease, { params, body: { opinion: '摘要须改写' } })
  assert.deepEqual([rejected.state, rejected.review_opinion], ['rejected', '摘要须改写'])
  const again = await world.reviewer.refused(opendata.approveRelease, { params, body: { opinion: '同意开放此项' } })
  assert.equal(again.code, 'wrong_state')
})

test('a release that waits is its reviewer’s to-do; who proposed it takes it back and is told what became of the next (T4.2, P1)', async () => {
  const entry = await publishEntry('企业抽查检查结果')
  const { release_id } = await proposer.call(opendata.proposeRelease, { body: proposal(entry) })
  const params = { id: release_id }
  await world.drain()
  const waiting = async () =>
    (await world.reviewer.call(inbox.listTodos, { query: { kind: 'release_review' } })).rows.map(
      ({ subject_id }) => subject_id,
    )
  assert.ok((await waiting()).includes(release_id))
  const stranger = await world.signIn('police', 'provider')
  assert.equal((await stranger.refused(opendata.recallRelease, { params })).status, 404)
  assert.equal((await world.reviewer.refused(opendata.recallRelease, { params })).status, 403)
  assert.equal((await proposer.call(opendata.recallRelease, { params })).state, 'recalled')
  await world.drain()
  assert.ok(!(await waiting()).includes(release_id))
  assert.equal((await proposer.refused(opendata.recallRelease, { params })).code, 'wrong_state')
  const late = await world.reviewer.refused(opendata.approveRelease, { params, body: { opinion: '同意开放此项' } })
  assert.equal(late.code, 'wrong_state')
  const again = await proposer.call(opendata.proposeRelease, { body: proposal(entry) })
  await world.reviewer.call(opendata.rejectRelease, {
    params: { id: again.release_id },
    body: { opinion: '摘要须改写' },
  })
  await world.drain()
  const told = (await proposer.call(inbox.listNotices, { query: {} })).rows.find(
    ({ subject_id }) => subject_id === again.release_id,
  )
  assert.deepEqual([told?.kind, told?.text], ['release_rejected', '摘要须改写'])
})

test('an item that is not open and a person’s number in the words are refused before anybody reviews them (T4.2, T16.3)', async () => {
  const entry = await publishEntry('个体工商户登记信息')
  const all = entry.content.items.map(({ item_id }) => item_id)
  const closed = await proposer.refused(opendata.proposeRelease, { body: proposal(entry, { item_ids: all }) })
  assert.deepEqual(
    closed.fields?.map(({ field, rule }) => [field, rule]),
    [['item_ids.1', 'closed']],
  )
  const summary =
    '样例：张某，身份证 １１０１０１１９９００３０７２３５X，手机 138 0013 8000，车牌 青A·12345，卡 6222 0212 3456 7890 128。'
  const named = await proposer.refused(opendata.proposeRelease, {
    body: proposal(entry, { summary: summary.replace('１１０１０１１９９００３０７２３５X', '110101199003072316') }),
  })
  const rules = named.fields?.map(({ rule }) => rule) ?? []
  assert.ok(rules.includes('citizen_id') && rules.includes('phone') && rules.includes('plate'))
  assert.ok(named.fields?.every(({ message }) => !message.includes('110101199003072316')))
  const harmless = await proposer.call(opendata.proposeRelease, {
    body: proposal(entry, {
      summary: '文号青政办〔2017〕139号，代码 363027001-000001，共 1101011990030 条，电话见联系方式。',
    }),
  })
  assert.equal(harmless.state, 'review')
})

test('what the catalogue has closed since it was proposed is not opened by a review (T4.2)', async () => {
  const entry = await publishEntry('企业注销公告信息')
  const { release_id } = await proposer.call(opendata.proposeRelease, { body: proposal(entry) })
  const approval = { params: { id: release_id }, body: { opinion: '不涉密，可以开放' } }
  const change = async (open_type: string, sensitivity: string) => {
    await world.sql('update catalog.entry set open_type = $2 where resource_id = $1', [entry.resource_id, open_type])
    await world.sql(`update catalog.item set sensitivity = $2 where resource_id = $1 and open_type <> 'closed'`, [
      ...[entry.resource_id, sensitivity],
    ])
  }
  const rulesWhen = async (open_type: string, sensitivity: string) => {
    await change(open_type, sensitivity)
    const { code, fields } = await world.reviewer.refused(opendata.approveRelease, approval)
    return [code, ...(fields ?? []).map(({ rule }) => rule)]
  }
  assert.deepEqual(await rulesWhen('closed', 'L1'), ['wrong_state', 'closed'])
  assert.deepEqual(await rulesWhen('conditional', 'L3'), ['wrong_state', 'sensitive', 'open_type'])
  await change('unconditional', 'L1')
  assert.equal((await world.reviewer.call(opendata.approveRelease, approval)).state, 'released')
})

test('what is withdrawn leaves its name and the reason, and an older release never comes back over it (T4.2)', async () => {
  const first = await open('企业年报公示信息')
  await carry()
  const withdrawn = await world.reviewer.call(opendata.withdrawRelease, {
    params: { id: first.release_id },
    body: { reason: '数据口径有误，更正后重新开放' },
  })
  assert.equal(withdrawn.is_sent, false)
  await carry()
  const gone = await page(first.content.slug)
  assert.equal(gone.statusCode, 410)
  assert.match(gone.body, /数据口径有误/)
  const [kept] = await ground.sql<{ content: object }>('select content from site.dataset where slug = $1', [
    first.content.slug,
  ])
  assert.deepEqual(kept!.content, {})
  const second = await proposer.call(opendata.proposeRelease, {
    body: {
      ...proposal({ resource_id: first.resource_id, content: { items: [] } } as never),
      item_ids: await itemsOf(first),
    },
  })
  await world.reviewer.call(opendata.approveRelease, {
    params: { id: second.release_id },
    body: { opinion: '更正后同意' },
  })
  await carry()
  await world.sql('update opendata.release set sent_at = null where release_id = $1', [first.release_id])
  assert.equal(await carry(), 1)
  const [now] = await ground.sql<{ release_no: number; state: string }>(
    'select release_no, state from site.dataset where slug = $1',
    [first.content.slug],
  )
  assert.deepEqual(now, { release_no: 2, state: 'open' })
})

test('a release that a second task read before it was withdrawn does not come back over its tombstone (T4.2)', async () => {
  const { release_id, content } = await open('企业经营异常名录')
  await carry()
  const stale = (await findRelease((await world.ctx()).db, 'all', release_id))!
  await world.reviewer.call(opendata.withdrawRelease, {
    params: { id: release_id },
    body: { reason: '数据口径有误，不再开放' },
  })
  await carry()
  await withClient(ground.publishUrl, (site) => putRelease(site, stale))
  assert.equal((await page(content.slug)).statusCode, 410)
})

const itemsOf = async ({ resource_id }: Release): Promise<string[]> =>
  (
    await world.sql<{ item_id: string }>(
      `select item_id from catalog.item where resource_id = $1 and open_type <> 'closed'`,
      [resource_id],
    )
  ).map(({ item_id }) => item_id)

test('a public side that is away holds nothing up inside and has everything when it is back (T4.2)', async () => {
  const release = await open('行政处罚公示信息')
  const nowhere = ground.publishUrl.replace(/:\d+\//, ':9/')
  await assert.rejects(carry(nowhere))
  assert.equal((await page(release.content.slug)).statusCode, 404)
  assert.equal(await carry(), 1)
  assert.equal(await carry(), 0)
  assert.equal((await page(release.content.slug)).statusCode, 200)
})

test('the public login reads its own database, writes nothing there and cannot even connect to the inside (T4.2)', async () => {
  const site = new pg.Client({ connectionString: ground.siteUrl })
  await site.connect()
  await assert.rejects(site.query(`update site.dataset set title = 'x'`), /permission denied/)
  await assert.rejects(site.query('create table site.mine (a int)'), /permission denied/)
  await site.end()
  const inside = Object.assign(new URL(ground.siteUrl), { pathname: new URL(world.url).pathname })
  const client = new pg.Client({ connectionString: inside.href })
  client.on('error', () => undefined)
  await assert.rejects(client.connect(), /permission denied for database/)
})

test('every address of the public side answers with a page, never with a fault of ours (T4.2)', async () => {
  for (const url of [
    '/',
    '/search',
    '/search?q=%E4%BC%81%E4%B8%9A',
    '/search?from=-5&theme=%00',
    '/search?q=a&q=b',
    '/accessibility',
    '/nothing',
    '/datasets/%E0%A4%A',
    '/search?q=%',
    `/search?q=${'%27'.repeat(60)}`,
  ]) {
    const answer = await ground.app.inject({ method: 'GET', url })
    assert.ok(answer.statusCode < 500, `${url}: ${answer.statusCode}`)
    assert.match(answer.headers['content-security-policy'] as string, /default-src 'none'/)
  }
  assert.equal((await ground.app.inject({ method: 'POST', url: '/' })).statusCode, 404)
  const home = await ground.app.inject({ method: 'GET', url: '/' })
  const again = await ground.app.inject({
    method: 'GET',
    url: '/',
    headers: { 'if-none-match': home.headers.etag as string },
  })
  assert.equal(again.statusCode, 304)
})
