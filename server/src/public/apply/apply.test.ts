import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { opendata } from '@sanjiang/contract'
import pg from 'pg'
import { publishReleases } from '#modules/opendata/index.ts'
import {
  APPROVE,
  type ApplicationGround,
  CONTACT,
  FORM,
  openApplications,
  paramsOf,
  REFUSE,
} from '#test/application-ground.ts'
import { until } from '#test/platform.ts'
import { overPublic } from '../../modules/opendata/connection.ts'
import { pullOnce } from '../../modules/opendata/intake/puller.ts'
import { hashKey } from '../access.ts'
import { openDraft, sealDraft } from './draft.ts'

let ground: ApplicationGround
before(async () => {
  ground = await openApplications()
})
after(() => ground?.close())

const tokenOf = (html: string): string => /name="token" value="([^"]+)"/.exec(html)![1]!
const claimIn = (html: string) => ({
  number: /GK\d{8}-[0-9A-Z]{8}/.exec(html)![0],
  code: (/name="code" value="([^"]+)"/.exec(html) ?? /<dt>查询码<\/dt><dd>([^<]+)</.exec(html))![1]!,
})

const get = (url: string) => ground.outside.app.inject({ url })
const post = (url: string, fields: Record<string, string | readonly string[]>) => {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one)
  return ground.outside.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    payload: body.toString(),
  })
}

const who = { kind: FORM.kind, ...CONTACT, qualification: FORM.qualification }
const why = { purpose_code: FORM.purpose_code, purpose_text: FORM.purpose_text, term_months: '6' }
const safe = { security: FORM.security, security_text: FORM.security_text }

/** Fills in all steps; answers with the receipt's page. */
const applyByForm = async () => {
  const path = `/apply/${ground.slug}/form`
  let page = await get(path)
  let claim = {}
  let sent = {}
  for (const [step, fields] of Object.entries({
    who,
    purpose: why,
    security: safe,
    review: { promise_version: '2017-1' },
  })) {
    sent = { token: tokenOf(page.body), step, ...claim, ...fields }
    page = await post(path, sent)
    assert.equal(page.statusCode, 200, page.body.slice(0, 2000))
    claim = claimIn(page.body)
  }
  const again = () => post(path, sent)
  await ground.turn()
  return { page, claim: claimIn(page.body), again }
}
type Claim = Awaited<ReturnType<typeof applyByForm>>['claim']

const status = async (claim: Claim) => {
  const form = await get('/status')
  return post('/status', { token: tokenOf(form.body), ...claim })
}
const say = async (claim: Claim, verb: string, fields: Record<string, string>) => {
  const page = await status(claim)
  const digest = /name="digest" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
  const form = { token: tokenOf(page.body), ...claim, digest, ...fields }
  const answer = await post(`/status/${verb}`, form)
  await ground.turn()
  return { answer, form }
}
const keyIn = (html: string): string | undefined => /<code>([a-z2-7]{32})<\/code>/.exec(html)?.[1]

test('a citizen applies in four steps, mends, signs and reads with the key he is shown once, until it is revoked (T4.2, P17)', async () => {
  const intro = await get(`/apply/${ground.slug}`)
  for (const words of ['用于科学研究，单位申请', '20 个工作日', '2018-01-09', '申诉'])
    assert.ok(intro.body.includes(words), words)
  const { page, claim } = await applyByForm()
  assert.match(page.body, /申请已提交/)
  const waiting = await status(claim)
  assert.match(waiting.body, /待受理[\s\S]*五个工作日内受理/)
  // Looked up once more from the page itself, without typing number and code again.
  assert.match((await post('/status', { token: tokenOf(waiting.body), ...claim })).body, /待受理/)
  const received = await ground.find(claim)
  await ground.provider.call(opendata.noticeApplication, {
    ...paramsOf(received),
    body: { revision: received.revision, parts: [{ code: 'qualification', text: '请提供课题立项编号' }] },
  })
  await ground.turn()
  assert.match((await status(claim)).body, /请提供课题立项编号/)
  assert.equal((await say(claim, 'mend', {})).answer.statusCode, 422)
  assert.match((await say(claim, 'mend', { qualification: '2017-ZJ-001' })).answer.body, /补正已收到/)
  await ground.decide(claim, APPROVE)
  assert.match((await say(claim, 'agreement', {})).answer.body, /勾选同意/)
  const { answer: signed, form } = await say(claim, 'agreement', { agree: 'yes' })
  const key = keyIn(signed.body)!
  assert.match(key, /^[a-z2-7]{32}$/)
  assert.match(String(signed.headers['cache-control']), /no-store/)
  const again = await post('/status/agreement', form)
  assert.equal(keyIn(again.body), undefined)
  assert.equal((await ground.access(hashKey(key))).length, 1)
  assert.equal(keyIn((await status(claim)).body), undefined)
  const { form: rekey } = await say(claim, 'rekey', { sure: 'yes' })
  assert.match((await post('/status/rekey', rekey)).body, /密钥已经换过/)
  const active = await ground.find(claim)
  await ground.approver.call(opendata.revokeAccess, {
    ...paramsOf(active),
    body: { revision: active.revision, reason_code: 'breach', text: '将原始数据转给他人' },
  })
  await ground.turn()
  assert.equal((await ground.access(hashKey(key)))[0]!.revoked, true)
  assert.match((await status(claim)).body, /已收回[\s\S]*将原始数据转给他人/)
})

