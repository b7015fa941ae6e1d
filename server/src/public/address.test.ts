import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { addressOf, withoutSlash } from './address.ts'

let ground: PublicGround

before(async () => {
  ground = await openPublicAlone()
  await layDataset(ground, {
    slug: 'a-1',
    content: { title: '重要商品价格' },
    columns: [columnOf('goods', '商品')],
    rows: [['牛肉'], ['鲜奶']],
  })
})
after(() => ground?.close())

const get = (url: string) => ground.app.inject({ method: 'GET', url })

test('what is typed on a page written in GBK is found and filtered by as what it says (T4.2, P15)', async () => {
  const page = await get('/search?q=%BC%DB%B8%F1')
  assert.match(page.body, /“价格”的检索结果/)
  assert.match(page.body, /重要商品<mark>价格<\/mark>/)
  assert.equal((await get('/api/v1/datasets/a-1/rows?goods__eq=%C5%A3%C8%E2')).json().total, 1)
  assert.equal((await get('/api/3/action/package_search?q=%BC%DB%B8%F1&rows=0')).json().result.count, 1)
  assert.equal((await get('/organs/%CA%A1%C9%CC%CE%F1%CC%FC')).statusCode, 200)
})

test('an address in UTF-8 stays as it came, and no address becomes another’s (T4.2)', () => {
  assert.equal(
    addressOf('/search?q=%B2e%B5%C4&from=1+%BC%DB'),
    `/search?q=${encodeURIComponent('瞖的')}&from=1+${encodeURIComponent('价')}`,
  )
  for (const same of ['/search?q=%E4%BB%B7', '/x?q=caf%E9', '/x?q=%FF', '/x?q=100%', '/x?q=%zz'])
    assert.equal(addressOf(same), same)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const url = `/search?q=${encodeURIComponent(text.toWellFormed())}`
      assert.equal(addressOf(url), url)
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const url = `/a/${Array.from(bytes, (one) => `%${one.toString(16).padStart(2, '0')}`).join('')}?x=1`
      const read = addressOf(url)
      assert.deepEqual(read.match(/[/?&=#]/g), ['/', '/', '?', '='])
      assert.equal(addressOf(read), read)
    }),
  )
})

test('a slash too much and a shortened address lead on, within the site (T4.2)', async () => {
  const ways = {
    '/datasets/a-1/': '/datasets/a-1',
    '/search/?q=x': '/search?q=x',
    '/api/v1/datasets/a-1/rows//': '/api/v1/datasets/a-1/rows',
    '/datasets': '/search',
  }
  for (const [url, location] of Object.entries(ways)) {
    const answer = await get(url)
    assert.deepEqual([answer.statusCode, answer.headers.location], [301, location], url)
    assert.equal((await get(location)).statusCode, 200, location)
  }
  for (const url of ['/', '//evil.test/', 'http://evil.test/x/', '/\\evil.test/', '//', '/x?y=/', '/x'])
    assert.equal(withoutSlash(url), undefined, url)
  const unknown = await get('/api/v1/datasets/a-1')
  assert.deepEqual([unknown.json().title, /\/developers$/.test(unknown.json().detail)], ['没有找到', true])
})
