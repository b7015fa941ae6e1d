import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { countedSite } from '#test/counted-site.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { codeHash } from './intake.send.ts'

const NUMBER = 'GK20171211-AAAAAAAA'
const CODE = 'AAAAA-BBBBB'

let ground: PublicGround
before(async () => {
  ground = await openPublicAlone()
  await ground.sql(
    `insert into intake.state (number, code_hash, kind, standing, revision) values ($1, $2, 'question', $3, 1)`,
    [
      NUMBER,
      codeHash(NUMBER, CODE),
      { state: 'waiting', can: ['supplement'], timeline: [], received_on: '2017-12-11' },
    ],
  )
})
after(() => ground?.close())

type App = Pick<PublicGround['app'], 'inject'>
const tokenOf = async (app: App) =>
  /name="token" value="([^"]+)"/.exec((await app.inject({ url: '/status' })).body)![1]!
let token = ''
const say = async (app: App, from: string, { code = CODE, path = '/status' } = {}) => {
  token ||= await tokenOf(app)
  return app.inject({
    ...{ method: 'POST', url: path, remoteAddress: from },
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    payload: new URLSearchParams({ token, number: NUMBER, code }).toString(),
  })
}

test('who guesses codes has ten in all, however many processes he asks and however many at once (T4.2)', async () => {
  const [one, other] = [await countedSite(ground), await countedSite(ground)]
  const guesses = Array.from({ length: 40 }, (_, turn) =>
    say(turn % 2 ? one.app : other.app, '203.0.113.1', { code: `guess-${turn}` }),
  )
  const told = (await Promise.all(guesses)).map(({ statusCode }) => statusCode)
  assert.deepEqual(
    [422, 429].map((status) => told.filter((one) => one === status).length),
    [10, 30],
  )
  for (const { app } of [one, other]) {
    const locked = await say(app, '203.0.113.1')
    assert.equal(locked.statusCode, 429, 'nor with the right one')
    assert.match(locked.body, /请 10 分钟后再试/)
    assert.ok(Number(locked.headers['retry-after']) > 0)
    assert.equal((await say(app, '203.0.113.2')).statusCode, 200, 'others are served')
  }
  await ground.sql(`update intake.attempt set since = since - interval '10 minutes'`)
  assert.equal((await say(one.app, '203.0.113.1')).statusCode, 200, 'after ten minutes he may')
  await Promise.all([one.close(), other.close()])
})

test('every address that takes a code counts: none is a way around the others (T4.2)', async () => {
  const paths = ['supplement', 'reopen', 'mend', 'agreement', 'rekey', 'appeal'].map((verb) => `/status/${verb}`)
  for (const path of [...paths, ...paths]) await say(ground.app, '203.0.113.3', { code: 'wrong', path })
  for (const path of ['/status', ...paths])
    assert.equal((await say(ground.app, '203.0.113.3', { path })).statusCode, 429, path)
})

test('a right code is no wrong one, a house with IPv6 is one guesser, and counts that are over are swept (T4.2)', async () => {
  for (let turn = 0; turn < 12; turn += 1) assert.equal((await say(ground.app, '203.0.113.4')).statusCode, 200)
  for (let turn = 0; turn < 10; turn += 1) await say(ground.app, `2001:db8::${turn + 1}`, { code: 'wrong' })
  assert.equal((await say(ground.app, '2001:db8::ffff')).statusCode, 429)
  assert.equal((await say(ground.app, '2001:db8:0:1::1')).statusCode, 200)
  await ground.sql(`update intake.attempt set since = since - interval '10 minutes'`)
  await say(ground.app, '203.0.113.5')
  assert.equal((await ground.sql('select from intake.attempt')).length, 1)
})
