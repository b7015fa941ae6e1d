import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codes } from '@sanjiang/contract'
import { makeCitizenId, makeCreditCode, organCodeCheck } from './check-digits.ts'
import { organs } from './reference/organs.ts'
import { regions } from './reference/regions.ts'

const TODAY = '2017-12-11'

test('the ids the generators make pass the parsers that judge what others send (GB 11643, GB 32100, GB 11714)', () => {
  for (let i = 0; i < 5000; i++) {
    const born = codes.formatDay(-20000 + i * 7).replaceAll('-', '')
    const id = makeCitizenId(`${regions[i % regions.length]?.code}${born}${String(i % 1000).padStart(3, '0')}`)
    assert.equal(codes.parseCitizenId(id, TODAY).ok, true, id)
    const body = `MA${String(i).padStart(6, '0')}`
    const code = makeCreditCode('91', '630100', body)
    assert.equal(codes.parseCreditCode(code).ok, true, code)
    assert.equal(codes.parseOrganCode(body + organCodeCheck(body)).ok, true, body)
  }
})

test('every organ of the reference data has a credit code that passes (rule C08)', () => {
  for (const organ of organs) assert.equal(codes.parseCreditCode(organ.credit_code).ok, true, organ.name)
})

test('the divisions of the reference data are those the contract knows in 2017 (GB/T 2260)', () => {
  const known = codes.divisionsAt('2017-10-31').map(({ code, name, parent_code }) => ({ code, name, parent_code }))
  const seeded = regions
    .map(({ code, name, parent_code }) => ({ code, name, parent_code }))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
  assert.deepEqual(seeded, known)
})
