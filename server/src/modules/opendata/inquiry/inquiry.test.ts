import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { inbox, opendata } from '@sanjiang/contract'
import { type CatalogWorld, openCatalog } from '#test/catalog-world.ts'
import { ORGANS, type Voice } from '#test/harness.ts'
import { findMatter, insideCtx, openOne, pullTurn, type SentMatter, sendAs, standingOf } from '#test/inquiry-ground.ts'
import { openPublic, type PublicGround } from '#test/public-ground.ts'
import { overPublic } from '../connection.ts'
import { forgetContacts } from './contact.service.ts'
import { checkLinks } from './link.service.ts'
import { carryPromises, markOverdue } from './promise.service.ts'

let world: CatalogWorld
let ground: PublicGround
let provider: Voice
let office: Voice
let police: Voice
let slug: string

before(async () => {
  world = await openCatalog()
  await world.setToday('2017-12-11')
  ground = await openPublic(world.url)
  provider = await world.signIn('commerce', 'provider')
  office = await world.signIn('egov', 'catalog_admin')
  police = await world.signIn('police', 'provider')
  slug = await openOne(world, ground, '企业登记名录')
})
after(async () => {
  await ground?.close()
  await world?.close()
})

const CITIZEN = '11010519491231002X'
const PHONE = '13800138000'
const ASKED = { title: '更新时间', text: `注销的企业几天后不再列出？我的身份证是${CITIZEN}。` }
const pull = () => pullTurn(world, ground)

const arrive = async (more: Partial<Parameters<typeof sendAs>[1]> = {}, voice = office) => {
  const sent = await sendAs(ground, { kind: 'question', slug, body: ASKED, contact: { phone: PHONE }, ...more })
  assert.equal(sent.result, 'accepted')
  await pull()
  const { inquiry_id } = (await findMatter(voice, sent.number))!
  return { sent, params: { id: inquiry_id } }
}
const threadOf = async ({ number }: SentMatter) =>
  (await ground.sql<Record<string, string>>('select * from site.thread where number = $1', [number]))[0]
const PUBLISHED = { visibility: 'public' as const, title: '更新时间', text: '注销的企业几天后不再列出？' }
const ANSWER = { outcome: 'answered' as const, text: '注销登记后三日内不再列出，每月五日更新全量。' }

test('a question goes to who provides the dataset, is read, answered in time, and everybody may read both (T4.2, P16)', async () => {
  const { sent, params } = await arrive()
  const seen = await provider.call(opendata.getInquiry, { params })
  assert.deepEqual(
    [seen.organ_id, seen.clock.due_on, seen.contact, seen.can],
    [ORGANS.commerce, '2017-12-18', { phone: PHONE }, ['moderate', 'propose_refusal']],
  )
  assert.deepEqual(seen.identifiers, [{ title: '公民身份号码', shown: '110…2X' }])
  assert.equal(seen.suggested_text, '注销的企业几天后不再列出？我的身份证是〔已去除〕。')
  assert.equal(await threadOf(sent), undefined)
  assert.equal((await provider.refused(opendata.answerInquiry, { params, body: ANSWER })).code, 'wrong_state')
  const named = await provider.refused(opendata.moderateInquiry, { params, body: { ...PUBLISHED, text: ASKED.text } })
  assert.deepEqual(
    named.fields?.map(({ field, rule }) => [field, rule]),
    [['text', 'citizen_id']],
  )
  await provider.call(opendata.moderateInquiry, { params, body: PUBLISHED })
  const answered = await provider.call(opendata.answerInquiry, { params, body: ANSWER })
  assert.deepEqual([answered.state, answered.clock.on_time], ['answered', true])
  await pull()
  const thread = (await threadOf(sent))!
  assert.deepEqual([thread.text, thread.answer], [PUBLISHED.text, ANSWER.text])
  const page = await ground.app.inject({ method: 'GET', url: `/datasets/${slug}/questions` })
  assert.match(page.body, /三日内不再列出/)
})

test('months after a matter is closed nobody can reach any more who brought it, and what was said stays (T16.3, P22)', async () => {
  const { params } = await arrive()
  const open = await arrive()
  await provider.call(opendata.moderateInquiry, { params, body: PUBLISHED })
  await provider.call(opendata.answerInquiry, { params, body: ANSWER })
  const contactOf = async (matter: typeof params) =>
    (
      await world.sql<{ contact: unknown }>(
        'select i.contact from opendata.intake i join opendata.inquiry q using (number) where q.inquiry_id = $1',
        [matter.id],
      )
    )[0]!.contact
  const forgetOn = async (today: string) => forgetContacts({ ...(await insideCtx(world, ground)), today })
  await forgetOn('2018-06-11')
  assert.deepEqual(await contactOf(params), { phone: PHONE })
  await forgetOn('2018-06-12')
  assert.deepEqual([await contactOf(params), await contactOf(open.params)], [null, { phone: PHONE }])
  assert.equal((await provider.call(opendata.getInquiry, { params })).answers.at(-1)?.text, ANSWER.text)
})

