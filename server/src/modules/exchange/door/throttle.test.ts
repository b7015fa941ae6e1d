import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Throttle } from './throttle.ts'

const mayTry = (throttle: Throttle, address: string): boolean => {
  try {
    throttle.assertMayTry(address)
    return true
  } catch {
    return false
  }
}

test('one network tries so often and no more, whichever of its addresses it uses; others are not held back (T16.1)', () => {
  const throttle = new Throttle(3)
  const tries = ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::', '2001:db8::3'].map((one) => mayTry(throttle, one))
  assert.deepEqual(tries, [true, true, true, false])
  assert.equal(mayTry(throttle, '2001:db8:1::1'), true)
  assert.equal(mayTry(throttle, '10.0.0.1'), true)
})
