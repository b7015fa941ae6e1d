import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { isAlive, until } from './platform.ts'

const ROOT = new URL('../..', import.meta.url).pathname

test('what npm started ends when npm itself is ended, which tells nobody (architecture §2)', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-launch-'))
  const script = join(dir, 'wait.ts')
  const mark = join(dir, 'pid')
  await writeFile(
    script,
    `import { writeFileSync } from 'node:fs'\nwriteFileSync('${mark}', String(process.pid))\nsetInterval(() => undefined, 1000)\n`,
  )
  const shell = spawn('sh', ['-c', `node tools/launch.mjs ${relative(ROOT, script)}; true`], {
    cwd: ROOT,
    env: { ...process.env, npm_lifecycle_event: 'start' },
    stdio: 'ignore',
  })
  const readPid = async () => Number(await readFile(mark, 'utf8').catch(() => '0'))
  try {
    await until('the script to run', async () => (await readPid()) > 0)
    const pid = await readPid()
    assert.ok(isAlive(pid))
    shell.kill('SIGKILL')
    await until('the script to end', () => !isAlive(pid))
  } finally {
    shell.kill('SIGKILL')
    await rm(dir, { recursive: true, force: true })
  }
})
