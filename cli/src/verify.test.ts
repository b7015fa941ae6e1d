import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkpointHash, hex, type Report, type SignedCheckpoint, type Trust } from '@sanjiang/seal'
import { SampleNode } from '@sanjiang/seal/sample'
import { runVerify } from './verify.command.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const sanjiang = (args: readonly string[], input?: Uint8Array): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
    const child = spawn(process.execPath, [MAIN, ...args], { env })
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      said.stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      said.stderr += chunk
    })
    child.once('exit', (code) => resolve({ code, ...said }))
    child.stdin.end(input)
  })

let dir: string
let node: SampleNode
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sanjiang-cli-'))
  node = new SampleNode()
  await node.live()
})
after(() => rm(dir, { recursive: true, force: true }))

const put = async (name: string, content: Uint8Array | object): Promise<string> => {
  const file = join(dir, name)
  await writeFile(file, content instanceof Uint8Array ? content : JSON.stringify(content))
  return file
}

/** Verifies what the node exports now and returns the exit code with the report. */
const verify = async (trust: Trust, ...more: string[]): Promise<{ code: number | null; report: Report }> => {
  const file = await put('bundle.ndjson', await node.bytes())
  const { code, stdout, stderr } = await sanjiang([
    'verify',
    file,
    '--trust',
    await put('trust.json', trust),
    '--json',
    ...more,
  ])
  assert.ok(stdout !== '', stderr)
  return { code, report: JSON.parse(stdout) }
}

const servedCheckpoint = ({ checkpoint, signatures }: SignedCheckpoint) => ({
  no: checkpoint.no,
  at: checkpoint.at,
  hash: checkpointHash(node.hasher, checkpoint),
  body: JSON.stringify(checkpoint),
  signatures,
})

test('an untouched export passes, from a file or a pipe, and says so in words (C3)', async () => {
  const bytes = await node.bytes()
  const trust = await put('trust.json', node.trust())
  const fromFile = await sanjiang(['verify', await put('bundle.ndjson', bytes), '--trust', trust])
  assert.equal(fromFile.code, 0, fromFile.stdout)
  assert.match(fromFile.stdout, /^通过：未发现改动/)
  const fromPipe = await sanjiang(['verify', '-', '--trust', trust], bytes)
  assert.equal(fromPipe.code, 0)
})

test('a changed entry fails with the log, the number and the line where it stands (C3)', async () => {
  const bytes = Buffer.from(await node.bytes())
  const lines = bytes.toString().split('\n')
  const at = lines.findIndex((line) => line.includes('"log_id":"gw-b","seq":17,'))
  lines[at] = lines[at]!.replace('行政审批', '行政处罚')
  const file = await put('edited.ndjson', Buffer.from(lines.join('\n')))
  const trust = await put('trust.json', node.trust())
  const told = await sanjiang(['verify', file, '--trust', trust])
  assert.equal(told.code, 1)
  assert.match(told.stdout, /不通过/)
  assert.match(told.stdout, new RegExp(`条目被改动 {2}日志 gw-b 第 17 条 文件第 ${at + 1} 行`))
})

test('what cannot be looked at is told apart from what was found: exit 2 (C3)', async () => {
  const file = await put('bundle.ndjson', await node.bytes())
  const trust = await put('trust.json', node.trust())
  const wrong = [
    [],
    [file],
    [file, '--trust', join(dir, 'absent.json')],
    [join(dir, 'absent'), '--trust', trust],
    [dir, '--trust', trust],
    [file, '--trust', file],
    [file, '--trust', trust, '--period', 'yesterday'],
    [file, '--trust', trust, '--unknown'],
    [file, '--trust', trust, '--receipts', await put('numbers.json', [1, 2])],
    [file, '--trust', trust, '--seen', await put('torn.json', { body: '{', signatures: [] })],
  ]
  for (const args of wrong) await assert.rejects(runVerify(args), { name: 'UsageFault' }, args.join(' '))
  for (const args of [
    ['prove', file],
    ['verify', file],
  ]) {
    const { code, stderr } = await sanjiang(args)
    assert.equal(code, 2)
    assert.match(stderr, /sanjiang verify FILE --trust TRUST/)
    assert.doesNotMatch(stderr, /\n {4}at /)
  }
})

