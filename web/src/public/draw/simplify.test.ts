import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Position, type Ring, simplifyLine, simplifyRings } from './simplify.ts'

const zigzag = (from: number, to: number, y: number): Position[] => {
  const step = Math.sign(to - from)
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, at) => [
    from + at * step,
    y + (((from + at * step) % 2) * 3) / 10,
  ])
}

test('a line keeps its ends and whatever lies farther off than the tolerance (T4.2)', () => {
  const position = fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -500, max: 500 }))
  fc.assert(
    fc.property(
      fc.array(position, { minLength: 2, maxLength: 60 }),
      fc.integer({ min: 1, max: 200 }),
      (line, tolerance) => {
        const kept = simplifyLine(line, tolerance)
        assert.deepEqual([kept[0], kept.at(-1)], [line[0], line.at(-1)])
        assert.ok(kept.every((one) => line.includes(one as [number, number])))
        assert.deepEqual(simplifyLine(kept, tolerance).at(0), line[0])
        assert.ok(simplifyLine(line, 0).length >= kept.length)
      },
    ),
  )
})

test('neighbours keep one border between them, however each of them walks it (T4.2)', () => {
  const border = zigzag(0, 40, 10)
  const north: Ring = [...border, [40, 30], [0, 30], border[0]!]
  const back = border.toReversed()
  const south: Ring = [[0, -10], [40, -10], ...back, [0, -10]]
  const [above, below] = simplifyRings([north, south], 0.2) as [Ring, Ring]
  const shared = (ring: Ring) => ring.filter(([, y]) => y >= 9.5 && y <= 10.5).map(String)
  assert.deepEqual(new Set(shared(above)), new Set(shared(below)))
  const [coarse] = simplifyRings([north, south], 2) as [Ring, Ring]
  assert.deepEqual(new Set(coarse.map(String)), new Set(['0,10', '40,10', '40,30', '0,30']))
})

test('an island in a lake keeps one shore, wherever its ring begins (T4.2)', () => {
  const shore: Position[] = Array.from({ length: 60 }, (_, at) => [
    Math.round(Math.cos((at * Math.PI) / 30) * 1000),
    Math.round(Math.sin((at * Math.PI) / 30) * 1000),
  ])
  const island: Ring = [...shore, shore[0]!]
  const hole: Ring = [...shore.slice(17), ...shore.slice(0, 18)].toReversed()
  const [first, second] = simplifyRings([island, hole], 40) as [Ring, Ring]
  assert.ok(first.length < 40 && first.length > 8)
  assert.deepEqual(new Set(first.map(String)), new Set(second.map(String)))
  assert.deepEqual(first[0], first.at(-1))
})