test('who is asked his name is told how long it is kept: as long as the operator has set (T16.3, P17)', async () => {
  const kept = async () =>
    /申请人信息只给[^<]*/.exec((await get(`/apply/${ground.slug}/form`)).body)![0].replaceAll(/\s/g, '')
  assert.match(await kept(), /办结6个月后清空/)
  const ctx = await ground.ctx()
  const longer = { ...ctx, site: { ...ctx.site, applicantMonths: 9 } }
  await overPublic(longer, (client) => pullOnce(longer, client))
  assert.match(await kept(), /办结9个月后清空/)
  await ground.outside.sql('delete from site.keeping')
  assert.match(await kept(), /办结后按规定的期限清空/)
})

test('the form for files of an application in force sends the key in its body, to no address (T4.2, P17)', async () => {
  const { claim } = await applyByForm()
  await ground.decide(claim, APPROVE)
  await say(claim, 'agreement', { agree: 'yes' })
  await ground.outside.sql(
    `insert into site.edition (dataset_id, edition_no, is_current, table_name, columns, row_count, digest, data_on)
     select dataset_id, 1, true, 'd_none_1', '[]', 0, repeat('0', 64), '2017-12-01' from site.dataset where slug = $1`,
    [ground.slug],
  )
  await ground.outside.sql(
    `insert into site.file (dataset_id, edition_no, format, media_type, bytes, sha256)
     select dataset_id, 1, 'csv', 'text/csv', 0, repeat('0', 64) from site.dataset where slug = $1`,
    [ground.slug],
  )
  const [form] = /<form [^>]*action="\/datasets\/[^>]*>[\s\S]*?<\/form>/.exec((await status(claim)).body)!
  assert.match(form, /^<form [^>]*action="[^"?]*" method="post"/)
  assert.match(form, /<button type="submit" formAction="[^"?]*">/i)
  await ground.outside.sql('delete from site.edition')
})

test('the last step sent twice is one application, and either answer shows its number and code (T4.2, P17)', async () => {
  const { claim, again } = await applyByForm()
  for (const { body } of [await again(), await again()]) {
    assert.match(body, /申请已提交/)
    assert.deepEqual(claimIn(body), claim)
  }
  const intro = await get(`/apply/${ground.slug}`)
  const resumed = await post(`/apply/${ground.slug}/resume`, { token: tokenOf(intro.body), ...claim })
  assert.match(resumed.body, /申请已提交/)
  const [drafts] = await ground.outside.sql('select count(*)::int as n from intake.draft where number = $1', [
    claim.number,
  ])
  assert.equal(drafts!.n, 0)
})

test('a refused applicant reads the reason and appeals by his code (T4.2, P17)', async () => {
  const { claim } = await applyByForm()
  await ground.decide(claim, REFUSE)
  const told = (await status(claim)).body
  assert.match(told, /成果去向没有说清[\s\S]*申诉/)
  assert.doesNotMatch(told, /青海某某大学|13997001234|才仁/)
  const text = `成果去向已在用途说明第二句写明${'。'.repeat(1984)}😀`
  assert.match((await say(claim, 'appeal', { text })).answer.body, /申诉已收到/, 'cut in the middle of a character')
  assert.equal((await ground.find(claim)).state, 'appealed')
})