test("a consumer's receipts are met one by one; a receipt whose entry is gone or other is a finding (C3)", async () => {
  const { log_id, seq, leaf } = node.row('gw-a', 5)
  const genuine = { log_id, seq, leaf: hex(leaf) }
  const lines = Buffer.from(
    [genuine, { ...genuine, seq: 6, leaf: hex(node.row('gw-a', 6).leaf) }].map((one) => JSON.stringify(one)).join('\n'),
  )
  const met = await verify(node.trust(), '--receipts', await put('receipts.ndjson', lines))
  assert.equal(met.code, 0)
  assert.deepEqual(met.report.receipts, { met: 2, outside: 0 })
  const other = await verify(
    node.trust(),
    '--receipts',
    await put('other.json', [{ ...genuine, leaf: 'ab'.repeat(32) }]),
  )
  assert.equal(other.code, 1)
  assert.deepEqual(
    other.report.findings.map(({ kind, where }) => [kind, where.log_id, where.seq]),
    [['edit', 'gw-a', 5]],
  )
})

test('a node shown in an older state than somebody has seen is rolled back (C3)', async () => {
  const full = await node.bytes()
  const later = servedCheckpoint(node.checkpoints.at(-1)!.signed)
  const old = await put('old.ndjson', await node.bytes({ to_no: 2, produced_at: '2026-03-03T00:00:00.000Z' }))
  const trust = await put('trust.json', node.trust())
  const seen = await put('seen.json', later)
  const { code, stdout } = await sanjiang(['verify', old, '--trust', trust, '--seen', seen])
  assert.equal(code, 1)
  assert.match(stdout, /状态被回退/)
  const past = await sanjiang(['verify', old, '--trust', trust, '--seen', seen, '--past'])
  assert.equal(past.code, 0)
  const whole = await sanjiang(['verify', await put('full.ndjson', full), '--trust', trust, '--seen', seen])
  assert.equal(whole.code, 0)
  const unsigned = await put('unsigned.json', { ...later, signatures: [] })
  assert.equal((await sanjiang(['verify', old, '--trust', trust, '--seen', unsigned])).code, 2)
})

test('what passed is remembered only when asked, and what failed never (C3)', async () => {
  const file = await put('bundle.ndjson', await node.bytes())
  const trust = await put('kept.json', { ...node.trust(), note: '见公文 2026-17' })
  await sanjiang(['verify', file, '--trust', trust])
  assert.equal(JSON.parse(await readFile(trust, 'utf8')).last_seen, undefined)
  await sanjiang(['verify', file, '--trust', trust, '--remember'])
  const kept = JSON.parse(await readFile(trust, 'utf8'))
  assert.equal(kept.last_seen.no, node.checkpoints.length)
  assert.equal(kept.note, '见公文 2026-17')
  const cut = await put('cut.ndjson', (await node.bytes()).subarray(0, 9_000))
  assert.equal((await sanjiang(['verify', cut, '--trust', trust, '--remember'])).code, 1)
  assert.deepEqual(JSON.parse(await readFile(trust, 'utf8')), kept)
})

test('a demonstration ledger says that it is one (C3)', async () => {
  const demo = new SampleNode({ demo: true, node_id: 'demo-qinghai' })
  await demo.live({ count: 10 })
  const file = await put('demo.ndjson', await demo.bytes())
  const { code, stdout } = await sanjiang(['verify', file, '--trust', await put('trust.json', demo.trust())])
  assert.equal(code, 0)
  assert.match(stdout, /演示 DEMO/)
})
