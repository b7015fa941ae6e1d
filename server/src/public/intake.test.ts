import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'

let ground: PublicGround
const SLUG = '363027001-000001'

before(async () => {
  ground = await openPublicAlone()
  await layDataset(ground, { slug: SLUG, content: { title: '公交站点位置' } })
})
after(() => ground?.close())

const HEADERS = { 'content-type': 'application/x-www-form-urlencoded' }
const get = (url: string) => ground.app.inject({ method: 'GET', url })
let turn = 0
const post = (url: string, fields: Record<string, string> | string, headers: Record<string, string> = {}) => {
  turn += 1
  return ground.app.inject({
    method: 'POST',
    url,
    headers: { ...HEADERS, ...headers },
    payload: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
    remoteAddress: `10.${Math.floor(turn / 250)}.0.${(turn % 250) + 1}`,
  })
}
const tokenIn = (body: string): string => /name="token" value="([^"]+)"/.exec(body)![1]!
const tokenOf = async (url: string): Promise<string> => tokenIn((await get(url)).body)

const NEW = `/datasets/${SLUG}/questions/new`
const ASKED = { title: '更新时间', text: '这个数据多久更新一次，站点搬迁后几天能看到？' }
const receiptIn = (body: string) => ({
  number: /GK\d{8}-[0-9A-Z]{8}/.exec(body)![0],
  code: /[0-9A-Z]{5}-[0-9A-Z]{5}(?=<)/.exec(body)![0],
})
const bodies = (number: string) =>
  ground.sql('select kind, dataset_slug, body, contact from intake.submission where number = $1', [number])

test('who asks gets number and code once, and with both reads how it stands (T4.2, P16)', async () => {
  const token = await tokenOf(NEW)
  const sent = await post(`/datasets/${SLUG}/questions`, { ...ASKED, token, email: 'a@example.com' })
  assert.equal(sent.statusCode, 200)
  assert.equal(sent.headers['cache-control'], 'no-store')
  const { number, code } = receiptIn(sent.body)
  assert.deepEqual(await bodies(number), [
    { kind: 'question', dataset_slug: SLUG, body: ASKED, contact: { email: 'a@example.com' } },
  ])
  const status = { token: await tokenOf('/status'), number: number.toLowerCase(), code: code.toLowerCase() }
  const standing = await post('/status', status)
  assert.match(standing.body, /已收到/)
  assert.doesNotMatch(standing.body, /a@example\.com/)
  const wrong = await post('/status', { ...status, code: '00000-00000' })
  assert.equal(wrong.statusCode, 422)
  assert.match(wrong.body, /对不上/)
})

test('the same form sent twice is one submission with one number and one code (T4.2)', async () => {
  const token = await tokenOf(NEW)
  const [one, other] = [
    await post(`/datasets/${SLUG}/questions`, { ...ASKED, token }),
    await post(`/datasets/${SLUG}/questions`, { ...ASKED, token }),
  ]
  assert.deepEqual(receiptIn(one.body), receiptIn(other.body))
  assert.equal((await bodies(receiptIn(one.body).number)).length, 1)
})

test('a form gone back to and sent with other words is another submission: nothing is said to be received that is not (T4.2)', async () => {
  const token = await tokenOf(NEW)
  const sent = await post(`/datasets/${SLUG}/questions`, { ...ASKED, token })
  const { number, code } = receiptIn(sent.body)
  const other = receiptIn((await post(`/datasets/${SLUG}/questions`, { ...ASKED, token, title: '另一个问题' })).body)
  assert.notEqual(other.number, number)
  assert.equal((await bodies(other.number)).length, 1)
  const standing = {
    ...{
      state: 'answered',
      state_title: '已答复',
      title: '更新时间',
      organ_name: '省商务厅',
      received_on: '2017-12-11',
    },
    ...{ clock: null, answer: '每月更新。', answered_on: '2017-12-12', timeline: [], can: ['supplement', 'reopen'] },
  }
  await ground.sql(
    `insert into intake.state (number, code_hash, kind, standing, revision)
     select number, code_hash, kind, $2, 1 from intake.submission where number = $1`,
    [number, JSON.stringify(standing)],
  )
  const claim = { number, code }
  const page = await post('/status', { ...claim, token: await tokenOf('/status') })
  const words = { ...claim, token: tokenIn(page.body), text: '站点还是旧的，请再看一看' }
  for (const path of ['supplement', 'reopen']) assert.equal((await post(`/status/${path}`, words)).statusCode, 200)
  const about = await ground.sql<{ kind: string }>('select kind from intake.submission where about = $1 order by 1', [
    number,
  ])
  assert.deepEqual(
    about.map(({ kind }) => kind),
    ['reopen', 'supplement'],
  )
})

test('what is wrong is told at its fields and nothing typed is lost (T4.2, WCAG 3.3.1)', async () => {
  const token = await tokenOf(`${NEW}?kind=correction`)
  const answer = await post(`/datasets/${SLUG}/corrections`, {
    token,
    title: '站名写错',
    row: '第 12 行',
    text: '短',
    email: 'nobody',
  })
  assert.equal(answer.statusCode, 422)
  for (const part of [
    'href="#field"',
    'href="#actual"',
    'href="#text"',
    'href="#email"',
    'value="站名写错"',
    'value="第 12 行"',
  ])
    assert.ok(answer.body.includes(part), part)
  assert.match(answer.body, /aria-invalid="true"/)
})