test('a form is saved under number and code, gone on with later, and tells all that is wrong on a step at once (T4.2, P17)', async () => {
  const path = `/apply/${ground.slug}/form`
  const wrong = await post(path, {
    token: tokenOf((await get(path)).body),
    step: 'who',
    ...who,
    credit_code: '126300004400012346',
    phone: '12',
  })
  assert.equal(wrong.statusCode, 422)
  assert.match(wrong.body, /有 2 处需要修改[\s\S]*固定电话[\s\S]*校验位不正确/)
  const claim = claimIn(wrong.body)
  const saved = await post(path, { token: tokenOf(wrong.body), step: 'who', ...claim, ...who, go: 'save' })
  assert.match(saved.body, /草稿已保存/)
  const [row] = await ground.outside.sql<{ body: Buffer }>('select body from intake.draft where number = $1', [
    claim.number,
  ])
  assert.doesNotMatch(row!.body.toString('utf8'), /某某大学/)
  const intro = await get(`/apply/${ground.slug}`)
  const resumed = await post(`/apply/${ground.slug}/resume`, {
    token: tokenOf(intro.body),
    ...claim,
    code: claim.code.toLowerCase(),
  })
  assert.match(resumed.body, /value="青海某某大学"/)
  assert.throws(() => openDraft('n', 'other', sealDraft('n', 'code', {})))
  const sneaky = await post(path, { token: tokenOf(resumed.body), step: 'review', ...claim, promise_version: '2017-1' })
  assert.equal(sneaky.statusCode, 422)
  assert.match(sneaky.body, /请选择用途/)
})

test('who guesses codes is made to wait, and nothing sent to these addresses is a fault of ours (T4.2)', async () => {
  for (const url of ['/apply/nothing', `/apply/${ground.slug}/nothing`, '/apply/%00', `/apply/${'x'.repeat(300)}/form`])
    assert.ok((await get(url)).statusCode < 500, url)
  const token = tokenOf((await get('/status')).body)
  for (const verb of ['mend', 'agreement', 'rekey', 'appeal'])
    assert.equal((await post(`/status/${verb}`, { token, number: 'x', code: "' or 1=1" })).statusCode, 404)
  const answers: number[] = []
  for (let turn = 0; turn < 12; turn += 1)
    answers.push((await post('/status', { token, number: 'GK20171211-AAAAAAAA', code: `guess-${turn}` })).statusCode)
  assert.equal(answers.at(-1), 429)
})

test('who comes to apply for a dataset that was withdrawn is told so, with the reason (T4.2, P17)', async () => {
  await ground.approver.call(opendata.withdrawRelease, {
    params: { id: ground.release_id },
    body: { reason: '统计口径有误' },
  })
  await publishReleases(await ground.ctx())
  for (const path of ['', '/form']) {
    const gone = await get(`/apply/${ground.slug}${path}`)
    assert.deepEqual([gone.statusCode, /统计口径有误/.test(gone.body)], [410, true])
  }
  assert.equal((await get('/apply/none')).statusCode, 404)
})

test('the first step sent twice at once is one draft, and neither hand is told of a fault (T4.2)', async () => {
  await using parts = new AsyncDisposableStack()
  const hand = async () => {
    const client = parts.adopt(new pg.Client({ connectionString: ground.outside.siteUrl }), (one) => one.end())
    await client.connect()
    return client
  }
  const [one, other] = [await hand(), await hand()]
  const sent = ['GK20171211-ABCDEFGH', 'a'.repeat(64), ground.slug, sealDraft('n', 'c', {}), 'b'.repeat(64)]
  const save = (client: pg.Client) => client.query('select intake.save_draft($1, $2, $3, $4, $5) as said', sent)
  await one.query('begin')
  await save(one)
  const { rows } = await other.query('select pg_backend_pid() as pid')
  const second = save(other)
  const waiting = `select from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'`
  await until('the second waits', async () => (await ground.outside.sql(waiting, [rows[0].pid])).length > 0)
  await one.query('commit')
  assert.equal((await second).rows[0].said, 'accepted')
})
