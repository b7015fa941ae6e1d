import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { RowProofFile } from '@sanjiang/seal'
import { later } from '@sanjiang/seal/sample'
import { AT, Deliverer, QUESTION } from '@sanjiang/seal/sample-rows'
import { runRow } from './row.command.ts'
import { UsageFault } from './usage.ts'

let dir: string
let one: Deliverer
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sanjiang-cli-row-'))
  one = await new Deliverer().deliver(
    { kind: 'rows', lines: ['1\t王', '2\t张'] },
    { kind: 'changes', lines: ['-\t2\t\\N'] },
  )
})
after(() => rm(dir, { recursive: true, force: true }))

const put = async (name: string, content: Uint8Array | object): Promise<string> => {
  const file = join(dir, name)
  await writeFile(file, content instanceof Uint8Array ? content : JSON.stringify(content))
  return file
}

/** What the command prints and answers. */
const verify = async (proof: object, ...more: string[]): Promise<{ code: number; said: string }> => {
  const lines: string[] = []
  const { log } = console
  console.log = (line: string) => void lines.push(line)
  try {
    const trust = await put('trust.json', one.node.trust())
    const code = await runRow([await put('proof.json', proof), '--trust', trust, ...more])
    return { code, said: lines.join('\n') }
  } finally {
    console.log = log
  }
}

const period = { from: QUESTION.from, to: QUESTION.to }
const without = (file: RowProofFile, at: number) => ({
  ...file,
  deliveries: file.deliveries.filter((_, n) => n !== at),
})

test('the proof of a row is verified from the file and the pinned key, and told in a sentence (C3)', async () => {
  const shown = await verify(one.proof({ key: '1', line: '1\t王' }))
  assert.equal(shown.code, 0)
  assert.match(shown.said, /^通过：交付过这一行\n/)
  assert.match(shown.said, /是否列全，请加 --ledger/)
  const gone = await verify(one.proof({ key: '7' }), '--json')
  assert.deepEqual([gone.code, JSON.parse(gone.said).verdict], [0, 'absent'])
  const bent = one.proof({ key: '7' })
  const forged = await verify({ ...bent, question: { ...bent.question, key: '1' } })
  assert.equal(forged.code, 1)
  assert.match(forged.said, /^不通过/)
})

test('beside an export of the ledger a delivery that the proof leaves out is found (C3)', async () => {
  const ledger = await put('ledger.ndjson', await one.node.bytes({ period, produced_at: later(QUESTION.to, 1000) }))
  const whole = one.proof({ key: '7' })
  assert.equal((await verify(whole, '--ledger', ledger)).code, 0)
  const hidden = await verify(without(whole, 1), '--ledger', ledger)
  assert.equal(hidden.code, 1)
  assert.match(hidden.said, /证明文件没有列出/)
  assert.equal((await verify(without(whole, 1))).code, 0, 'alone it cannot be seen')
  const short = await put('short.ndjson', await one.node.bytes({ period: { from: AT, to: later(AT, 500) } }))
  assert.match((await verify(whole, '--ledger', short)).said, /不足所问的时期/)
  const spoilt = Buffer.from(await one.node.bytes({ period }))
  spoilt[spoilt.indexOf('"rows":2') + 7] = 0x39
  assert.equal((await verify(whole, '--ledger', await put('spoilt.ndjson', spoilt))).code, 1)
})

test('what cannot be looked for is a fault of usage, not a verdict (C3)', async () => {
  await assert.rejects(runRow(['proof.json']), UsageFault)
  await assert.rejects(runRow([]), UsageFault)
  const trust = await put('trust.json', one.node.trust())
  await assert.rejects(runRow([join(dir, 'nothing.json'), '--trust', trust]), UsageFault)
})
