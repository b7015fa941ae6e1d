import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodeHasher } from '../node/index.ts'
import {
  type AbsenceProof,
  bodyOf,
  fromHex,
  hex,
  LEAF_BYTES,
  type LineShape,
  makeRowLeaves,
  type PresenceProof,
  proveAbsence,
  provePresence,
  pureHasher,
  SealError,
  verifyRowProof,
} from '../src/index.ts'

const hasher = nodeHasher('sha256')
const salt = new Uint8Array(32).fill(7)
const shape = { kind: 'rows' as const, key: [0] }
const leavesOf = (lines: readonly string[]) => makeRowLeaves(hasher, { ...shape, salt, body: bodyOf(lines) })
const lineOfKey = (key: number): string => `${key}\t王${key}\t\\N`
const keys = fc.uniqueArray(fc.nat(200), { maxLength: 40 })

test('every delivered line can be shown to have been delivered, every other key not to (T8.1, C4)', () => {
  fc.assert(
    fc.property(keys, fc.nat(200), (present, asked) => {
      const kept = { ...leavesOf(present.map(lineOfKey)), salt }
      assert.equal(kept.leaves.length, present.length * LEAF_BYTES)
      const presence = provePresence(hasher, kept, { ...shape, line: lineOfKey(asked) })
      const absence = proveAbsence(hasher, kept, String(asked))
      assert.equal(presence !== undefined, present.includes(asked))
      assert.equal(absence !== undefined, !present.includes(asked))
      const proof = (presence ?? absence) as PresenceProof | AbsenceProof
      assert.ok(verifyRowProof(hasher, kept, JSON.parse(JSON.stringify(proof))))
      assert.ok(verifyRowProof(pureHasher('sha256'), kept, proof))
    }),
    { numRuns: 300 },
  )
})

test('an altered line has no proof, and no proof can be bent to another line or receipt (T8.1, C4)', () => {
  const kept = { ...leavesOf([1, 2, 3, 4, 5].map(lineOfKey)), salt }
  assert.equal(provePresence(hasher, kept, { ...shape, line: '3\t李3\t\\N' }), undefined)
  const proof = provePresence(hasher, kept, { ...shape, line: lineOfKey(3) }) as PresenceProof
  const other = leavesOf([1, 2, 3, 4].map(lineOfKey))
  assert.ok(!verifyRowProof(hasher, other, proof))
  for (const change of [
    { line: '3\t李3\t\\N' },
    { salt: '00'.repeat(16) },
    { salt: `${proof.salt}00` },
    { order: '00'.repeat(16) },
    { index: proof.index === 0 ? 1 : 0 },
    { index: -1 },
    { path: proof.path.slice(1) },
    { path: [...proof.path, '00'.repeat(32)] },
    { path: ['zz'] },
    { path: null },
  ])
    assert.ok(!verifyRowProof(hasher, kept, { ...proof, ...change } as PresenceProof), JSON.stringify(change))
})

test('a key that is there cannot be shown absent by other neighbours or another salt (T8.1, C4)', () => {
  const kept = { ...leavesOf([1, 2, 3, 4, 5, 6, 7].map(lineOfKey)), salt }
  const absent = proveAbsence(hasher, kept, '99') as AbsenceProof
  assert.ok(verifyRowProof(hasher, kept, absent))
  for (const key of ['1', '2', '3', '4', '5', '6', '7']) {
    assert.equal(proveAbsence(hasher, kept, key), undefined)
    assert.ok(!verifyRowProof(hasher, kept, { ...absent, key }))
    // The leaf itself left out: its neighbours are no neighbours.
    const without = { ...leavesOf([1, 2, 3, 4, 5, 6, 7].filter((one) => String(one) !== key).map(lineOfKey)), salt }
    assert.ok(!verifyRowProof(hasher, kept, proveAbsence(hasher, without, key) as AbsenceProof))
    const salted = makeRowLeaves(hasher, { ...shape, salt: new Uint8Array(32), body: bodyOf([]) })
    const empty = proveAbsence(hasher, { ...salted, salt: new Uint8Array(32) }, key) as AbsenceProof
    assert.ok(!verifyRowProof(hasher, kept, empty))
  }
  assert.ok(!verifyRowProof(hasher, kept, { ...absent, before: null, after: null }))
})

test('changes of one key are leaves of their own, and stay provable (T8.1, C4)', () => {
  const changes = { kind: 'changes' as const, key: [0] }
  const lines = ['+\t1\t王', '-\t1\t\\N', '+\t1\t李', '+\t2\t张']
  const kept = { ...makeRowLeaves(hasher, { ...changes, salt, body: bodyOf(lines) }), salt }
  for (const line of lines)
    assert.ok(verifyRowProof(hasher, kept, provePresence(hasher, kept, { ...changes, line }) as PresenceProof))
  assert.equal(proveAbsence(hasher, kept, '1'), undefined)
  assert.ok(verifyRowProof(hasher, kept, proveAbsence(hasher, kept, '3') as AbsenceProof))
  assert.throws(() => makeRowLeaves(hasher, { ...changes, key: [5], salt, body: bodyOf(lines) }), SealError)
})

test('a key of several items, one of them empty, is still one key (T8.1, C4)', () => {
  const pairs = { kind: 'rows' as const, key: [2, 0] }
  const kept = { ...makeRowLeaves(hasher, { ...pairs, salt, body: bodyOf(['b\tx\t', 'b\tx\t\\N']) }), salt }
  assert.equal(proveAbsence(hasher, kept, '\tb'), undefined)
  assert.equal(proveAbsence(hasher, kept, '\\N\tb'), undefined)
  assert.ok(proveAbsence(hasher, kept, 'b'))
})

interface Vector extends LineShape {
  readonly name: string
  readonly salt: string
  readonly lines: readonly string[]
  readonly rows: number
  readonly root: string
  readonly order: string
  readonly leaves: string
  readonly present?: PresenceProof
  readonly absent: AbsenceProof
}

test('leaves, roots and proofs are those that somebody else computed from the words of the record (C3)', async () => {
  const file = new URL('./vectors/row-leaves.json', import.meta.url)
  const vectors = JSON.parse(await readFile(file, 'utf8')) as Vector[]
  for (const { name, lines, present, absent, kind, key, ...wanted } of vectors) {
    const shape = { kind, key, salt: fromHex(wanted.salt) }
    const { leaves, ...made } = makeRowLeaves(hasher, { ...shape, body: bodyOf(lines) })
    const { salt: _, ...said } = wanted
    assert.deepEqual({ ...made, leaves: hex(leaves) }, said, name)
    const kept = { leaves, salt: shape.salt }
    if (present) assert.deepEqual(provePresence(hasher, kept, { kind, key, line: present.line }), present, name)
    assert.deepEqual(proveAbsence(hasher, kept, absent.key), absent, name)
    for (const proof of [present, absent]) if (proof) assert.ok(verifyRowProof(hasher, made, proof), name)
  }
})
