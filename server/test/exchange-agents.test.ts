import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { exchange } from '@sanjiang/contract'
import { citizenCheck } from '@sanjiang/contract/codes'
import pg from 'pg'
import type { DoorServer } from '#modules/exchange/index.ts'
import { cloneDatabase, type TestDatabase } from './cluster.ts'
import { openTestDoor } from './exchange-door.ts'
import { feedDraft, grantTable, subscribeTo } from './exchange-ground.ts'
import { openWorld, type Voice, type World } from './harness.ts'
import { publish } from './sharing-ground.ts'

const MAIN = fileURLToPath(new URL('../../agent/src/main.ts', import.meta.url))

/** A department's node as it really runs: a process of its own, beside a database of its own. */
class Department {
  readonly client: pg.Client
  agentId = ''
  said = ''
  #child: ChildProcess | null = null
  readonly #conf: string
  constructor(client: pg.Client, conf: string) {
    this.client = client
    this.#conf = conf
  }

  async enrol(voice: Voice, name: string): Promise<void> {
    const { agent, token } = await voice.call(exchange.inviteAgent, { body: { name } })
    const child = spawn(process.execPath, [MAIN, 'enrol', token, '--config', this.#conf], { stdio: 'pipe' })
    child.stderr.on('data', (piece) => {
      this.said += piece
    })
    assert.equal(await new Promise((done) => child.once('exit', done)), 0, this.said)
    this.agentId = agent.agent_id
  }

  start(): void {
    const child = spawn(process.execPath, [MAIN, 'run', '--config', this.#conf], { stdio: 'pipe' })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece) => {
        this.said += piece
      })
    this.#child = child
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null) return
    const ended = new Promise((done) => child.once('exit', done))
    child.kill(signal)
    await ended
  }
}

let world: World
let door: DoorServer
let police: Voice
let civil: Voice
let source: Department
let target: Department
const databases: TestDatabase[] = []
const dir = await mkdtemp(join(tmpdir(), 'sanjiang-agents-'))

const settle = async (name: string, connection: string, allow: string): Promise<Department> => {
  const database = await cloneDatabase()
  databases.push(database)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const conf = join(dir, `${name}.conf`)
  const text = `centre = ${door.address}
state = state-${name}
spool_keep_free = 1 MiB
[connection ${connection}]
kind = postgres
url = ${database.url}
[allow ${connection}]
${allow}
`
  await writeFile(conf, text, { mode: 0o600 })
  return new Department(client, conf)
}

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  door = await openTestDoor(world)
  police = await world.signIn('police', 'provider')
  civil = await world.signIn('civil_affairs', 'consumer')
  source = await settle('police', 'gongan', 'read czrk.ry_jbxx = gmsfhm, xm, xb, hjdz')
  target = await settle('civil', 'minzheng', 'write = gongxiang.*')
  await source.client.query('create schema czrk')
  await source.client.query(
    'create table czrk.ry_jbxx (gmsfhm char(18) primary key, xm varchar(50), xb char(1), hjdz varchar(200), zp bytea)',
  )
  await target.client.query('create schema gongxiang')
  await source.enrol(police, '公安节点')
  await target.enrol(civil, '民政节点')
})
after(async () => {
  await source?.kill()
  await target?.kill()
  await source?.client
    .query(
      'select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database() and not active',
    )
    .catch(() => undefined)
  await source?.client.end()
  await target?.client.end()
  await door?.close()
  await world?.close()
  for (const database of databases) await database.drop().catch(() => undefined)
  await rm(dir, { recursive: true, force: true })
})

const until = async (what: string, is: () => Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 60_000; !(await is()); ) {
    if (Date.now() > end) {
      const reports = await world.sql('select name, report from exchange.agent')
      assert.fail(`没有等到:${what}\n${source.said}\n${target.said}\n${JSON.stringify(reports)}`)
    }
    await new Promise((done) => setTimeout(done, 100))
  }
}

const idOf = (i: number): string => {
  const first = `630102198001${String(1 + (i % 28)).padStart(2, '0')}${String(i % 1000).padStart(3, '0')}`
  return first + citizenCheck(first)
}

const register = async (from: number, to: number, word: string): Promise<void> => {
  const ids = Array.from({ length: to - from }, (_, i) => idOf(from + i))
  await source.client.query(
    `insert into czrk.ry_jbxx (gmsfhm, xm, xb, hjdz) select id, $2 || row_number() over (), '1', '西宁市' from unnest($1::text[]) id
     on conflict (gmsfhm) do update set xm = excluded.xm`,
    [ids, word],
  )
}

const seen = async (client: pg.Client, sql: string): Promise<string> =>
  JSON.stringify((await client.query(sql).catch(() => ({ rows: [] }))).rows)
const isEqual = async (): Promise<boolean> =>
  (await seen(source.client, 'select gmsfhm as citizen_id, xm as name from czrk.ry_jbxx order by 1')) ===
  (await seen(target.client, 'select citizen_id, name from gongxiang.person order by 1'))

test('two departments’ own processes bring a table across under a grant, killed on the way (T8.1)', async () => {
  await register(0, 900, '张')
  source.start()
  target.start()
  const people = await publish(world, {
    items: [
      { name: '公民身份号码', name_en: 'citizen_id', share_type: 'unconditional', mask_rule: 'none' },
      { name: '姓名', name_en: 'name', share_type: 'unconditional', mask_rule: 'none' },
      { name: '性别', name_en: 'sex', share_type: 'unconditional' },
      { name: '户籍地址', name_en: 'address', share_type: 'unconditional' },
    ],
  })
  await until('连接已报告', async () => {
    const rows = await world.sql('select from exchange.agent where report is not null')
    return rows.length === 2
  })
  await police.call(exchange.attachFeed, { body: feedDraft(people, source.agentId) })
  const grant_id = await grantTable({ consumer: civil }, people, ['citizen_id', 'name'])
  await subscribeTo(civil, { grant_id, agent_id: target.agentId })
  await until('全量一致', isEqual)
  await register(880, 1000, '李')
  await source.client.query('delete from czrk.ry_jbxx where right(gmsfhm, 1) = $1', ['1'])
  await source.kill()
  await target.kill()
  await register(0, 20, '王')
  source.start()
  target.start()
  await until('变更一致', isEqual)
  const log = await world.sql<{ chunks: number; gaps: number }>(
    'select count(*)::int as chunks, (max(seq) + 1 - count(*))::int as gaps from exchange.chunk',
  )
  assert.ok(log[0]!.chunks > 3)
  assert.equal(log[0]!.gaps, 0)
})

test('a stopped agent says what it was doing (T8.1)', async () => {
  await source.kill('SIGTERM')
  const { stdout } = spawnSync(process.execPath, [MAIN, 'status', '--config', join(dir, 'police.conf')], {
    encoding: 'utf8',
  })
  assert.match(stdout, /公安节点/)
  assert.match(stdout, /没有运行/)
})
