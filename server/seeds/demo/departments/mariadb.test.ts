import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { makeFirms } from '../registry/firms.ts'
import { makePeople } from '../registry/people.ts'
import { openClerk } from './clerk.ts'
import { COMMERCE, RECEIVING } from './department.ts'
import { hasMariadb, keepMariadb, type Mariadb } from './mariadb.ts'
import { fillOnMariadb } from './tables.mariadb.ts'
import { COMPANY_TABLE } from './tables.ts'

const LIMIT = { skip: hasMariadb() ? false : 'MariaDB is not installed here', timeout: 120_000 }
const dir = await mkdtemp(join(tmpdir(), 'sanjiang-demo-mariadb-'))
const place = { dir, user: 'gongshang', password: 'only-for-this-test', schemas: [COMPANY_TABLE.schema, RECEIVING] }
let server: Mariadb | undefined
after(async () => {
  await server?.stop()
  await rm(dir, { recursive: true, force: true })
})

const FEW = 700
const firms = makeFirms(makePeople())
const some = (): Record<string, unknown>[] =>
  Array.from({ length: FEW }, (_, at) => firms.at(at) as unknown as Record<string, unknown>)

const clerkAt = (port: number) =>
  openClerk({
    department: COMMERCE,
    engine: 'mysql',
    host: '127.0.0.1',
    port,
    user: place.user,
    password: place.password,
  })

const countAt = async (port: number): Promise<number> => {
  const clerk = await clerkAt(port)
  const [row] = await clerk.say(
    `select count(*) as n from djgl.e_baseinfo where apprdate is not null and entname <> ''`,
  )
  await clerk.end()
  return Number(row?.n)
}

const pid = async (): Promise<number> => Number((await readFile(join(dir, 'running'), 'utf8')).split(' ')[0])

test('commerce keeps its firms on a MariaDB of its own, filled once, in GBK (demo)', LIMIT, async () => {
  server = await keepMariadb(place)
  const clerk = await clerkAt(server.port)
  await fillOnMariadb(clerk, COMPANY_TABLE, some())
  await fillOnMariadb(clerk, COMPANY_TABLE, some())
  const [column] = await clerk.say(
    `select character_set_name as charset from information_schema.columns where table_name = 'e_baseinfo' and column_name = 'entname'`,
  )
  assert.equal(column?.charset, 'gbk')
  await clerk.end()
  assert.equal(await countAt(server.port), FEW)
})

test('killed, it comes back on its port with what it held (demo)', LIMIT, async () => {
  const killed = await pid()
  process.kill(killed, 'SIGKILL')
  while ((await pid()) === killed) await pause(100)
  let count = 0
  while (count === 0) count = await countAt(server?.port ?? 0).catch(() => 0)
  assert.equal(count, FEW)
})

test(
  'whoever starts after a killed starter takes the running one over, and stopping leaves none behind (demo)',
  LIMIT,
  async () => {
    const running = await pid()
    const second = await keepMariadb(place)
    assert.equal(second.port, server?.port)
    assert.equal(await pid(), running)
    await server?.stop()
    await second.stop()
    assert.throws(() => process.kill(running, 0))
    server = await keepMariadb(place)
    assert.equal(await countAt(server.port), FEW)
  },
)
