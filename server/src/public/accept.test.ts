import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { codingWeight, preferred } from './accept.ts'

const OFFERS = { json: ['application/json'], csv: ['text/csv'], page: ['text/html', 'application/xhtml+xml'] } as const

test('of what is offered the weightiest is sent, named before anything, first before second, refused never (RFC 9110)', () => {
  const best = (accept: string | undefined) => preferred(accept, OFFERS)
  assert.equal(best('application/json, text/csv;q=0.1'), 'json')
  assert.equal(best('text/csv;q=0.1, application/json'), 'json')
  assert.equal(best('text/csv, application/json'), 'csv')
  assert.equal(best('*/*, text/csv'), 'csv')
  assert.equal(best('text/*;q=0.9, application/json;q=0.5'), 'csv')
  assert.equal(best('*/*'), 'json')
  assert.equal(best('*/*, application/json;q=0'), 'csv')
  assert.equal(best('TEXT/HTML ; Q=1'), 'page')
  assert.equal(best('application/xhtml+xml'), 'page')
  for (const nothing of [undefined, '', 'image/png', 'text/csv;q=0', '*/*;q=0']) assert.equal(best(nothing), null)
})

test('a weight nobody can read is one, and no header makes more of it than a choice (RFC 9110)', () => {
  for (const q of ['', 'x', '-1', '2', '1e9', 'NaN', '0x1']) assert.equal(codingWeight(`gzip;q=${q}`, 'gzip'), 1, q)
  assert.equal(codingWeight('br;q=0.5, *;q=0.1', 'gzip', 'x-gzip'), 0.1)
  assert.equal(codingWeight('x-gzip;q=0.3, *', 'gzip', 'x-gzip'), 0.3)
  assert.equal(codingWeight('br', 'gzip'), 0)
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z*/;=q.,0-9 ]{0,80}$/)), (header) => {
      assert.ok([null, 'json', 'csv', 'page'].includes(preferred(header, OFFERS)))
      const weight = codingWeight(header, 'gzip')
      assert.ok(weight >= 0 && weight <= 1)
    }),
  )
})
