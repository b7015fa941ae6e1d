import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { nodeHasher, nodeSignatureCheck } from '../node/index.ts'
import {
  hex,
  leafHash,
  type ProvedDelivery,
  pureHasher,
  pureSignatureCheck,
  type RowProof,
  type RowProofFile,
  utf8,
  verifyRowFile,
} from '../src/index.ts'
import { later, newSigner } from './sample-node.ts'
import { AT, Deliverer, QUESTION } from './sample-rows.ts'

const hasher = nodeHasher('sha256')
const DEPS = { hasherFor: nodeHasher, checkSignature: nodeSignatureCheck }
const verify = (of: Deliverer, file: object, deps = DEPS) => verifyRowFile(JSON.stringify(file), of.node.trust(), deps)

let many: Deliverer
before(async () => {
  many = await new Deliverer().deliver(
    { kind: 'rows', lines: ['1\t王', '2\t张', '3\t李'] },
    { kind: 'changes', lines: ['+\t4\t赵', '-\t2\t\\N', '+\t3\t李四'] },
  )
})

const outcomes = async (asked: { key: string; line?: string }) => {
  const report = await verify(many, many.proof(asked))
  assert.deepEqual(report.findings, [])
  assert.ok(report.ok)
  return [report.verdict, ...report.deliveries.map(({ outcome }) => outcome)]
}

test('who holds the file and the node’s key alone learns whether a row was delivered, removed, or never there (C3)', async () => {
  assert.deepEqual(await outcomes({ key: '1', line: '1\t王' }), ['row', 'row', 'absent'])
  assert.deepEqual(await outcomes({ key: '1' }), ['key', 'key', 'absent'])
  assert.deepEqual(await outcomes({ key: '3', line: '3\t李四' }), ['row', 'key', 'row'])
  assert.deepEqual(await outcomes({ key: '2' }), ['key', 'key', 'removal'])
  assert.deepEqual(await outcomes({ key: '9' }), ['absent', 'absent', 'absent'])
  const browser = { hasherFor: pureHasher, checkSignature: pureSignatureCheck }
  assert.ok((await verify(many, many.proof({ key: '9' }), browser)).ok)
})

test('a delivery without leaves leaves the answer open, but not where the row is found elsewhere (C3)', async () => {
  const bare = (asked: { key: string }) => {
    const file = many.proof(asked)
    return { ...file, deliveries: file.deliveries.map((one, at) => (at === 1 ? { ...one, proof: null } : one)) }
  }
  const open = await verify(many, bare({ key: '9' }))
  assert.deepEqual([open.ok, open.verdict], [true, 'unproven'])
  assert.equal((await verify(many, bare({ key: '1' }))).verdict, 'key')
})

const swapped = (text: unknown): string => (String(text).startsWith('0') ? '1' : '0') + String(text).slice(1)
const said = (value: unknown) => () => value

/** A copy with what stands at a place changed. */
const changed = (file: RowProofFile, place: string, change: (old: unknown) => unknown): object => {
  const copy = JSON.parse(JSON.stringify(file))
  const names = place.split('.')
  const last = names.pop() as string
  const holder = names.reduce<Record<string, unknown>>((of, name) => of[name] as Record<string, unknown>, copy)
  holder[last] = change(holder[last])
  return copy
}

const P = 'deliveries.0.proof'
const TAMPERED: readonly (readonly ['shown' | 'gone' | 'held', string, (old: never) => unknown])[] = [
  ['shown', `${P}.line`, said('1\t李')],
  ['shown', `${P}.salt`, swapped],
  ['shown', `${P}.order`, swapped],
  ['shown', `${P}.path.0`, swapped],
  ['shown', `${P}.path`, (path: string[]) => path.slice(1)],
  ['shown', `${P}.index`, (index: number) => (index + 1) % 3],
  ['shown', 'question.line', said('2\t张')],
  ['held', `${P}.leaf`, swapped],
  ['held', 'question.key', said('2')],
  ['gone', `${P}.order_salt`, swapped],
  ['gone', `${P}.before`, said(null)],
  ['gone', 'question.key', said('1')],
  ['gone', 'question.subscription_id', said(QUESTION.grant_id)],
  ['gone', 'question.resource_code', said('302015001/000008')],
  ['gone', 'question.to', said(AT)],
  ['gone', 'deliveries.0.entry', (entry: string) => entry.replace('"rows":3', '"rows":0')],
  ['gone', 'deliveries.0.entry', said('{}')],
  ['gone', 'deliveries.0.path.0', swapped],
  ['gone', 'deliveries.0.size', (size: number) => size + 1],
  ['gone', 'deliveries.0', (one: ProvedDelivery) => ({ ...one, withheld: one })],
  ['gone', 'deliveries', ([one]: ProvedDelivery[]) => [one, one]],
  ['gone', 'deliveries', said(3)],
  ['gone', 'checkpoints.0.checkpoint.at', said(later(AT, 2000))],
  ['gone', 'checkpoints', said([])],
  ['gone', 'format', said('other')],
]

test('a changed leaf, salt, line, path, order secret, receipt or checkpoint is found offline (C3)', async () => {
  const files = {
    shown: many.proof({ key: '1', line: '1\t王' }),
    held: many.proof({ key: '1' }),
    gone: many.proof({ key: '9' }),
  }
  for (const [name, place, change] of TAMPERED) {
    const report = await verify(many, changed(files[name], place, change as (old: unknown) => unknown))
    assert.equal(report.ok, false, `${name} ${place}`)
  }
  assert.equal((await verifyRowFile('no json', many.node.trust(), DEPS)).ok, false)
  const keys = many.node.trust().keys.map((key) => ({ ...key, key_id: newSigner().key_id }))
  const strange = await verifyRowFile(JSON.stringify(files.gone), many.node.trust({ keys }), DEPS)
  assert.equal(strange.ok, false)
})

const persons = fc.uniqueArray(fc.integer({ min: 100, max: 999 }), { minLength: 2, maxLength: 12 })

test('a proof tells nothing of the other rows to whoever guesses them, even with the salt or the order secret it shows (C3)', async () => {
  await fc.assert(
    fc.asyncProperty(persons, fc.uint8Array({ minLength: 32, maxLength: 32 }), async (keys, salt) => {
      const lineOf = (key: number) => `${key}\t某${key}`
      const one = await new Deliverer().deliver({ kind: 'rows', lines: keys.map(lineOf), salt })
      const [asked, ...others] = keys as [number, ...number[]]
      for (const file of [
        one.proof({ key: String(asked), line: lineOf(asked) }),
        one.proof({ key: String(asked) }),
        one.proof({ key: '9999' }),
      ]) {
        const text = JSON.stringify(file)
        const proof = file.deliveries[0]!.proof as RowProof
        const secrets = [...('salt' in proof ? [proof.salt] : []), ...('order_salt' in proof ? [proof.order_salt] : [])]
        for (const other of others) {
          assert.ok(!text.includes(lineOf(other)))
          // What a guesser can compute from a right guess of the row and every secret shown.
          for (const secret of ['', ...secrets]) {
            const guess = new Uint8Array([...Buffer.from(secret, 'hex'), ...utf8(lineOf(other))])
            assert.ok(!text.includes(hex(hasher.hash(guess))))
            assert.ok(!text.includes(hex(leafHash(hasher, guess))))
          }
        }
      }
    }),
    { numRuns: 40 },
  )
})
