import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outlineGeometry } from './outlines.ts'
import { regions } from './regions.ts'

test('every prefecture of Qinghai has an outline of closed rings within the province, and nothing else has one (T4.2)', () => {
  const prefectures = regions.filter(({ level }) => level === 'prefecture')
  for (const { code, name } of prefectures) {
    const rings = outlineGeometry(code)!.coordinates.flat()
    assert.ok(rings.length > 0, name)
    for (const ring of rings) {
      assert.deepEqual(ring[0], ring.at(-1), name)
      assert.ok(
        ring.every(([lon, lat]) => lon! > 89 && lon! < 104 && lat! > 31 && lat! < 40),
        name,
      )
    }
  }
  assert.equal(outlineGeometry('630102'), undefined)
})
