import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLATFORM } from '#kernel/ctx.ts'
import type { Refusal } from '#kernel/serve.ts'
import { RefusalFold } from './refusal.rules.ts'

const refusal = (person_id: string, more: Partial<Refusal> = {}): Refusal => ({
  actor: { ...PLATFORM, kind: 'person', person_id },
  permission: 'catalog.resource.edit',
  code: 'forbidden',
  path: '/api/v1/catalog/resources',
  ip: '10.1.1.1',
  ...more,
})

test('a refusal repeated within a minute is told once, then as one number (T16.1)', () => {
  const fold = new RefusalFold()
  const told = Array.from({ length: 100 }, (_, n) => fold.offer(refusal('a'), n * 100)).filter(Boolean)
  assert.equal(told.length, 1)
  assert.deepEqual(fold.takeDue(59_999), [])
  assert.deepEqual(fold.takeDue(60_000), [{ refusal: refusal('a'), repeats: 99 }])
  assert.deepEqual(fold.takeDue(Number.POSITIVE_INFINITY), [], 'nothing is told twice')
  assert.equal(fold.offer(refusal('a'), 60_001), true, 'the next minute tells it anew')
})

test('refusals that differ in person, code, place or address are each told (T16.1)', () => {
  const fold = new RefusalFold()
  const all = [
    refusal('a'),
    refusal('b'),
    refusal('a', { code: 'conflict' }),
    refusal('a', { path: '/api/v1/catalog/resources/:id' }),
    refusal('a', { ip: '10.1.1.2' }),
  ]
  assert.deepEqual(
    all.map((one) => fold.offer(one, 0)),
    all.map(() => true),
  )
  assert.deepEqual(fold.takeDue(Number.POSITIVE_INFINITY), [], 'what happened once has no number to tell')
})
