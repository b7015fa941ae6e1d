import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { answers, childrenOf, isAlive, type Platform, spawnPlatform, startPlatform, until } from './platform.ts'

const dataDir = await mkdtemp(join(tmpdir(), 'sanjiang-start-'))
const LIMIT = { timeout: 120_000 }
const running = new Set<Platform>()
const start = async (): Promise<Platform> => {
  const platform = await startPlatform({ dataDir })
  running.add(platform)
  return platform
}
after(async () => {
  for (const platform of running) await platform.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const nodeId = async ({ origin }: Platform): Promise<string> =>
  ((await (await fetch(`${origin}/api/v1/ledger/trust`)).json()) as { node_id: string }).node_id

test('the platform starts alone, says where it is, and tells the truth about its health (T8.1)', LIMIT, async () => {
  const platform = await start()
  assert.ok(platform.output().includes(platform.origin))
  assert.ok(platform.output().includes(platform.gateway))
  for (const origin of [platform.origin, platform.gateway, platform.publicSide]) {
    assert.ok(await answers(`${origin}/healthz`))
    assert.ok(await answers(`${origin}/readyz`))
    assert.match(await (await fetch(`${origin}/metrics`)).text(), /^# TYPE /m)
  }
  const document = (await (await fetch(`${platform.origin}/api/openapi.json`)).json()) as { openapi: string }
  assert.equal(document.openapi, '3.1.0')
  assert.equal((await stat(join(dataDir, 'keys'))).mode & 0o777, 0o700)
})

test('a second supervisor on the same data is refused in words (architecture §2)', LIMIT, async () => {
  const second = await spawnPlatform({ dataDir })
  assert.equal(await second.exited, 1)
  assert.match(second.output(), /正被另一个进程\(\d+\)使用/)
})

test(
  'Ctrl-C stops every process and the database, and the next start finds the same node again (architecture §2)',
  LIMIT,
  async () => {
    const [platform] = running
    const before = await nodeId(platform!)
    const children = childrenOf(platform!.child.pid!).map(({ pid }) => pid)
    assert.equal(await platform!.stop(), 0)
    running.delete(platform!)
    assert.deepEqual(children.filter(isAlive), [])
    assert.ok(!existsSync(join(dataDir, 'postgres', 'postmaster.pid')))
    assert.equal(await nodeId(await start()), before)
  },
)

test(
  'the public side serves while everything internal stands still, and knows one database alone (T4.2)',
  LIMIT,
  async () => {
    const [platform] = running
    const inside = ['api', 'gateway', 'exchange', 'worker']
    for (const role of inside) process.kill(platform!.pidOf(role)!, 'SIGSTOP')
    try {
      assert.match(await (await fetch(`${platform!.publicSide}/`)).text(), /数据开放到哪了/)
      const known = readFileSync(`/proc/${platform!.pidOf('public')}/environ`, 'utf8').split('\0')
      const urls = known
        .filter((one) => /^(SANJIANG_)?(PUBLIC_|PUBLISH_|STAGE_)?DATABASE_URL=./.test(one))
        .map((one) => new URL(one.slice(one.indexOf('=') + 1)))
      assert.deepEqual(
        [...new Set(urls.map(({ pathname, username }) => `${username} ${pathname}`))],
        ['sanjiang_public_site /sanjiang_public'],
      )
    } finally {
      for (const role of inside) process.kill(platform!.pidOf(role)!, 'SIGCONT')
    }
  },
)

test('a killed role is started again by itself (architecture §2)', LIMIT, async () => {
  const [platform] = running
  for (const role of ['api', 'gateway', 'exchange', 'public', 'worker']) {
    const pid = platform!.pidOf(role)!
    process.kill(pid, 'SIGKILL')
    await until(`another ${role}`, () => platform!.pidOf(role) !== undefined && platform!.pidOf(role) !== pid)
  }
  await until('the api', () => answers(`${platform!.origin}/readyz`))
  await until('the gateway', () => answers(`${platform!.gateway}/readyz`))
})

test(
  'readyz says no while the database is away, and yes when it has been started again by itself (architecture §2)',
  LIMIT,
  async () => {
    const [platform] = running
    const postmaster = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
    process.kill(postmaster, 'SIGKILL')
    await until('readyz to say no', async () => !(await answers(`${platform!.origin}/readyz`)))
    assert.ok(await answers(`${platform!.origin}/healthz`), 'the process itself is alive')
    await until('the database to come back', () => answers(`${platform!.origin}/readyz`))
    await until('the gateway', () => answers(`${platform!.gateway}/readyz`))
  },
)

test(
  'kill -9 of the supervisor leaves no role behind, and the next start takes the database over (architecture §2)',
  LIMIT,
  async () => {
    const [platform] = running
    const before = await nodeId(platform!)
    const roles = ['api', 'gateway', 'exchange', 'public', 'worker'].map((role) => platform!.pidOf(role)!)
    platform!.child.kill('SIGKILL')
    await platform!.exited
    running.delete(platform!)
    await until('the roles to end', () => roles.every((pid) => !isAlive(pid)))
    assert.equal(await nodeId(await start()), before)
  },
)

test('faults of the configuration come all at once, before anything is started (architecture §2)', LIMIT, async () => {
  const [platform] = running
  const port = new URL(platform!.origin).port
  const wrong = await spawnPlatform({ dataDir, env: { PORT: port, DEMO: 'maybe', SANJIANG_GATWAY_PORT: '1' } })
  assert.equal(await wrong.exited, 2)
  for (const setting of ['DEMO', 'SANJIANG_GATWAY_PORT']) assert.ok(wrong.output().includes(setting))
  const busy = await spawnPlatform({ dataDir: '/proc/nowhere', env: { PORT: port } })
  assert.equal(await busy.exited, 2)
  for (const setting of ['PORT', 'DATA_DIR']) assert.ok(busy.output().includes(setting))
})
