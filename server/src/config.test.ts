import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ConfigFaults, loadConfig, probeConfig, SETTINGS, toEnvironment } from './config.ts'

const faultsOf = (env: Record<string, string>): string[] => {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    assert.ok(error instanceof ConfigFaults)
    return error.faults.map(({ setting }) => setting)
  }
}

test('a platform without any settings starts with its defaults (architecture §2)', () => {
  const config = loadConfig({})
  assert.equal(config.port, 8080)
  assert.equal(config.demo, true)
  assert.ok(config.dataDir.endsWith('/data'))
})

test('all faults of a configuration come at once, each with its setting (architecture §2)', () => {
  const env = { PORT: 'eighty', GATEWAY_PORT: '70000', DEMO: 'yes', DATABASE_URL: 'mysql://x', SANJIANG_PROT: '1' }
  assert.deepEqual(faultsOf(env).sort(), ['DATABASE_URL', 'DEMO', 'GATEWAY_PORT', 'PORT', 'SANJIANG_PROT'])
})

test('agents are told the address before the proxy where there is one, and nothing but an origin is taken for it (T8.1)', () => {
  assert.equal(loadConfig({ EXCHANGE_PORT: '9002' }).exchangeUrl, 'http://127.0.0.1:9002')
  assert.equal(loadConfig({ EXCHANGE_URL: 'https://jh.example.gov.cn' }).exchangeUrl, 'https://jh.example.gov.cn')
  for (const wrong of ['jh.example.gov.cn', 'https://jh.example.gov.cn/agent', 'ftp://jh.example.gov.cn'])
    assert.deepEqual(faultsOf({ EXCHANGE_URL: wrong }), ['EXCHANGE_URL'])
})

test('who answers for the portal is told part by part, whichever semicolon stands between (T4.2)', () => {
  assert.deepEqual(loadConfig({ PUBLIC_IMPRINT: '主办：某局； 运维：某中心;备案号：1' }).publicImprint, [
    ...['主办：某局', '运维：某中心', '备案号：1'],
  ])
})

test('two roles cannot share a port (architecture §2)', () => {
  assert.deepEqual(faultsOf({ PORT: '9000', GATEWAY_PORT: '9000' }), ['GATEWAY_PORT'])
})

test('the prefixed name wins over the plain one, which a platform may set for its own purposes (architecture §2)', () => {
  assert.equal(loadConfig({ PORT: '9000', SANJIANG_PORT: '9100' }).port, 9100)
})

test('production does not let provider addresses lead back to this machine (architecture §5)', () => {
  assert.ok(!loadConfig({ DEMO: '0' }).egressAllow.includes('127.0.0.0/8'))
  assert.ok(loadConfig({}).egressAllow.includes('127.0.0.0/8'))
})

test('what a child role is given resolves to the same configuration (architecture §2)', () => {
  const config = loadConfig({ PORT: '9000', DEMO: '1', DATA_DIR: '/tmp/x', EGRESS_ALLOW: '10.1.0.0/16' })
  assert.deepEqual(loadConfig(toEnvironment(config)), config)
  assert.deepEqual(Object.keys(toEnvironment(config)).sort(), Object.keys(SETTINGS).sort())
})

test('a port in use and a folder that cannot be written are told together (architecture §2)', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-config-'))
  const file = join(dir, 'occupied')
  await writeFile(file, '')
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  const config = loadConfig({
    PORT: String(port),
    GATEWAY_PORT: String(port === 65_535 ? 65_534 : port + 1),
    EXCHANGE_PORT: String(port > 65_533 ? 65_533 : port + 2),
    DATA_DIR: `${file}/data`,
  })
  const error = await probeConfig(config).catch((thrown: unknown) => thrown)
  server.close()
  await rm(dir, { recursive: true })
  assert.ok(error instanceof ConfigFaults)
  assert.deepEqual(error.faults.map(({ setting }) => setting).sort(), ['DATA_DIR', 'PORT'])
})
