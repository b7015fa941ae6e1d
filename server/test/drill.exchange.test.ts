import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Chance } from './drill/chance.ts'
import { type ExchangeDrillReport, orderOf } from './drill-exchange/run.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const STRUCK = 22
const ARGS = [
  'tools/drill.ts',
  'exchange',
  '--quick',
  '--seed',
  '20171211',
  '--faults',
  `${STRUCK}`,
  '--every',
  `${STRUCK}`,
]

/** The command as an operator gives it; its last line is the report. */
const drill = (): Promise<ExchangeDrillReport> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
    execFile(process.execPath, ARGS, { cwd: ROOT, env, maxBuffer: 16 << 20 }, (_, stdout, stderr) => {
      const last = stdout.trim().split('\n').at(-1) ?? ''
      if (last.startsWith('{')) resolve(JSON.parse(last) as ExchangeDrillReport)
      else reject(new Error(`${stdout.slice(-3_000)}\n${stderr.slice(-3_000)}`))
    })
  })

let report: ExchangeDrillReport
before(async () => {
  report = await drill()
})

test('struck in every way between two departments’ databases, both sides are equal afterwards and no promise is broken (C2, T8.1)', () => {
  assert.deepEqual(report.broken, [])
  assert.equal(report.struck, STRUCK)
  assert.ok(Object.keys(report.kinds).length >= 20)
})

test('the source was written to all the while, and chunks went through (T8.1)', () => {
  assert.ok(report.writes > 0 && report.chunks > 0 && report.delivered > 0)
})

test('the same seed takes the same order (C2)', () => {
  const names = (seed: number) => orderOf(new Chance(seed), 60).map(({ name }) => name)
  assert.deepEqual(names(7), names(7))
  assert.notDeepEqual(names(7), names(8))
})
