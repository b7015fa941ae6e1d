import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { buildAgent } from '../../tools/build.agent.ts'
import { loadConfig } from './config.ts'
import { VERSION } from './version.ts'

let dir: string
let bundle: string
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sanjiang-bundle-'))
  bundle = join(dir, 'sanjiang-agent.mjs')
  await copyFile(await buildAgent(), bundle)
})
after(() => rm(dir, { recursive: true, force: true }))

const run = (...args: string[]) => spawnSync(process.execPath, [bundle, ...args], { cwd: dir, encoding: 'utf8' })

test('the agent is one file that runs where nothing else of it is (T8.1)', async () => {
  const { status, stdout } = run('version')
  assert.equal(status, 0)
  assert.match(stdout, new RegExp(`^sanjiang-agent ${VERSION}`))
})

test('the bundle’s check finds unreachable centre, missing identity and refused connections, each in a sentence (T8.1)', async () => {
  const conf = join(dir, 'agent.conf')
  const text = `centre = http://127.0.0.1:1
state = state
[connection 库]
kind = postgres
host = 127.0.0.1
port = 1
database = x
user = x
[allow 库]
read public.t = *
[connection 夹]
kind = file
root = ${dir}
[allow 夹]
read *.csv = *
`
  await writeFile(conf, text, { mode: 0o600 })
  const { status, stdout } = run('check', '--config', conf)
  assert.equal(status, 1, stdout)
  assert.match(stdout, /✖ 连接不上交换平台/)
  assert.match(stdout, /✖ 还没有登记/)
  assert.match(stdout, /✖ .*库/)
  assert.match(stdout, /✔ 连接“夹”/)
})

test('the example configuration is one the agent can read (T8.1)', async () => {
  const example = await readFile(new URL('../../deploy/agent.conf.example', import.meta.url), 'utf8')
  const conf = join(dir, 'example.conf')
  for (const name of ['renkou', 'yewu']) await writeFile(join(dir, `${name}.password`), 'x', { mode: 0o600 })
  await writeFile(conf, example.replaceAll('/etc/sanjiang-agent/', `${dir}/`), { mode: 0o640 })
  const config = await loadConfig(conf)
  assert.deepEqual([...config.connections.keys()], ['人口库', '业务库'])
})
