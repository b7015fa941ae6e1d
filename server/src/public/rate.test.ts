import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { countedSite } from '#test/counted-site.ts'
import { layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { Buckets, clientOf, costOf } from './rate.rules.ts'

let ground: PublicGround

before(async () => {
  ground = await openPublicAlone()
  await layDataset(ground, { slug: 'r-1' })
})
after(() => ground?.close())

test('a crawler that asks for everything is slowed, and others are served as ever (T4.2)', async () => {
  const site = await countedSite(ground, { rate: { perMinute: 40 }, trustProxy: ['10.0.0.0/8'] })
  const ask = (url: string, remoteAddress: string, headers: Record<string, string> = {}) =>
    site.app.inject({ method: 'GET', url, remoteAddress, headers })
  let refused = 0
  for (let no = 0; no < 60; no += 1) {
    if ((await ask('/datasets/r-1', '203.0.113.5')).statusCode === 429) refused += 1
    assert.equal((await ask('/healthz', '203.0.113.5')).statusCode, 200)
    if (no % 6 === 0) assert.equal((await ask('/datasets/r-1', '203.0.113.6')).statusCode, 200)
  }
  assert.ok(refused >= 30, `${refused}`)
  const page = await ask('/', '203.0.113.5')
  assert.match(page.body, /访问过于频繁/)
  assert.ok(Number(page.headers['retry-after']) >= 1)
  assert.match(String(page.headers.ratelimit), /^"client";r=0;t=\d+$/)
  assert.equal(page.headers['ratelimit-policy'], '"client";q=40;w=60')
  assert.equal((await ask('/dcat/catalog.ttl', '203.0.113.5')).json().code, 'rate_limited')
  assert.equal((await ask('/api/3/action/site_read', '203.0.113.5')).json().error.__type, 'Rate Limit Error')
  for (const url of ['/api/v1/datasets/r-1/rows', '/ogc', '/dcat/catalog.ttl', '/api/3/action/site_read']) {
    let answer = await ask(url, '203.0.113.5')
    while (answer.statusCode !== 429) answer = await ask(url, '203.0.113.5')
    const { headers } = answer
    assert.equal(headers['access-control-allow-origin'], '*', url)
    assert.match(String(headers['access-control-expose-headers']), /RateLimit.*Retry-After/, url)
  }
  const before = await site.app.inject({
    method: 'OPTIONS',
    url: '/api/v1/datasets/r-1/rows',
    remoteAddress: '203.0.113.5',
    headers: { origin: 'https://app.test', 'access-control-request-method': 'POST' },
  })
  assert.deepEqual([before.statusCode, before.headers['access-control-allow-origin']], [204, '*'])
  // On a slow machine there is something left again by now.
  while ((await ask('/', '203.0.113.5')).statusCode !== 429);
  const through = { 'x-forwarded-for': '203.0.113.5' }
  assert.equal((await ask('/', '10.1.1.1', through)).statusCode, 429, 'told by a proxy we trust')
  assert.equal((await ask('/', '192.0.2.1', through)).statusCode, 200, 'said by somebody')
  await site.close()
})

test('nobody gets more than his share, however he asks, and forgotten clients take no room (T4.2)', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ wait: fc.nat(5000), cost: fc.integer({ min: 1, max: 5 }) }), { maxLength: 200 }),
      (asked) => {
        const buckets = new Buckets({ perMinute: 60 })
        let [now, spent] = [0, 0]
        for (const { wait, cost } of asked) {
          now += wait
          if (!buckets.spend('a', cost, now).isRefused) spent += cost
        }
        assert.ok(spent <= buckets.capacity + (now * 60) / 60_000 + 1e-6)
        assert.equal(buckets.spend('b', 1, now).isRefused, false)
      },
    ),
  )
  const few = new Buckets({ perMinute: 60 }, 10)
  for (let no = 0; no < 1000; no += 1) few.spend(String(no), 1, no)
  assert.equal(few.size, 10)
  const owing = new Buckets({ perMinute: 60 })
  owing.charge('a', 1e9, 0)
  assert.deepEqual([owing.spend('a', 1, 0).isRefused, owing.spend('a', 1, 62_000).isRefused], [true, false])
})

test('an IPv6 house is one client, a robot that says so pays more, watchers and style pay nothing (T4.2)', () => {
  assert.equal(clientOf('2001:db8:1:2:3:4:5:6'), clientOf('2001:0db8:0001:0002::1'))
  assert.notEqual(clientOf('2001:db8:1:2::1'), clientOf('2001:db8:1:3::1'))
  assert.deepEqual(['::1', '::ffff:203.0.113.5', '203.0.113.5'].map(clientOf), [
    '0:0:0:0::/64',
    '203.0.113.5',
    '203.0.113.5',
  ])
  const costs = ['/', '/search', '/api/3/action/package_search', '/assets/site-x.css', '/healthz'].map((path) =>
    costOf(path, ''),
  )
  assert.deepEqual(costs, [1, 2, 2, 0, 0])
  assert.equal(costOf('/', 'Mozilla/5.0 (compatible; Baiduspider/2.0)'), 4)
})
