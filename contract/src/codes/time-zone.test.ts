import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const FILES = ['calendar.test.ts', 'clock.test.ts', 'code-tables.test.ts']
const OFFSETS = { UTC: 0, 'Asia/Shanghai': -480, 'America/Los_Angeles': 480 }

/** One process per zone, the same files: a deadline must not depend on where the machine stands. */
const runIn = async (zone: string): Promise<string> => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const imports = FILES.map((file) => `await import(${JSON.stringify(join(import.meta.dirname, file))})`)
  const script = `console.log('offset ' + new Date(Date.UTC(2017, 11, 11)).getTimezoneOffset());${imports.join(';')}`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...env, TZ: zone },
  })
  return stdout
}

for (const [zone, offset] of Object.entries(OFFSETS))
  test(`days, clocks and codes come out the same in ${zone} (architecture §8)`, async () => {
    const output = await runIn(zone)
    assert.match(output, new RegExp(`^offset ${offset}$`, 'm'))
    assert.match(output, /three worked cases/)
  })