test('no contact and no word that was not let out stands in what the public side may read (T4.2, T16.3)', async () => {
  const { params, sent } = await arrive({ body: { ...ASKED, title: '不公开的标题' } })
  await provider.call(opendata.moderateInquiry, { params, body: { ...PUBLISHED, visibility: 'private' } })
  await provider.call(opendata.answerInquiry, { params, body: { ...ANSWER, text: '这一句只答复您本人。' } })
  await pull()
  const tables = await ground.sql<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables where table_schema in ('site', 'data')`,
  )
  for (const { name } of tables) {
    const [all] = await ground.sql<{ text: string }>(
      `select coalesce(string_agg(t::text, ' '), '') as text from ${name} t`,
    )
    for (const secret of [CITIZEN, PHONE, '不公开的标题', '只答复您本人'])
      assert.ok(!all!.text.includes(secret), `${name}: ${secret}`)
  }
  const outer = await ground.sql<{ text: string }>(`select string_agg(t::text, ' ') as text from intake.submission t`)
  assert.ok(!outer[0]!.text.includes(PHONE))
  const events = await world.sql<{ text: string }>(
    `select string_agg(coalesce(after::text, ''), ' ') as text from kernel.event where subject_kind = 'opendata.inquiry'`,
  )
  assert.ok(!events[0]!.text.includes(CITIZEN) && !events[0]!.text.includes(PHONE))
  assert.equal((await standingOf(ground, sent))!.answer, '这一句只答复您本人。')
})

test('another department finds no trace of it, and a reader is not shown how to reach the sender (T16.1)', async () => {
  const { params } = await arrive()
  assert.equal((await police.refused(opendata.getInquiry, { params })).status, 404)
  assert.equal((await police.refused(opendata.moderateInquiry, { params, body: PUBLISHED })).status, 404)
  const auditor = await world.signIn('audit', 'auditor')
  const seen = await auditor.call(opendata.getInquiry, { params })
  assert.deepEqual([seen.contact, seen.can], [null, []])
  assert.equal((await auditor.refused(opendata.moderateInquiry, { params, body: PUBLISHED })).status, 403)
})

test('a department cannot make a question go away: not to take it needs the office, and another person (T4.2)', async () => {
  const { params, sent } = await arrive()
  const body = { reason: 'abuse' as const, text: '内容为广告，与数据无关，建议不予受理。' }
  assert.equal((await provider.refused(opendata.refuseInquiry, { params, body })).status, 403)
  await provider.call(opendata.proposeInquiryRefusal, { params, body })
  const kept = await office.call(opendata.keepInquiry, { params, body: { text: '与数据有关，请答复。' } })
  assert.deepEqual([kept.state, kept.is_refusal_proposed], ['waiting', false])
  const both = await world.signIn('root', 'provider', 'catalog_admin')
  await both.call(opendata.proposeInquiryRefusal, { params, body })
  assert.equal((await both.refused(opendata.refuseInquiry, { params, body })).code, 'separation_of_duties')
  await office.call(opendata.refuseInquiry, { params, body })
  await pull()
  assert.match((await standingOf(ground, sent))!.answer!, /广告/)
  assert.equal(await threadOf(sent), undefined)
})

test('a wish is assigned by the office, supported, and answered with a date (T4.2, P18)', async () => {
  const wish = { title: '公交站点位置', text: '想要各县公交站点', purpose: '做出行应用' }
  const { params, sent } = await arrive({ kind: 'wish', slug: undefined, body: wish })
  assert.equal(await findMatter(provider, sent.number), undefined)
  const { rows } = await office.call(opendata.listInquiryCandidates, { params, query: { q: '企业登记' } })
  assert.ok(rows.some((row) => row.slug === slug))
  await office.call(opendata.assignInquiry, { params, body: { organ_id: ORGANS.commerce } })
  await office.call(opendata.moderateInquiry, {
    params,
    body: { visibility: 'public', title: wish.title, text: wish.text },
  })
  await pull()
  for (let count = 0; count < 3; count++) await sendAs(ground, { kind: 'support', about: sent.number })
  await pull()
  assert.equal((await threadOf(sent))!.support_count, 3)
  const body = { outcome: 'will_open' as const, text: '计划明年三月开放，按季更新。' }
  assert.equal((await provider.refused(opendata.answerInquiry, { params, body })).fields![0]!.field, 'planned_on')
  await provider.call(opendata.answerInquiry, { params, body: { ...body, planned_on: '2018-03-30' } })
  await pull()
  const page = await ground.app.inject({ method: 'GET', url: `/wishes/${sent.number}` })
  assert.match(page.body, /2018-03-30/)
})

test('an answer that does not do is given once more, with a clock of its own, to who holds the code (T4.2, T5.2)', async () => {
  const { params, sent } = await arrive()
  await provider.call(opendata.moderateInquiry, { params, body: PUBLISHED })
  await provider.call(opendata.answerInquiry, { params, body: ANSWER })
  await pull()
  const again = { kind: 'reopen' as const, about: sent.number, body: { text: '三日后仍在列，电话 13800138000' } }
  assert.equal((await sendAs(ground, { ...again, code_hash: '0'.repeat(64) })).result, 'unknown')
  await world.setToday('2017-12-13')
  await sendAs(ground, { ...again, code_hash: sent.code_hash })
  await pull()
  const open = await provider.call(opendata.getInquiry, { params })
  assert.deepEqual([open.state, open.round, open.clock.due_on], ['waiting', 2, '2017-12-20'])
  assert.equal(open.identifiers.at(-1)?.title, '手机号码')
  await provider.call(opendata.answerInquiry, { params, body: { ...ANSWER, text: '已查明原因，今日更正。' } })
  await pull()
  await sendAs(ground, { ...again, code_hash: sent.code_hash })
  await pull()
  assert.equal((await provider.call(opendata.getInquiry, { params })).state, 'answered')
  await world.setToday('2017-12-11')
})

test('what waits stands in the inbox with its clock; being late is told once, and the month counts it (T4.2, T5.2)', async () => {
  const { params } = await arrive()
  await world.drain()
  const todos = await provider.call(inbox.listTodos, { query: { kind: 'inquiry_answer', limit: 200 } })
  assert.equal(todos.rows.find((row) => row.subject_id === params.id)?.clock?.due_on, '2017-12-18')
  await world.setToday('2018-01-08')
  const ctx = await insideCtx(world, ground)
  assert.ok((await markOverdue(ctx)) > 0)
  assert.equal(await markOverdue(ctx), 0)
  await world.drain()
  const { rows } = await provider.call(inbox.listNotices, { query: { limit: 200 } })
  assert.equal(rows.filter((row) => row.kind === 'inquiry_red' && row.subject_id === params.id).length, 1)
  await overPublic(ctx, (client) => carryPromises(ctx, client))
  const months = await ground.sql<Record<string, number>>('select * from site.answer_month where kind = $1', [
    'question',
  ])
  assert.ok(months[0]!.received! >= months[0]!.answered! && months[0]!.overdue! > 0 && months[0]!.on_time! > 0)
  const waiting = await office.call(opendata.listInquiries, { query: { state: 'waiting', limit: 200 } })
  const due = waiting.rows.map(({ clock }) => clock.due_on)
  assert.deepEqual(due, [...due].sort())
  await world.setToday('2017-12-11')
})

test('an application is shown when the office agreed; a link that stays broken is marked (T4.2, P19)', async () => {
  let status = 200
  const server = createServer((_, answer) => answer.writeHead(status).end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/app`
  const body = {
    title: '查企业',
    text: '查企业登记状态的应用',
    kind: 'app',
    developer: '某公司',
    url,
    datasets: [slug],
  }
  const { params, sent } = await arrive({ kind: 'showcase', slug: undefined, body })
  const shown = { visibility: 'public' as const, title: body.title, text: body.text }
  await office.call(opendata.moderateInquiry, { params, body: shown })
  await pull()
  assert.equal(await threadOf(sent), undefined)
  await office.call(opendata.answerInquiry, { params, body: { outcome: 'approved', text: '已核对，同意展示。' } })
  const state = async () => {
    await pull()
    return ((await threadOf(sent))!.detail as unknown as { link_state: string }).link_state
  }
  const check = async (today: string) => {
    await world.setToday(today)
    await checkLinks(await insideCtx(world, ground))
    return state()
  }
  assert.equal(await check('2017-12-11'), 'working')
  status = 404
  assert.equal(await check('2017-12-12'), 'working')
  assert.equal(await check('2017-12-13'), 'broken')
  status = 200
  await sendAs(ground, { kind: 'broken_link', about: sent.number })
  await pull()
  assert.equal(await check('2017-12-13'), 'working')
  const page = await ground.app.inject({ method: 'GET', url: '/showcase' })
  assert.match(page.body, /查企业/)
  await new Promise((resolve) => server.close(resolve))
  await world.setToday('2017-12-11')
})

test('whatever the outer zone holds becomes a matter or nothing, and holds up nobody (T4.2)', async () => {
  const bodies: Record<string, unknown>[] = [
    {},
    { title: 5, text: null },
    { title: 'x'.repeat(9000), text: '\u202E反\n'.repeat(3000), datasets: 'no list' },
    { title: '<script>', text: { deep: [[[]]] }, url: 'javascript:alert(1)', datasets: [1, {}, 'a'] },
  ]
  for (const kind of [
    'question',
    'correction',
    'wish',
    'showcase',
    'support',
    'supplement',
    'reopen',
    'broken_link',
  ] as const)
    for (const body of bodies)
      await ground.sql(
        `insert into intake.submission (number, kind, dataset_slug, about, body, code_hash, address_hash)
         values ('GK20171211-' || upper(translate(left(md5(random()::text), 8), 'ilou', '1100')), $1, 'nothing', left(md5(random()::text), 20), $2, repeat('0', 64), repeat('0', 64))`,
        [kind, JSON.stringify(body)],
      )
  await pull()
  const left = await world.sql('select number, fault from opendata.intake where handled_at is null')
  assert.deepEqual(left, [])
})
