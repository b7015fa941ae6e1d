import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ConfigFaults, loadConfig } from './config.ts'

const dir = await mkdtemp(join(tmpdir(), 'sanjiang-config-'))
after(() => rm(dir, { recursive: true, force: true }))
const file = join(dir, 'agent.conf')
const write = (text: string, mode = 0o640) => writeFile(file, text, { mode })
const faultsOf = async (): Promise<string[]> => {
  const error = await loadConfig(file).catch((thrown) => thrown)
  assert.ok(error instanceof ConfigFaults, String(error))
  return error.faults.map(({ line, message }) => `${line} ${message}`)
}

test('an officer writes connections and what may be read of them in one file (T8.1)', async () => {
  await writeFile(join(dir, 'renkou.password'), 's3cret\n', { mode: 0o600 })
  await write(`# 三江前置节点
centre = https://exchange.example.gov.cn:8082/
state  = state
spool_max = 2 GiB

[connection 人口库]
kind = postgres
host = 10.1.2.3
port = 5432
database = renkou
user = sanjiang
password_file = renkou.password

[allow 人口库]
read public.person = name,citizen_id, birth_date
read public.household = *
write = exchange.*
`)
  const config = await loadConfig(file)
  assert.equal(config.centre, 'https://exchange.example.gov.cn:8082')
  assert.equal(config.state, join(dir, 'state'))
  assert.equal(config.spool.maxBytes, 2 * 2 ** 30)
  const one = config.connections.get('人口库')
  assert.deepEqual(one?.settings, {
    host: '10.1.2.3',
    port: '5432',
    database: 'renkou',
    user: 'sanjiang',
    password: 's3cret',
  })
  assert.deepEqual(one?.allow, {
    read: { 'public.person': ['name', 'citizen_id', 'birth_date'], 'public.household': '*' },
    write: ['exchange.*'],
  })
})

test('everything wrong with the file is told at once, with its line (T8.1)', async () => {
  await writeFile(join(dir, 'open.password'), 'x', { mode: 0o644 })
  await write(`centre = exchange.example.gov.cn
colour = red
spool_max = much
nonsense
[connection a]
kind = oracle
password = 12345
[connection b]
kind = postgres
port = 70000
password_file = open.password
[connection c]
kind = postgres
password_file = none.password
password_env = NO_SUCH_VARIABLE
[allow d]
read t = *
`)
  const faults = await faultsOf()
  const lines = faults.map((one) => Number(one.split(' ')[0])).sort((a, b) => a - b)
  assert.deepEqual(lines, [1, 2, 3, 4, 5, 7, 10, 11, 14, 15, 16])
  assert.ok(faults.some((one) => one.includes('chmod 600')))
})

test('a file others can write is not believed, and plain http goes only where it is meant (T8.1, C4)', async () => {
  await write('centre = http://10.0.0.8:8082\n')
  assert.match((await faultsOf()).join(), /https/)
  await write('centre = http://10.0.0.8:8082\nplain_http = yes\n')
  assert.equal((await loadConfig(file)).centre, 'http://10.0.0.8:8082')
  await chmod(file, 0o666)
  assert.match((await faultsOf()).join(), /别人可以改写/)
})