test('a form of another site, of another form, too old or filled in by a program is not taken (T4.2)', async () => {
  const token = await tokenOf(NEW)
  const path = `/datasets/${SLUG}/questions`
  const sent = { ...ASKED, token }
  assert.equal((await post(path, sent, { origin: 'https://evil.test' })).statusCode, 400)
  assert.equal((await post(path, sent, { 'sec-fetch-site': 'cross-site' })).statusCode, 400)
  assert.equal((await post(path, { ...sent, token: await tokenOf('/wishes/new') })).statusCode, 422)
  const [hour, ...rest] = token.split('.')
  const old = [(Number.parseInt(hour!, 36) - 13).toString(36), ...rest].join('.')
  assert.equal((await post(path, { ...sent, token: old })).statusCode, 422)
  const caught = await post(path, { ...sent, website: 'http://spam.test' })
  assert.match(caught.body, /程序自动填写/)
  assert.ok(caught.body.includes(ASKED.text))
  assert.equal((await post(path, sent, { origin: 'http://data.test' })).statusCode, 200)
})

test('a wish is looked for before it is made; the same address supports it once a day (T4.2, P18)', async () => {
  await ground.sql(
    `insert into site.thread (number, kind, title, text, state, received_on, rule_code, clock_started_on, revision)
     values ('GK20171201-AAAAAAAA', 'wish', '各县公交线路和站点', '想要公交线路', 'waiting', '2017-12-01', 'inquiry_wish', '2017-12-01', 1),
            ('GK20171201-BBBBBBBB', 'wish', '学校招生范围', '想要学区', 'waiting', '2017-12-01', 'inquiry_wish', '2017-12-01', 1)`,
  )
  const found = await get(`/wishes?q=${encodeURIComponent('公交站点')}`)
  assert.match(found.body, /各县公交线路和站点/)
  assert.doesNotMatch(found.body, /学校招生范围/)
  assert.match(found.body, new RegExp(`/datasets/${SLUG}`))
  const page = await get('/wishes/GK20171201-AAAAAAAA')
  const address = {
    remoteAddress: '10.200.0.1',
    method: 'POST',
    url: '/wishes/GK20171201-AAAAAAAA/support',
    headers: HEADERS,
  } as const
  const support = async (token: string) =>
    (await ground.app.inject({ ...address, payload: new URLSearchParams({ token }).toString() })).body
  assert.match(await support(tokenIn(page.body)), /已记下您的附议/)
  assert.match(await support(await tokenOf('/wishes/GK20171201-AAAAAAAA')), /今天已经附议过/)
})

test('an application names datasets that are open and an address of the web (T4.2, P19)', async () => {
  const token = await tokenOf('/showcase/new')
  const app = { title: '坐公交', kind: 'app', developer: '某公司', text: '查公交站点和到站时间的应用', token }
  const wrong = await post('/showcase/new', { ...app, url: 'javascript:alert(1)', datasets: 'nothing' })
  assert.ok(wrong.body.includes('href="#url"'))
  const missing = await post('/showcase/new', { ...app, url: 'https://bus.example.com/', datasets: 'nothing' })
  assert.ok(missing.body.includes('没有找到这些数据集：nothing'))
  const sent = await post('/showcase/new', {
    ...app,
    url: 'https://bus.example.com/',
    datasets: `http://data.test/datasets/${SLUG}`,
  })
  const [row] = await bodies(receiptIn(sent.body).number)
  assert.deepEqual((row!.body as { datasets: string[] }).datasets, [SLUG])
})

const FORMS = [
  '/wishes/new',
  `/datasets/${SLUG}/questions`,
  `/datasets/${SLUG}/corrections`,
  '/showcase/new',
  '/status',
  '/status/reopen',
  '/status/supplement',
]
const NAMES = [
  'title',
  'text',
  'purpose',
  'field',
  'row',
  'actual',
  'url',
  'kind',
  'developer',
  'datasets',
  'email',
  'phone',
  'number',
  'code',
  'token',
  'website',
  '__proto__',
  'constructor',
]

test('whatever is sent, no form answers with a fault of ours, and markup comes back as text (T4.2)', async () => {
  const nasty = fc.constantFrom(
    '\0',
    '<script>alert(1)</script>',
    '\u202Eabc',
    '\uD800',
    "';drop table intake.submission;--",
    'x'.repeat(5000),
    '%',
    '',
    '公交线路，每周更新一次',
  )
  const value = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 60 }))
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...FORMS),
      fc.dictionary(fc.constantFrom(...NAMES), value, { noNullPrototype: true }),
      fc.boolean(),
      async (url, fields, isOurs) => {
        const page = url.replace(/\/(questions|corrections)$/, '/questions/new').replace(/\/(reopen|supplement)$/, '')
        const token: Record<string, string> = isOurs
          ? { token: await tokenOf(url.endsWith('corrections') ? `${page}?kind=correction` : page) }
          : {}
        const answer = await post(url, { ...fields, ...token })
        assert.ok(answer.statusCode < 500, `${url} ${answer.statusCode} ${JSON.stringify(fields)}`)
        assert.ok(!answer.body.includes('<script>alert'))
      },
    ),
    { numRuns: 50 },
  )
  for (const raw of ['%E0%A4%A', '&&&==', 'a'.repeat(60_000), 'title=%00%00&token=..', '{"json":1}'])
    for (const url of FORMS) assert.ok((await post(url, raw)).statusCode < 500)
  assert.equal((await post('/wishes/new', `text=${'a'.repeat(70_000)}`)).statusCode, 413)
  assert.equal((await post('/wishes/new', '{}', { 'content-type': 'application/json' })).statusCode < 500, true)
  for (const url of [
    '/wishes/%00',
    '/wishes/GK',
    '/datasets/none/questions',
    '/showcase/x',
    '/status?number=%00',
    '/wishes?from=-1&q=%E0%A4',
  ])
    assert.ok((await get(url)).statusCode < 500, url)
})
